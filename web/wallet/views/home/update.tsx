/** A newer version of the app waits: it replaces this one only when the person says so. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { keepOffline } from "../../../ui/worker.ts";
import { say } from "../../words.ts";

export function Update(): JSX.Element | null {
  const [replace, setReplace] = useState<(() => void) | null>(null);
  useEffect(() => {
    // Without a worker (private browsing, an old browser) the wallet works while there is a network.
    keepOffline("sw.js", (take) => setReplace(() => take)).catch(() => undefined);
  }, []);
  if (!replace) return null;
  return (
    <div class="update fill-brand" role="status">
      <p>{say("update.sentence")}</p>
      <button type="button" class="button button-accent" onClick={replace}>
        {say("update.action")}
      </button>
    </div>
  );
}
