import { ageOf } from "../../verifier/listAge.ts";
import type { Till } from "../till.ts";
import type { Words } from "../words.ts";
import { useAround } from "./context.ts";
import { Icon } from "./Icon.tsx";

const DAY = 86_400;

/** The age of the trust list, always on screen (P8), with its way to an update. */
export function ListChip({ till, now, onOpen }: { till: Till; now: number; onOpen?: () => void }) {
  const { words } = useAround();
  const list = till.trust.installed?.list;
  const age = list ? ageOf(list, Math.max(now, till.trust.floor)) : "too_old";
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
