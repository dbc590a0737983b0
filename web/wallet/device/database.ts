/** The wallet's one database. Whatever must survive a dead battery is written with `durability: "strict"`. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Holder, Use } from "../core/card.ts";
import { WalletError } from "../core/errors.ts";
import type { StoredCard } from "./vault.ts";

export interface Request {
  readonly id?: number;
  readonly at: number;
  readonly path: string;
  readonly answer: string;
}

export interface Schema extends DBSchema {
  cards: { key: string; value: StoredCard };
  holders: { key: [string, number]; value: Holder };
  /** Last counter shown, by voucher id in hexadecimal. Outlives its card, so that none is ever used twice. */
  counters: { key: string; value: number };
  uses: { key: number; value: Use; indexes: { card: string } };
  requests: { key: number; value: Request };
  facts: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Schema>;
export const NAME = "cje-wallet";
const VERSION = 1;

/** For transactions: `done` then settles once the data is on the disk, not merely handed to the system. */
export const STRICT = { durability: "strict" } as const;

/** @throws WalletError `storage`: private browsing, a full disk, or storage refused by a setting. */
export async function openDatabase(): Promise<Database> {
  try {
    return await openDB<Schema>(NAME, VERSION, {
      upgrade(db) {
        db.createObjectStore("cards", { keyPath: "id" });
        db.createObjectStore("holders", { keyPath: ["card", "offer"] });
        db.createObjectStore("counters");
        db.createObjectStore("uses", { keyPath: "id", autoIncrement: true }).createIndex("card", "card");
        db.createObjectStore("requests", { keyPath: "id", autoIncrement: true });
        db.createObjectStore("facts");
      },
      // The system took the storage away under a page that stays open: it starts afresh, with its sentence or its cards.
      terminated: () => location.reload(),
      // A tab that erases everything, or brings a newer version, waits for no other: the others start afresh.
      blocking(_current, _next, event) {
        (event.target as IDBDatabase).close();
        location.reload();
      },
    });
  } catch (cause) {
    throw new WalletError("storage", { cause });
  }
}
