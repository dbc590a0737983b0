import { MAX_FILE } from "../verifier/trustStore.ts";

/** The bytes of a chosen trust file; of a film chosen by mistake only what shows that it is too big. */
export async function listBytes(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, MAX_FILE + 1).arrayBuffer());
}
