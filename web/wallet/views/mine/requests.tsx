/** What this app has sent over the network: only requests for its own files. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { clockWords, dayOf, dayWords } from "../../core/days.ts";
import type { Request } from "../../device/database.ts";
import { useWallet } from "../../context.ts";
import { months, say } from "../../words.ts";

export function Requests(): JSX.Element {
  const { db, now } = useWallet();
  const [list, setList] = useState<readonly Request[] | null>(null);
  const load = async (): Promise<void> => setList((await db.getAll("requests")).reverse());
  return (
    <section class="stack" aria-labelledby="mine-requests">
      <h2 id="mine-requests">{say("requests.heading")}</h2>
      <p>{say("requests.sentence")}</p>
      {list ? (
        <ul class="requests" role="list">
          {list.length === 0 && <li>{say("requests.none")}</li>}
          {list.map(({ id, at, path, answer }) => (
            <li key={id}>
              <span class="num">
                {dayWords(dayOf(at), now, months())} {clockWords(at)}
              </span>{" "}
              <code>{path}</code> {answer}
            </li>
          ))}
        </ul>
      ) : (
        <button type="button" class="button button-quiet" onClick={() => void load()}>
          {say("requests.action")}
        </button>
      )}
    </section>
  );
}
