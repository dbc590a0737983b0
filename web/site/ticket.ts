/** A ticket drawn from catalogue.json with the page's own template: same markup as the built pages. */

import type { Catalogue, CatalogueOffer } from "../ui/catalogue.ts";
import { shortDay, today } from "./calendar.ts";
import { say } from "./words.ts";

/** Long headlines get smaller type; the same steps as `headline_size` in site_builder/pages/views.py. */
export function headlineSize(headline: string): string {
  if (headline.length <= 5) return "xl";
  if (headline.length <= 9) return "l";
  return "m";
}

export function ticket(
  template: HTMLTemplateElement,
  catalogue: Catalogue,
  offer: CatalogueOffer,
): HTMLElement {
  const item = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const part = (name: string): HTMLElement => item.querySelector<HTMLElement>(`[data-part="${name}"]`)!;
  const partner = catalogue.partners[offer.partner];
  const base = document.body.dataset["home"] ?? "./";

  const frame = part("ticket");
  frame.classList.add(`tint-${partner?.colour.slice(1) ?? ""}`);
  frame.dataset["until"] = offer.until;
  part("headline").textContent = offer.headline;
  part("headline").classList.add(`size-${headlineSize(offer.headline)}`);
  const link = part("link") as HTMLAnchorElement;
  link.href = `${base}offres/${offer.slug}/`;
  link.textContent = offer.title;
  part("partner").textContent = partner?.name ?? "";
  const now = today();
  const [word, day] = offer.from > now ? ["from", offer.from] : ["until", offer.until];
  const short = shortDay(day, now, (name) => say(`month.${name}`));
  part("until").textContent = say(word, { day: short });
  part("channel").textContent = say(`channel.${offer.channel}`);
  const heart = part("favourite");
  heart.dataset["favourite"] = String(offer.number);
  heart.setAttribute("aria-label", say("favourite", { title: offer.title }));
  return item;
}
