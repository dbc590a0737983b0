"""« Le code ne passe pas »: characters to type, the same right on paper, long barcodes stood upright."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from seen import codes, in_firefox
from wallet_world import DAY, PUBLIC, Site, code_named, entry, now, voucher_for, with_paper

from voucher import armour, civil
from voucher.claims import decode_voucher
from voucher.keyring import Keyring

pytestmark = pytest.mark.browser

CODE = code_named("ines")
WEEKS = tuple(f"{digit}" * 12 for digit in "23456")


def stuck(page: Page, title: str = "Panier") -> None:
    page.get_by_role("button", name=title).click()
    page.get_by_role("button", name="Montrer en caisse").click()
    page.get_by_role("button", name="Le code ne passe pas").click()


def test_short_code_is_the_one_of_the_week(site: Site, page: Page) -> None:
    issued = now() - 10 * DAY
    monday, start = (day - timedelta(days=day.weekday()) for day in map(civil.day_of, (now(), issued)))
    site.put(CODE, entry(1, title="Panier", short_codes=WEEKS), entry(2, title="Sans"), issued=issued)
    page.goto(site.link(CODE))
    stuck(page)
    shown = WEEKS[(monday - start).days // 7]
    expect(page.locator(".short-code")).to_contain_text(f"{shown[:4]} {shown[4:8]} {shown[8:]}")
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Retour").click()
    stuck(page, "Sans")
    expect(page.locator(".short-code")).to_have_count(0)


def test_short_code_of_another_week_is_never_shown(site: Site, page: Page) -> None:
    derived = entry(2, title="Chaussures", way="code", channel="online", code=WEEKS[0], short_codes=WEEKS)
    site.put(CODE, entry(1, title="Panier", short_codes=WEEKS), derived, issued=now() - 60 * DAY)
    page.goto(site.link(CODE))
    stuck(page)
    expect(page.get_by_text("Le code à taper n'est plus à jour")).to_be_visible()
    expect(page.locator(".short-code")).to_have_count(0)
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="Chaussures").click()
    expect(page.get_by_text("Le code à taper n'est plus à jour")).to_be_visible()
    expect(page.locator(".promo-code")).to_have_count(0)


def test_prints_the_same_right_where_paper_is_taken(site: Site, page: Page) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    papers = [
        with_paper(CODE, entry(number, title=title)) for number, title in ((1, "Panier"), (2, "Piscine"))
    ]
    site.put(CODE, *papers, entry(3, title="Sans papier"), demo=True)
    page.goto(site.link(CODE))
    stuck(page)
    page.get_by_role("button", name="Imprimer ce bon").click()
    expect(page.get_by_text("comme de l'argent")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Imprimer 1 bon").click()
    assert page.title() == "printed"
    page.go_back()
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Voir mes bons à imprimer").click()
    expect(page.get_by_role("article")).to_have_count(2)
    if not in_firefox(page):  # Playwright cannot make it print
        page.emulate_media(media="print")
        expect(page.get_by_role("button")).to_have_count(0)
    for sheet, paper in zip(page.get_by_role("article").all(), papers, strict=True):
        expect(sheet).to_contain_text("DÉMO")
        expect(sheet).to_contain_text("Sauf")
        (text,) = codes(sheet)
        prefix, data = armour.decode(text)
        read = decode_voucher(data, Keyring([PUBLIC])).claims
        assert (prefix, data, read.holder) == (armour.VOUCHER, paper.paper, None)


def test_no_paper_where_the_partner_takes_none(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    stuck(page)
    expect(page.get_by_text("Ton offre n'est pas perdue")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)


def test_paper_that_is_another_right_is_left_out(site: Site, page: Page) -> None:
    good, longer, bound = (
        with_paper(CODE, entry(number, title=title))
        for number, title in ((1, "Le bon"), (2, "Plus long"), (3, "Lié"))
    )
    more = replace(longer, uses=9)
    longer = replace(longer, paper=voucher_for(CODE, more, paper=True))
    bound = replace(bound, paper=voucher_for(CODE, bound))
    site.put(CODE, good, longer, bound)
    page.goto(site.link(CODE))
    expect(page.get_by_text("2 bons n'ont pas pu être vérifiés")).to_contain_text("Plus long, Lié")
    expect(page.get_by_role("button", name="Le bon")).to_be_visible()


@pytest.mark.parametrize(
    ("symbology", "code"),
    [
        ("code128", "CARTE-JEUNE-2026/0001"),
        ("code39", "CJE-2026-000042"),
        ("code128", "12345678901234567890123456"),
    ],
)
def test_long_barcode_stands_upright_and_is_read(site: Site, page: Page, symbology: str, code: str) -> None:
    site.put(CODE, entry(1, title="Panier", way="barcode", symbology=symbology, code=code))
    page.goto(site.link(CODE))
    page.get_by_role("button", name="Panier").click()
    page.get_by_role("button", name="Montrer le code-barres").click()
    drawn = page.get_by_role("img", name="Code-barres")
    box = drawn.bounding_box()
    assert box and box["height"] > box["width"] and box["height"] <= 740
    count = int((drawn.get_attribute("viewBox") or "").split()[3])
    assert box["height"] / count >= 2
    assert read_all(page) == [code]
    page.get_by_role("button", name="Mettre le code à plat").click()
    flat = drawn.bounding_box()
    assert flat and flat["width"] > flat["height"]
    page.set_viewport_size({"width": 740, "height": 360})
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Montrer le code-barres").click()
    assert read_all(page) == [code]


def read_all(page: Page) -> list[str]:
    expect(page.get_by_role("img", name="Code-barres")).to_be_visible()
    return codes(page)


def test_barcode_that_no_screen_can_hold_leaves_its_digits(site: Site, page: Page) -> None:
    code = "Z" * 115 + "éclat"
    site.put(CODE, entry(1, title="Panier", way="barcode", symbology="code128", code=code))
    page.goto(site.link(CODE))
    page.get_by_role("button", name="Panier").click()
    page.get_by_role("button", name="Montrer le code-barres").click()
    expect(page.get_by_text("Le caissier peut taper les chiffres")).to_be_visible()
    expect(page.get_by_text(code)).to_be_visible()
