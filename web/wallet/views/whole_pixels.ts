/** Sizes at which a scanner meets no module that is wider than its neighbour. */

import { useLayoutEffect, useState } from "preact/hooks";

/** The largest size in the frame at which every module is the same whole number of the screen's pixels. */
export function useWholePixels(frame: { current: HTMLElement | null }, modules: number): number {
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
