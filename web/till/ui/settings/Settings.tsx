import { useEffect, useState } from "preact/hooks";
import { dayWords } from "../../../verifier/wording.ts";
import { toHex } from "../../../voucher/bytes.ts";
import { FRAME_CHUNK, MAX_FRAMES } from "../../../voucher/caps.ts";
import { encodeFrames } from "../../../voucher/frames.ts";
import { listBytes } from "../../listFile.ts";
import type { Till } from "../../till.ts";
import { useAround } from "../context.ts";
import { FileButton } from "../FileButton.tsx";
import { ListChip } from "./ListChip.tsx";
import { ShowFrames } from "../scan/Frames.tsx";
import { Sheet } from "../Sheet.tsx";
import { Storage } from "../journal/Storage.tsx";

interface SettingsProps {
  till: Till;
  now: number;
  sound: boolean;
  onSound: (on: boolean) => void;
  /** The trust list may have changed. */
  onTrust: () => void;
  onReceive: () => void;
  /** Codes came over this sheet, to be left so; or nothing lies over it any more. */
  onInner: (leave: (() => void) | null) => void;
  onBack: () => void;
}

export function Settings({ till, now, sound, onSound, onTrust, onReceive, onInner, onBack }: SettingsProps) {
  const { words, page } = useAround();
  const [codes, setCodes] = useState<string[] | null>(null);
  const show = (next: string[] | null): void => {
    setCodes(next);
    onInner(next && (() => show(null)));
  };
  if (codes) {
    return (
      <ShowFrames
        title={words.say("frames.list")}
        hint={words.say("frames.list_hint")}
        texts={codes}
        onBack={() => show(null)}
      />
    );
  }
  return (
    <Sheet
      name="settings"
      title={words.say("settings.title")}
      back={words.say("journal.back")}
      onBack={onBack}
    >
      <TrustList {...{ till, now, onTrust, onReceive }} onCodes={show} />
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
        <ShortCodes till={till} />
        <p class="soft">
          {words.say("settings.key")} <code>{fingerprint(till)}</code>
        </p>
        {page.otherLanguages.map(({ code, href, name }) => (
          <a key={code} class="button button-quiet" href={href} lang={code}>
            {name}
          </a>
        ))}
      </section>
      <Storage till={till} />
    </Sheet>
  );
}

type TrustProps = Pick<SettingsProps, "till" | "now" | "onTrust" | "onReceive"> & {
  onCodes: (texts: string[]) => void;
};

function TrustList({ till, now, onTrust, onReceive, onCodes }: TrustProps) {
  const { words, page } = useAround();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const installed = till.trust.installed;
  const list = installed?.list;
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
      <button type="button" class="button button-quiet button-wide" onClick={onReceive}>
        {words.say("frames.receive")}
      </button>
      {installed && installed.data.length <= MAX_FRAMES * FRAME_CHUNK && (
        <button
          type="button"
          class="button button-quiet button-wide"
          onClick={() => void encodeFrames(installed.data).then(onCodes)}
        >
          {words.say("frames.list")}
        </button>
      )}
      <p role="status">{said}</p>
    </section>
  );
}

/** Whether typed codes can be checked; only where an offer takes them. */
function ShortCodes({ till }: { till: Till }) {
  const { words } = useAround();
  const [ready, setReady] = useState<boolean | null>(null);
  useEffect(() => {
    till.shortKey().then(
      (key) => setReady(key !== null),
      () => undefined,
    );
  }, [till]);
  if (ready === null || !till.trust.installed?.list.offers.some(({ shortCode }) => shortCode)) return null;
  return <p class={ready ? "soft" : "note note-warn"}>{words.say(ready ? "pair.ready" : "pair.missing")}</p>;
}

/** What two people compare before an operator counts this till; as in verifier/till/key.py. */
function fingerprint(till: Till): string {
  return toHex(till.publicKey.subarray(0, 10)).replace(/..(?=.)/g, "$& ");
}
