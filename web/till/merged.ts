import { VoucherError } from "../voucher/errors.ts";
import { type Merged, OtherPartner } from "./store/merging.ts";
import type { Till } from "./till.ts";
import type { Words } from "./words.ts";

/** Take a neighbour's export, and say what it brought or why it was refused. Never rejects. */
export function mergeAndSay(till: Till, file: Blob, words: Words): Promise<string> {
  return till.merge(file).then(
    (merged) => brought(merged, words),
    (failure) => notBrought(failure, words),
  );
}

function brought({ till: name, fresh, unproven, conflicts }: Merged, words: Words): string {
  const sentences = [words.say(fresh ? "merge.done" : "merge.nothing", { till: name, count: fresh })];
  if (unproven) sentences.push(words.say("merge.unproven", { count: unproven }));
  if (conflicts.length) sentences.push(words.say("merge.conflict", { till: name, n: conflicts[0]! }));
  return sentences.join(" ");
}

function notBrought(failure: unknown, words: Words): string {
  const code = failure instanceof VoucherError ? failure.code : "";
  if (code === "update_app") return words.say("outcome.update_app");
  if (failure instanceof OtherPartner) return words.say("merge.other_partner");
  return words.say(code ? "merge.untrusted" : "journal.unreadable");
}
