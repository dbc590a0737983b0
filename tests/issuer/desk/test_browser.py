"""The desk in a real browser: a counsellor's morning by keyboard and mouse, and every page for everybody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from desk_world import PHRASE, Running, Visitor, open_desk
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tools.axe import faults
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk")]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with open_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS])
    yield browser
    browser.close()


def test_a_counsellors_morning(started: Running, browser: Browser) -> None:
    """Without JavaScript: enrol, make the card, hand it over, close, undo, find everything after a reload."""
    context = browser.new_context(
        java_script_enabled=False, locale="fr-FR", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(started.address)
    page.wait_for_url(f"http://{started.host}/")
    page.get_by_role("link", name="Inscrire quelqu'un").click()
    page.get_by_label("Numéro").fill("12")
    page.get_by_label("Fin de droit").fill("2027-08-31")
    page.get_by_label("Prénom").fill("Lina")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lina", level=1)).to_be_visible()
    expect(page.get_by_text("Personne inscrite.")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Faire les cartes").click()
    page.get_by_label("Phrase secrète").fill(PHRASE)
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("1 carte nouvelle.")).to_be_visible()
    page.goto(f"http://{started.host}/person/12")
    page.get_by_role("link", name="Remettre la carte").click()
    page.get_by_label("Phrase secrète").fill(PHRASE)
    page.get_by_role("button", name="Ouvrir").click()
    code = page.get_by_role("img", name="QR code qui ouvre la carte")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    assert found.text in page.get_by_label("SMS\u00a0: Français").input_value()
    page.goto(f"http://{started.host}/person/12")
    page.get_by_role("button", name="Fermer la carte").click()
    expect(page.get_by_text("carte fermée", exact=True)).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("C'est annulé")).to_be_visible()
    page.goto(f"http://{started.host}/?q=lin")
    expect(page.get_by_role("listitem").get_by_text("carte ouverte")).to_be_visible()
    context.close()


@pytest.mark.slow
def test_every_page_is_for_everybody(browser: Browser, tmp_path: Path) -> None:
    with open_desk(tmp_path) as running:
        context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
        page = context.new_page()
        page.goto(running.address)
        page.wait_for_url(f"http://{running.host}/")
        visitor = Visitor(running, {cookie["name"]: cookie["value"] for cookie in context.cookies()})
        addresses = fill(visitor)
        look_at_all(page, running, {"light": ["/person/1/hand"]})
        visitor.post("/unlock", passphrase=PHRASE, next="/")
        look_at_all(page, running, {"light": addresses, "dark": addresses[:3]})
        stranger = browser.new_context(locale="en-GB")
        outside = stranger.new_page()
        outside.goto(f"http://{running.host}/")
        look_at(outside, "outside")
        assert "This page is closed" in outside.inner_text("h1")
        stranger.close()
        context.close()


def look_at_all(page: Page, running: Running, shown: dict[str, list[str]]) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for scheme, addresses in shown.items():
        page.emulate_media(color_scheme=scheme)
        for address in addresses:
            page.goto(f"http://{running.host}{address}")
            look_at(page, f"{scheme} {address}")


def look_at(page: Page, what: str) -> None:
    assert faults(page) == [], what
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), what


def fill(visitor: Visitor) -> list[str]:
    """Make one of each; return every address."""
    people = b"numero,programme,fin_de_droit,prenom\n1,cej,2027-08-31,Awa\n2,epide,2027-08-31,\n"
    visitor.post(visitor.send_file(people).headers["location"])
    visitor.post("/publish", passphrase=PHRASE, campaign="hiver-2026")
    visitor.post("/person/2/close")
    changed = visitor.send_file(b"numero,programme,fin_de_droit\n1,cej,2027-09-30\n9,cej,2027-08-31\n")
    faulty = visitor.send_file(b"numero,programme,fin_de_droit\nx,cej,2020-08-31\n")
    done = visitor.post("/person/1/renew", fin_de_droit="2027-12-31").headers["location"]
    shown = [
        done,
        "/person/1/hand",
        faulty.headers["location"],
        changed.headers["location"],
        "/",
        "/person/2",
    ]
    return [*shown, "/person/new", "/person/1/correct", "/import", "/publish", "/history", "/person/77"]
