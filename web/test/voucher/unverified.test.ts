import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import * as armour from "../../voucher/armour.ts";
import { fromHex } from "../../voucher/bytes.ts";
import { CosignedFile } from "../../voucher/cosign.ts";
import { Envelope } from "../../voucher/envelope.ts";
import { VoucherError } from "../../voucher/errors.ts";
import { Keyring } from "../../voucher/keyring.ts";

const VECTORS = new URL("../../../tests/vectors/", import.meta.url);

function vector(path: string): Record<string, string> & { keys: string[] } {
  return JSON.parse(readFileSync(new URL(path, VECTORS), "utf8"));
}

test("an unverified object has no readable field", () => {
  const { data } = armour.decode(vector("text/text-accepted.json")["text"]!);
  const unread = [
    new Envelope(data),
    new CosignedFile(fromHex(vector("anchor/root-accepted.json")["data"]!), "cje-root", 1e5),
  ];
  for (const object of unread) {
    assert.equal(
      Object.values(object).every((value) => typeof value === "function"),
      true,
    );
    assert.equal(JSON.stringify(object).includes(":"), false);
  }
});

test("an error says its code, and nothing of what was scanned", () => {
  for (const name of readdirSync(new URL("text/", VECTORS)).slice(0, 60)) {
    const { text } = vector(`text/${name}`);
    try {
      armour.decode(text!);
    } catch (error) {
      if (!(error instanceof VoucherError)) throw error;
      assert.equal(!text || text.length < 6 || !error.message.includes(text.slice(5, 40) || "\0"), true);
    }
  }
});

test("two different keys with one kid are never both trusted", async (context) => {
  // A collision costs 2^32 tries: a digest of two values makes one.
  const digest = crypto.subtle.digest;
  context.after(() => delete (crypto.subtle as { digest?: unknown }).digest);
  Object.defineProperty(crypto.subtle, "digest", {
    value: async () => new ArrayBuffer(32),
    configurable: true,
  });
  assert.notEqual(crypto.subtle.digest, digest);
  await assert.rejects(Keyring.of([new Uint8Array(32), new Uint8Array(32).fill(1)]), { code: "bad_key" });
  await Keyring.of([new Uint8Array(32), new Uint8Array(32)]);
});
