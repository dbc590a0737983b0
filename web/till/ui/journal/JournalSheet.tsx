import { useEffect, useState } from "preact/hooks";
import { dayOf, startOf } from "../../../voucher/civil.ts";
import { Kind } from "../../../voucher/journal.ts";
import { type StoredRow, VOID_WITHIN } from "../../store/journal.ts";
import { totals } from "../../store/totals.ts";
import type { Till } from "../../till.ts";
import type { Words } from "../../words.ts";
import { useAround } from "../context.ts";
import { ShowFrames } from "../scan/Frames.tsx";
import { type Codes, JournalFiles } from "./JournalFiles.tsx";
import { Icon } from "../Icon.tsx";
import { Sheet } from "../Sheet.tsx";

interface JournalProps {
  till: Till;
  now: number;
  /** Today's. */
  rows: readonly StoredRow[];
  onVoid: (row: StoredRow) => void;
  onReceive: () => void;
  /** Codes came over this sheet, to be left so; or nothing lies over it any more. */
  onInner: (leave: (() => void) | null) => void;
  onBack: () => void;
}

const DAY = 86_400;
// A pause in typing, not each letter, asks the journal.
const SEARCH_AFTER_MS = 250;

/** One day's rows with their totals, or those that a search finds; the journal as files and codes. */
export function JournalSheet({ till, now, rows, onVoid, onReceive, onInner, onBack }: JournalProps) {
  const { words } = useAround();
  const today = dayOf(now);
  const [day, setDay] = useState(today);
  const [wanted, setWanted] = useState("");
  const [codes, setCodes] = useState<Codes | null>(null);
  const show = (next: Codes | null): void => {
    setCodes(next);
    onInner(next && (() => show(null)));
  };
  const shown = useRows(till, wanted.trim(), day === today ? rows : day, words);
  const sum = totals(shown ?? []);
  const facts: [string, string | number][] = [
    ["accepted", sum.accepted],
    ["voided", sum.voided],
    ["amount", words.money(sum.amount)],
    ["saving", words.money(sum.saving)],
  ];
  if (codes) {
    return (
      <ShowFrames
        title={words.say("frames.journal")}
        hint={words.say("frames.journal_hint", { count: codes.count })}
        texts={codes.texts}
        onBack={() => show(null)}
      />
    );
  }
  const move = (days: number): void => setDay(dayOf(startOf(day) + days * DAY + DAY / 2));
  return (
    <Sheet name="journal" title={words.say("journal.title")} back={words.say("journal.back")} onBack={onBack}>
      <input
        class="input"
        type="search"
        value={wanted}
        placeholder={words.say("journal.search")}
        aria-label={words.say("journal.search")}
        onInput={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      {!wanted && (
        <div class="row between day">
          <button
            type="button"
            class="icon-button"
            aria-label={words.say("journal.day_before")}
            onClick={() => move(-1)}
          >
            <Icon name="back" />
          </button>
          <h2 aria-live="polite">{day === today ? words.say("journal.today") : words.day(startOf(day))}</h2>
          <button
            type="button"
            class="icon-button day-after"
            aria-label={words.say("journal.day_after")}
            disabled={day >= today}
            onClick={() => move(1)}
          >
            <Icon name="back" />
          </button>
        </div>
      )}
      <dl class="totals">
        {facts.map(([key, value]) => (
          <div>
            <dt>{words.say(`journal.${key}`)}</dt>
            <dd class="num">{value}</dd>
          </div>
        ))}
      </dl>
      {shown?.length === 0 && (
        <p class="soft" role="status">
          {words.say(wanted ? "journal.none" : day === today ? "journal.empty" : "journal.empty_day")}
        </p>
      )}
      <ol class="rows">
        {[...(shown ?? [])].reverse().map((row) => (
          <JournalRow key={row.n} {...{ till, row, now, onVoid }} rows={shown ?? []} dated={wanted !== ""} />
        ))}
      </ol>
      <JournalFiles {...{ till, now, onReceive }} onCodes={show} />
    </Sheet>
  );
}

/** What is to be shown, oldest first: what the search finds, or a day's rows. Null while they are read. */
function useRows(
  till: Till,
  wanted: string,
  day: string | readonly StoredRow[],
  words: Words,
): readonly StoredRow[] | null {
  const [found, setFound] = useState<readonly StoredRow[] | null>(null);
  useEffect(() => {
    if (!wanted && typeof day !== "string") return setFound(day);
    let over = false;
    setFound(null);
    const ask = (): void => {
      const folded = fold(wanted);
      const asked = wanted
        ? till.journal.find((row) => fold(rowWords(till, row, words)).includes(folded))
        : till.journal.day(day as string);
      asked.then(
        (rows) => over || setFound(wanted ? [...rows].reverse() : rows),
        () => over || setFound([]),
      );
    };
    const timer = setTimeout(ask, wanted ? SEARCH_AFTER_MS : 0);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [till, wanted, day, words]);
  return found;
}

/** All that a cashier can look a row up by: its number, day, time, offer, amounts, what became of it. */
function rowWords(till: Till, row: StoredRow, words: Words): string {
  const kind = ["accepted", "refused", "void"][row.kind]!;
  const money = [row.amount, row.saving].filter((cents): cents is number => cents !== null);
  return [
    row.n,
    words.day(row.effective),
    words.time(row.effective),
    till.trust.installed?.list.offer(row.offer ?? 0)?.title,
    words.say(`journal.kind_${kind}`),
    row.reason && words.say(`reason.${row.reason}`),
    ...money.map((cents) => words.money(cents)),
  ].join(" ");
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").toLowerCase();
}

type RowProps = Pick<JournalProps, "till" | "now" | "rows" | "onVoid"> & { row: StoredRow; dated: boolean };

function JournalRow({ till, row, rows, now, onVoid, dated }: RowProps) {
  const { words } = useAround();
  if (row.kind === Kind.VOID && rows.some(({ n }) => n === row.voids)) return null;
  const offer = till.trust.installed?.list.offer(row.offer ?? 0);
  const undone = rows.find(({ voids }) => voids === row.n);
  const standing = row.kind === Kind.ACCEPTED && row.use !== undefined;
  const taken = row.kind === Kind.VOID || (row.kind === Kind.ACCEPTED && !standing);
  const state = taken ? "void" : row.kind === Kind.ACCEPTED ? "accepted" : "refused";
  return (
    <li data-state={state}>
      <span class="num row-time">
        {dated && <small>{words.day(row.effective)}</small>}
        {words.time(row.effective)}
      </span>
      <span class="row-what">
        <strong>{offer?.title ?? `#${row.offer ?? "–"}`}</strong>
        <span class="soft">
          {words.say(`journal.kind_${state}`)}
          {undone?.reason && ` : ${words.say(`reason.${undone.reason}`)}`}
          {row.amount !== null && ` · ${words.money(row.amount)}`}
          {row.saving !== null && ` · −${words.money(row.saving)}`}
        </span>
      </span>
      {standing && now - row.effective <= VOID_WITHIN && (
        <button type="button" class="button button-line row-void" onClick={() => onVoid(row)}>
          {words.say("journal.void")}
        </button>
      )}
    </li>
  );
}
