/** The search page and the favourites page: catalogue.json, drawn with the page's ticket template. */

import type { Catalogue, CatalogueOffer } from "../ui/catalogue.ts";
import { arrivals } from "./arriving.ts";
import { today } from "./calendar.ts";
import { favourites, wireFavourites } from "./favourites.ts";
import { freshen, SOON } from "./freshness.ts";
import { hits, Index, passes, ranked, type Filters } from "./search.ts";
import { ticket } from "./ticket.ts";
import { say } from "./words.ts";

const NEAR = "cje.near";
// A screenful or two; more on demand keeps a slow phone responsive at 10,000 offers.
const AT_ONCE = 30;
// What a phone shows; a key is answered when these stand, the others follow a frame later.
const IN_SIGHT = 8;
// Milliseconds of reading before the page may answer a touch, and between two answers that are not the last.
const SLICE = 24;
const BETWEEN_ANSWERS = 600;

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let turn = 0;

/** How many tickets in the page are already those of the first offers: they stay, and so does the focus. */
function standing(list: HTMLElement, offers: CatalogueOffer[]): number {
  const shown = [...list.children].map(
    (item) => item.querySelector<HTMLElement>("[data-favourite]")?.dataset["favourite"],
  );
  const other = shown.findIndex((number, at) => number !== String(offers[at]?.number));
  return other < 0 ? shown.length : other;
}

function draw(catalogue: Catalogue, offers: CatalogueOffer[], from = 0): void {
  const list = byId<HTMLUListElement>("results");
  const template = byId<HTMLTemplateElement>("ticket-template");
  const mine = (turn += 1);
  const put = (start: number, end: number): void => {
    const part = document.createDocumentFragment();
    for (const offer of offers.slice(start, end)) part.append(ticket(template, catalogue, offer));
    wireFavourites(part);
    freshen(part, today());
    list.append(part);
  };
  const end = from + AT_ONCE;
  const kept = standing(list, offers);
  while (list.children.length > Math.min(kept, end)) list.lastElementChild!.remove();
  const start = list.children.length;
  const seen = Math.max(start, from + IN_SIGHT);
  put(start, seen);
  requestAnimationFrame(() => {
    // Another key may have been typed since.
    if (mine === turn) put(seen, end);
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

const breath = (): Promise<void> => new Promise((done) => setTimeout(done));

export async function searchPage(): Promise<void> {
  const form = byId<HTMLFormElement>("search");
  const near = byId<HTMLSelectElement>("near");
  const query = byId<HTMLInputElement>("query");
  const count = byId("count");
  const built = new Index();
  let catalogue: Catalogue | undefined;
  let whole = false;
  // A town's name comes with its offers: until then the choice of the last visit stands for itself.
  let wanted = remembered();
  // This script comes after the page: what was typed meanwhile stands.
  query.value ||= new URLSearchParams(location.search).get("q") ?? "";

  const run = (): void => {
    if (!catalogue) return;
    const { offers } = catalogue;
    const data = new FormData(form);
    const filters: Filters = {
      channel: String(data.get("channel") ?? "") as Filters["channel"],
      need: String(data.get("need") ?? ""),
      programme: String(data.get("programme") ?? ""),
      near: near.value || wanted,
      within: data.get("soon") ? SOON : 0,
    };
    const now = today();
    const fit = hits(built, query.value).filter(({ at }) => passes(offers[at]!, filters, now));
    const found = ranked(offers, fit, filters.near, now);
    if (!whole) count.textContent = say("reading", { count: found.length });
    else count.textContent = found.length ? say("found", { count: found.length }) : say("found_none");
    draw(catalogue, found);
  };
  form.addEventListener("input", run);
  form.addEventListener("submit", (event) => event.preventDefault());
  near.addEventListener("change", () => {
    wanted = "";
    remember(near.value);
  });
  if (!query.value) query.focus({ preventScroll: true });

  // What is not the last word is shown and not read out.
  count.setAttribute("aria-busy", "true");
  let pause = performance.now() + SLICE;
  let answer = 0;
  for await (catalogue of arrivals()) {
    while (built.size < catalogue.offers.length) {
      built.add(catalogue);
      if (performance.now() < pause) continue;
      // As long as nothing is asked, the offers of the built page stand: they are the first ones.
      if (performance.now() > answer && asked(form, wanted)) {
        run();
        answer = performance.now() + BETWEEN_ANSWERS;
      }
      await breath();
      pause = performance.now() + SLICE;
    }
  }
  whole = true;
  for (const [code, name] of places(catalogue!)) near.append(option(code, name));
  if (wanted) near.value = wanted;
  if (near.selectedIndex < 0) near.value = "";
  wanted = "";
  count.removeAttribute("aria-busy");
  run();
}

/** Whether something was typed or chosen. */
function asked(form: HTMLFormElement, near: string): boolean {
  return near !== "" || [...new FormData(form).values()].some((value) => value !== "");
}

export async function favouritesPage(): Promise<void> {
  const kept = favourites();
  const now = today();
  let catalogue: Catalogue | undefined;
  for await (catalogue of arrivals());
  const offers = catalogue!.offers.filter(({ number, until }) => kept.has(number) && until >= now);
  byId("empty").hidden = offers.length > 0;
  byId("count").textContent = offers.length ? say("kept", { count: offers.length }) : "";
  draw(catalogue!, offers);
}
