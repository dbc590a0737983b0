/** Sizes at which a scanner meets no module that is wider than its neighbour. */

import { useLayoutEffect, useState } from "preact/hooks";

/** CSS pixels of the largest size within `room` at which every module is the same whole number of device pixels; 0: none. */
export function wholePixels(room: number, modules: number, ratio: number): number {
  return (Math.floor((room * ratio) / modules) * modules) / ratio;
}

/** Run `measure` now and whenever the window changes its size. */
export function useMeasure(measure: () => void, inputs: readonly unknown[]): void {
  useLayoutEffect(() => {
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller names what it measures
  }, inputs);
}

/** The largest such size of a square in its frame. */
export function useWholePixels(frame: { current: HTMLElement | null }, modules: number): number {
  const [size, setSize] = useState(modules * 4);
  useMeasure(() => {
    const box = frame.current;
    if (!box) return;
    const limit = parseFloat(getComputedStyle(box).maxBlockSize) || box.clientWidth;
    const room = Math.min(box.clientWidth, limit);
    setSize(wholePixels(room, modules, devicePixelRatio) || modules / devicePixelRatio);
  }, [modules]);
  return size;
}
