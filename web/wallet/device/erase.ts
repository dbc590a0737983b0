/** « Effacer mes données »: everything that the wallet and the site have put on this phone, the pages aside. */

import { deleteDB } from "idb";
import { NAME, type Database } from "./database.ts";

export async function eraseAll(db: Database): Promise<void> {
  db.close();
  localStorage.clear();
  sessionStorage.clear();
  await deleteDB(NAME);
}
