import { useEffect, useMemo, useState } from "preact/hooks";
import encodeQR from "qr";
import { useAround } from "../context.ts";
import { Sheet } from "../Sheet.tsx";

// A decoder needs a tenth of this; the rest is for a slow phone and a hand that moves.
const FRAME_MS = 600;
const QUIET = 4;

interface ShowProps {
  title: string;
  hint: string;
  texts: readonly string[];
  onBack: () => void;
}

/** Codes one after another, for the camera of another till. */
export function ShowFrames({ title, hint, texts, onBack }: ShowProps) {
  const { words } = useAround();
  const [at, setAt] = useState(0);
  const [paused, setPaused] = useState(false);
  const next = (): void => setAt((now) => (now + 1) % texts.length);
  useEffect(() => {
    if (paused || texts.length < 2) return;
    const timer = setInterval(() => setAt((now) => (now + 1) % texts.length), FRAME_MS);
    return () => clearInterval(timer);
  }, [paused, texts]);
  const place = words.say("frames.place", { n: at + 1, count: texts.length });
  return (
    <Sheet name="frames" title={title} back={words.say("journal.back")} onBack={onBack}>
      <p>{hint}</p>
      <FrameCode text={texts[at]!} label={place} />
      <p class="frames-place num">{place}</p>
      {texts.length > 1 && (
        <div class="row frames-tools">
          <button type="button" class="button button-quiet" onClick={() => setPaused(!paused)}>
            {words.say(paused ? "frames.play" : "frames.pause")}
          </button>
          {paused && (
            <button type="button" class="button button-quiet" onClick={next}>
              {words.say("frames.next")}
            </button>
          )}
        </div>
      )}
    </Sheet>
  );
}

function FrameCode({ text, label }: { text: string; label: string }) {
  const modules = useMemo(
    () => encodeQR(text, "raw", { ecc: "low", encoding: "alphanumeric", border: QUIET }),
    [text],
  );
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  return (
    <svg
      class="frames-code"
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={path.join("")} fill="#000" />
    </svg>
  );
}
