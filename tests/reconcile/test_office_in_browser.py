"""The operator's page in a real browser: a Monday's work without scripts, and every page for everybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from office_world import open_office
from playwright.sync_api import Browser, Page, Playwright, expect
from test_office import two_tills
from test_typed_codes import type_in
from tills import NOON, Till, in_folder, make_claims

from tools.axe import faults
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("office")]


def test_a_mondays_work_without_scripts_and_every_page_for_everybody(
    playwright: Playwright, tmp_path: Path
) -> None:
    browser = playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS])
    one, other = two_tills()
    stranger = Till("Guichet 3")
    type_in(stranger, make_claims(5), NOON + 60, saving=300)
    with open_office(tmp_path) as running:
        running.shop.know(one, other)
        context = browser.new_context(
            java_script_enabled=False, locale="fr-FR", viewport={"width": 360, "height": 740}
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(running.address)
        page.get_by_role("link", name="Ouvrir la page").click()
        exports = in_folder(tmp_path / "in", a=one.export(), b=other.export(), c=stranger.export())
        (exports / "d.csv").write_bytes(b"caisse;ligne")
        page.get_by_label("Exports de caisses").set_input_files(sorted(exports.iterdir()))
        page.get_by_role("button", name="Importer").click()
        expect(page.get_by_role("heading", name="4 fichiers reçus")).to_be_visible()
        expect(page.get_by_text("un tableau, pas un export de caisse")).to_be_visible()
        cookies = [{**cookie, "url": f"http://{running.host}"} for cookie in context.cookies()]
        answered = page.url
        look_at_all(browser, running.host, cookies, [answered.removeprefix(f"http://{running.host}")])
        page.get_by_label("L'empreinte est la même").check()
        page.get_by_role("button", name="Connaître cette caisse").click()
        expect(page.get_by_text("1 ligne nouvelle.")).to_be_visible()
        page.get_by_role("link", name="Trouvailles").click()
        with page.expect_download() as proof:
            page.get_by_role("link", name="Preuve de").click()
        assert json.loads(proof.value.path().read_bytes())["kind"] == "same_use"
        page.get_by_label("D'accord pour révoquer ce bon").check()
        with page.expect_download() as agreed:
            page.get_by_role("button", name="Le fichier des révocations").click()
        (voucher,) = json.loads(agreed.value.path().read_bytes())["vouchers"]
        assert voucher["agreed"] and voucher["cti"] == make_claims(1).cti.hex()
        expect(page.get_by_text("Codes tapés : comptés à part.")).to_be_visible()
        context.close()
        shown = ["/tills", "/findings", "/totals?month=2026-10", "/proof/none.json"]
        look_at_all(browser, running.host, cookies, shown)
    browser.close()


def look_at_all(browser: Browser, host: str, cookies: list[Any], addresses: list[str]) -> None:
    """Ask axe about each page, and for what sticks out: a phone by day, a desk by night."""
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
    context.add_cookies([{"name": one["name"], "value": one["value"], "url": one["url"]} for one in cookies])
    page = context.new_page()
    for width, height, scheme, shown in (
        (320, 640, "light", addresses),
        (1280, 800, "dark", addresses[:2]),
    ):
        for address in shown:
            look_at(page, f"http://{host}{address}", scheme, width, height)
    context.close()


def look_at(page: Page, address: str, scheme: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert faults(page) == [], (address, scheme)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (address, width)
