/** The scanner on drawn pictures: it reads ours, and calls a hostile or broken one nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import encodeQR from "qr";
import { Reader } from "../../till/scan/reader.ts";
import { fromRgba, resize, stretch } from "../../till/scan/luma.ts";

const TEXT = "CJP1:" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".repeat(8);

/** RGBA pixels of a QR in the middle of a grey picture. */
function picture(text: string, scale: number, dark = 0, light = 255): [Uint8ClampedArray, number, number] {
  const modules = encodeQR(text, "raw", { ecc: "low", border: 4 });
  const [width, height] = [1280, 720];
  const rgba = new Uint8ClampedArray(width * height * 4).fill((dark + light) / 2);
  const side = Math.round(modules.length * scale);
  const [left, top] = [Math.round((width - side) / 2), Math.round((height - side) / 2)];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const on = modules[Math.floor(y / scale)]![Math.floor(x / scale)];
      rgba.fill(
        on ? dark : light,
        ((top + y) * width + left + x) * 4,
        ((top + y) * width + left + x) * 4 + 4,
      );
    }
  }
  return [rgba, width, height];
}

for (const scale of [3, 5, 9]) {
  test(`reads a version 10 code drawn ${scale} pixels a module`, () => {
    assert.equal(new Reader().read(...picture(TEXT, scale), 50), TEXT);
  });
}

test("reads a code of very little contrast", () => {
  assert.equal(new Reader().read(...picture(TEXT, 6, 118, 142), 50), TEXT);
});

test("finds nothing in a plain picture, in bounded time, and is ready for the next", () => {
  const reader = new Reader();
  assert.equal(reader.read(new Uint8ClampedArray(1280 * 720 * 4).fill(128), 1280, 720), null);
  assert.equal(reader.read(...picture(TEXT, 5), 50), TEXT);
});

test("never hands on control characters or another alphabet as they are", () => {
  const text = new Reader().read(...picture("é\u0000\u001b[2Jévil", 8), 50);
  assert.ok(text === null || !/[^\u0000-\u007f\ufffd]/.test(text));
});

test("keeps the picture's size and range when it is scaled and stretched", () => {
  const grey = fromRgba(...picture(TEXT, 5, 100, 150));
  const spread = stretch(grey);
  assert.equal(Math.min(...spread.data.subarray(0, 1e5)), 128);
  for (const factor of [0.4, 1.5]) {
    const { data, width, height } = resize(grey, factor);
    assert.equal(data.length, width * height);
    assert.equal(width, Math.round(1280 * factor));
  }
});
