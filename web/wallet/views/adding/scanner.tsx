/** Reading the letter's QR inside the app: by camera, or from a photo. Nothing read here is ever opened (promise P26). */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import decodeQR from "qr/decode.js";
import { typed } from "../../core/typed.ts";
import { say } from "../../words.ts";

// A code that fills the picture reads best in a small one; one that is a tenth of it needs its pixels.
const SIDE = 1000;
const PHOTO_SIDES = [SIDE, 2200, 4000];
const PAUSE = 150;

export function Scanner(props: { onRead(text: string): void; onClose(): void }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (text: string | null): boolean => {
    if (text === null) return false;
    const code = typed(fragmentOf(text));
    if (code.kind !== "ready") setProblem("scan.other");
    else props.onRead(code.code);
    return code.kind === "ready";
  };

  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    const look = (): void => {
      if (gone) return;
      if (!take(read(video.current!, video.current!.videoWidth, video.current!.videoHeight)))
        setTimeout(look, PAUSE);
    };
    const start = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment" },
        audio: false,
      });
      if (gone) return stop();
      video.current!.srcObject = stream;
      await video.current!.play();
      look();
    };
    const stop = (): void => stream?.getTracks().forEach((track) => track.stop());
    start().catch(() => setProblem("scan.no_camera"));
    return () => {
      gone = true;
      stop();
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- one camera while the screen is open
  }, []);

  const photo = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return setProblem("scan.no_code");
    const text = PHOTO_SIDES.reduce<string | null>(
      (found, side) => found ?? read(picture, picture.width, picture.height, side),
      null,
    );
    if (text === null) setProblem("scan.no_code");
    else take(text);
  };

  return (
    <div class="card stack scanner">
      <video ref={video} muted playsInline aria-label={say("scan.label")} />
      <p role="status">{say(problem ?? "scan.aim")}</p>
      <label class="button button-quiet button-wide">
        {say("scan.photo")}
        <input
          class="visually-hidden"
          type="file"
          accept="image/*"
          onChange={(event) => void photo(event.currentTarget.files?.[0])}
        />
      </label>
      <button type="button" class="button button-line button-wide" onClick={props.onClose}>
        {say("scan.close")}
      </button>
    </div>
  );
}

/** The letter's QR holds the link; the code is its fragment. */
function fragmentOf(text: string): string {
  return text.slice(text.indexOf("#") + 1);
}

function read(source: CanvasImageSource, width: number, height: number, side = SIDE): string | null {
  if (!width || !height) return null;
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return null;
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    // The library throws when it finds no code in a picture.
    return null;
  }
}
