import { useEffect, useState } from "preact/hooks";
import { dayWords } from "../../verifier/wording.ts";
import { toHex } from "../../voucher/bytes.ts";
import { listBytes } from "../listFile.ts";
import type { Till } from "../till.ts";
import { useAround } from "./context.ts";
import { FileButton } from "./FileButton.tsx";
import { ListChip } from "./ListChip.tsx";
import { Sheet } from "./Sheet.tsx";

interface SettingsProps {
  till: Till;
  now: number;
  sound: boolean;
  onSound: (on: boolean) => void;
  /** The trust list may have changed. */
  onTrust: () => void;
  onBack: () => void;
}

export function Settings({ till, now, sound, onSound, onTrust, onBack }: SettingsProps) {
  const { words, page } = useAround();
  const kept = usePersisted();
  return (
    <Sheet
      name="settings"
      title={words.say("settings.title")}
      back={words.say("journal.back")}
      onBack={onBack}
    >
      <TrustList till={till} now={now} onTrust={onTrust} />
      <label class="check card">
        <input
          type="checkbox"
          checked={sound}
          onChange={({ currentTarget }) => onSound(currentTarget.checked)}
        />
        <span>
          <strong>{words.say("settings.sound")}</strong>
          <br />
          <span class="soft">{words.say("settings.sound_hint")}</span>
        </span>
      </label>
      <section class="card stack">
        <h2>{words.say("settings.till")}</h2>
        <p>
          {till.profile.name}, {till.trust.installed?.list.partnerName ?? till.profile.partner}
        </p>
        {till.profile.demo && <p class="note note-warn">{words.say("demo_hint")}</p>}
        {kept !== null && (
          <p class={`note ${kept ? "note-ok" : "note-warn"}`}>
            {words.say(kept ? "settings.storage_kept" : "settings.storage_loose")}
          </p>
        )}
        <p class="soft">
          {words.say("settings.key")} <code>{fingerprint(till)}</code>
        </p>
        {page.otherLanguage && (
          <a class="button button-quiet" href={page.otherLanguage.href} lang={page.otherLanguage.code}>
            {words.say("settings.language")}
          </a>
        )}
      </section>
    </Sheet>
  );
}

function TrustList({ till, now, onTrust }: Pick<SettingsProps, "till" | "now" | "onTrust">) {
  const { words, page } = useAround();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const list = till.trust.installed?.list;
  const attempt = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setSaid("");
    const outcome = await work().catch(() => "unreachable");
    setSaid(words.say(`outcome.${outcome}`));
    setBusy(false);
    onTrust();
  };
  return (
    <section class="card stack">
      <div class="row between">
        <h2>{words.say("settings.list")}</h2>
        <ListChip trust={till.trust} now={now} />
      </div>
      {list ? (
        <p>
          {words.say("settings.list_from", {
            date: dayWords(list.issued, words.verdicts),
            version: list.version,
          })}
          <br />
          <span class="soft">
            {words.say("settings.list_until", { date: dayWords(list.expires - 1, words.verdicts) })}
          </span>
        </p>
      ) : (
        <p class="note note-stop">{words.say("settings.list_none")}</p>
      )}
      {till.trust.reports.length > 0 && <p class="note note-stop">{words.say("settings.reports")}</p>}
      <button
        type="button"
        class="button button-wide"
        aria-disabled={busy}
        onClick={() => !busy && void attempt(() => till.refresh(page.base))}
      >
        {words.say(busy ? "settings.updating" : "settings.update")}
      </button>
      <FileButton
        label={words.say("settings.file")}
        onFile={(file) => void attempt(async () => till.take(await listBytes(file)))}
      />
      <p role="status">{said}</p>
    </section>
  );
}

/** Whether the browser has promised to keep the journal; null when it does not say. */
function usePersisted(): boolean | null {
  const [kept, setKept] = useState<boolean | null>(null);
  useEffect(() => {
    navigator.storage?.persisted?.().then(setKept, () => undefined);
  }, []);
  return kept;
}

function fingerprint(till: Till): string {
  return toHex(till.publicKey.subarray(0, 6)).replace(/..(?=.)/g, "$& ");
}
