/**
 * catalogue.json as it arrives: a slow phone answers with the first offers while it reads the others. One that was
 * laid out otherwise than by our builder is read whole.
 */

import { knownCatalogue, type Catalogue } from "../ui/catalogue.ts";

// Inside a sentence both would have their quotes escaped: they only stand where the list begins, and is cut.
const BEGINS = '"offers":[';
const BETWEEN = '},{"number":';
// Bytes that are read at once: a network that is faster than the phone brings millions.
const PIECE = 1 << 16;

/** Takes the text of a catalogue piece by piece. */
export class Arriving {
  /** Its head, and the offers that have arrived. */
  catalogue: Catalogue | undefined;
  private rest = "";

  /** Throws TypeError for an unknown version. */
  take(piece: string): void {
    const seen = Math.max(0, this.rest.length - BEGINS.length);
    this.rest += piece;
    if (!this.catalogue) {
      const begins = this.rest.indexOf(BEGINS, seen);
      if (begins < 0) return;
      const start = begins + BEGINS.length;
      this.catalogue = knownCatalogue(JSON.parse(`${this.rest.slice(0, start)}]}`));
      this.rest = this.rest.slice(start);
    }
    const cut = this.rest.lastIndexOf(BETWEEN) + 1;
    if (cut) this.put(`${this.rest.slice(0, cut)}]}`);
    if (cut) this.rest = this.rest.slice(cut + 1);
  }

  /** Nothing comes any more. Throws SyntaxError for a catalogue that was cut short. */
  end(): Catalogue {
    if (this.catalogue) this.put(this.rest);
    else this.catalogue = knownCatalogue(JSON.parse(this.rest));
    return this.catalogue!;
  }

  private put(list: string): void {
    const { offers } = JSON.parse(`{${BEGINS}${list}`) as Catalogue;
    for (const offer of offers) this.catalogue!.offers.push(offer);
  }
}

/**
 * The catalogue of this page, again and again with more of its offers. Throws TypeError offline before the first
 * visit, or for an unknown version.
 */
export async function* arrivals(): AsyncGenerator<Catalogue, void> {
  const answer = await fetch(document.body.dataset["catalogue"] ?? "catalogue.json");
  if (!answer.ok || !answer.body) throw new TypeError(`catalogue: ${answer.status}`);
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  const arriving = new Arriving();
  for (;;) {
    const { value, done } = await reader.read();
    if (done || !value) break;
    for (let at = 0; at < value.length; at += PIECE) {
      arriving.take(decoder.decode(value.subarray(at, at + PIECE), { stream: true }));
      if (arriving.catalogue) yield arriving.catalogue;
    }
  }
  arriving.take(decoder.decode());
  yield arriving.end();
}
