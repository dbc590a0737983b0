"""The wallet on a slow phone: Chromium at a sixth of its processor speed, a card with sixty vouchers.

What a person taps is tapped inside the page the moment it appears, so that no driver's delay is in a figure.
The slow-down holds for the page, not for the service worker's thread: a stand-in, not a phone.
"""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from bench.catalogue import varied
from bench.figures import Figure, report
from catalogue import VoucherUse, read_catalogue
from catalogue.exchange.writing import schema_line, yaml_text
from cje.demo import world
from tools.chromium import ARGUMENTS

ROOT = Path(__file__).resolve().parent.parent
VOUCHERS: Final = 60
RUNS: Final = 9
REDRAWS: Final = 21
SLOWER: Final = 6
PHONE: Final = {"width": 360, "height": 740}

# Until the next frame is on its way: what was put into the page by then is in it.
SEEN = "const seen = (tell) => requestAnimationFrame(() => setTimeout(() => tell(performance.now())));"
WATCH = """const until = (found, then) => {
  const here = found();
  if (here) return then(here);
  const watch = new MutationObserver(() => {
    const here = found();
    if (here) { watch.disconnect(); then(here); }
  });
  watch.observe(document, { subtree: true, childList: true, attributes: true });
};
const one = (name) => () => document.querySelector(name);"""
TO_THE_CODE = f"""{SEEN} {WATCH}
window.shown = new Promise((done) => {{
  const listed = (tickets) => {{
    window.listed = performance.now();
    [...tickets].find((one) => one.classList.contains("ticket-now")).click();
    until(one(".button-show"), (button) => {{
      button.click();
      until(one(".qr path"), () => seen(done));
    }});
  }};
  until(() => document.querySelector(".ticket") && document.querySelectorAll(".ticket"), listed);
}});"""
IMPORT = f"""() => {{ {SEEN} {WATCH}
  return new Promise((done) => {{
    const start = performance.now();
    document.querySelector(".add-form button").click();
    until(one(".ticket"), () => seen((at) => done(at - start)));
  }});
}}"""
REDRAW = """() => new Promise((done) => {
  const path = document.querySelector(".qr path");
  const start = performance.now();
  new MutationObserver((_, watch) => {
    watch.disconnect();
    path.getBoundingClientRect();  // style and layout are part of it
    done(performance.now() - start);
  }).observe(path, { attributes: true });
  document.dispatchEvent(new Event("visibilitychange"));
})"""


def main() -> bool:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = _made(Path(folder))
        thread = threading.Thread(target=made.server.serve_forever, daemon=True)
        thread.start()
        imports = [_import(playwright, Path(folder) / f"import-{run}", made.wallet) for run in range(RUNS)]
        made.server.shutdown()
        made.server.server_close()
        profile = Path(folder) / "import-0"
        starts = [_cold_start(playwright, profile, made.site + "carte/") for _ in range(RUNS)]
        redraws, module = _showing(playwright, profile, made.site + "carte/")
    lists, shown = [list(column) for column in zip(*starts, strict=True)]
    return report(
        f"Wallet: {VOUCHERS} vouchers, 360 px, processor {SLOWER} × slower (median of {RUNS})",
        [
            _figure("a new card: tap, fetch, verify, store, list", imports, 1_000),
            _figure("cold start without network, to the list", lists, None),
            _figure("cold start without network, two taps, to the QR", shown, 1_500),
            # The median: the page's own timer may draw just before it is asked to.
            Figure("the QR signed and drawn again, median", statistics.median(redraws), "ms", 30),
            Figure("side of a QR module", module, "px", least=4, note="CSS pixels"),
        ],
    )


def _figure(name: str, taken: list[float], bound: float | None) -> Figure:
    """The median; the least says how much other programs added."""
    return Figure(name, statistics.median(taken), "ms", bound, f"least {min(taken):.0f}")


def _made(folder: Path) -> world.World:
    """A site and three cards as `cje issuer` makes them, each with sixty vouchers."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content)
    for part in ("offers", "campaigns"):
        shutil.rmtree(content / part)
    (content / "offers").mkdir()
    offers = read_catalogue(ROOT / "content").published()
    models = [one for one in offers if isinstance(one.use, VoucherUse) and one.territory.kind == "national"]
    chance = random.Random(5)
    for number in range(1, VOUCHERS + 1):
        offer = varied(models[number % len(models)], number, chance)
        text = schema_line("offer") + yaml_text(offer)
        (content / "offers" / f"{offer.slug}.yaml").write_text(text, encoding="utf-8")
    return world.make(content, folder / "world", now=int(time.time()), port=0, say=lambda _: None)


def _phone(playwright: Playwright, profile: Path) -> tuple[BrowserContext, Page]:
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=shutil.which("chromium"),
        args=list(ARGUMENTS),
        viewport=PHONE,  # type: ignore[arg-type]
        locale="fr-FR",
    )
    return context, context.pages[0]


def _slow(context: BrowserContext, page: Page) -> None:
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _import(playwright: Playwright, profile: Path, link: str) -> float:
    """Milliseconds from the tap on « Ouvrir ma carte » to the list, on a fresh phone."""
    context, page = _phone(playwright, profile)
    address, _, code = link.partition("#")
    page.goto(address)
    page.locator("#code").fill(code)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
    _slow(context, page)
    taken = float(page.evaluate(IMPORT))
    assert page.locator(".ticket").count() == VOUCHERS, page.locator(".ticket").count()
    context.close()
    return taken


def _cold_start(playwright: Playwright, profile: Path, address: str) -> tuple[float, float]:
    """Milliseconds since the navigation began, of a browser just started whose server is gone: list, QR."""
    context, page = _phone(playwright, profile)
    _slow(context, page)
    page.add_init_script(TO_THE_CODE)
    page.goto(address, wait_until="commit")
    shown = float(page.evaluate("() => window.shown"))
    listed = float(page.evaluate("() => window.listed"))
    context.close()
    return listed, shown


def _showing(playwright: Playwright, profile: Path, address: str) -> tuple[list[float], float]:
    """Milliseconds of each redraw, and the CSS pixels of a module."""
    context, page = _phone(playwright, profile)
    page.add_init_script(TO_THE_CODE)
    page.goto(address, wait_until="commit")
    page.evaluate("() => window.shown")
    _slow(context, page)
    code = page.locator(".qr svg")
    box = code.bounding_box()
    modules = int((code.get_attribute("viewBox") or "").split()[2])
    assert box is not None
    redraws = []
    for _ in range(REDRAWS):
        # A second apart: two drawings of one second are the same, unless a browser signs with randomness.
        page.wait_for_timeout(1_100)
        redraws.append(float(page.evaluate(REDRAW)))
    context.close()
    return redraws, box["width"] / modules


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
