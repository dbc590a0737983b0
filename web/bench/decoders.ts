/**
 * Reads grey pictures of 1280 × 720 from stdin, one after another, with our pipeline and with its peers as they come;
 * answers each with a line of JSON. `bench/decoders.py` draws the pictures and counts.
 */
import { readFile } from "node:fs/promises";
import jsQR from "jsqr";
import decodeQR from "qr/decode.js";
import { readBarcodes } from "zxing-wasm/reader";
import { openZxing } from "../till/scan/zxing.ts";
import { Reader } from "../till/scan/reader.ts";
import type { Rgba } from "../till/scan/engine.ts";

const [WIDTH, HEIGHT] = [1280, 720];
const SIZE = WIDTH * HEIGHT;

/** Processor time in milliseconds: what a picture costs must not depend on who else uses this machine. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const wasm = await readFile(new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")));
const module = await WebAssembly.compile(wasm);
const ours = new Reader(spent);
for (const engine of await openZxing(module)) ours.join(engine);

const decoders: Record<string, (picture: Rgba) => Promise<string | null> | string | null> = {
  ours: (picture) => ours.read(picture),
  zxing: async (picture) => {
    const [found] = await readBarcodes(picture as ImageData, { formats: ["QRCode"] });
    return found?.isValid ? found.text : null;
  },
  qr: (picture) => decodeQR(picture),
  jsqr: ({ data, width, height }) => jsQR(data, width, height)?.data ?? null,
};

async function answer(grey: Uint8Array): Promise<string> {
  const data = new Uint8ClampedArray(SIZE * 4).fill(255);
  for (let i = 0; i < SIZE; i++) data.fill(grey[i]!, i * 4, i * 4 + 3);
  const said: Record<string, [string | null, number]> = {};
  for (const [name, read] of Object.entries(decoders)) {
    const from = spent();
    const text = await Promise.resolve(picture(data))
      .then(read)
      .catch(() => null); // `qr` throws when it finds nothing
    said[name] = [text, spent() - from];
  }
  return JSON.stringify(said);
}

function picture(data: Uint8ClampedArray): Rgba {
  return { data, width: WIDTH, height: HEIGHT };
}

let waiting = Buffer.alloc(0);
for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
  waiting = Buffer.concat([waiting, chunk]);
  while (waiting.length >= SIZE) {
    process.stdout.write((await answer(waiting.subarray(0, SIZE))) + "\n");
    waiting = waiting.subarray(SIZE);
  }
}
