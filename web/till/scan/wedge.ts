/**
 * Readers that type: a USB or Bluetooth scanner is a keyboard to the browser. It types fast, ends with Enter, and
 * was set up for one keyboard layout, often not the computer's: `CJE1:` then arrives as `CJE&M`. The position of
 * each key is known too (`KeyboardEvent.code`), so the text is read three ways and the one that is ours wins.
 */

/** The part of a KeyboardEvent that matters here. */
export interface Stroke {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey?: boolean;
  /** Milliseconds, any origin. */
  readonly at: number;
}

// Nobody types forty characters with less than this between two of them; readers take 1–30 ms.
const MAX_GAP_MS = 90;
/** A reader that sends no ending is done after this long; a busy page may hear it in gulps. */
export const PAUSE_MS = 300;
const MIN_LENGTH = 12;
const MAX_LENGTH = 1024;
const OURS = /^CJ[A-Z][0-9]:[0-9A-Z $%*+\-./:]+$/;

/** Characters by position: unshifted, shifted. Letters of AZERTY that sit elsewhere are in FR_LETTERS. */
const US: Record<string, string> = {
  Digit1: "1!", Digit2: "2@", Digit3: "3#", Digit4: "4$", Digit5: "5%",
  Digit6: "6^", Digit7: "7&", Digit8: "8*", Digit9: "9(", Digit0: "0)",
  Minus: "-_", Equal: "=+", Semicolon: ";:", Comma: ",<", Period: ".>", Slash: "/?", Space: "  ",
}; // prettier-ignore
const FR: Record<string, string> = {
  Digit1: "&1", Digit2: "é2", Digit3: '"3', Digit4: "'4", Digit5: "(5",
  Digit6: "-6", Digit7: "è7", Digit8: "_8", Digit9: "ç9", Digit0: "à0",
  Minus: ")°", Equal: "=+", BracketRight: "$£", Quote: "ù%", Backslash: "*µ",
  Comma: ";.", Period: ":/", Slash: "!§", Space: "  ",
}; // prettier-ignore
const FR_LETTERS: Record<string, string> = { KeyQ: "A", KeyA: "Q", KeyW: "Z", KeyZ: "W", Semicolon: "M" };
const PAD: Record<string, string> = {
  NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: ".",
}; // prettier-ignore

function byPosition({ code, shiftKey }: Stroke, french: boolean): string {
  if (french && FR_LETTERS[code]) return FR_LETTERS[code];
  if (/^Key[A-Z]$/.test(code)) return code.slice(3);
  if (/^Numpad\d$/.test(code)) return code.slice(6);
  return PAD[code] ?? (french ? FR : US)[code]?.charAt(shiftKey ? 1 : 0) ?? "";
}

export type Burst = { readonly kind: "text"; readonly text: string } | { readonly kind: "garbled" };

/** Collects the strokes of one burst. Feed it every keydown; it answers at the end of a burst that a reader typed. */
export class Wedge {
  private strokes: Stroke[] = [];

  /** True while a burst is under way: the page must then not react to Enter or to shortcuts itself. */
  get busy(): boolean {
    return this.strokes.length > 3;
  }

  /** A reader that sends no ending has paused: what it typed if it is ours, else null. A person pauses too. */
  rest(): Burst | null {
    if (this.strokes.length < MIN_LENGTH || !ours(this.strokes)) return null;
    return this.finish();
  }

  /** Take one stroke. Returns what a reader typed once its Enter, Tab or GS arrives, else null. */
  take(stroke: Stroke): Burst | null {
    const last = this.strokes[this.strokes.length - 1];
    if (last && stroke.at - last.at > MAX_GAP_MS) this.strokes = [];
    if (ends(stroke)) return this.finish();
    if (stroke.ctrlKey) return null;
    if (stroke.key === "Shift" || stroke.key === "CapsLock" || this.strokes.length >= MAX_LENGTH) return null;
    if (stroke.key.length === 1 || stroke.key === "Dead" || stroke.key === "Process")
      this.strokes.push(stroke);
    return null;
  }

  private finish(): Burst | null {
    const strokes = this.strokes;
    this.strokes = [];
    if (strokes.length < MIN_LENGTH) return null;
    const text = ours(strokes);
    if (text) return { kind: "text", text };
    const [typed = "", ...others] = ways(strokes);
    // Letters in the right places and the rest wrong: our code through a layout that none of the three explains.
    const near = [typed, ...others].some((way) => /^CJ[A-Z]/i.test(way));
    return near ? { kind: "garbled" } : { kind: "text", text: typed };
  }
}

/** Enter, Tab, or the group separator: a keyboard sends that as Ctrl and the key right of P, two further. */
function ends({ key, code, ctrlKey }: Stroke): boolean {
  return (
    key === "Enter" || key === "Tab" || key === "\u001d" || (ctrlKey === true && code === "BracketRight")
  );
}

/** What strokes say as they came, and by position on both layouts. */
function ways(strokes: readonly Stroke[]): string[] {
  return [
    strokes.map(({ key }) => key).join(""),
    strokes.map((stroke) => byPosition(stroke, false)).join(""),
    strokes.map((stroke) => byPosition(stroke, true)).join(""),
  ];
}

function ours(strokes: readonly Stroke[]): string | undefined {
  return ways(strokes).find((text) => OURS.test(text));
}
