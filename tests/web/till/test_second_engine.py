"""Firefox: another IndexedDB, another WebCrypto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shop
from playwright.sync_api import BrowserContext, Playwright, expect
from till_page import CLOCK, Counter

from tools import firefox
from voucher.journal import Kind, decode_export

pytestmark = [pytest.mark.browser, pytest.mark.journey]


@pytest.fixture
def tablet(playwright: Playwright) -> Iterator[BrowserContext]:
    browser = firefox.launch(playwright)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    context.add_init_script(CLOCK)
    yield context
    browser.close()


@pytest.mark.promise("P17", "P19", "P30")
def test_a_morning_with_firefox_ends_without_a_server(tablet: BrowserContext, public: Path) -> None:
    once = shop.claims_for(shop.PLAIN, "firefox", uses=1)
    again = shop.claims_for(shop.TYPED, "firefox, typed")
    with shop.serving(public) as server:
        url = server.url
        counter = Counter.of(tablet.new_page()).set_up(url).kept_offline()
    counter.type(shop.live(once)).confirm().accepted()
    counter.next().type(shop.live(once, 2)).refused("Déjà utilisé 1 fois sur 1")
    counter.next().type(shop.pairing_text())
    expect(counter.page.locator("[data-notice]")).to_contain_text("Code d'appairage accepté")
    counter.type(shop.short_code_of(again)).confirm().accepted()
    counter.page.get_by_role("button", name="Annuler ce bon").click()
    counter.page.get_by_role("button", name="Annuler ce bon").click()
    kinds = [row.kind for row in decode_export(counter.saved("Exporter")).rows]
    assert kinds == [Kind.ACCEPTED, Kind.ACCEPTED, Kind.VOID]
    counter.page.close()
    cold = Counter.of(tablet.new_page()).open(url)
    expect(cold.screen("scan")).to_be_visible()
    cold.type(shop.live(once)).refused("Déjà accepté ici")
