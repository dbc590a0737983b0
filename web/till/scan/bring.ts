import wasm from "zxing-wasm/reader/zxing_reader.wasm";
import type { Decoder } from "./decoder.ts";

/**
 * Fetch and compile the second decoder, from our own origin or the service worker's cache, and have it help. Never
 * rejects: without it the first decoder goes on alone.
 */
export async function bringZxing(decoder: Decoder): Promise<void> {
  try {
    const module = await compiled(new URL(wasm, import.meta.url).href);
    if (await decoder.join(module)) performance.mark("cje-zxing"); // read by the tests and bench/
  } catch {
    // No WebAssembly, not kept offline yet, or refused by the policy.
  }
}

async function compiled(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  // Not `compileStreaming`: it refuses a file that a static host serves under another media type.
  return WebAssembly.compile(await answer.arrayBuffer());
}
