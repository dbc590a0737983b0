import { APP, type Stored, TrustStore } from "../../verifier/trustStore.ts";
import type { PageBuild } from "../page.ts";
import { readSetting, writeSettings } from "./database.ts";

/** The trust of a new till. Rejects with VoucherError when the build's root is unfit. */
export function beginTrust(build: PageBuild, partner: string): Promise<TrustStore> {
  return TrustStore.begin({ ...build, app: APP }, partner);
}

/** What this browser trusts, every file verified again. Rejects as `beginTrust`. */
export async function openTrust(db: IDBDatabase, build: PageBuild, partner: string): Promise<TrustStore> {
  const stored = await readSetting<Stored>(db, "trust");
  if (!stored) return beginTrust(build, partner);
  return TrustStore.restore({ ...build, app: APP }, partner, stored);
}

/** Keep it, and the shop's name for the first screen, together with `others` or not at all. */
export async function keepTrust(
  db: IDBDatabase,
  trust: TrustStore,
  others: Record<string, unknown> = {},
): Promise<void> {
  const title = trust.installed?.list.partnerName ?? trust.partner;
  await writeSettings(db, { ...others, trust: trust.stored(), title });
}
