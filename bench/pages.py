"""The public pages on a slow phone: search among 10,000 offers, and the site opened without network.

Chromium at a sixth of its processor speed; what is typed is typed inside the page. A stand-in, not a phone.
"""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from bench.catalogue import varied
from bench.figures import Figure, report
from catalogue import Catalogue, read_catalogue
from site_builder.build import build
from site_builder.preview.serve import SiteServer, open_server

ROOT = Path(__file__).resolve().parent.parent
DAY: Final = date(2026, 11, 21)
OFFERS: Final = 10_000
SLOWER: Final = 6
STARTS: Final = 7
TYPED: Final = (
    "c",
    "ci",
    "cin",
    "cine",
    "cinea",
    "velo",
    "reparation velo",
    "sarcelles",
    "assurance maison",
    "",
)
ARGUMENTS: Final = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
# From the key to the list in the page, style and layout with it; then to the frame that shows it.
ANSWER = """(typed) => {
  const box = document.getElementById("query");
  box.value = typed;
  const start = performance.now();
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  document.getElementById("results").getBoundingClientRect();
  return performance.now() - start;
}"""
# Of a question in the address: its first tickets, the last word on it, the longest that the page was deaf.
WATCH = """(() => {
  const told = (window.told = { first: 0, whole: 0, longest: 0 });
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) told.longest = Math.max(told.longest, duration);
  });
  tasks.observe({ type: "longtask", buffered: true });
  addEventListener("DOMContentLoaded", () => {
    const count = document.getElementById("count");
    const drawn = () => (told.first ||= performance.now());
    new MutationObserver(drawn).observe(document.getElementById("results"), { childList: true });
    const ended = () => count.hasAttribute("aria-busy") || (told.whole = performance.now());
    new MutationObserver(ended).observe(count, { attributes: true });
  });
})()"""
FIRST_PAINT = """() => new Promise((done) => {
  const told = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (told()) return done(told().startTime);
  new PerformanceObserver(() => told() && done(told().startTime)).observe({ type: "paint", buffered: true });
})"""


def main() -> bool:
    catalogue = read_catalogue(ROOT / "content")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        told, answers = _search(playwright, Path(folder), catalogue)
        starts = _starts(playwright, Path(folder), catalogue)
    return report(
        f"Pages: processor {SLOWER} × slower, 360 px",
        [
            Figure(
                "search page of 10,000 offers, opened with a word: to the first answer", told["first"], "ms"
            ),
            Figure("… until all are read and the answer is whole", told["whole"], "ms"),
            Figure("… the longest that the page answers no touch meanwhile", told["longest"], "ms"),
            Figure(
                "a key among 10,000 offers, to the new list, median",
                statistics.median(answers),
                "ms",
                50,
                f"least {min(answers):.0f}, most {max(answers):.0f}",
            ),
            Figure(
                f"home, browser just started, server gone (least of {STARTS})",
                min(starts),
                "ms",
                1_000,
                f"median {statistics.median(starts):.0f}",
            ),
        ],
    )


def _many(catalogue: Catalogue) -> Catalogue:
    chance, models = random.Random(7), catalogue.current(DAY)
    offers = tuple(varied(models[n % len(models)], n, chance) for n in range(1, OFFERS + 1))
    return replace(catalogue, offers=offers, campaigns=())


def _served(out: Path) -> SiteServer:
    server = open_server(out)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _slow_page(playwright: Playwright, profile: Path) -> tuple[BrowserContext, Page]:
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=shutil.which("chromium"),
        args=list(ARGUMENTS),
        viewport={"width": 360, "height": 740},
        locale="fr-FR",
    )
    page = context.pages[0]
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return context, page


def _search(
    playwright: Playwright, folder: Path, catalogue: Catalogue
) -> tuple[dict[str, float], list[float]]:
    build(_many(catalogue), folder / "many", day=DAY)
    with _served(folder / "many") as server:
        context, page = _slow_page(playwright, folder / "search")
        page.add_init_script(WATCH)
        page.goto(server.url + "recherche/?q=cinema")
        page.locator("#near option").nth(1).wait_for(state="attached", timeout=120_000)
        told = page.evaluate("told")
        answers = [float(page.evaluate(ANSWER, typed)) for _ in range(3) for typed in TYPED]
        context.close()
        server.shutdown()
    return told, answers


def _starts(playwright: Playwright, folder: Path, catalogue: Catalogue) -> list[float]:
    build(catalogue, folder / "site", day=DAY)
    with _served(folder / "site") as server:
        context, page = _slow_page(playwright, folder / "start")
        page.goto(server.url)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
        context.close()
        server.shutdown()
    taken = []
    for _ in range(STARTS):
        context, page = _slow_page(playwright, folder / "start")
        page.goto(server.url, wait_until="commit")
        taken.append(float(page.evaluate(FIRST_PAINT)))
        context.close()
    return taken


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
