import assert from "node:assert/strict";
import { test } from "node:test";

import { holderKey } from "../../voucher/activation.ts";
import { ascii, fromHex, toHex } from "../../voucher/bytes.ts";
import * as ed25519 from "../../voucher/ed25519.ts";
import * as fallback from "../../voucher/ed25519Fallback.ts";

// RFC 8032 §7.1, test 2.
const SEED = fromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const PUBLIC = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const MESSAGE = Uint8Array.of(0x72);
const SIGNATURE = fromHex(
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
);

test("both engines make and take the signature of RFC 8032", async () => {
  const key = await ed25519.fromSeed(SEED);
  assert.deepEqual(key.publicKey, PUBLIC);
  assert.deepEqual(await key.sign(MESSAGE), SIGNATURE);
  assert.deepEqual(await fallback.publicKey(SEED), PUBLIC);
  assert.deepEqual(await fallback.sign(SEED, MESSAGE), SIGNATURE);
  assert.equal(await ed25519.verify(PUBLIC, MESSAGE, SIGNATURE), true);
  assert.equal(await fallback.verify(PUBLIC, MESSAGE, SIGNATURE), true);
});

test("a seed is signed with by the fallback, a stored key by WebCrypto", async () => {
  const key = await ed25519.fromSeed(SEED);
  assert.ok(key.cryptoKey, "WebCrypto holds the key");
  assert.deepEqual(await ed25519.signWith(key.secret, MESSAGE), SIGNATURE);
  assert.deepEqual(await ed25519.signWith(SEED, MESSAGE), SIGNATURE);
});

test("the private half cannot be read back", async () => {
  const key = await holderKey("00000000000000000012", new Uint8Array(16));
  assert.ok(key.cryptoKey, "WebCrypto holds the key");
  assert.equal(key.cryptoKey.extractable, false);
  assert.deepEqual(key.cryptoKey.usages, ["sign"]);
  for (const format of ["pkcs8", "jwk"] as const) {
    await assert.rejects(crypto.subtle.exportKey(format, key.cryptoKey));
  }
});

test("no changed bit of a signature, key or message holds, in either engine", async () => {
  for (const engine of [ed25519.verify, fallback.verify]) {
    for (let bit = 0; bit < 512; bit += 7) {
      const forged = SIGNATURE.slice();
      forged[bit >> 3]! ^= 1 << (bit & 7);
      if (!ed25519.passesRule(PUBLIC, forged)) continue;
      assert.equal(await engine(PUBLIC, MESSAGE, forged), false);
    }
    assert.equal(await engine(PUBLIC, ascii("s"), SIGNATURE), false);
  }
});

test("the fallback refuses a point that is none", async () => {
  const nowhere = fromHex("02" + "00".repeat(31));
  assert.equal(await fallback.verify(nowhere, MESSAGE, SIGNATURE), false);
  assert.equal(fallback.isInPrimeOrderSubgroup(nowhere), false);
  assert.equal(fallback.isInPrimeOrderSubgroup(PUBLIC), true);
  await assert.rejects(ed25519.checkKey(nowhere), { code: "bad_key" });
  await assert.rejects(ed25519.checkKey(PUBLIC.slice(1)), { code: "bad_key" });
});

test("wrong lengths never hold", async () => {
  for (const size of [0, 31, 33])
    assert.equal(await ed25519.verify(new Uint8Array(size), MESSAGE, SIGNATURE), false);
  for (const size of [0, 63, 65])
    assert.equal(await ed25519.verify(PUBLIC, MESSAGE, new Uint8Array(size)), false);
});

test("a browser without Ed25519 signs and verifies through the fallback", async () => {
  const subtle = crypto.subtle;
  const importKey = subtle.importKey;
  const without = (...given: Parameters<typeof importKey>): Promise<CryptoKey> =>
    JSON.stringify(given[2]).includes("Ed25519")
      ? Promise.reject(new DOMException("unrecognised", "NotSupportedError"))
      : (importKey.apply(subtle, given) as Promise<CryptoKey>);
  Object.defineProperty(subtle, "importKey", { value: without, configurable: true });
  try {
    // A fresh copy of the module: whether WebCrypto has Ed25519 is asked once.
    const old: typeof ed25519 = await import(`../../voucher/ed25519.ts?${"old-browser"}`);
    assert.equal(await old.hasEd25519(), false);
    const key = await old.fromSeed(SEED);
    assert.equal(key.cryptoKey, null);
    assert.deepEqual(key.secret, SEED);
    assert.equal(toHex(await key.sign(MESSAGE)), toHex(SIGNATURE));
    assert.equal(await old.verify(key.publicKey, MESSAGE, SIGNATURE), true);
    assert.equal(await old.verify(key.publicKey, ascii("s"), SIGNATURE), false);
  } finally {
    delete (subtle as { importKey?: unknown }).importKey;
  }
});
