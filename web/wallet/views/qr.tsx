/** A QR of plain square modules, black on white in every appearance, with its quiet zone of 4 (ISO/IEC 18004). */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import encodeQR from "qr";

const QUIET = 4;

export function Qr({ text, label }: { text: string; label: string }): JSX.Element {
  const modules = useMemo(
    () => encodeQR(text, "raw", { ecc: "low", encoding: "alphanumeric", border: QUIET }),
    [text],
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

/** The largest size in the frame at which every module is the same whole number of the screen's pixels. */
function useWholePixels(frame: { current: HTMLElement | null }, modules: number): number {
  const [size, setSize] = useState(modules * 4);
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = frame.current;
      if (!box) return;
      const room = Math.min(
        box.clientWidth,
        parseFloat(getComputedStyle(box).maxBlockSize) || box.clientWidth,
      );
      const pixels = Math.max(1, Math.floor((room * devicePixelRatio) / modules));
      setSize((pixels * modules) / devicePixelRatio);
    };
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [modules]);
  return size;
}
