/** Readers that type: what they send through which keyboard, and what becomes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Burst, type Stroke, Wedge } from "../../till/scan/wedge.ts";

const TEXT = "CJP1:6BF+70790T9WJ%KQ./3-*$ A:0";

// What the keys of each layout give, by position: unshifted and shifted.
const US: Record<string, string> = Object.fromEntries([
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => [`Key${letter}`, letter.toLowerCase() + letter]),
  ...[..."1234567890"].map((digit, i) => [`Digit${digit}`, digit + "!@#$%^&*()"[i]]),
  ["Minus", "-_"],
  ["Equal", "=+"],
  ["Semicolon", ";:"],
  ["Comma", ",<"],
  ["Period", ".>"],
  ["Slash", "/?"],
  ["Space", "  "],
  ["Quote", "'\""],
  ["Backslash", "\\|"],
  ["BracketRight", "]}"],
]);
const FR: Record<string, string> = {
  ...US,
  ...Object.fromEntries([..."1234567890"].map((digit, i) => [`Digit${digit}`, "&é\"'(-è_çà"[i] + digit])),
  KeyQ: "aA", KeyA: "qQ", KeyW: "zZ", KeyZ: "wW", Semicolon: "mM", KeyM: ",?",
  Comma: ";.", Period: ":/", Slash: "!§", Minus: ")°", BracketRight: "$£", Quote: "ù%", Backslash: "*µ",
}; // prettier-ignore

/** The strokes that a reader made for one layout sends to a computer set to another. */
function strokes(
  text: string,
  reader: Record<string, string>,
  computer: Record<string, string>,
  gap = 8,
): Stroke[] {
  const all: Stroke[] = [];
  let at = 1000;
  for (const character of text) {
    const found = Object.entries(reader).find(([, pair]) => pair.includes(character));
    assert.ok(found, `no key for ${character}`);
    const shiftKey = found[1].indexOf(character) === 1 && character !== " ";
    if (shiftKey) all.push({ key: "Shift", code: "ShiftLeft", shiftKey: true, at });
    all.push({ key: computer[found[0]]![shiftKey ? 1 : 0]!, code: found[0], shiftKey, at });
    at += gap;
  }
  return [...all, { key: "Enter", code: "Enter", shiftKey: false, at }];
}

function heard(all: Stroke[]): Burst[] {
  const wedge = new Wedge();
  return all.map((stroke) => wedge.take(stroke)).filter((burst) => burst !== null);
}

for (const [readerName, reader] of Object.entries({ US, FR })) {
  for (const [computerName, computer] of Object.entries({ US, FR })) {
    test(`understands a reader set to ${readerName} on a computer set to ${computerName}`, () => {
      assert.deepEqual(heard(strokes(TEXT, reader, computer)), [{ kind: "text", text: TEXT }]);
    });
  }
}

test("says that it was garbled when no layout explains it", () => {
  const odd = strokes(TEXT, US, US).map((stroke) => ({
    ...stroke,
    key: stroke.key === ":" ? "ö" : stroke.key,
    code: "",
  }));
  assert.deepEqual(heard(odd), [{ kind: "garbled" }]);
});

test("hands a foreign code on as it is, so that it is refused with its reason", () => {
  const text = "HTTPS://EXAMPLE.ORG/PAY";
  assert.deepEqual(heard(strokes(text, US, US)), [{ kind: "text", text }]);
});

test("leaves a person who types alone", () => {
  assert.deepEqual(heard(strokes(TEXT, US, US, 120)), []);
});

test("leaves a single Enter and a short word alone", () => {
  assert.deepEqual(heard(strokes("24.90", US, US)), []);
  assert.deepEqual(heard([{ key: "Enter", code: "Enter", shiftKey: false, at: 0 }]), []);
});

test("does not grow without end", () => {
  const wedge = new Wedge();
  for (let i = 0; i < 100_000; i++) wedge.take({ key: "A", code: "KeyA", shiftKey: true, at: 0 });
  const burst = wedge.take({ key: "Enter", code: "Enter", shiftKey: false, at: 0 });
  assert.equal(burst?.kind === "text" && burst.text.length === 1024, true);
});

test("takes Tab and the group separator for an ending, whatever the layout", () => {
  const gs = { key: "]", code: "BracketRight", shiftKey: false, ctrlKey: true };
  const french = { ...gs, key: "$" };
  const raw = { key: "\u001d", code: "", shiftKey: false };
  const tab = { key: "Tab", code: "Tab", shiftKey: false };
  for (const ending of [gs, french, raw, tab]) {
    const typed = strokes(TEXT, US, FR).slice(0, -1);
    const at = typed[typed.length - 1]!.at + 8;
    assert.deepEqual(heard([...typed, { ...ending, at }]), [{ kind: "text", text: TEXT }]);
  }
});

test("a pause ends a code of ours without an ending, and nothing that a person types", () => {
  const [mine, foreign] = [new Wedge(), new Wedge()];
  for (const stroke of strokes(TEXT, US, FR).slice(0, -1)) mine.take(stroke);
  for (const stroke of strokes("BONJOUR TOUT LE MONDE", US, US).slice(0, -1)) foreign.take(stroke);
  assert.deepEqual(mine.rest(), { kind: "text", text: TEXT });
  assert.equal(mine.rest(), null);
  assert.equal(foreign.rest(), null);
});

test("a shortcut in a burst is no character of it", () => {
  const typed = strokes(TEXT, US, US);
  const shortcut = { key: "j", code: "KeyJ", shiftKey: false, ctrlKey: true, at: typed[4]!.at };
  assert.deepEqual(heard([...typed.slice(0, 5), shortcut, ...typed.slice(5)]), [
    { kind: "text", text: TEXT },
  ]);
});
