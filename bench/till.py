"""The till's page in Chromium: from a picture to a painted verdict; a decision behind a million rows.

At a sixth of the processor's speed the decoder runs on the page's own thread, as where no worker starts: the
browser slows that thread alone. `CJE_BENCH_ROWS=100000` fills less.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.figures import Figure, report

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "web" / "till"))  # the shop, its keys and its phones

import shop  # noqa: E402

ROWS = int(os.environ.get("CJE_BENCH_ROWS", "1000000"))
SHOWN, TYPED = 25, 60
BATCH = 20_000
BETWEEN_CUSTOMERS = 300  # milliseconds
NO_CAMERA = (
    "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));"
)
NO_WORKER = "delete window.Worker;"

# Accepted rows of a year, each of a voucher of its own, with as many bytes of evidence as a presentation has.
FILL = """async ([first, last, from]) => {
    const db = await new Promise((done) => {
        indexedDB.open("cje-till-demo").onsuccess = ({ target }) => done(target.result);
    });
    const change = db.transaction("rows", "readwrite");
    const rows = change.objectStore("rows");
    for (let n = first; n <= last; n++) {
        const cti = crypto.getRandomValues(new Uint8Array(16));
        const voucher = "0123abcd" + [...cti].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        rows.put({
            n, time: from + n * 30, effective: from + n * 30, kind: 0, verdict: "accepted",
            kid: new Uint8Array([1, 35, 171, 205]), cti, seq: 1, offer: 1, amount: 2490, saving: 374,
            offset: 2, listVersion: 1, evidence: crypto.getRandomValues(new Uint8Array(250)),
            voids: null, reason: null,
            hash: new Uint8Array(32), voucher, use: `${voucher}.1`,
        });
    }
    await new Promise((done, fail) => {
        change.oncomplete = done;
        change.onabort = () => fail(change.error);
    });
    db.close();
}"""
# What the decision cannot go below: the newest row, the voucher's rows here and at the neighbours.
BARE = """async (count) => {
    const db = await new Promise((done) => {
        indexedDB.open("cje-till-demo").onsuccess = ({ target }) => done(target.result);
    });
    const result = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const times = [];
    for (let i = 0; i < count; i++) {
        const start = performance.now();
        const reading = db.transaction(["rows", "neighbours"]);
        await result(reading.objectStore("rows").openCursor(null, "prev"));
        await result(reading.objectStore("rows").index("voucher").getAll("0123abcd"));
        await result(reading.objectStore("neighbours").index("voucher").getAll("0123abcd"));
        times.push(performance.now() - start);
    }
    db.close();
    return times;
}"""
# A reader that types: nothing is drawn before its decision, so that nothing else is measured with it.
READER = """(text) => {
    for (const key of [...text, "Enter"]) {
        const how = { key, code: "", bubbles: true, cancelable: true };
        document.body.dispatchEvent(new KeyboardEvent("keydown", how));
    }
}"""
MEASURED = "(name) => performance.getEntriesByName(name).map(({ duration }) => duration)"


def main() -> bool:
    """Scan with and without the brake, then type behind many rows."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        public = Path(folder) / "public"
        shop.publish_trust(public, shop.trust_file(shop.trust_list()))
        shop.build_site(public)
        path = shutil.which("chromium")
        with shop.serving(public) as site:
            browser = playwright.chromium.launch(executable_path=path, args=list(shop.CHROMIUM))
            scans = [_scan(browser, site.url), _scan(browser, site.url, slower=6)]
            browser.close()
            disk = Path(folder) / "disk"
            context = playwright.chromium.launch_persistent_context(
                str(disk), executable_path=path, args=list(shop.CHROMIUM), locale="fr-FR"
            )
            decisions, bare = _type(context.pages[0], site.url)
            context.close()
    figures = [
        _figure("picture to verdict", scans[0], 40),
        _figure("picture to verdict at a sixth of the speed, no worker", scans[1], 300),
        _figure(f"decision behind {ROWS:,} rows, lookup included", decisions, 5),
        _figure(f"the bare lookups behind {ROWS:,} rows", bare),
    ]
    return report("The till in Chromium", figures)


def _figure(name: str, times: list[float], bound: float | None = None) -> Figure:
    worst = sorted(times)[round(0.95 * (len(times) - 1))]
    return Figure(
        name, statistics.median(times), "ms", bound, f"95th percentile {worst:.1f} ms of {len(times)}"
    )


@contextmanager
def _till(page: Page, url: str, *scripts: str) -> Iterator[Page]:
    for script in scripts:
        page.add_init_script(script)
    page.goto(f"{url}caisse/")
    page.get_by_role("button", name=shop.NAME).click()
    page.get_by_role("button", name="Installer").click()
    expect(page.locator("[data-screen=scan]")).to_be_visible(timeout=30_000)
    yield page


def _scan(browser: Browser, url: str, slower: int = 1) -> list[float]:
    """Hold phones before the camera; return milliseconds from picture to painted verdict."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    scripts = [shop.CANVAS_CAMERA, *([NO_WORKER] if slower > 1 else [])]
    with _till(context.new_page(), url, *scripts) as page:
        page.evaluate(
            """() => new Promise((done) => {
                const is = () => performance.getEntriesByName("cje-zxing").length;
                const look = () => is() ? done() : setTimeout(look, 50);
                look();
            })"""
        )
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        for number in range(SHOWN):
            shop.hold_up(page, shop.qr(shop.live(shop.claims_for(shop.PLAIN, f"bench {number}"))))
            expect(page.locator(".verdict h1")).to_have_text("BON VALABLE", timeout=30_000)
            shop.hold_up(page, None)
            page.get_by_role("button", name="Refuser").click()
            expect(page.locator("[data-screen=scan]")).to_be_visible(timeout=30_000)
        times: list[float] = page.evaluate(MEASURED, "cje-verdict")
    context.close()
    return times


def _type(page: Page, url: str) -> tuple[list[float], list[float]]:
    """Fill the journal, then have a reader type; return milliseconds of decisions and of bare lookups."""
    with _till(page, url, NO_CAMERA) as page:
        start = shop.clock() - ROWS * 30 - 3600
        for first in range(1, ROWS + 1, BATCH):
            page.evaluate(FILL, [first, min(first + BATCH - 1, ROWS), start])
        page.reload()
        page.get_by_role("button", name="Journal").click()  # the desk is there once this opens
        page.get_by_role("button", name="Retour").click()
        for number in range(TYPED):
            page.evaluate(READER, shop.live(shop.claims_for(shop.PLAIN, f"bench {number}")))
            expect(page.locator(".verdict h1")).to_have_text("BON VALABLE", timeout=30_000)
            page.get_by_role("button", name="Refuser").click()
            expect(page.locator("[data-screen=scan]")).to_be_visible()
            page.wait_for_timeout(BETWEEN_CUSTOMERS)  # the refusal is on its way to the disk
        times: list[float] = page.evaluate(MEASURED, "cje-decision")
        return times, page.evaluate(BARE, TYPED)
