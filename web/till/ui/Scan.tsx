import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Notice } from "../flow.ts";
import { totals } from "../store/totals.ts";
import type { StoredRow } from "../store/journal.ts";
import type { Till } from "../till.ts";
import { useAround } from "./context.ts";
import { Icon } from "./Icon.tsx";
import { ListChip } from "./ListChip.tsx";

interface ScanProps {
  till: Till;
  now: number;
  today: readonly StoredRow[];
  notice: Notice;
  /** The picture of the camera. */
  children: ComponentChildren;
  onType: () => void;
  onPhoto: (file: File) => void;
  onJournal: () => void;
  onSettings: () => void;
  /** Set when a new version waits. */
  onUpdate: (() => void) | null;
}

/** The one screen between two customers. */
export function Scan(props: ScanProps) {
  const { words } = useAround();
  const { till, today } = props;
  const photo = useRef<HTMLInputElement>(null);
  const count = totals(today).accepted;
  return (
    <section class="scan" data-screen="scan">
      <header class="bar fill-brand">
        <h1>
          <span class="visually-hidden">{words.say("scan.title")}, </span>
          {till.trust.installed?.list.partnerName ?? till.profile.partner}
          <small>{till.profile.name}</small>
        </h1>
        <button
          type="button"
          class="icon-button"
          aria-label={words.say("scan.settings")}
          onClick={props.onSettings}
        >
          <Icon name="gear" />
        </button>
      </header>
      <div class="stage">
        {props.children}
        {till.profile.demo && (
          <span class="chip chip-accent demo" title={words.say("demo_hint")}>
            {words.say("demo")}
          </span>
        )}
      </div>
      <div class="desk">
        {props.onUpdate && (
          <p class="note">
            <span>{words.say("scan.update")}</span>
            <button type="button" class="button button-quiet" onClick={props.onUpdate}>
              {words.say("scan.update_now")}
            </button>
          </p>
        )}
        <p class="hint" aria-live="polite" data-notice={props.notice ?? undefined}>
          {props.notice ? (
            <strong>{words.say(`scan.${props.notice}`)}</strong>
          ) : (
            <>
              <strong>{words.say("scan.hint")}</strong>{" "}
              <span class="soft">{words.say("scan.hint_reader")}</span>
            </>
          )}
        </p>
        <nav class="tools" aria-label={words.say("name")}>
          <button type="button" class="tool" onClick={props.onType}>
            <Icon name="keys" />
            {words.say("scan.type")}
          </button>
          <button type="button" class="tool" onClick={() => photo.current?.click()}>
            <Icon name="photo" />
            {words.say("scan.photo")}
          </button>
          <button type="button" class="tool" onClick={props.onJournal}>
            <span class="tool-count num" aria-hidden="true">
              {count}
            </span>
            {words.say("scan.journal")}
          </button>
        </nav>
        <input
          ref={photo}
          class="visually-hidden"
          type="file"
          accept="image/*"
          tabIndex={-1}
          aria-label={words.say("scan.photo")}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            currentTarget.value = "";
            if (file) props.onPhoto(file);
          }}
        />
        <ListChip till={till} now={props.now} onOpen={props.onSettings} />
      </div>
    </section>
  );
}
