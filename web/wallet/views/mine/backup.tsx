/** Saving everything to a file that only a passphrase opens, and bringing it back. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LEAST_PASSPHRASE, MAX_BACKUP } from "../../core/backup.ts";
import { codeOf } from "../../core/errors.ts";
import { saveFile } from "../../device/download.ts";
import { restore, takeBackup } from "../../device/restore.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Note } from "../parts.tsx";

type Result = { readonly ok: boolean; readonly sentence: string };

export function Backup(): JSX.Element {
  const { db, cards, uses, changed } = useWallet();
  const [passphrase, setPassphrase] = useState("");
  const [result, setResult] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const short = Array.from(passphrase).length < LEAST_PASSPHRASE;

  const attempt = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    try {
      setResult({ ok: true, sentence: await work() });
    } catch (cause) {
      const code = codeOf(cause);
      setResult({ ok: false, sentence: say(code === "tampered" ? "backup.wrong" : `errors.${code}`) });
    }
    setBusy(false);
  };
  const save = (): Promise<void> =>
    attempt(async () => {
      saveFile(
        say("backup.file"),
        "application/octet-stream",
        (await takeBackup(db, cards, uses, passphrase)) as BlobPart,
      );
      return say("backup.saved");
    });
  const load = (file: File | undefined): Promise<void> | undefined =>
    file &&
    attempt(async () => {
      const bytes = file.size > MAX_BACKUP ? new Uint8Array() : new Uint8Array(await file.arrayBuffer());
      const count = await restore(db, bytes, passphrase, Math.floor(Date.now() / 1000));
      await changed();
      return say("backup.restored", { count });
    });

  return (
    <section class="stack" aria-labelledby="mine-backup">
      <h2 id="mine-backup">{say("backup.heading")}</h2>
      <p>{say("backup.sentence")}</p>
      <div class="field">
        <label for="passphrase">{say("backup.passphrase")}</label>
        <input
          id="passphrase"
          class="input"
          type="password"
          autocomplete="new-password"
          value={passphrase}
          aria-describedby="passphrase-hint"
          onInput={(event) => setPassphrase(event.currentTarget.value)}
        />
        <p id="passphrase-hint" class="hint">
          {say("backup.hint", { count: LEAST_PASSPHRASE })}
        </p>
      </div>
      <div class="row">
        <button
          type="button"
          class="button button-quiet"
          disabled={short || busy || cards.length === 0}
          onClick={() => void save()}
        >
          {say("backup.save")}
        </button>
        <label class={`button button-quiet ${short || busy ? "button-off" : ""}`}>
          {say("backup.restore")}
          <input
            class="visually-hidden"
            type="file"
            disabled={short || busy}
            onChange={(event) => void load(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
      <div role="status">
        {result && (
          <Note kind={result.ok ? "ok" : "stop"}>
            <p>{result.sentence}</p>
          </Note>
        )}
      </div>
    </section>
  );
}
