"""A till in a real browser: its page as a cashier uses it, and the device that may be switched off."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import shop
from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, expect

from tools.chromium import WITHOUT_WINDOWS

expect.set_options(timeout=10_000)
PHONE = {"width": 360, "height": 740}
NO_CAMERA = """if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
}"""
# "Valider" answers half a second after its screen came: a test puts the page's clock forward, and waits not.
CLOCK = """{
    const now = performance.now.bind(performance);
    let held = null, ahead = 0;
    performance.now = () => (held ?? now()) + ahead;
    window.hold = () => { held = now(); };
    window.pass = (milliseconds) => { ahead += milliseconds; };
}"""
OpenBrowser = Callable[..., BrowserContext]


@dataclass
class Counter:
    """One till: its page, and what the browser complained of."""

    page: Page
    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> Counter:
        counter = cls(page)
        page.on("pageerror", lambda fault: counter.faults.append(str(fault)))
        page.on("console", lambda line: counter.faults.append(line.text) if line.type == "error" else None)
        return counter

    def open(self, url: str) -> Counter:
        self.page.goto(f"{url}caisse/")
        return self

    def set_up(self, url: str, name: str = "Comptoir") -> Counter:
        """Walk through the first use as a shopkeeper does."""
        self.open(url)
        self.page.get_by_role("button", name=shop.NAME).click()
        self.page.get_by_label("Nom de cette caisse").fill(name)
        self.page.get_by_role("button", name="Installer").click()
        expect(self.screen("scan")).to_be_visible()
        return self

    def helped(self) -> Counter:
        """Wait until the second decoder has joined the first."""
        self.page.evaluate(
            """() => new Promise((done) => {
                const is = () => performance.getEntriesByName("cje-zxing").length;
                const look = () => is() ? done() : setTimeout(look, 20);
                look();
            })"""
        )
        return self

    def kept_offline(self) -> Counter:
        """Wait until the service worker holds the page."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
        return self

    def screen(self, name: str):  # type: ignore[no-untyped-def]
        return self.page.locator(f"[data-screen={name}]")

    def type(self, text: str) -> Counter:
        self.page.get_by_role("button", name="Taper").click()
        self.page.get_by_label("Code du bon").fill(text)
        self.page.get_by_role("button", name="Vérifier").click()
        return self

    def read(self) -> Locator:
        """Return "Valider" once the screen has been up long enough to be read."""
        button = self.page.locator(".button-confirm")
        expect(button).to_be_visible()
        self.page.evaluate("() => window.pass(500)")
        return button

    def confirm(self) -> Counter:
        """Read, and press "Valider"."""
        self.read().click()
        return self

    def refused(self, sentence: str) -> None:
        expect(self.page.locator(".verdict.fill-stop h1")).to_have_text("REFUSÉ")
        expect(self.page.locator(".verdict-sentence")).to_contain_text(sentence)
        assert self.page.locator(".fill-ok").count() == 0

    def accepted(self) -> None:
        expect(self.page.locator(".verdict.fill-ok h1")).to_have_text("ACCEPTÉ")

    def next(self) -> Counter:
        self.page.locator(".button-next").click()
        expect(self.screen("scan")).to_be_visible()
        return self

    def saved(self, button: str) -> bytes:
        """Press a button that saves a file, and return its bytes."""
        pressed = self.page.get_by_role("button", name=button)
        browser = self.page.context.browser
        if browser is None or browser.browser_type.name == "chromium":
            with self.page.expect_download() as download:
                pressed.click()
            return download.value.path().read_bytes()
        # Playwright sees no downloads of Debian's Firefox: what it is given to save is read instead.
        self.page.evaluate(
            """() => {
                const make = URL.createObjectURL;
                window.__saved = new Promise((done) => {
                    URL.createObjectURL = (blob) => {
                        blob.arrayBuffer().then((data) => done([...new Uint8Array(data)]));
                        return make.call(URL, blob);
                    };
                });
            }"""
        )
        pressed.click()
        return bytes(self.page.evaluate("() => window.__saved"))

    def rows(self) -> list[dict[str, object]]:
        """Read the journal as it lies in IndexedDB."""
        rows: list[dict[str, object]] = self.page.evaluate(
            """() => new Promise((done, fail) => {
                const opening = indexedDB.open("cje-till-demo");
                opening.onsuccess = () => {
                    const asked = opening.result.transaction("rows").objectStore("rows").getAll();
                    asked.onsuccess = () => {
                        opening.result.close();
                        done(asked.result.map(({n, kind, verdict, amount, saving, use, voucher}) =>
                            ({n, kind, verdict, amount, saving, use: use ?? null, voucher})));
                    };
                    asked.onerror = fail;
                };
                opening.onerror = fail;
            })"""
        )
        return rows


@dataclass
class Device:
    """A phone: its browser can be killed, its disk stays."""

    playwright: Playwright
    disk: Path
    context: BrowserContext | None = None

    def start(self) -> Page:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.disk),
            executable_path=WITHOUT_WINDOWS,
            args=list(shop.CHROMIUM),
            viewport=PHONE,  # type: ignore[arg-type]
            locale="fr-FR",
            reduced_motion="reduce",
        )
        self.context.add_init_script(NO_CAMERA + CLOCK)
        return self.context.pages[0]

    def stop(self) -> None:
        """Close the browser as a person does."""
        assert self.context is not None
        self.context.close()

    def kill(self) -> None:
        """End the browser's process and all that it started, at once."""
        own = [int(found.parent.name) for found in Path("/proc").glob("[0-9]*/cmdline") if self._is(found)]
        assert own
        for process in own:  # the browser, and the script of Debian's that started it
            with suppress(ProcessLookupError):  # one of them ends with the other
                os.kill(process, signal.SIGKILL)
        assert self.context is not None
        with suppress(Error):  # it is dead: that was the point
            self.context.close()
        # A lock that names a dead process would keep the next start away for some seconds.
        for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.disk / name).unlink(missing_ok=True)

    def _is(self, cmdline: Path) -> bool:
        try:
            words = cmdline.read_bytes().split(b"\0")
        except OSError:
            return False
        return b"--user-data-dir=" + bytes(self.disk) in words and not any(
            word.startswith(b"--type=") for word in words
        )
