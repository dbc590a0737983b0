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
  /** Milliseconds, any origin. */
  readonly at: number;
}

// Nobody types forty characters with less than this between two of them; readers take 1–30 ms.
const MAX_GAP_MS = 90;
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

  /** Take one stroke. Returns what a reader typed once its Enter (or Tab, or GS) arrives, else null. */
  take(stroke: Stroke): Burst | null {
    const last = this.strokes[this.strokes.length - 1];
    if (last && stroke.at - last.at > MAX_GAP_MS) this.strokes = [];
    if (stroke.key === "Enter" || stroke.key === "Tab") return this.finish();
    if (stroke.key === "Shift" || stroke.key === "CapsLock" || this.strokes.length >= MAX_LENGTH) return null;
    if (stroke.key.length === 1 || stroke.key === "Dead" || stroke.key === "Process")
      this.strokes.push(stroke);
    return null;
  }

  private finish(): Burst | null {
    const strokes = this.strokes;
    this.strokes = [];
    if (strokes.length < MIN_LENGTH) return null;
    const typed = strokes.map(({ key }) => key).join("");
    const ways = [
      typed,
      strokes.map((stroke) => byPosition(stroke, false)).join(""),
      strokes.map((stroke) => byPosition(stroke, true)).join(""),
    ];
    const ours = ways.find((text) => OURS.test(text));
    if (ours) return { kind: "text", text: ours };
    // Letters in the right places and the rest wrong: our code through a layout that none of the three explains.
    return ways.some((text) => /^CJ[A-Z]/i.test(text)) ? { kind: "garbled" } : { kind: "text", text: typed };
  }
}
