/** The camera as a cashier meets it: on, or one of a few reasons why not. */

export type CameraState = "off" | "starting" | "on" | "denied" | "absent" | "busy" | "lost" | "insecure";

type Facing = "environment" | "user";
interface LensCapabilities extends MediaTrackCapabilities {
  readonly torch?: boolean;
  readonly zoom?: { readonly min: number; readonly max: number };
}

// What a code held far away needs; more shakes too much to be read.
const MOST_ZOOM = 4;

export class Camera {
  state: CameraState = "off";
  /** The track has a lamp. */
  hasTorch = false;
  torch = false;
  /** How often the lens can be doubled, and is: 0 without a lens that zooms. */
  zooms = 0;
  zoomed = 0;
  /** There is more than one camera to choose from. */
  canFlip = false;
  stream: MediaStream | null = null;
  private facing: Facing = "environment";
  private chosen: string | null = null;
  private widest = 1;
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

  /** The other side of the device; of cameras that have no side, the next. */
  async flip(): Promise<void> {
    const { facingMode, deviceId } = this.track?.getSettings() ?? {};
    this.facing = this.facing === "environment" ? "user" : "environment";
    const others = facingMode ? [] : await cameras();
    const at = others.findIndex((one) => one.deviceId === deviceId);
    this.chosen = others[(at + 1) % others.length]?.deviceId ?? null;
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

  /** The next step of the lens: twice as near, until it begins again. */
  async zoom(): Promise<void> {
    const next = this.zoomed < this.zooms ? this.zoomed + 1 : 0;
    const constraint = { zoom: this.widest * 2 ** next } as MediaTrackConstraintSet;
    await this.track?.applyConstraints({ advanced: [constraint] }).then(
      () => (this.zoomed = next),
      () => (this.zooms = 0),
    );
    this.changed();
  }

  private get track(): MediaStreamTrack | undefined {
    return this.stream?.getVideoTracks()[0];
  }

  private get wanted(): MediaTrackConstraints & { zoom: true } {
    const which = this.chosen ? { deviceId: { exact: this.chosen } } : { facingMode: { ideal: this.facing } };
    // Chromium shows the lens to whoever asked for it; a camera without one comes all the same.
    return { ...which, width: { ideal: 1280 }, height: { ideal: 720 }, zoom: true };
  }

  private async open(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) {
      return this.become(isSecureContext ? "absent" : "insecure");
    }
    this.become("starting");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.wanted });
    } catch (failure) {
      return this.become(reasonOf(failure));
    }
    const track = this.track;
    // Unplugged, taken by another application, or the device slept.
    track?.addEventListener("ended", () => this.stream?.active === false && this.become("lost"));
    const lens = track?.getCapabilities?.() as LensCapabilities | undefined;
    this.hasTorch = lens?.torch === true;
    this.torch = false;
    this.widest = lens?.zoom?.min || 1;
    this.zooms = Math.floor(Math.log2(Math.min(MOST_ZOOM, (lens?.zoom?.max ?? 1) / this.widest)));
    this.zoomed = 0;
    this.become("on");
    this.canFlip = (await cameras()).length > 1;
    this.changed();
  }

  private become(state: CameraState): void {
    this.state = state;
    this.changed();
  }
}

async function cameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter(({ kind }) => kind === "videoinput");
}

function reasonOf(failure: unknown): CameraState {
  const name = failure instanceof DOMException ? failure.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "absent";
  return "busy";
}
