/** Entry of `/carte/`. */

import { render } from "preact";
import { App, load } from "./app.tsx";
import { codeOf } from "./core/errors.ts";
import { openDatabase } from "./device/database.ts";
import { fact, PENDING } from "./device/facts.ts";
import { listenForInstall } from "./device/installing.ts";
import { takeFragment } from "./router.ts";
import { say } from "./words.ts";
import { Note } from "./views/parts.tsx";

// Before anything else: the code must not stay in the address bar, whatever happens next.
const asked = takeFragment();
listenForInstall();

async function start(root: HTMLElement): Promise<void> {
  try {
    const db = await openDatabase();
    const kept = await load(db);
    root.textContent = "";
    render(<App db={db} kept={kept} asked={asked || (await fact<string>(db, PENDING)) || ""} />, root);
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
