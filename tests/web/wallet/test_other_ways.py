"""Codes, links and cards; history and savings; one's own data; what leaves the phone."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from playwright.sync_api import Page, expect
from seen import saved
from wallet_world import Site, code_named, drawer, entry, last_day

from voucher import civil

pytestmark = pytest.mark.browser

CODE = code_named("ines")
BUDGET = 40_000


def opened(site: Site, page: Page, *entries: object) -> None:
    site.put(CODE, *entries)  # type: ignore[arg-type]
    page.goto(site.link(CODE))
    expect(page.locator(".ticket").first).to_be_visible()


def mine(page: Page) -> None:
    page.get_by_role("button", name="Mes cartes et mes données").click()
    expect(page.get_by_role("heading", name="Mes cartes", exact=True)).to_be_visible()


def use_basket(page: Page) -> None:
    """Show the voucher of the basket, say that it was accepted, keep what it saved."""
    for name in ("ton panier", "Montrer en caisse", "C'est fait", "Oui, accepté", "Enregistrer", "Terminer"):
        page.get_by_role("button", name=name).click()


def test_promo_code_is_copied_with_one_tap(site: Site, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(site, page, *drawer())
    page.get_by_role("button", name="aller-retour").click()
    page.get_by_role("button", name="Copier le code").click()
    expect(page.get_by_role("button", name="Code copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "PLATEAU15"
    link = page.get_by_role("link", name="Ouvrir le site")
    expect(link).to_have_attribute("href", "https://carsduplateau.example/reserver")
    expect(link).to_have_attribute("rel", re.compile("noopener noreferrer"))


@pytest.mark.promise("P24")
def test_only_https_becomes_a_link(site: Site, page: Page) -> None:
    addresses = ("javascript:alert(1)", "http://x.example/", "data:text/html,x", "//x.example", "carte")
    cards = [
        entry(number, title=f"Panier {number}", way="code", code="ABC", url=url)
        for number, url in enumerate(addresses, 1)
    ]
    opened(site, page, *cards)
    for card in cards:
        page.get_by_role("button", name=card.title).click()
        expect(page.get_by_text("ABC", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Ouvrir")).to_have_count(0)
        page.get_by_role("button", name="Retour").click()


@pytest.mark.promise("P24")
def test_no_text_of_an_offer_becomes_markup(site: Site, page: Page) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    hostile = entry(
        1,
        title=nasty,
        partner=nasty,
        headline=nasty,
        conditions=(nasty,),
        not_allowed=(nasty,),
        steps=(nasty,),
        colour="red;}*",
    )
    site.put(CODE, hostile, first_name=nasty, programme=nasty, operator=nasty, note=nasty)
    page.goto(site.link(CODE))
    page.locator(".ticket").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
    expect(page.locator("img")).to_have_count(0)


def test_card_way_shows_the_card_with_a_running_clock(site: Site, page: Page) -> None:
    opened(site, page, *drawer())
    page.get_by_role("button", name="essai").click()
    page.get_by_role("button", name="Montrer ma carte").click()
    expect(page.locator(".face")).to_contain_text("Inès")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))


def test_refusal_is_kept_with_its_reason_and_says_what_to_do(site: Site, page: Page) -> None:
    opened(site, page, entry(1, title="Panier"))
    page.get_by_role("button", name="Panier").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    page.get_by_role("button", name="C'est fait").click()
    page.get_by_role("button", name="Non, refusé").click()
    page.get_by_role("button", name="Le magasin ne connaît pas").click()
    expect(page.get_by_text("demande le responsable").first).to_be_visible()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Retour").click()
    mine(page)
    expect(page.get_by_text("Le magasin ne connaît pas")).to_be_visible()
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"^0\s€$"))


def test_savings_can_be_mended_and_removed(site: Site, page: Page) -> None:
    opened(site, page, *drawer())
    page.get_by_role("button", name="aller-retour").click()
    page.get_by_role("button", name="J'ai utilisé cette réduction").click()
    page.get_by_role("button", name="Oui, accepté").click()
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Retour").click()
    mine(page)
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"4,50\s€"))
    page.get_by_role("button", name="Corriger").click()
    page.get_by_label("Combien as-tu économisé").fill("6")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"^6\s€$"))
    page.get_by_role("button", name="Corriger").click()
    page.get_by_role("button", name="Effacer cette ligne").click()
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"^0\s€$"))


def test_favourite_is_shared_with_the_sites_pages(site: Site, page: Page) -> None:
    opened(site, page, *drawer())
    page.get_by_role("button", name="ton panier").click()
    page.get_by_role("button", name="Favori").click()
    expect(page.get_by_role("button", name="Favori")).to_have_attribute("aria-pressed", "true")
    assert json.loads(page.evaluate("localStorage.getItem('cje.favourites')")) == [101]
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="Favoris").click()
    expect(page.locator(".ticket")).to_have_count(1)


def test_filter_by_need_keeps_only_that_need(site: Site, page: Page) -> None:
    opened(site, page, *drawer())
    page.get_by_role("button", name="Bouger").click()
    expect(page.locator(".ticket-partner")).to_have_text(
        [re.compile("Les Cars du Plateau"), re.compile("La Roue Voilée")]
    )


def test_reminder_is_a_calendar_file(site: Site, page: Page) -> None:
    opened(site, page, entry(1, title="Panier ; à 3 €, vite"))
    page.get_by_role("button", name="Panier").click()
    name, data = saved(page, page.get_by_role("button", name="Me le rappeler").click)
    text = data.decode()
    day = civil.day_of(last_day(60) - 1).strftime("%Y%m%d")
    assert name == "offre-1.ics"
    assert f"DTSTART;VALUE=DATE:{day}\r\n" in text
    assert "Panier\u202f\\; à 3\u00a0€\\, vite" in text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_backup_moves_cards_and_history_to_another_phone_without_network(
    site: Site, page: Page, browser: object
) -> None:
    opened(site, page, *drawer())
    use_basket(page)
    page.get_by_role("button", name="Retour").click()
    mine(page)
    page.get_by_label("Phrase secrète").fill("quatre mots au hasard")
    _, data = saved(page, page.get_by_role("button", name="Sauvegarder").click)
    assert CODE.encode() not in data

    site.file_of(CODE).unlink()
    new = browser.new_context(locale="fr-FR")  # type: ignore[attr-defined]
    other = new.new_page()
    other.goto(site.wallet)
    other.get_by_text("J'ai une sauvegarde").click()
    other.get_by_label("Phrase secrète").fill("quatre mots en retard")
    chosen = {"name": "b", "mimeType": "application/octet-stream", "buffer": data}
    other.locator("input[type=file]").set_input_files(chosen)
    expect(other.get_by_text("Ce fichier ne s'ouvre pas")).to_be_visible()
    other.get_by_label("Phrase secrète").fill("quatre mots au hasard")
    other.locator("input[type=file]").set_input_files(chosen)
    expect(other.get_by_text("À utiliser maintenant")).to_be_visible()
    expect(other.get_by_role("button", name="4,50")).to_be_visible()
    new.close()


def test_nothing_is_sent_but_requests_for_static_files(site: Site, page: Page) -> None:
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    opened(site, page, *drawer())
    use_basket(page)
    page.get_by_role("button", name="Retour").click()
    mine(page)
    assert {method for method, _ in asked} == {"GET"}
    assert all(url.startswith((site.server.url, "blob:")) for _, url in asked)
    assert not [url for _, url in asked if "?" in url or "#" in url.removeprefix(site.link(CODE))]
    page.get_by_role("button", name="Voir la liste").click()
    expect(page.locator(".requests li")).to_have_count(1)
    expect(page.locator(".requests li")).to_contain_text("/w/")


def test_english_page_speaks_english(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(f"{site.server.url}en/carte/#{CODE}")
    expect(page.get_by_text("Use now")).to_be_visible()
    expect(page.get_by_text("Ends in 3 days")).to_be_visible()
    page.get_by_role("button", name="My cards and my data").click()
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_text("À utiliser maintenant")).to_be_visible()


def test_whole_journey_by_keyboard(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.wallet)
    expect(page.get_by_role("heading", name="Ta carte, ici")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ma carte")).to_be_focused()
    press_until(page, "Panier")
    expect(page.get_by_role("heading", name="Panier")).to_be_focused()
    press_until(page, "Montrer en caisse")
    expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press_until(page, "C'est fait")
    expect(page.get_by_role("heading", name="Ça a marché")).to_be_focused()
    press_until(page, "Oui, accepté")
    expect(page.get_by_role("heading", name="Bien joué")).to_be_focused()


def press_until(page: Page, name: str) -> None:
    """Walk with Tab to a button of that name and press it."""
    for _ in range(25):
        page.keyboard.press("Tab")
        if name in (page.evaluate("document.activeElement.textContent") or ""):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_screen_scrolls_sideways_and_every_target_is_large(site: Site, page: Page, direction: str) -> None:
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ document.documentElement.dir = '{direction}' }})"
    )
    opened(site, page, *drawer())
    fits(page)
    second = code_named("second")
    site.put(second, *drawer(), demo=True, operator="Communauté d'agglomération de la Plaine")
    page.goto(site.link(second))
    expect(page.get_by_role("button", name="Association Le Bon Élan")).to_be_visible()
    fits(page)
    for title in ("ton panier", "aller-retour", "forfait"):
        page.get_by_role("button", name=title).click()
        fits(page)
        page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="ton panier").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    page.get_by_role("button", name="Le code ne passe pas").click()
    fits(page)
    page.get_by_role("button", name="C'est fait").click()
    fits(page)
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Retour").click()
    mine(page)
    fits(page)


def fits(page: Page) -> None:
    for width in (1280, 320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        # The new width is there before the page that is drawn in it.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, .button, input:not(.visually-hidden), summary")]
              .filter((one) => one.getClientRects().length)
              .filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 44)
              .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert (width, small) == (width, [])


def test_page_stays_within_its_budget(site: Site, page: Page) -> None:
    """HTML, style and scripts of the first screen of an activated phone, gzip, lazy parts aside."""
    html = (site.public / "carte" / "index.html").read_bytes()
    text = html.decode()
    first = re.findall(r'(?:src|href)="\.\./(assets/[^"]+\.(?:js|css))"', text)
    seen: dict[str, bytes] = {}
    while first:
        name = first.pop()
        if name in seen:
            continue
        seen[name] = (site.public / name).read_bytes()
        first += [f"assets/{n}" for n in re.findall(r'(?:from|import)"\./([^"]+\.js)"', seen[name].decode())]
    assert any(name.endswith(".css") for name in seen)
    size = sum(len(gzip.compress(data, 9)) for data in (html, *seen.values()))
    assert size <= BUDGET
