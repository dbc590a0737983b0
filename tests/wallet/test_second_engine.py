"""The same journey in Firefox: another IndexedDB, another WebCrypto, another way to draw."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Playwright, expect
from wallet_world import PUBLIC, Site, code_named, entry

from voucher import armour
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation

pytestmark = pytest.mark.browser

CODE = code_named("ines")
FIREFOX = shutil.which("firefox-esr")


@pytest.fixture
def firefox(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    assert FIREFOX, "firefox-esr is not installed: apt-get install firefox-esr"
    context = playwright.firefox.launch_persistent_context(
        str(tmp_path / "firefox"),
        channel="moz-firefox",
        executable_path=FIREFOX,
        viewport={"width": 360, "height": 740},
        locale="fr-FR",
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


def test_firefox_activates_keeps_and_shows(site: Site, firefox: BrowserContext) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page = firefox.new_page()
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
    page.close()
    site.stop()
    page = firefox.new_page()
    page.goto(site.wallet)
    seen = []
    page.get_by_role("button", name="Panier").click()
    for _ in range(2):
        page.get_by_role("button", name="Montrer en caisse").click()
        expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
        shown = decode_presentation(armour.decode(found.text)[1], Keyring([PUBLIC]))
        seen.append(shown.seq)
        page.get_by_role("button", name="Fermer").click()
    assert seen[1] == seen[0] + 1
