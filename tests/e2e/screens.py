"""Every kind of page and every state of the wallet and the till, reached as a person reaches them.

Each walk yields the name of a screen when the page shows it, settled: whoever asks may look at the page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page, expect
from stage import Demo

from cje.demo.phone import Phone
from voucher import activation

PARTNER = "Le Grand Lampion"
VOUCHER, CODE, LINK, BARCODE, CARD = (
    "grand-lampion-place",
    "cars-du-plateau-aller-retour",
    "libellule-forfait",
    "bellefaim-hygiene-du-mois",
    "plume-et-parpaing-cafe-travail",
)
TITLES = {
    "voucher": re.compile("La place de cinéma à 6,95"),
    "code": re.compile("aller-retour en car"),
    "link": re.compile("forfait de 30"),
    "barcode": re.compile("rayon hygiène"),
    "card": re.compile("Un café offert"),
}
"""In Lina's wallet: an offer of each way of use."""
PAGES = (
    "",
    "offres/",
    "besoins/loisirs/",
    "territoires/",
    "etiquettes/cinema/",
    *(f"offres/{slug}/" for slug in (VOUCHER, CODE, LINK, BARCODE, CARD)),
    "partenaires/",
    "partenaires/le-grand-lampion/",
    "comment-ca-marche/",
    "devenir-partenaire/",
    "devenir-partenaire/affichette/",
    "recherche/",
    "favoris/",
    "aide/",
    "accessibilite/",
    "vie-privee/",
    "mentions-legales/",
    "hors-ligne/",
)
"""One page of each kind, below the root of a language; an offer of each way of use."""

Walk = Callable[[Page, Demo, str], Iterator[str]]


def site(page: Page, demo: Demo, lang: str) -> Iterator[str]:
    """Walk the pages of the site in one language, with and without favourites."""
    root = demo.site + ("en/" if lang == "en" else "")
    for path in PAGES:
        page.goto(root + path)
        yield path.strip("/") or "accueil"
    page.goto(root + "nulle-part/")
    yield "404"
    page.goto(f"{root}offres/{VOUCHER}/")
    page.locator(".heart-button").click()
    page.goto(root + "favoris/")
    expect(page.locator("#results > li")).to_have_count(1)
    yield "favoris-pleins"
    page.goto(root + "recherche/")
    page.locator("#query").fill("cine")
    page.locator("details summary").click()
    expect(page.locator("#results > li").first).to_be_visible()
    yield "recherche-filtres"


def wallet(page: Page, demo: Demo, lang: str) -> Iterator[str]:
    """Walk the wallet: without a card, with one, each way of use, what is kept, and erasing it all."""
    start = demo.site + ("en/carte/" if lang == "en" else "carte/")
    page.goto(start)
    box = page.locator("textarea, .input-code").first
    expect(box).to_be_visible()
    yield "accueil-vide"
    box.fill("S47R-GTKX")
    yield "code-incomplet"
    page.goto("about:blank")
    page.goto(start + "#" + demo.wallet.partition("#")[2])
    tickets = page.locator(".ticket")
    expect(tickets.first).to_be_visible()
    _still(page)
    yield "cartes"
    page.locator(".filters .chip").nth(1).click()
    yield "cartes-filtrees"
    page.locator(".filters .chip").first.click()
    for way, title in TITLES.items():
        tickets.filter(has_text=title).first.click()
        expect(page.locator(".offer-body")).to_be_visible()
        yield f"offre-{way}"
        if way not in {"code", "link"}:
            yield from _shown(page, way)
        page.locator(".offer .bar .icon-button").click()
        expect(tickets.first).to_be_visible()
    page.locator(".hero-bar .icon-button").click()
    expect(page.locator(".mine")).to_be_visible()
    expect(page.locator(".history-line")).to_have_count(2)
    yield "mes-donnees"
    page.locator(".history-line button").last.click()
    expect(page.locator(".mend")).to_be_visible()
    yield "corriger"
    page.locator("[aria-labelledby=mine-paper] button").first.click()
    expect(page.locator(".sheet .qr svg").first).to_be_visible()
    yield "papier"
    page.locator(".bar .icon-button").click()
    for field in ("#pin", "#pin-again"):
        page.locator(field).fill("4821")
    page.locator("#pin-again").press("Enter")
    expect(page.locator("#pin-next")).to_be_visible()
    yield "code-pin"
    page.reload()
    expect(page.locator(".lock")).to_be_visible()
    yield "ferme-a-cle"
    page.locator("#pin").fill("4821")
    page.locator("#pin").press("Enter")
    expect(page.locator(".mine")).to_be_visible()
    page.locator(".mine .button-line").first.click()
    expect(page.locator(".input-code").first).to_be_visible()
    yield "ajouter"
    page.locator(".bar .icon-button").click()
    page.locator(".mine > section").last.locator("button").click()
    yield "effacer"
    page.locator(".mine > section").last.locator(".button-stop").click()
    expect(page.locator(".welcome")).to_be_visible()


def _shown(page: Page, way: str) -> Iterator[str]:
    """From « Montrer » to what came of it, and back to the offer."""
    page.locator(".button-show").click()
    expect(page.locator(".qr svg, .barcode svg, .shown-card .face").first).to_be_visible()
    _still(page)
    yield f"montrer-{way}"
    if way == "barcode":
        return page.locator(".bar .icon-button").click()
    if way == "voucher":
        page.locator(".live .button-quiet").click()
        expect(page.locator(".stuck")).to_be_visible()
        yield "ne-passe-pas"
    page.get_by_role("button", name=re.compile("C'est fait|Done")).click()
    expect(page.locator(".outcome .button")).to_have_count(3)
    yield f"alors-{way}"
    page.locator(".outcome .button").nth(0 if way == "voucher" else 1).click()
    if way == "voucher":
        expect(page.locator("#saving")).to_be_visible()
        yield "economie"
        page.locator(".outcome button[type=submit]").click()
        expect(page.locator(".outcome .saved-total")).to_be_visible()
        yield "total"
    else:
        page.locator(".outcome .chip").first.click()
        expect(page.locator(".outcome .chip[aria-pressed=true]")).to_be_visible()
        yield "refuse"
    page.locator(".outcome .button").last.click()
    expect(page.locator(".offer-body")).to_be_visible()
    return None


def till(page: Page, demo: Demo, lang: str) -> Iterator[str]:
    """Walk the till: set-up, the camera, each kind of verdict, journal and settings."""
    code = activation.normalise(demo.wallet.partition("#")[2])
    file = demo.public / activation.file_name(activation.bundle_path(code))
    phone = Phone.activate(code, file.read_bytes())
    mine = next(entry for entry in phone.vouchers() if entry.partner == PARTNER)
    other = next(entry for entry in phone.vouchers() if entry.partner != PARTNER)

    def screen(name: str) -> Locator:
        return page.locator(f"[data-screen={name}]")

    def typed(text: str) -> None:
        page.get_by_role("button", name=re.compile("Taper|Type")).click()
        expect(page.locator("#code")).to_be_visible()
        page.locator("#code").fill(text)
        page.locator("form button[type=submit]").click()

    page.goto(demo.till + ("en/" if lang == "en" else ""))
    expect(page.locator(".partner").first).to_be_visible()
    yield "choisir"
    page.get_by_role("button", name=re.compile("appairage|pairing")).click()
    expect(page.locator("#pairing")).to_be_visible()
    yield "appairer"
    page.get_by_role("button", name=re.compile("Choisir dans|Choose from")).click()
    page.get_by_role("button", name=PARTNER).click()
    expect(page.locator("#till-name")).to_be_visible()
    yield "nommer"
    page.locator("button[type=submit]").click()
    expect(screen("scan")).to_be_visible()
    yield "scanner"
    page.get_by_role("button", name=re.compile("Taper|Type")).click()
    expect(screen("type")).to_be_visible()
    yield "taper"
    page.locator(".sheet-head .icon-button").click()
    now = int(time.time())
    valid = phone.show(mine, now)
    typed(valid)
    expect(page.locator(".button-confirm")).to_be_visible()
    yield "bon-valable"
    page.locator(".button-confirm").evaluate("() => new Promise((done) => setTimeout(done, 500))")
    page.locator(".button-confirm").click()
    expect(page.locator(".verdict.fill-ok h1")).to_be_visible()
    yield "accepte"
    page.locator(".button-next").click()
    typed(valid)
    expect(screen("already_accepted")).to_be_visible()
    yield "deja-accepte"
    page.locator(".button-next").click()
    typed(phone.show(other, now))
    expect(screen("wrong_partner")).to_be_visible()
    yield "autre-partenaire"
    page.locator(".button-next").click()
    typed(phone.show(mine, now - 121))
    expect(screen("not_live")).to_be_visible()
    yield "pas-vivant"
    page.locator("[data-screen=not_live] .actions button").last.click()
    for name in ("journal", "settings"):
        opener = "Journal|Aujourd|today|Today" if name == "journal" else "Réglages|Settings"
        page.get_by_role("button", name=re.compile(opener)).first.click()
        expect(screen(name)).to_be_visible()
        yield name
        page.get_by_role("button", name=re.compile("Montrer|Show")).click()
        expect(screen("frames")).to_be_visible()
        if (pause := page.get_by_role("button", name="Pause")).count():
            pause.click()
        yield f"{name}-codes"
        page.locator(".sheet-head .icon-button").click()
        page.locator(".sheet-head .icon-button").click()


def _still(page: Page) -> None:
    """Until nothing moves any more but what never stops."""
    page.evaluate(
        """() => Promise.all(document.getAnimations()
            .filter((one) => one.effect.getComputedTiming().endTime < 2000).map((one) => one.finished))
            .then(() => undefined)"""
    )
