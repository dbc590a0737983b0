import { ageOf } from "../../../verifier/listAge.ts";
import type { TrustStore } from "../../../verifier/trustStore.ts";
import type { Words } from "../../words.ts";
import { useAround } from "../context.ts";
import { Icon } from "../Icon.tsx";

const DAY = 86_400;

interface ChipProps {
  /** Null while it is verified. */
  trust: TrustStore | null;
  /** Seconds since 1970. */
  now: number;
  onOpen?: () => void;
}

/** The age of the trust list, always on screen (P8), with its way to an update. */
export function ListChip({ trust, now, onOpen }: ChipProps) {
  const { words } = useAround();
  if (!trust) return <span class="chip list-chip">{words.say("list.opening")}</span>;
  const list = trust.installed?.list;
  const age = list ? ageOf(list, Math.max(now, trust.floor)) : "too_old";
  const content = (
    <>
      <Icon name={age === "fresh" ? "list" : "alert"} />
      {list ? ageWords(words, age, list.issued, now) : words.say("list.none")}
    </>
  );
  const look = `chip list-chip age-${age}`;
  return onOpen ? (
    <button type="button" class={`${look} chip-choice`} data-age={age} onClick={onOpen}>
      {content}
    </button>
  ) : (
    <span class={look}>{content}</span>
  );
}

function ageWords(words: Words, age: string, issued: number, now: number): string {
  if (age === "too_old") return words.say("list.old");
  const days = Math.max(0, Math.floor((now - issued) / DAY));
  return days === 0 ? words.say("list.today") : words.say("list.days", { count: days });
}
