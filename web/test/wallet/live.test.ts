import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, PRESENTATION } from "../../voucher/armour.ts";
import { holderKey } from "../../voucher/activation.ts";
import { encodeClaims } from "../../voucher/claims.ts";
import * as claims from "../../voucher/claims.ts";
import { fromSeed, kid } from "../../voucher/ed25519.ts";
import { Keyring } from "../../voucher/keyring.ts";
import { decodePresentation } from "../../voucher/presentation.ts";
import encodeQR from "qr";
import { firstSeq, livePresentation } from "../../wallet/core/live.ts";
import { spaced, typed } from "../../wallet/core/typed.ts";
import { outline } from "../../wallet/views/showing/qr.tsx";
import { modules } from "../../wallet/views/showing/barcode.tsx";
import { NOW } from "./world.ts";

const CODE = "0".repeat(20);

async function voucher(): Promise<{
  bytes: Uint8Array;
  key: Uint8Array;
  sign(m: Uint8Array): Promise<Uint8Array>;
}> {
  const issuing = await fromSeed(new Uint8Array(32).fill(7));
  const cti = new Uint8Array(16).fill(9);
  const own = await holderKey(CODE, cti);
  const said: claims.Claims = {
    notBefore: NOW - 1000,
    expires: NOW + 1000,
    cti,
    offer: 101,
    uses: 2,
    period: 3,
    holder: own.publicKey,
  };
  assert.equal(encodeClaims(said).length > 0, true);
  const id = await kid(issuing.publicKey);
  const bytes = claims.encodeVoucher(said, id, await issuing.sign(claims.signingInput(said, id)));
  return { bytes, key: issuing.publicKey, sign: own.sign };
}

test("what is drawn is a presentation that a till accepts, in a QR of version 10", async () => {
  const { bytes, key, sign } = await voucher();
  for (const challenge of [undefined, 0, 9999]) {
    const text = await livePresentation(bytes, { now: NOW, seq: 34_560_000, challenge }, sign);
    const { prefix, data } = decode(text);
    assert.equal(prefix, PRESENTATION);
    const shown = await decodePresentation(data, await Keyring.of([key]));
    assert.equal(shown.timestamp, NOW);
    assert.equal(shown.seq, 34_560_000);
    assert.equal(shown.challenge, challenge ?? null);
    assert.equal(encodeQR(text, "raw", { ecc: "low", encoding: "alphanumeric", border: 4 }).length, 57 + 8);
  }
});

test("a first counter tells nothing that the voucher and the time do not tell", () => {
  assert.equal(firstSeq(NOW, NOW - 500), 500);
  assert.equal(firstSeq(NOW, NOW + 500), 1);
});

test("an outline covers exactly the dark modules", () => {
  const picture = [
    [true, true, false],
    [false, false, true],
    [false, false, false],
  ];
  assert.equal(outline(picture), "M0 0h2v1h-2zM2 1h1v1h-1z");
});

test("a typed code says what it lacks", () => {
  assert.deepEqual(typed(""), { kind: "empty" });
  assert.deepEqual(typed("ab cd"), { kind: "short", missing: 16 });
  assert.deepEqual(typed("oooo-oooo-oooo-oooo-oooo"), { kind: "ready", code: CODE });
  assert.deepEqual(typed("0000-0000-0000-0000-0001"), { kind: "wrong" });
  assert.deepEqual(typed("0000-0000-0000-0000-00011"), { kind: "long" });
  assert.deepEqual(typed(`Salut ! https://x.example/carte/#${CODE} bises`), { kind: "ready", code: CODE });
  assert.equal(spaced("abcdefgh1"), "ABCD-EFGH-1");
});

test("a barcode is drawn in its symbology or not at all", () => {
  assert.equal(modules("ean13", "2012345678903")?.length, 95);
  assert.equal(modules("ean8", "12345670")?.length, 67);
  assert.equal(modules("upca", "123456789012")?.length, 95);
  assert.equal(modules("ean13", "2012345678904"), null);
  assert.equal(modules("ean13", "abc"), null);
  assert.equal(modules("constructor", "1"), null);
  assert.equal(modules("qr", "1"), null);
});
