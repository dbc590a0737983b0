/** A partner's barcode, black on white, bars in whole pixels, with the quiet zones of its symbology. */

import "../shell.ts";
import JsBarcode from "jsbarcode";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Entry } from "../../voucher/bundle.ts";
import { say } from "../words.ts";
import { useWholePixels } from "./whole_pixels.ts";

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
const HEIGHT = 40;
/** CSS pixels: tall enough for a reader that is held askew. */
const BAR_HEIGHT = 150;

export function Barcode({ entry }: { entry: Entry }): JSX.Element {
  const bars = useMemo(() => modules(entry.symbology ?? "", entry.code ?? ""), [entry]);
  const width = (bars?.length ?? 0) + 2 * QUIET;
  const frame = useRef<HTMLDivElement>(null);
  const size = useWholePixels(frame, width);
  return (
    <div class="barcode" ref={frame}>
      {bars ? (
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          width={size}
          height={BAR_HEIGHT}
          preserveAspectRatio="none"
          shape-rendering="crispEdges"
          role="img"
          aria-label={say("barcode.label", { partner: entry.partner })}
        >
          <path d={stripes(bars)} fill="#000" />
        </svg>
      ) : (
        <p>{say("barcode.failed")}</p>
      )}
      <p class="barcode-digits num">{entry.code}</p>
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

function stripes(bars: string): string {
  const runs = Array.from(bars.matchAll(/1+/g));
  return runs
    .map(({ 0: run, index }) => `M${QUIET + index} 0h${run.length}v${HEIGHT}h-${run.length}z`)
    .join("");
}
