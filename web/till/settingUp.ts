import type { TrustStore } from "../verifier/trustStore.ts";
import type { Pairing } from "../voucher/pairing.ts";
import { openShop, PAIRING, type Shop } from "./shop.ts";
import { readSetting } from "./store/database.ts";
import { makeTillKey, type TillKey } from "./store/tillKey.ts";
import { keepTrust } from "./store/trust.ts";

const MAX_NAME = 40;

/** Make this browser a till: its own key, its name, the trust that it starts with, and its pairing if it has one. */
export async function setUpShop(
  db: IDBDatabase,
  trust: TrustStore,
  name: string,
  pairing?: Pairing,
): Promise<Shop> {
  const profile = {
    partner: trust.partner,
    name: name.trim().slice(0, MAX_NAME),
    demo: trust.build.demo,
  };
  // A key outlives a second set-up: the journal's chain starts at it.
  const { publicKey, secret } = (await readSetting<TillKey>(db, "key")) ?? (await makeTillKey());
  await keepTrust(db, trust, {
    profile,
    key: { publicKey, secret },
    ...(pairing ? { [PAIRING]: pairing } : {}),
  });
  return (await openShop(db, trust.build))!;
}
