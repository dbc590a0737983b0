"""A pairing code makes a device a till and brings the key of the codes that people type."""

from __future__ import annotations

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, OpenBrowser

from site_builder.preview.serve import SiteServer
from voucher.journal import decode_export

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("camera")
def test_a_scanned_pairing_sets_the_till_up_and_a_typed_code_serves_once(
    open_browser: OpenBrowser, site: SiteServer
) -> None:
    page = open_browser().new_page()
    page.add_init_script(shop.CANVAS_CAMERA)
    counter = Counter.of(page).open(site.url)
    # The list of shops comes from the site and moves the button below it: a tap on its way there misses it.
    expect(page.get_by_role("button", name=shop.NAME)).to_be_visible()
    page.get_by_role("button", name="J'ai un code d'appairage").click()
    expect(page.locator("[data-camera=on]")).to_be_visible()
    shop.hold_up(page, shop.qr("https://example.org", 500))
    expect(page.get_by_text("Ce n'est pas un code d'appairage")).to_be_visible()
    shop.hold_up(page, shop.qr(shop.pairing_text(), 600))
    expect(page.get_by_label("Nom de cette caisse")).to_be_visible()
    expect(page.locator(".chosen")).to_contain_text(shop.NAME)
    shop.hold_up(page, None)
    page.get_by_role("button", name="Installer").click()
    expect(counter.screen("scan")).to_be_visible()

    voucher = shop.claims_for(shop.TYPED, "phone call", uses=1)
    code = shop.short_code_of(voucher)
    counter.type(f"{code[:4]} {code[4:8]} {code[8:]}".lower())
    expect(page.locator(".verdict.fill-warn h1")).to_have_text("À VÉRIFIER")
    expect(page.locator(".verdict-sentence")).to_contain_text("il n'a pas été montré")
    expect(page.locator(".use")).to_contain_text("une fois par semaine")
    counter.confirm().accepted()
    counter.next().type(code).refused("Déjà accepté ici")
    counter.next().type(shop.live(voucher)).refused("Déjà utilisé 1 fois sur 1")
    counter.next().page.get_by_role("button", name="Journal").click()
    expect(page.locator(".rows li")).to_have_count(1)
    (row,) = decode_export(counter.saved("Exporter")).rows
    assert (row.verdict, row.kid, row.cti, row.evidence) == ("short_code", None, None, code.encode())
    assert counter.faults == []


@pytest.mark.promise("P5")
def test_a_till_learns_to_check_typed_codes_from_its_own_pairing_only(counter: Counter) -> None:
    page, code = counter.page, shop.short_code_of(shop.claims_for(shop.TYPED, "late"))
    counter.type(code).refused("ne sait pas encore vérifier les codes tapés")
    counter.next()
    newer = shop.pairing_text()
    for text, said in (
        (shop.pairing_text(shop.STRANGER), "n'est pas signé par l'organisme"),
        (shop.pairing_text(partner="autre"), "celui d'un autre commerce"),
        (shop.pairing_text(demo=False), "l'un est une démonstration"),
        (newer[:-1], "n'est pas signé par l'organisme"),
        (newer, "Code d'appairage accepté"),
        (shop.pairing_text(issued=shop.clock() - shop.DAY, key=bytes(32)), "plus récent"),
    ):
        counter.type(text)
        expect(page.locator("[data-notice]")).to_contain_text(said)
    counter.type(code[:-1] + ("7" if code[-1] != "7" else "8")).refused("n'est pas reconnu")
    counter.next().type(code).confirm().accepted()
    counter.next().page.get_by_role("button", name="Réglages").click()
    expect(counter.screen("settings")).to_contain_text("cette caisse sait les vérifier")
