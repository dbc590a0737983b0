"""The trust list at the till: its age always on screen, newer ones taken, never an older one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, OpenBrowser

pytestmark = pytest.mark.browser


@pytest.fixture
def public(public: Path, tmp_path: Path) -> Path:
    """Return a site of this test's own, so that its list can change."""
    return Path(shutil.copytree(public, tmp_path / "public"))


def give(counter: Counter, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "liste.cbor"
    file.write_bytes(data)
    counter.page.locator("[data-screen=settings] input[type=file]").set_input_files(file)


@pytest.mark.promise("P7")
def test_takes_a_newer_list_from_a_file_and_never_an_older_or_foreign_one(
    counter: Counter, tmp_path: Path
) -> None:
    counter.page.get_by_role("button", name="Liste du jour").click()
    status = counter.page.locator("[data-screen=settings] section [role=status]").first
    for data, said in (
        (shop.trust_file(shop.trust_list(4)), "Liste mise à jour"),
        (shop.trust_file(shop.trust_list(3)), "plus ancienne que la vôtre"),
        (shop.trust_file(shop.trust_list(5), signer=shop.STRANGER), "pas signé par l'organisme"),
        (shop.trust_file(shop.trust_list(5, partner="autre")), "pour un autre commerce"),
        (shop.trust_file(shop.trust_list(5, demo=False)), "Elle est refusée"),
        (b"bonjour", "pas signé par l'organisme"),
    ):
        give(counter, tmp_path, data)
        expect(status).to_contain_text(said)
    expect(counter.screen("settings")).to_contain_text("version 4")


def test_updates_from_the_site_and_says_when_there_is_none(counter: Counter, public: Path) -> None:
    counter.page.get_by_role("button", name="Liste du jour").click()
    shop.publish_trust(
        public, shop.trust_file(shop.trust_list(9)), root_data=(public / "trust/root.1.cbor").read_bytes()
    )
    counter.page.get_by_role("button", name="Mettre à jour").click()
    expect(counter.screen("settings")).to_contain_text("Liste mise à jour")
    expect(counter.screen("settings")).to_contain_text("version 9")
    browser = counter.page.context.browser
    if browser and browser.browser_type.name == "chromium":
        counter.page.context.set_offline(True)
    else:  # of a page that is kept offline, Playwright does not cut Firefox off
        counter.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    counter.page.get_by_role("button", name="Mettre à jour").click()
    expect(counter.screen("settings")).to_contain_text("Pas de réseau")
    counter.faults.clear()  # the browser's own line about the request that could not be made


@pytest.mark.promise("P8")
@pytest.mark.parametrize(
    ("days", "chip", "tone"), [(8, "8 jours", "ageing"), (31, "trop vieille", "too_old")]
)
def test_an_old_list_is_seen_before_any_scan(
    counter: Counter, tmp_path: Path, days: int, chip: str, tone: str
) -> None:
    page = counter.page
    page.clock.set_fixed_time(shop.clock() + days * shop.DAY)
    page.reload()
    expect(page.locator(f"[data-age={tone}]")).to_contain_text(chip)
    voucher = shop.claims_for(shop.PLAIN, "aged", expires=shop.clock() + 60 * shop.DAY)
    counter.type(shop.live(voucher, at=shop.clock() + days * shop.DAY))
    if tone == "ageing":
        expect(page.locator(".verdict-sentence")).to_contain_text("Votre liste de confiance date du")
        expect(page.locator(".button-confirm")).to_be_visible()
    else:
        counter.refused("trop ancienne")


@pytest.mark.promise("P20")
def test_a_clock_set_back_is_explained(counter: Counter) -> None:
    counter.page.clock.set_fixed_time(shop.clock() - shop.DAY)
    counter.page.reload()
    counter.type(shop.live(shop.claims_for(shop.PLAIN, "clock"))).refused("L'horloge de votre caisse retarde")


def test_sets_up_from_a_file_where_the_site_cannot_be_asked(
    open_browser: OpenBrowser, public: Path, tmp_path: Path
) -> None:
    with shop.serving(public) as server:
        context = open_browser(camera=False)
        context.route("**/trust/**", lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{server.url}caisse/")
        expect(page.get_by_text("Le site ne répond pas")).to_be_visible()
        file = tmp_path / "liste.cbor"
        file.write_bytes(shop.trust_file(shop.trust_list()))
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Installer").click()
        expect(page.locator("[data-screen=scan]")).to_contain_text(shop.NAME)


@pytest.mark.promise("P5")
def test_a_page_without_a_root_or_with_a_demo_root_for_real_accepts_nothing(
    open_browser: OpenBrowser, public: Path
) -> None:
    page_file = public / "caisse" / "index.html"
    html = page_file.read_text(encoding="utf-8")
    with shop.serving(public) as server:
        for old, new, name in (
            ('data-demo="true"', 'data-demo="false"', "root"),
            ('data-root="', 'data-root="" data-was="', "no_root"),
        ):
            changed = html.replace(old, new)
            page_file.write_text(changed, encoding="utf-8")
            page = open_browser(camera=False).new_page()
            page.goto(f"{server.url}caisse/")
            expect(page.locator(f"[data-screen=fault-{name}]")).to_be_visible()
