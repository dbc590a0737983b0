import type { TrustStore } from "../verifier/trustStore.ts";
import { VoucherError } from "../voucher/errors.ts";
import { decodePairing, type Pairing, PREFIX } from "../voucher/pairing.ts";
import type { Root } from "../voucher/root.ts";
import { PAIRING, type Shop } from "./shop.ts";
import { readSetting, writeSettings } from "./store/database.ts";
import { walkRoots } from "./trustFiles.ts";

/** What came of a pairing. `older`: this till has a later one. */
export type Paired = "paired" | "pair_older" | "pair_other" | "pair_demo" | "pair_untrusted" | "update_app";

/** Is this text a pairing, good or not? */
export function isPairing(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Take a pairing into a till that has been set up. Resolves once it is kept; rejects as IndexedDB does. */
export async function takePairing(text: string, shop: Shop, root: Root): Promise<Paired> {
  const pairing = await read(text, root);
  if (typeof pairing === "string") return pairing;
  if (pairing.demo !== shop.profile.demo) return "pair_demo";
  if (pairing.partner !== shop.profile.partner) return "pair_other";
  const before = await readSetting<Pairing>(shop.db, PAIRING);
  if (before && pairing.issued < before.issued) return "pair_older";
  await writeSettings(shop.db, { [PAIRING]: pairing });
  return "paired";
}

/** Read a pairing for a device that is not a till yet; newer roots are asked for when this one does not know it. */
export async function readPairing(
  text: string,
  fresh: TrustStore,
  base: string,
  now: number,
): Promise<Pairing | Paired> {
  let pairing = await read(text, fresh.root);
  if (pairing === "pair_untrusted") {
    const [{ root }] = await walkRoots(fresh, base, now).catch(() => [fresh]);
    pairing = await read(text, root);
  }
  return typeof pairing !== "string" && pairing.demo !== fresh.build.demo ? "pair_demo" : pairing;
}

async function read(text: string, root: Root): Promise<Pairing | Paired> {
  try {
    return await decodePairing(text.replace(/[\r\n]+/g, ""), root);
  } catch (fault) {
    if (!(fault instanceof VoucherError)) throw fault;
    return fault.code === "update_app" ? "update_app" : "pair_untrusted";
  }
}
