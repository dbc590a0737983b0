/** A partner's barcode, black on white, bars in whole pixels, with the quiet zones of its symbology. */

import JsBarcode from "jsbarcode";
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Entry } from "../../../voucher/bundle.ts";
import { say } from "../../words.ts";
import { Icon } from "../parts.tsx";
import { useMeasure, wholePixels } from "./whole_pixels.ts";

const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ean13: "EAN13",
    ean8: "EAN8",
    upca: "UPC",
    code128: "CODE128",
    code39: "CODE39",
    itf14: "ITF14",
    codabar: "codabar",
  }),
);
// GS1 General Specifications §5.2: at least 11 modules on the left of an EAN-13; 10 for the others.
const QUIET = 11;
/** CSS pixels: tall enough for a reader that is held askew. */
const BAR_HEIGHT = 150;
/** CSS pixels: below this a bar is thinner than a hand scanner's beam on most phones; then the code stands upright. */
const THIN = 2;
/** CSS pixels above and below an upright code: the bar, and white that a reader needs. */
const AROUND = 100;

interface Drawing {
  readonly length: number;
  readonly upright: boolean;
}

export function Barcode({ entry }: { entry: Entry }): JSX.Element {
  const bars = useMemo(() => modules(entry.symbology ?? "", entry.code ?? ""), [entry]);
  const count = (bars?.length ?? 0) + 2 * QUIET;
  const frame = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [{ length, upright }, setDrawing] = useState<Drawing>({ length: 0, upright: false });
  useMeasure(() => {
    const flat = wholePixels(frame.current?.clientWidth ?? 0, count, devicePixelRatio);
    const tall = wholePixels(innerHeight - AROUND, count, devicePixelRatio);
    const turn = chosen ?? (flat < THIN * count && tall > flat);
    setDrawing({ length: turn ? tall : flat, upright: turn });
  }, [count, chosen]);
  return (
    <div class="barcode" ref={frame}>
      {bars && length > 0 ? (
        <svg
          viewBox={upright ? `0 0 1 ${count}` : `0 0 ${count} 1`}
          width={upright ? BAR_HEIGHT : length}
          height={upright ? length : BAR_HEIGHT}
          preserveAspectRatio="none"
          shape-rendering="crispEdges"
          role="img"
          aria-label={say("barcode.label", { partner: entry.partner })}
        >
          <path d={stripes(bars, upright)} fill="#000" />
        </svg>
      ) : (
        <p>{say("barcode.failed")}</p>
      )}
      <p class="barcode-digits num">{entry.code}</p>
      {bars && length > 0 && (
        <button type="button" class="button button-quiet" onClick={() => setChosen(!upright)}>
          <Icon name="repeat" />
          {say(upright ? "barcode.flat" : "barcode.upright")}
        </button>
      )}
    </div>
  );
}

/** Modules from left to right, "1" dark; null when the symbology cannot carry the text. */
export function modules(symbology: string, text: string): string | null {
  const drawn: { encodings?: readonly { data: string }[] } = {};
  const format = FORMATS.get(symbology);
  if (!format) return null;
  let valid = true;
  JsBarcode(drawn, text, { format, flat: true, valid: (is: boolean) => (valid = is) });
  return valid && drawn.encodings ? drawn.encodings.map(({ data }) => data).join("") : null;
}

function stripes(bars: string, upright: boolean): string {
  const runs = Array.from(bars.matchAll(/1+/g), ({ 0: run, index }) => [QUIET + index, run.length] as const);
  return runs
    .map(([at, size]) => (upright ? `M0 ${at}h1v${size}h-1z` : `M${at} 0h${size}v1h-${size}z`))
    .join("");
}
