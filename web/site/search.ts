/** Search on the device: accents and case folded, prefix, one typo. Pure: words in, offers out. */

import type { Catalogue, CatalogueOffer } from "../ui/catalogue.ts";

/** Where a word was found decides how much it counts. */
const WEIGHTS = { title: 8, partner: 6, tag: 4, need: 4, place: 3, summary: 2 } as const;
// One letter wrong in a short word makes another word; from four letters on it is a slip.
const LEAST_FOR_TYPO = 4;

const EXACT = 3;
const PREFIX = 2;
const TYPO = 1;

export function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "");
}

export function words(text: string): string[] {
  return fold(text).match(/[a-z0-9]+/g) ?? [];
}

/** True when `typed` is `word`, or its beginning, up to one letter added, lost, changed or swapped with the next. */
export function nearly(typed: string, word: string): boolean {
  let i = 0;
  while (i < typed.length && typed[i] === word[i]) i += 1;
  if (i === typed.length) return true;
  const rest = typed.slice(i + 1);
  return (
    word.startsWith(rest, i + 1) || // changed
    word.startsWith(rest, i) || // one too many
    word.startsWith(typed.slice(i), i + 1) || // one missing
    (typed[i] === word[i + 1] && typed[i + 1] === word[i] && word.startsWith(typed.slice(i + 2), i + 2))
  );
}

function quality(typed: string, word: string): number {
  if (word === typed) return EXACT;
  if (word.startsWith(typed)) return PREFIX;
  return typed.length >= LEAST_FOR_TYPO && typed[0] === word[0] && nearly(typed, word) ? TYPO : 0;
}

/** What words stand where, in as many offers as have been read. */
export class Index {
  /** Word → offer's place in the catalogue and weight, in turn. */
  readonly postings = new Map<string, number[]>();
  size = 0;
  // Partners, needs and places come again and again: each is taken apart once.
  private readonly known = new Map<string, string[]>();

  /** Take the catalogue's next offer. */
  add(catalogue: Catalogue): void {
    const at = this.size;
    const offer = catalogue.offers[at]!;
    this.size += 1;
    this.put(`${offer.title} ${offer.headline}`, at, WEIGHTS.title);
    this.put(catalogue.partners[offer.partner]?.name ?? "", at, WEIGHTS.partner);
    this.put(offer.tags.join(" "), at, WEIGHTS.tag);
    for (const need of offer.categories) {
      const found = catalogue.categories.find(({ slug }) => slug === need);
      if (found) this.put(`${found.name} ${found.short}`, at, WEIGHTS.need);
    }
    this.put(offer.territory.label, at, WEIGHTS.place);
    for (const { name, commune, postcode } of offer.places)
      this.put(`${name} ${commune} ${postcode}`, at, WEIGHTS.place);
    this.put(offer.summary, at, WEIGHTS.summary);
  }

  private put(text: string, at: number, weight: number): void {
    for (const word of this.parts(text)) {
      const found = this.postings.get(word);
      if (!found) this.postings.set(word, [at, weight]);
      else if (found[found.length - 2] !== at) found.push(at, weight);
      else if (found[found.length - 1]! < weight) found[found.length - 1] = weight;
    }
  }

  private parts(text: string): string[] {
    const found = this.known.get(text) ?? words(text);
    this.known.set(text, found);
    return found;
  }
}

export function index(catalogue: Catalogue): Index {
  const made = new Index();
  while (made.size < catalogue.offers.length) made.add(catalogue);
  return made;
}

export interface Hit {
  /** The offer's place in the catalogue. */
  at: number;
  /** How well its words answer what was typed; 0 when nothing was. */
  score: number;
}

/** The offers in which every typed word is found, in the catalogue's order. */
export function hits({ postings, size }: Index, typed: string): Hit[] {
  const asked = words(typed);
  const total = new Float64Array(size);
  const seen = new Uint8Array(size);
  asked.forEach((one, turn) => {
    // At most EXACT × title's weight: a byte.
    const best = new Uint8Array(size);
    for (const [word, found] of postings) {
      const grade = quality(one, word);
      if (!grade) continue;
      for (let n = 0; n < found.length; n += 2) {
        const score = grade * found[n + 1]!;
        if (score > best[found[n]!]!) best[found[n]!] = score;
      }
    }
    for (let at = 0; at < size; at += 1) {
      if (!best[at]) continue;
      if (seen[at] === turn) seen[at] = turn + 1;
      total[at]! += best[at]!;
    }
  });
  const found: Hit[] = [];
  for (let at = 0; at < size; at += 1)
    if (seen[at] === asked.length) found.push({ at, score: total[at] ?? 0 });
  return found;
}

// An offer of one's own town may be worth as much as a title that fits a little better, never as much as any title.
const IN_TOWN = 3;
const IN_DEPARTMENT = 2;

/** How near an offer is to a department or commune: valid there alone, or with a shop there. */
function nearness({ territory, places }: CatalogueOffer, near: string): number {
  if (!near) return 1;
  const codes = [...territory.codes, ...places.map(({ insee }) => insee ?? "")];
  if (codes.some((code) => code.startsWith(near))) return IN_TOWN;
  return territory.codes.some((code) => near.startsWith(code)) ? IN_DEPARTMENT : 1;
}

/** Best first: what can be used today, then what fits and is near, then the catalogue's order. */
export function ranked(
  offers: CatalogueOffer[],
  found: Hit[],
  near: string,
  today: string,
): CatalogueOffer[] {
  return found
    .map(({ at, score }) => {
      const offer = offers[at]!;
      return { offer, at, later: Number(offer.from > today), worth: (1 + score) * nearness(offer, near) };
    })
    .sort((a, b) => a.later - b.later || b.worth - a.worth || a.at - b.at)
    .map(({ offer }) => offer);
}

export interface Filters {
  channel: "" | "online" | "store";
  need: string;
  programme: string;
  /** Department or INSEE commune code; "" for everywhere. */
  near: string;
  /** Only what ends within this many days; 0 for all. */
  within: number;
}

/** Whether an offer passes the filters on `today` (`YYYY-MM-DD`, Europe/Paris); an ended offer never does. */
export function passes(offer: CatalogueOffer, filters: Filters, today: string): boolean {
  const { channel, need, programme, near, within } = filters;
  if (offer.until < today) return false;
  if (channel && offer.channel !== "both" && offer.channel !== channel) return false;
  if (need && !offer.categories.includes(need)) return false;
  if (programme && offer.programmes.length > 0 && !offer.programmes.includes(programme)) return false;
  if (near && !covers(offer, near)) return false;
  return !within || Date.parse(offer.until) - Date.parse(today) <= within * 86_400_000;
}

/** A commune lies in a territory that names it or its department; a department is met by any part of it. */
function covers({ territory }: CatalogueOffer, near: string): boolean {
  return (
    territory.kind === "national" ||
    territory.codes.some((code) => near.startsWith(code) || code.startsWith(near))
  );
}
