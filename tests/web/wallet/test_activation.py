"""Bringing a card onto a phone, and everything that can go wrong on the way."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from seen import read, show
from wallet_world import SETTINGS, Site, code_named, drawer, entry, last_day, now, voucher_for

from issuer.cards.seal import seal
from voucher import activation, cbor
from voucher.bundle import encode_bundle

pytestmark = pytest.mark.browser

CODE = code_named("ines")
LABEL = "Ton code d'activation"


def test_link_opens_the_card_and_leaves_no_code_in_the_address(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(site.link(CODE))
    expect(page.get_by_text("Inès")).to_be_visible()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()
    assert page.url == site.wallet
    page.reload()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()


def test_code_leaves_the_address_even_when_the_card_is_missing(site: Site, page: Page) -> None:
    page.goto(site.link(CODE))
    expect(page.get_by_role("alert")).to_contain_text("Aucune carte n'a ce code ici")
    assert "#" not in page.url


def test_typed_code_is_forgiving(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(site.wallet)
    page.get_by_label(LABEL).fill(activation.grouped(CODE).lower().replace("-", " ").replace("0", "o"))
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_text("Inès")).to_be_visible()


def test_whole_message_can_be_pasted(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(site.wallet)
    page.get_by_label(LABEL).fill(f"Bonjour Inès ! Ta carte : {site.link(CODE)} À mardi.")
    expect(page.get_by_label(LABEL)).to_have_value(activation.grouped(CODE))
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()


def test_says_what_is_missing_while_typing(site: Site, page: Page) -> None:
    page.goto(site.wallet)
    page.get_by_label(LABEL).fill(CODE[:19])
    expect(page.get_by_text("Il manque 1 caractère.")).to_be_visible()
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    page.get_by_label(LABEL).fill(wrong)
    expect(page.get_by_text("Un caractère est faux.")).to_be_visible()
    expect(page.get_by_role("button", name="Ouvrir ma carte")).to_be_disabled()


def test_no_network_keeps_the_code_for_later(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(site.wallet)
    expect(page.get_by_label(LABEL)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label(LABEL).fill(CODE)
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_role("alert")).to_contain_text("Pas de réseau")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()


def spoilt(data: bytes, how: str) -> bytes:
    match how:
        case "truncated":
            return data[:-40]
        case "tampered":
            return data[:-1] + bytes((data[-1] ^ 1,))
        case "empty":
            return b"CJEB1"
        case "portal":
            return b"<!doctype html><title>Wifi</title>"
    return data + bytes(600_000)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("truncated", "abîmé"),
        ("tampered", "abîmé"),
        ("empty", "abîmé"),
        ("portal", "ne vient pas de notre site"),
        ("huge", "trop gros"),
    ],
)
def test_refuses_a_spoilt_file_with_its_sentence(site: Site, page: Page, how: str, sentence: str) -> None:
    site.put(CODE, *drawer())
    path = site.file_of(CODE)
    path.write_bytes(spoilt(path.read_bytes(), how))
    page.goto(site.link(CODE))
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_label(LABEL)).to_have_value(re.compile(".+"))


def test_asks_for_an_update_on_a_newer_bundle(site: Site, page: Page) -> None:
    content = cbor.loads(encode_bundle(site.put(CODE, *drawer())))
    assert isinstance(content, dict)
    site.file_of(CODE).write_bytes(seal(CODE, cbor.dumps({**content, 1: 2}))[1])
    page.goto(site.link(CODE))
    expect(page.get_by_role("alert")).to_contain_text("version plus récente")


def test_leaves_out_what_does_not_verify_and_says_so(site: Site, page: Page) -> None:
    other = code_named("someone else")
    good, stolen, flipped = entry(1, title="Le bon"), entry(2, title="Volé"), entry(3, title="Retouché")
    stolen = replace(stolen, voucher=voucher_for(other, stolen))
    signed = voucher_for(CODE, flipped)
    flipped = replace(flipped, voucher=signed[:40] + bytes((signed[40] ^ 1,)) + signed[41:])
    swapped = entry(4, title="Échangé", voucher=voucher_for(CODE, entry(1)))
    site.put(CODE, good, stolen, flipped, swapped)
    page.goto(site.link(CODE))
    expect(page.get_by_text("3 bons n'ont pas pu être vérifiés")).to_contain_text("Volé, Retouché, Échangé")
    expect(page.get_by_role("button", name="Le bon")).to_be_visible()
    expect(page.get_by_role("button", name="Volé")).to_have_count(0)


def test_several_cards_live_on_one_phone(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    second = code_named("second")
    site.put(second, entry(2, title="Piscine"), operator="Ville de Sarcelles")
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    page.goto(site.link(second))
    expect(page.get_by_role("button", name="Piscine")).to_be_visible()
    page.get_by_role("button", name="Association Le Bon Élan").click()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    expect(page.get_by_role("button", name="Piscine")).to_have_count(0)


def test_one_code_opens_the_same_right_on_two_phones(site: Site, page: Page, browser: Browser) -> None:
    """Two phones, one right: each signs, and the till counts by the one number that both show."""
    site.put(CODE, entry(1, title="Panier"))
    other = browser.new_context(**SETTINGS, service_workers="block")  # type: ignore[arg-type]
    shown = []
    for phone in (page, other.new_page()):
        phone.goto(site.link(CODE))
        show(phone)
        shown.append(read(phone))
    other.close()
    first, second = shown
    assert first.voucher.claims == second.voucher.claims
    assert first.voucher.claims.uses == 2  # nothing was used up by opening it twice


def test_demo_card_is_marked_on_every_screen(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"), demo=True)
    page.goto(site.link(CODE))
    expect(page.get_by_text("les vraies caisses la refusent")).to_be_visible()
    expect(page.locator(".face").get_by_text("DÉMO")).to_be_visible()
    page.get_by_role("button", name="Panier").click()
    expect(page.get_by_text("DÉMO", exact=True)).to_be_visible()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_text("DÉMO", exact=True)).to_be_visible()


def test_says_what_changed_on_the_next_visit(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"), entry(2, title="Piscine"), issued=now() - 500)
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Piscine")).to_be_visible()
    site.put(CODE, entry(1, title="Panier", headline="−40 %"), entry(3, title="Vélo"))
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Chercher du nouveau").click()
    expect(page.get_by_text("Tes cartes sont à jour.").first).to_be_visible()
    page.get_by_role("button", name="Retour").click()
    for sentence in ("Nouvelle offre : Vélo", "Offre terminée : Piscine", "Panier : −30 % devient −40 %"):
        expect(page.get_by_text(sentence.replace(" :", "\u00a0:").replace(" %", "\u00a0%"))).to_be_visible()
    page.get_by_role("button", name="C'est vu").click()
    expect(page.get_by_text("Du nouveau sur ta carte")).to_have_count(0)


def refresh(page: Page) -> None:
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Chercher du nouveau").click()
    expect(page.get_by_role("button", name="Chercher du nouveau")).to_be_enabled()
    page.get_by_role("button", name="Retour").click()


def test_closed_card_says_so(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    site.put(CODE, closed=True, keys=())
    refresh(page)
    expect(page.get_by_text("Cette carte est fermée.")).to_be_visible()
    expect(page.get_by_role("button", name="Panier")).to_have_count(0)


def test_file_that_is_gone_closes_the_card_and_its_return_opens_it(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    kept = site.file_of(CODE).read_bytes()
    site.file_of(CODE).unlink()
    refresh(page)
    expect(page.get_by_text("Cette carte est fermée.")).to_be_visible()
    site.file_of(CODE).write_bytes(kept)
    refresh(page)
    expect(page.get_by_role("button", name="Panier")).to_be_visible()


def test_site_that_vanished_closes_nobodys_card(site: Site, page: Page) -> None:
    """The service is switched off and its host answers 404 to everything: cards stay open."""
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    page.get_by_role("button", name="Mes cartes et mes données").click()
    expect(page.get_by_role("button", name="Chercher du nouveau")).to_be_visible()
    site.file_of(CODE).unlink()
    itself = site.public / "carte" / "index.html"
    gone = itself.rename(site.public / "carte" / "gone.html")
    try:
        page.get_by_role("button", name="Chercher du nouveau").click()
        expect(page.get_by_text("Pas de réponse.").first).to_be_visible()
    finally:
        gone.rename(itself)
    page.get_by_role("button", name="Retour").click()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()


def test_older_file_takes_nothing_away(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"), issued=now() - 60)
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    site.put(CODE, entry(2, title="Vieux"), issued=now() - 9000)
    refresh(page)
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    expect(page.get_by_role("button", name="Vieux")).to_have_count(0)


def test_empty_card_says_what_to_do(site: Site, page: Page) -> None:
    site.put(CODE)
    page.goto(site.link(CODE))
    expect(page.get_by_text("Rien sur cette carte pour l'instant")).to_be_visible()
    expect(page.get_by_role("link", name="Voir toutes les offres")).to_be_visible()


def test_usable_now_comes_first_and_soonest_end_on_top(site: Site, page: Page) -> None:
    site.put(
        CODE,
        entry(1, title="Loin", valid_until=last_day(90)),
        entry(2, title="Proche", valid_until=last_day(1)),
        entry(3, title="Pas encore", valid_from=now() + 5 * 86_400),
        entry(4, title="Aujourd'hui", valid_until=last_day(0)),
        entry(5, title="Fini", valid_until=now() - 3600),
    )
    page.goto(site.link(CODE))
    tickets = page.locator(".ticket-title")
    expect(tickets).to_have_text(["Aujourd'hui", "Proche", "Loin", "Pas encore", "Fini"])
    expect(page.get_by_text("Dernier jour")).to_be_visible()
    expect(page.get_by_text("Fin demain")).to_have_class(re.compile("chip-stop"))
    page.get_by_role("button", name="Fini").click()
    expect(page.get_by_text("Cette offre est terminée.")).to_be_visible()
    expect(page.get_by_role("button", name="Montrer en caisse")).to_have_count(0)


def test_refused_storage_is_explained(site: Site, page: Page) -> None:
    page.add_init_script("indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }")
    page.goto(site.wallet)
    expect(page.get_by_text("Ce téléphone refuse de garder ta carte.")).to_be_visible()


def test_offer_page_of_the_site_leads_to_its_voucher(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"), entry(2, title="Piscine"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{site.wallet}#offre-2")
    expect(page.get_by_role("heading", name="Piscine")).to_be_visible()
    expect(page.get_by_role("button", name="Montrer en caisse")).to_be_visible()
    page.get_by_role("button", name="Retour").click()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()
