"""Firefox: another IndexedDB, another WebCrypto, another way to draw.

A restart without a server, and one person's day here; the other files of this room go each way in both engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect
from seen import codes, read
from wallet_world import SETTINGS, Site, code_named, drawer, entry

from tools.firefox import PROGRAM
from voucher import activation

pytestmark = [pytest.mark.browser, pytest.mark.journey]

CODE = code_named("ines")
SwitchOn = Callable[[], BrowserContext]


@pytest.fixture
def switch_on(playwright: Playwright, tmp_path: Path) -> Iterator[SwitchOn]:
    """Return a function that starts Firefox on one and the same profile."""
    assert PROGRAM, "firefox-esr is not installed: apt-get install firefox-esr"
    started: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = playwright.firefox.launch_persistent_context(
            str(tmp_path / "firefox"),
            channel="moz-firefox",
            executable_path=PROGRAM,
            **SETTINGS,  # type: ignore[arg-type]
        )
        context.set_default_timeout(20_000)
        started.append(context)
        return context

    yield start
    for context in started:
        context.close()


@pytest.mark.promise("P30")
def test_a_day_with_firefox_ends_without_a_server(site: Site, switch_on: SwitchOn) -> None:
    site.put(CODE, entry(1, title="Panier"), *drawer()[2:5])
    context = switch_on()
    page = context.new_page()
    page.goto(site.wallet)
    page.get_by_label("Ton code d'activation").fill(f"Ta carte : {activation.grouped(CODE).lower()} À mardi")
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
    context.close()
    site.stop()

    page = switch_on().new_page()
    page.goto(site.wallet)
    page.get_by_role("button", name="Panier").click()
    seen = []
    for _ in range(2):
        page.get_by_role("button", name="Montrer en caisse").click()
        expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
        seen.append(read(page).seq)
        page.get_by_role("button", name="Fermer").click()
    assert seen[1] == seen[0] + 1
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="rayon hygiène").click()
    page.get_by_role("button", name="Montrer le code-barres").click()
    expect(page.get_by_role("img", name="Code-barres")).to_be_visible()
    assert codes(page) == ["2012345678903"]
    page.get_by_role("button", name="C'est fait").click()
    page.get_by_role("button", name="Oui, accepté").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"^4,50\s€$"))
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="aller-retour").click()
    expect(page.get_by_text("PLATEAU15", exact=True)).to_be_visible()
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Effacer mes données").click()
    page.get_by_role("button", name="Oui, effacer").click()
    expect(page.get_by_label("Ton code d'activation")).to_be_visible()
