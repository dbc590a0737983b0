import { type Burst, PAUSE_MS, Wedge } from "./wedge.ts";

/** Hear a reader that types, wherever the focus is, but in the field that is made for typing a code. */
export function listenToReader(heard: (burst: Burst) => void): () => void {
  const wedge = new Wedge();
  let pause = 0;
  const down = (event: KeyboardEvent): void => {
    if (event.metaKey || (event.target as HTMLElement).dataset?.["typed"] !== undefined) return;
    const { key, code, shiftKey, ctrlKey, timeStamp } = event;
    clearTimeout(pause);
    // The burst's Enter or space must not press whatever button has the focus.
    const during = wedge.busy;
    const burst = wedge.take({ key, code, shiftKey, ctrlKey, at: timeStamp });
    if (during && (wedge.busy || burst)) swallow(event);
    if (burst) heard(burst);
    else if (wedge.busy) pause = window.setTimeout(paused, PAUSE_MS);
  };
  const paused = (): void => {
    const burst = wedge.rest();
    if (burst) heard(burst);
  };
  const up = (event: KeyboardEvent): void => {
    if (wedge.busy && event.key === " ") swallow(event);
  };
  addEventListener("keydown", down, true);
  addEventListener("keyup", up, true);
  return () => {
    clearTimeout(pause);
    removeEventListener("keydown", down, true);
    removeEventListener("keyup", up, true);
  };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
