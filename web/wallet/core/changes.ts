/** What a new file of a card changed, as facts that the page says in words. */

import type { Bundle, Entry } from "../../voucher/bundle.ts";

export type ChangeKind =
  "added" | "removed" | "headline" | "dates" | "terms" | "closed" | "reopened" | "note" | "renewed";

export interface Change {
  readonly kind: ChangeKind;
  /** Title of the offer, or the counsellor's sentence. */
  readonly title?: string;
  readonly before?: string;
  readonly after?: string;
  /** New end, for `dates` and `renewed`. */
  readonly until?: number;
}

export function changes(before: Bundle, after: Bundle): Change[] {
  if (before.closed !== after.closed) return [{ kind: after.closed ? "closed" : "reopened" }];
  const known = new Map(before.entries.map((entry) => [entry.offer, entry]));
  const found: Change[] = [];
  for (const entry of after.entries) {
    const old = known.get(entry.offer);
    known.delete(entry.offer);
    if (!old) found.push({ kind: "added", title: entry.title });
    else for (const difference of differences(old, entry)) found.push(difference);
  }
  for (const { title } of known.values()) found.push({ kind: "removed", title });
  if (before.expires !== after.expires) found.push({ kind: "renewed", until: after.expires });
  if (after.note && after.note !== before.note) found.push({ kind: "note", title: after.note });
  return found;
}

function differences(old: Entry, entry: Entry): Change[] {
  const { title } = entry;
  const found: Change[] = [];
  if (old.headline !== entry.headline)
    found.push({ kind: "headline", title, before: old.headline, after: entry.headline });
  if (old.validFrom !== entry.validFrom || old.validUntil !== entry.validUntil)
    found.push({ kind: "dates", title, until: entry.validUntil });
  if (terms(old) !== terms(entry)) found.push({ kind: "terms", title });
  return found;
}

/** Not the code: a derived one is another each week, and means the same. */
function terms(entry: Entry): string {
  return JSON.stringify([entry.conditions, entry.notAllowed, entry.uses, entry.period, entry.way]);
}
