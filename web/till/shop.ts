import type { TillProfile } from "../verifier/views.ts";
import type { PageBuild } from "./page.ts";
import { readSetting } from "./store/database.ts";
import type { TillKey } from "./store/tillKey.ts";

/** Seconds since 1970, whole: the device's clock. */
export type Clock = () => number;
export const deviceClock: Clock = () => Math.floor(Date.now() / 1000);

/** Setting: the pairing in force, with the partner's short-code key. */
export const PAIRING = "pairing";

/** What a browser is once it has been set up as a till: enough to show its first screen. `Till` works with it. */
export interface Shop {
  readonly db: IDBDatabase;
  readonly build: PageBuild;
  readonly profile: TillProfile;
  readonly key: TillKey;
  /** The shop's name as its newest list says, to be shown before that list has been verified again. */
  readonly title: string;
}

/** The shop of this browser, or null before its set-up. Nothing of it is trusted yet. */
export async function openShop(db: IDBDatabase, build: PageBuild): Promise<Shop | null> {
  const profile = await readSetting<TillProfile>(db, "profile");
  const key = await readSetting<TillKey>(db, "key");
  if (!profile || !key || profile.demo !== build.demo) return null;
  const title = (await readSetting<string>(db, "title")) ?? profile.partner;
  return { db, build, profile, key, title };
}
