/** Putting the card on the home screen: offered once there is a card, never required. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fact, keepFact } from "../../device/facts.ts";
import { install, installing, onInstalling } from "../../device/installing.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Note } from "../parts.tsx";

export function InstallNote(): JSX.Element | null {
  const { db } = useWallet();
  const [way, setWay] = useState(installing);
  const [dismissed, setDismissed] = useState(true);
  useEffect(() => {
    onInstalling(() => setWay(installing()));
    void fact<boolean>(db, "install-dismissed").then((was) => setDismissed(was === true));
  }, [db]);
  if (way === "no" || dismissed) return null;
  const dismiss = (): void => {
    setDismissed(true);
    void keepFact(db, "install-dismissed", true);
  };
  return (
    <Note kind="plain">
      <p>{say(`install.${way}`)}</p>
      <div class="row">
        {way === "can" && (
          <button type="button" class="button" onClick={() => void install()}>
            {say("install.action")}
          </button>
        )}
        <button type="button" class="button button-quiet" onClick={dismiss}>
          {say("install.later")}
        </button>
      </div>
    </Note>
  );
}
