/** The till's IndexedDB: `settings` by name, `rows` of the journal by number, `neighbours` of other tills. Thin promises over the real thing. */

export const ROWS = "rows";
export const SETTINGS = "settings";
/** Index: rows of one voucher. */
export const BY_VOUCHER = "voucher";
/** Unique index: one accepted row that is not void for one (kid, cti, seq) (journal-v1 §1.2). */
export const BY_USE = "use";
/** Index: rows by effective time. */
export const BY_TIME = "effective";

/** Rows of neighbour tills that were merged, by till, number and content. */
export const NEIGHBOURS = "neighbours";
/** Index: every content that one till has signed under one number. */
export const BY_NUMBER = "number";
/** Index: the row that a neighbour's void takes back. */
export const BY_UNDONE = "undoes";

const VERSION = 2;

/** Open or create. Rejects when the browser refuses storage (private mode, disk full). */
export async function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, VERSION);
  opening.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion < 1) makeJournal(opening.result);
    makeNeighbours(opening.result);
  };
  const db = await result(opening);
  // A newer build in another tab may need to change the layout: give way, the next call opens again.
  db.onversionchange = () => db.close();
  return db;
}

function makeJournal(db: IDBDatabase): void {
  db.createObjectStore(SETTINGS);
  const rows = db.createObjectStore(ROWS, { keyPath: "n" });
  rows.createIndex(BY_VOUCHER, "voucher");
  rows.createIndex(BY_USE, "use", { unique: true });
  rows.createIndex(BY_TIME, "effective");
}

function makeNeighbours(db: IDBDatabase): void {
  const rows = db.createObjectStore(NEIGHBOURS, { keyPath: "id" });
  rows.createIndex(BY_VOUCHER, "voucher");
  rows.createIndex(BY_NUMBER, "number");
  rows.createIndex(BY_UNDONE, "undoes");
}

/** The result of one request. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

/** A transaction that is on disk when its `complete` event comes: the default is relaxed in every browser. */
export function strictly(db: IDBDatabase, stores: string | string[]): IDBTransaction {
  return db.transaction(stores, "readwrite", { durability: "strict" });
}

/** Resolves on `complete` and on nothing else; rejects with why it was undone. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}

/** One setting, or undefined. */
export async function readSetting<T>(db: IDBDatabase, name: string): Promise<T | undefined> {
  const store = db.transaction(SETTINGS).objectStore(SETTINGS);
  return (await result(store.get(name))) as T | undefined;
}

/** Store settings together, all or none. */
export async function writeSettings(db: IDBDatabase, values: Record<string, unknown>): Promise<void> {
  const transaction = strictly(db, SETTINGS);
  const done = completed(transaction);
  const store = transaction.objectStore(SETTINGS);
  for (const [name, value] of Object.entries(values)) store.put(value, name);
  await done;
}
