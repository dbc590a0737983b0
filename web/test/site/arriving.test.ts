import assert from "node:assert/strict";
import { test } from "node:test";
import { Arriving } from "../../site/arriving.ts";
import { hits, Index, index } from "../../site/search.ts";
import type { Catalogue } from "../../ui/catalogue.ts";

const HOSTILE = ['},{"number":1', '"offers":[{', "\\", '\\"},{\\"number\\":', "]}", "é€😀\u2028", "{\n}"];
const TREE = {
  format: "cje-catalogue",
  version: 1,
  name: HOSTILE.join(" "),
  categories: [],
  partners: {},
  offers: HOSTILE.map((title, n) => ({
    number: n + 1,
    title,
    headline: "",
    summary: `${HOSTILE[(n + 1) % HOSTILE.length]}`,
    tags: [],
    categories: [],
    territory: { label: "" },
    places: [{ name: title, commune: "", postcode: "" }],
  })),
};
const TEXT = JSON.stringify(TREE);

function read(pieces: string[]): Catalogue {
  const arriving = new Arriving();
  for (const piece of pieces) arriving.take(piece);
  return arriving.end();
}

test("whatever the pieces, what is read is what was written", () => {
  for (let at = 1; at < TEXT.length; at += 1)
    assert.deepEqual(read([TEXT.slice(0, at), TEXT.slice(at)]), TREE);
  for (const size of [1, 2, 7, 64, TEXT.length]) {
    const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, "g"))!;
    assert.deepEqual(read(pieces), TREE);
  }
});

test("offers are there before the last piece is", () => {
  const arriving = new Arriving();
  arriving.take(TEXT.slice(0, TEXT.indexOf('{"number":4')));
  assert.equal(arriving.catalogue?.offers.length, 2);
});

test("a catalogue laid out by somebody else is read whole", () => {
  assert.deepEqual(read(JSON.stringify(TREE, null, 2).match(/[^]{1,50}/g)!), TREE);
  assert.deepEqual(read([JSON.stringify({ ...TREE, offers: [] })]), { ...TREE, offers: [] });
});

test("a catalogue that is cut, or of another version, is refused", () => {
  for (const at of [0, 10, TEXT.length >> 1, TEXT.length - 1])
    assert.throws(() => read([TEXT.slice(0, at)]), SyntaxError);
  assert.throws(() => read([TEXT.replace('"version":1', '"version":2')]), TypeError);
});

test("an index that grows offer by offer is the index of the whole", () => {
  const whole = read([TEXT]);
  const grown = new Index();
  whole.offers.forEach(() => grown.add(whole));
  assert.deepEqual(grown.postings, index(whole).postings);
  assert.equal(hits(grown, "number").length, 4);
});
