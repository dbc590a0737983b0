/** A QR of plain square modules, black on white in every appearance, with its quiet zone of 4 (ISO/IEC 18004). */

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import encodeQR from "qr";
import { useWholePixels } from "./whole_pixels.ts";

const QUIET = 4;

/** @param props.paper to be printed: creases and stains ask for more correction (voucher-v1, ECC M on paper). */
export function Qr(props: { text: string; label: string; paper?: boolean }): JSX.Element {
  const { text, label, paper } = props;
  const modules = useMemo(
    () => encodeQR(text, "raw", { ecc: paper ? "medium" : "low", encoding: "alphanumeric", border: QUIET }),
    [text, paper],
  );
  const path = useMemo(() => outline(modules), [modules]);
  const frame = useRef<HTMLDivElement>(null);
  const size = useWholePixels(frame, modules.length);
  return (
    <div class="qr" ref={frame}>
      <svg
        viewBox={`0 0 ${modules.length} ${modules.length}`}
        width={size}
        height={size}
        role="img"
        aria-label={label}
        shape-rendering="crispEdges"
      >
        <path d={path} fill="#000" />
      </svg>
    </div>
  );
}

/** One rectangle for each run of dark modules in a row. */
export function outline(modules: readonly (readonly boolean[])[]): string {
  let path = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const start = x;
      while (row[x]) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
    }
  });
  return path;
}
