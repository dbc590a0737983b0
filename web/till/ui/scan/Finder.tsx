import { useEffect, useRef } from "preact/hooks";
import type { Camera } from "../../scan/camera.ts";
import type { Decoder } from "../../scan/decoder.ts";
import { watch } from "../../scan/watch.ts";
import { useAround } from "../context.ts";
import { Icon } from "../Icon.tsx";

interface FinderProps {
  camera: Camera;
  decoder: Decoder;
  onText: (text: string, at: number) => void;
  /** Only the picture: no lamp, no other camera. */
  small?: boolean;
}

/** The camera's picture with its frame, or the reason why there is none. */
export function Finder({ camera, decoder, onText, small }: FinderProps) {
  const { words } = useAround();
  const video = useRef<HTMLVideoElement>(null);
  const hear = useRef(onText);
  hear.current = onText;
  const on = camera.state === "on";
  useEffect(() => {
    void camera.start();
  }, [camera]);
  useEffect(() => {
    const element = video.current;
    if (!on || !element) return;
    element.srcObject = camera.stream;
    // The picture may be taken away while it starts; the next stream starts anew.
    element.play().catch(() => undefined);
    return watch(element, decoder, (text, at) => hear.current(text, at));
  }, [on, camera.stream, decoder]);
  if (!on && camera.state !== "starting" && camera.state !== "off") return <NoCamera camera={camera} />;
  return (
    <div class={`finder ${small ? "finder-small" : ""}`} data-camera={camera.state}>
      <video ref={video} muted playsInline aria-hidden="true" />
      <span class="frame" aria-hidden="true" />
      {!on && <p class="finder-word">{words.say("scan.starting")}</p>}
      {on && !small && (
        <p class="finder-tools">
          {camera.hasTorch && (
            <button
              type="button"
              class="icon-button"
              aria-pressed={camera.torch}
              aria-label={words.say(camera.torch ? "scan.torch_off" : "scan.torch_on")}
              onClick={() => void camera.setTorch(!camera.torch)}
            >
              <Icon name="torch" />
            </button>
          )}
          {camera.zooms > 0 && (
            <button
              type="button"
              class="icon-button num"
              aria-label={words.say("scan.zoom", { times: 2 ** camera.zoomed })}
              onClick={() => void camera.zoom()}
            >
              ×{2 ** camera.zoomed}
            </button>
          )}
          {camera.canFlip && (
            <button
              type="button"
              class="icon-button"
              aria-label={words.say("scan.flip")}
              onClick={() => void camera.flip()}
            >
              <Icon name="flip" />
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function NoCamera({ camera }: { camera: Camera }) {
  const { words } = useAround();
  return (
    <div class="finder finder-none" data-camera={camera.state} role="status">
      <Icon name="camera_off" />
      <strong>{words.say(`camera.${camera.state}`)}</strong>
      <p>{words.say(`camera.${camera.state}_next`)}</p>
      <button type="button" class="button button-line" onClick={() => void camera.start()}>
        {words.say("camera.retry")}
      </button>
    </div>
  );
}
