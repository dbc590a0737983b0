/** The camera as a cashier meets it: on, or one of a few reasons why not. */

export type CameraState = "off" | "starting" | "on" | "denied" | "absent" | "busy" | "lost" | "insecure";

type Facing = "environment" | "user";
interface TorchCapabilities extends MediaTrackCapabilities {
  readonly torch?: boolean;
}

export class Camera {
  state: CameraState = "off";
  /** The track has a lamp. */
  hasTorch = false;
  torch = false;
  /** There is more than one camera to choose from. */
  canFlip = false;
  stream: MediaStream | null = null;
  private facing: Facing = "environment";
  private opening: Promise<void> | null = null;

  /** @param changed called after each change of a field above. */
  constructor(private readonly changed: () => void) {}

  /** Switch on; does nothing when it is on already. Never rejects: `state` says what happened. */
  start(): Promise<void> {
    if (this.state === "on") return Promise.resolve();
    this.opening ??= this.open().finally(() => (this.opening = null));
    return this.opening;
  }

  stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.become("off");
  }

  /** The other side of the device. */
  async flip(): Promise<void> {
    this.facing = this.facing === "environment" ? "user" : "environment";
    this.stop();
    await this.start();
  }

  async setTorch(on: boolean): Promise<void> {
    const constraint = { torch: on } as MediaTrackConstraintSet;
    await this.track?.applyConstraints({ advanced: [constraint] }).then(
      () => (this.torch = on),
      () => (this.hasTorch = false),
    );
    this.changed();
  }

  private get track(): MediaStreamTrack | undefined {
    return this.stream?.getVideoTracks()[0];
  }

  private async open(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) {
      return this.become(isSecureContext ? "absent" : "insecure");
    }
    this.become("starting");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: this.facing }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (failure) {
      return this.become(reasonOf(failure));
    }
    const track = this.track;
    // Unplugged, taken by another application, or the device slept.
    track?.addEventListener("ended", () => this.stream?.active === false && this.become("lost"));
    this.hasTorch = (track?.getCapabilities?.() as TorchCapabilities | undefined)?.torch === true;
    this.torch = false;
    this.become("on");
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.canFlip = devices.filter(({ kind }) => kind === "videoinput").length > 1;
    this.changed();
  }

  private become(state: CameraState): void {
    this.state = state;
    this.changed();
  }
}

function reasonOf(failure: unknown): CameraState {
  const name = failure instanceof DOMException ? failure.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "absent";
  return "busy";
}
