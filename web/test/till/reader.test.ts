/** The scanner on drawn pictures: it reads ours, and calls a hostile or broken one nothing. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import encodeQR from "qr";
import type { Engine, Rgba } from "../../till/scan/engine.ts";
import { knownPicture, openNative } from "../../till/scan/native.ts";
import { openZxing } from "../../till/scan/zxing.ts";
import { Reader } from "../../till/scan/reader.ts";
import { fromRgba, type Grey, resize, stretch } from "../../till/scan/luma.ts";

const TEXT = "CJP1:" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".repeat(8);

function grey({ data, width, height }: Rgba): Grey {
  return fromRgba(data, width, height);
}

/** A picture of a QR in the middle of a grey picture. */
function picture(text: string, scale: number, dark = 0, light = 255): Rgba {
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
  return { data: rgba, width, height };
}

for (const scale of [3, 5, 9]) {
  test(`reads a version 10 code drawn ${scale} pixels a module`, async () => {
    assert.equal(await new Reader().read(picture(TEXT, scale), 50), TEXT);
  });
}

test("reads a code of very little contrast", async () => {
  assert.equal(await new Reader().read(picture(TEXT, 6, 118, 142), 50), TEXT);
});

test("finds nothing in a plain picture, in bounded time, and is ready for the next", async () => {
  const reader = new Reader();
  assert.equal(await reader.read(plain()), null);
  assert.equal(await reader.read(picture(TEXT, 5), 50), TEXT);
});

test("never hands on control characters or another alphabet as they are", async () => {
  const text = await new Reader().read(picture("é\u0000\u001b[2Jévil", 8), 50);
  assert.equal(text === null || !/[^\u0000-\u007f\ufffd]/.test(text), true);
});

test("keeps the picture's size and range when it is scaled and stretched", () => {
  const source = grey(picture(TEXT, 5, 100, 150));
  const spread = stretch(source);
  assert.equal(
    spread.data.subarray(0, 1e5).reduce((least, value) => Math.min(least, value), 255),
    128,
  );
  for (const factor of [0.4, 1.5]) {
    const { data, width, height } = resize(source, factor);
    assert.equal(data.length, width * height);
    assert.equal(width, Math.round(1280 * factor));
  }
});

function plain(): Rgba {
  return { data: new Uint8ClampedArray(1280 * 720 * 4).fill(128), width: 1280, height: 720 };
}

test("asks the engines that have joined in turn, and none again that broke", async () => {
  const reader = new Reader();
  const asked: string[] = [];
  const engine = (name: string, answer: () => Uint8Array | null): Engine => ({
    async read() {
      asked.push(name);
      return answer();
    },
  });
  reader.join(engine("one", () => null));
  reader.join(
    engine("broken", () => {
      throw new Error("out of memory");
    }),
  );
  reader.join(engine("two", () => Uint8Array.of(67, 74, 0xe9)));
  assert.equal(await reader.read(plain(), 50), "CJ\ufffd");
  assert.equal(await reader.read(plain(), 50), "CJ\ufffd");
  assert.deepEqual(asked, ["one", "broken", "two", "one", "two"]);
});

test("a glance is one look of the best engine there is, and takes nobody's turn", async () => {
  const reader = new Reader(() => 0);
  const order: number[] = [];
  for (const i of [0, 1, 2]) reader.join({ read: async () => (order.push(i), null) });
  await reader.read(plain(), 0);
  assert.deepEqual(order, [0]);
  for (const [patience, expected] of [
    [1, [0, 1, 2]],
    [0, [0]],
    [1, [0, 2, 1]],
  ] as const) {
    order.length = 0;
    await reader.read(plain(), patience);
    assert.deepEqual(order, expected);
  }
});

test("asks only the first engine where our own look reads the code", async () => {
  const reader = new Reader();
  reader.join({ read: async () => null });
  reader.join({ read: () => assert.fail("asked") });
  assert.equal(await reader.read(picture(TEXT, 5)), TEXT);
});

test("reads with each look of ZXing, from a module that is already compiled", async () => {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
  const looks = await openZxing(await WebAssembly.compile(await readFile(file)));
  assert.equal(looks.length, 3);
  for (const { read } of looks) {
    const shown = picture(TEXT, 5);
    assert.equal(Buffer.from((await read(shown, grey(shown))) ?? []).toString("latin1"), TEXT);
    assert.equal(await read(plain(), grey(plain())), null);
  }
});

class Picture {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}
function detector(detect: (picture: Picture) => unknown, formats = ["ean_13", "qr_code"]): object {
  return {
    BarcodeDetector: class {
      static async getSupportedFormats(): Promise<string[]> {
        return formats;
      }
      async detect(shown: Picture): Promise<unknown> {
        return detect(shown);
      }
    },
  };
}
const really = async ({ data, width, height }: Picture): Promise<{ rawValue: string }[]> => {
  const text = await new Reader().read({ data, width, height }, 50);
  return text ? [{ rawValue: text }] : [];
};

test("trusts the browser's own detector only after it has read a code that we know", async (t) => {
  const kept = (globalThis as { ImageData?: unknown }).ImageData;
  (globalThis as { ImageData?: unknown }).ImageData = Picture;
  t.after(() => ((globalThis as { ImageData?: unknown }).ImageData = kept));
  assert.equal(await new Reader().read(knownPicture(), 50), "CJE1:OK $%*+-./09AZ");
  const native = await openNative(detector(really));
  const bytes = await native?.read(picture(TEXT, 5), grey(picture(TEXT, 5)));
  assert.equal(Buffer.from(bytes ?? []).toString("latin1"), TEXT);
  for (const liar of [
    {},
    detector(really, ["ean_13"]),
    detector(() => []),
    detector(() => [{ rawValue: "cje1:ok $%*+-./09az" }]),
    detector(() => {
      throw new DOMException("", "NotSupportedError");
    }),
  ]) {
    assert.equal(await openNative(liar), null);
  }
});
