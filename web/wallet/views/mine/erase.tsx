/** « Effacer mes données ». */

import type { JSX } from "preact";
import { eraseAll } from "../../device/erase.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Confirm } from "./confirm.tsx";

export function Erase(): JSX.Element {
  const { db } = useWallet();
  const erase = async (): Promise<void> => {
    await eraseAll(db);
    // A fresh start: no screen of ours holds anything of the person any more.
    history.replaceState(null, "", location.pathname);
    location.reload();
  };
  return (
    <section class="stack" aria-labelledby="mine-erase">
      <h2 id="mine-erase">{say("erase.heading")}</h2>
      <p>{say("erase.sentence")}</p>
      <Confirm action={say("erase.action")} question={say("erase.sure")} onYes={erase} />
    </section>
  );
}
