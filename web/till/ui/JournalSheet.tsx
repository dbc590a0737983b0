import { useState } from "preact/hooks";
import { VoucherError } from "../../voucher/errors.ts";
import { Kind } from "../../voucher/journal.ts";
import { BrokenChain } from "../store/exporting.ts";
import { type Merged, OtherPartner } from "../store/merging.ts";
import { type StoredRow, VOID_WITHIN } from "../store/journal.ts";
import { totals } from "../store/totals.ts";
import type { Till } from "../till.ts";
import { useAround } from "./context.ts";
import { FileButton } from "./FileButton.tsx";
import { save } from "./save.ts";
import { Sheet } from "./Sheet.tsx";

interface JournalProps {
  till: Till;
  now: number;
  rows: readonly StoredRow[];
  onVoid: (row: StoredRow) => void;
  onBack: () => void;
}

/** Today's rows with their totals; the whole journal as a signed file. */
export function JournalSheet({ till, now, rows, onVoid, onBack }: JournalProps) {
  const { words } = useAround();
  const [said, setSaid] = useState("");
  const sum = totals(rows);
  const facts: [string, string | number][] = [
    ["accepted", sum.accepted],
    ["voided", sum.voided],
    ["amount", words.money(sum.amount)],
    ["saving", words.money(sum.saving)],
  ];
  const exportAll = async (): Promise<void> => {
    setSaid("");
    try {
      save(await till.exportFile(), `journal-${till.profile.partner}-${fileDay(now)}.cbor`);
      setSaid(words.say("journal.export_done"));
    } catch (failure) {
      setSaid(
        failure instanceof BrokenChain
          ? words.say("journal.export_broken", { n: failure.n })
          : words.say("journal.unreadable"),
      );
    }
  };
  const merge = async (file: Blob): Promise<void> => {
    setSaid("");
    setSaid(await till.merge(file).then(brought, notBrought));
  };
  const brought = ({ till: name, fresh, unproven, conflicts }: Merged): string => {
    const sentences = [words.say(fresh ? "merge.done" : "merge.nothing", { till: name, count: fresh })];
    if (unproven) sentences.push(words.say("merge.unproven", { count: unproven }));
    if (conflicts.length) sentences.push(words.say("merge.conflict", { till: name, n: conflicts[0]! }));
    return sentences.join(" ");
  };
  const notBrought = (failure: unknown): string => {
    const code = failure instanceof VoucherError ? failure.code : "";
    if (code === "update_app") return words.say("outcome.update_app");
    if (failure instanceof OtherPartner) return words.say("merge.other_partner");
    return words.say(code ? "merge.untrusted" : "journal.unreadable");
  };
  return (
    <Sheet name="journal" title={words.say("journal.title")} back={words.say("journal.back")} onBack={onBack}>
      <dl class="totals">
        {facts.map(([key, value]) => (
          <div>
            <dt>{words.say(`journal.${key}`)}</dt>
            <dd class="num">{value}</dd>
          </div>
        ))}
      </dl>
      {rows.length === 0 && <p class="soft">{words.say("journal.empty")}</p>}
      <ol class="rows">
        {[...rows].reverse().map((row) => (
          <JournalRow key={row.n} till={till} row={row} rows={rows} now={now} onVoid={onVoid} />
        ))}
      </ol>
      <button type="button" class="button button-quiet button-wide" onClick={() => void exportAll()}>
        {words.say("journal.export")}
      </button>
      <FileButton label={words.say("merge.file")} onFile={(file) => void merge(file)} />
      <p class="hint">{words.say("merge.hint")}</p>
      <p role="status">{said}</p>
    </Sheet>
  );
}

type RowProps = Omit<JournalProps, "onBack"> & { row: StoredRow };

function JournalRow({ till, row, rows, now, onVoid }: RowProps) {
  const { words } = useAround();
  if (row.kind === Kind.VOID) return null;
  const offer = till.trust.installed?.list.offer(row.offer ?? 0);
  const undone = rows.find(({ voids }) => voids === row.n);
  const standing = row.kind === Kind.ACCEPTED && row.use !== undefined;
  const state = undone ? "void" : row.kind === Kind.ACCEPTED ? "accepted" : "refused";
  return (
    <li data-state={state}>
      <span class="num row-time">{words.time(row.effective)}</span>
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

function fileDay(now: number): string {
  return new Date(now * 1000).toISOString().slice(0, 16).replace(/\D/g, "");
}
