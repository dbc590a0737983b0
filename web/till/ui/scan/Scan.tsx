import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { TrustStore } from "../../../verifier/trustStore.ts";
import type { Shop } from "../../shop.ts";
import { useAround } from "../context.ts";
import { Icon } from "../Icon.tsx";
import { ListChip } from "../settings/ListChip.tsx";

interface ScanProps {
  shop: Shop;
  /** Null until it has been verified again. */
  trust: TrustStore | null;
  now: number;
  /** Uses accepted today; null until the journal has been read. */
  accepted: number | null;
  /** Bytes of storage that are left, once they are few; else null. */
  low: number | null;
  /** Key of what is said instead of the hint. */
  notice: string | null;
  /** The picture of the camera. */
  children: ComponentChildren;
  onOpen: (sheet: "type" | "journal" | "settings") => void;
  onPhoto: (file: File) => void;
  /** Set when a new version waits. */
  onUpdate: (() => void) | null;
}

/** The one screen between two customers. */
export function Scan(props: ScanProps) {
  const { words } = useAround();
  const { profile, title } = props.shop;
  const photo = useRef<HTMLInputElement>(null);
  return (
    <section class="scan" data-screen="scan">
      <header class="bar fill-brand">
        <h1>
          <span class="visually-hidden">{words.say("scan.title")}, </span>
          {props.trust?.installed?.list.partnerName ?? title}
          <small>{profile.name}</small>
        </h1>
        <button
          type="button"
          class="icon-button"
          aria-label={words.say("scan.settings")}
          onClick={() => props.onOpen("settings")}
        >
          <Icon name="gear" />
        </button>
      </header>
      <div class="stage">
        {props.children}
        {profile.demo && (
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
        {props.low !== null && (
          <button type="button" class="note low" onClick={() => props.onOpen("settings")}>
            {words.say("storage.low", { free: words.size(props.low) })}
          </button>
        )}
        <p class="hint" aria-live="polite" data-notice={props.notice ?? undefined}>
          {props.notice ? (
            <strong>{words.say(props.notice)}</strong>
          ) : (
            <>
              <strong>{words.say("scan.hint")}</strong>{" "}
              <span class="soft">{words.say("scan.hint_reader")}</span>
            </>
          )}
        </p>
        <nav class="tools" aria-label={words.say("name")}>
          <button type="button" class="tool" onClick={() => props.onOpen("type")}>
            <Icon name="keys" />
            {words.say("scan.type")}
          </button>
          <button type="button" class="tool" onClick={() => photo.current?.click()}>
            <Icon name="photo" />
            {words.say("scan.photo")}
          </button>
          <button type="button" class="tool" onClick={() => props.onOpen("journal")}>
            <span class="tool-count num" aria-hidden="true">
              {props.accepted ?? "–"}
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
        <ListChip trust={props.trust} now={props.now} onOpen={() => props.onOpen("settings")} />
      </div>
    </section>
  );
}
