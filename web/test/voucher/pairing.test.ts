/** The worked pairing of docs/spec/trust-v1.md, made by the Python room, read here. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fromHex } from "../../voucher/bytes.ts";
import { decodePairing } from "../../voucher/pairing.ts";
import { decodeAnchor } from "../../voucher/root.ts";

const spec = await readFile(new URL("../../../docs/spec/trust-v1.md", import.meta.url), "utf8");

function worked(name: string): string {
  const [, lines] = new RegExp(`\\n${name}\\n((?:  .*\\n)+)`).exec(spec)!;
  return lines!
    .split("\n")
    .map((line) => line.slice(2))
    .join("");
}

const root = await decodeAnchor(fromHex(worked("root file")));
const text = worked("pairing text");

test("reads what the issuer's room signs", async () => {
  const { shortKey, ...named } = await decodePairing(text, root);
  assert.deepEqual(named, { issued: 1_774_998_000, demo: false, partner: "cars", partnerName: "Cars" });
  assert.deepEqual([...shortKey], [...Array(32).keys()]);
});

test("takes no changed character, no other prefix, nothing too long", async () => {
  const bad = [...text].map((character, at) => {
    return text.slice(0, at) + (character === "0" ? "1" : "0") + text.slice(at + 1);
  });
  const others = [text.slice(5), `CJE1:${text.slice(5)}`, text + "0", text.padEnd(1206, "0"), ""];
  for (const one of [...bad, ...others]) await assert.rejects(decodePairing(one, root));
});
