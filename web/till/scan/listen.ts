import { type Burst, Wedge } from "./wedge.ts";

/** Hear a reader that types, wherever the focus is, but in the field that is made for typing a code. */
export function listenToReader(heard: (burst: Burst) => void): () => void {
  const wedge = new Wedge();
  const down = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || (event.target as HTMLElement).dataset?.typed !== undefined) return;
    const { key, code, shiftKey, timeStamp } = event;
    // The burst's Enter or space must not press whatever button has the focus.
    const during = wedge.busy;
    const burst = wedge.take({ key, code, shiftKey, at: timeStamp });
    if (during && (wedge.busy || burst)) swallow(event);
    if (burst) heard(burst);
  };
  const up = (event: KeyboardEvent): void => {
    if (wedge.busy && event.key === " ") swallow(event);
  };
  addEventListener("keydown", down, true);
  addEventListener("keyup", up, true);
  return () => {
    removeEventListener("keydown", down, true);
    removeEventListener("keyup", up, true);
  };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
