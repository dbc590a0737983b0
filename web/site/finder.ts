/** The search page and the favourites page: catalogue.json, drawn with the page's ticket template. */

import { loadCatalogue, type Catalogue, type CatalogueOffer } from "../ui/catalogue.ts";
import { today } from "./calendar.ts";
import { favourites, wireFavourites } from "./favourites.ts";
import { freshen, SOON } from "./freshness.ts";
import { hits, index, passes, ranked, type Filters } from "./search.ts";
import { ticket } from "./ticket.ts";
import { say } from "./words.ts";

const NEAR = "cje.near";
// A screenful or two; more on demand keeps a slow phone responsive at 10,000 offers.
const AT_ONCE = 30;
// What a phone shows; a key is answered when these stand, the others follow a frame later.
const IN_SIGHT = 8;

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let turn = 0;

function draw(catalogue: Catalogue, offers: CatalogueOffer[], from = 0): void {
  const list = byId<HTMLUListElement>("results");
  const template = byId<HTMLTemplateElement>("ticket-template");
  const mine = (turn += 1);
  const put = (start: number, end: number): void => {
    const part = document.createDocumentFragment();
    part.append(...offers.slice(start, end).map((offer) => ticket(template, catalogue, offer)));
    wireFavourites(part);
    freshen(part, today());
    if (start === 0) list.replaceChildren(part);
    else list.append(part);
  };
  const end = from + AT_ONCE;
  put(from, from + IN_SIGHT);
  requestAnimationFrame(() => {
    // Another key may have been typed since.
    if (mine === turn) put(from + IN_SIGHT, end);
  });
  const more = byId<HTMLButtonElement>("more");
  more.hidden = end >= offers.length;
  more.onclick = () => {
    draw(catalogue, offers, end);
    list.children[end]?.querySelector("a")?.focus();
  };
}

function places({ territories, offers }: Catalogue): [string, string][] {
  const communes = new Map<string, string>();
  for (const { places } of offers)
    for (const { commune, insee } of places) if (insee) communes.set(insee, commune);
  return [
    ...territories.map(({ code, name }): [string, string] => [code, `${name} (${code})`]),
    ...[...communes].sort((a, b) => a[1].localeCompare(b[1], "fr")),
  ];
}

function option(value: string, label: string): HTMLOptionElement {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = label;
  return made;
}

function remembered(): string {
  try {
    return localStorage.getItem(NEAR) ?? "";
  } catch {
    return "";
  }
}

function remember(near: string): void {
  try {
    localStorage.setItem(NEAR, near);
  } catch {
    // Storage refused: the choice lives as long as the page.
  }
}

export async function searchPage(): Promise<void> {
  const catalogue = await loadCatalogue();
  const built = index(catalogue);
  const form = byId<HTMLFormElement>("search");
  const near = byId<HTMLSelectElement>("near");
  near.append(...places(catalogue).map(([code, name]) => option(code, name)));
  near.value = remembered();
  if (near.selectedIndex < 0) near.value = "";
  const query = byId<HTMLInputElement>("query");
  query.value = new URLSearchParams(location.search).get("q") ?? "";

  const run = (): void => {
    const data = new FormData(form);
    const filters: Filters = {
      channel: String(data.get("channel") ?? "") as Filters["channel"],
      need: String(data.get("need") ?? ""),
      programme: String(data.get("programme") ?? ""),
      near: near.value,
      within: data.get("soon") ? SOON : 0,
    };
    const now = today();
    const fit = hits(built, query.value).filter(({ at }) => passes(catalogue.offers[at]!, filters, now));
    const found = ranked(catalogue.offers, fit, near.value, now);
    byId("count").textContent = found.length ? say("found", { count: found.length }) : say("found_none");
    draw(catalogue, found);
  };
  form.addEventListener("input", run);
  form.addEventListener("submit", (event) => event.preventDefault());
  near.addEventListener("change", () => remember(near.value));
  run();
  if (!query.value) query.focus({ preventScroll: true });
}

export async function favouritesPage(): Promise<void> {
  const kept = favourites();
  const catalogue = await loadCatalogue();
  const now = today();
  const offers = catalogue.offers.filter(({ number, until }) => kept.has(number) && until >= now);
  byId("empty").hidden = offers.length > 0;
  byId("count").textContent = offers.length ? say("kept", { count: offers.length }) : "";
  draw(catalogue, offers);
}
