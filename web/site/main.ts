/** What the built pages gain with JavaScript: fresh dates, favourites, search, sharing, offline. */

import { keepOffline } from "../ui/worker.ts";
import { today } from "./calendar.ts";
import { wireFavourites } from "./favourites.ts";
import { freshen, tellAge } from "./freshness.ts";
import { say } from "./words.ts";

function offerUpdate(replace: () => void): void {
  const bar = document.getElementById("update");
  if (!bar) return;
  bar.hidden = false;
  bar.querySelector("button")?.addEventListener("click", replace, { once: true });
}

function wireSharing(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-share]")) {
    const share = async (): Promise<void> => {
      const link = { title: document.title, url: location.href.split("#")[0]! };
      if (navigator.share) {
        // Closing the sheet without choosing rejects; nothing is wrong then.
        await navigator.share(link).catch(() => undefined);
        return;
      }
      await navigator.clipboard.writeText(link.url);
      const label = button.querySelector("span");
      if (label) label.textContent = say("copied");
    };
    button.hidden = false;
    button.addEventListener("click", () => void share());
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

async function finder(page: string): Promise<void> {
  try {
    const { favouritesPage, searchPage } = await import("./finder.ts");
    await (page === "search" ? searchPage() : favouritesPage());
  } catch {
    const count = document.getElementById("count");
    if (count) count.textContent = say("no_data");
  }
}

/** The offline page knows from its fragment what was asked for. */
function wireRetry(): void {
  const link = document.getElementById("retry") as HTMLAnchorElement | null;
  const asked = decodeURI(location.hash.slice(1));
  if (!link || !asked.startsWith("/")) return;
  const wanted = new URL(asked, location.origin);
  if (wanted.origin !== location.origin) return;
  link.href = wanted.href;
  link.hidden = false;
  window.addEventListener("online", () => location.replace(wanted.href), { once: true });
}

freshen(document, today());
void tellAge(today());
wireFavourites(document);
wireSharing();
wireRetry();
const { page } = document.body.dataset;
if (page === "search" || page === "favourites") void finder(page);
keepOffline("sw.js", offerUpdate).catch(() => {
  // Private windows may refuse workers: the site then needs the network, and says nothing about it.
});
