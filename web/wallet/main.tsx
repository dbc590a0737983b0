/** Entry of `/carte/`. */

import { render } from "preact";
import { App, load } from "./app.tsx";
import { codeOf } from "./core/errors.ts";
import { openDatabase, type Database } from "./device/database.ts";
import { fact, PENDING } from "./device/facts.ts";
import { isLocked, lockWhenAway } from "./device/vault.ts";
import { listenForInstall } from "./device/installing.ts";
import { takeFragment } from "./router.ts";
import { say } from "./words.ts";
import { Note } from "./views/parts.tsx";

// Before anything else: the code must not stay in the address bar, whatever happens next.
const asked = takeFragment();
listenForInstall();

// Long enough for a message to be read at the till, short enough for a phone left on a table.
const AWAY = 5 * 60_000;

async function askPin(db: Database, root: HTMLElement): Promise<void> {
  const { Lock } = await import("./views/mine/lock.tsx");
  root.textContent = "";
  await new Promise<void>((done) => render(<Lock db={db} onOpen={done} />, root));
  render(null, root);
}

async function start(root: HTMLElement): Promise<void> {
  try {
    const db = await openDatabase();
    if (await isLocked(db)) await askPin(db, root);
    lockWhenAway(AWAY);
    const kept = await load(db);
    const code = asked || (await fact<string>(db, PENDING)) || "";
    root.textContent = "";
    render(<App db={db} kept={kept} asked={code} />, root);
  } catch (fault) {
    root.textContent = "";
    render(
      <div class="wrap failure">
        <h1>{say("title")}</h1>
        <Note kind="stop">
          <p>{say(`errors.${codeOf(fault)}`)}</p>
        </Note>
      </div>,
      root,
    );
  }
}

const root = document.getElementById("app");
if (root) void start(root);
