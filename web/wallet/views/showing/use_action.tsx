/** The one big button of an offer, by its way of use. Looking and copying consume nothing. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Pass } from "../../core/card.ts";
import { promoCode } from "../../core/short_codes.ts";
import type { Ranked } from "../../core/standing.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { lazy } from "../lazy.tsx";
import { Icon, Note } from "../parts.tsx";

const Outcome = lazy<{ item: Pass; onDone(): void }>(async () => (await import("./outcome.tsx")).Outcome);

export function UseAction({ item }: { item: Ranked }): JSX.Element | null {
  const { go } = useWallet();
  const { entry, card, standing } = item;
  if (standing === "ended" || standing === "soon") return null;
  if (entry.way === "code" || entry.way === "link") return <Online item={item} />;
  return (
    <button
      type="button"
      class="button button-wide button-show"
      onClick={() => go({ view: "show", card: card.id, offer: entry.offer })}
    >
      {say(`show.action.${entry.way}`)}
    </button>
  );
}

function Online({ item }: { item: Ranked }): JSX.Element {
  const { now } = useWallet();
  const { entry, card } = item;
  const code = promoCode(entry, card.bundle.issued, now);
  const [asking, setAsking] = useState(false);
  const site = safeAddress(entry.url);
  return (
    <div class="stack">
      {code && <PromoCode code={code} />}
      {!code && entry.shortCodes.length > 0 && (
        <Note kind="warn">
          <p>{say("stuck.short_old")}</p>
        </Note>
      )}
      {site && (
        <a class="button button-wide" href={site.href} target="_blank" rel="noopener noreferrer external">
          {say(entry.code ? "online.open" : "online.open_link")}
          <Icon name="out" />
        </a>
      )}
      {site && <p class="soft host">{say("online.host", { host: site.host })}</p>}
      {asking ? (
        <Outcome item={item} onDone={() => setAsking(false)} />
      ) : (
        <button type="button" class="button button-quiet button-wide" onClick={() => setAsking(true)}>
          {say("online.used")}
        </button>
      )}
    </div>
  );
}

function PromoCode({ code }: { code: string }): JSX.Element {
  const { announce } = useWallet();
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async (): Promise<void> => {
    const done = await navigator.clipboard?.writeText(code).then(
      () => true,
      () => false,
    );
    setCopied(done ?? false);
    announce(say(done ? "online.copied" : "online.not_copied"));
  };
  return (
    <div class="promo">
      <output class="promo-code" aria-label={Array.from(code).join(" ")}>
        {code}
      </output>
      <button type="button" class="button button-line" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} />
        {say(copied === null ? "online.copy" : copied ? "online.copied" : "online.not_copied")}
      </button>
    </div>
  );
}

/** A link that may be opened: https and nothing else (promise P24). */
export function safeAddress(url: string | null): URL | null {
  try {
    const address = new URL(url ?? "");
    return address.protocol === "https:" ? address : null;
  } catch {
    return null;
  }
}
