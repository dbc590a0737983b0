"""The page of `cje till serve`, in Chromium: a reader that types, and what the cashier sees and presses."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import walks
from playwright.sync_api import Browser, Page, Playwright, expect
from till_world import (
    AMOUNT,
    IDENTITY,
    NOON,
    PARTNER,
    live,
    make_claims,
    make_list,
    make_offer,
    trust_file,
)
from typed_scenarios import CODED, code, pairing_text

from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS
from verifier import TillProfile
from verifier.till.http_api import Endpoint
from verifier.till.till import Till, make_till

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("counter")]
TOKEN = "0123456789abcdef0123456789abcdef"
HOSTILE = '<img src=x onerror="document.title=1">'
# What a French keyboard writes for the keys that an American one has for figures and signs.
AZERTY = {
    **dict(zip("1234567890", "&é\"'(-è_çà", strict=True)),
    "Q": "A",
    "W": "Z",
    "A": "Q",
    "Z": "W",
    "M": "?",
    ":": "M",
    "-": ")",
    ".": ":",
    "/": "!",
    "+": "+",
    "$": "4",
    "%": "5",
    "*": "8",
}


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(
        executable_path=WITHOUT_WINDOWS,
        args=[*ARGUMENTS],
    )
    yield started
    started.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.undo()  # the one part of the room that listens, on loopback
    folder, ready, endpoints = tmp_path / "caisse", threading.Event(), list[Endpoint]()
    offers = [make_offer(n, title=HOSTILE if n == 1 else f"Offre {n}") for n in (1, 2)]
    offers += [make_offer(IDENTITY, identity_check=True), make_offer(4), make_offer(5)]
    offers += [make_offer(AMOUNT, amount_asked=True), make_offer(CODED, short_code=True)]
    trust = trust_file(make_list(offers=tuple(offers)))
    profile = TillProfile(PARTNER, "Arrière-boutique", False)
    make_till(folder, profile, walks.ANCHOR, trust, NOON, None, pairing_text())

    def serve() -> None:
        with Till.open(folder, lambda: NOON) as till, Endpoint(till, TOKEN) as endpoint:
            endpoints.append(endpoint)
            ready.set()
            endpoint.serve_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(10)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened, faults = context.new_page(), list[str]()
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.goto(f"http://127.0.0.1:{endpoints[0].port}/#{TOKEN}")
    expect(opened.locator("#sentence")).to_have_text("Scannez un bon avec le lecteur.")
    yield opened
    if "CJE_PICTURES" in os.environ:
        opened.screenshot(path=str(Path(os.environ["CJE_PICTURES"]) / f"{tmp_path.name}.png"))
    context.close()
    endpoints[0].stop()
    thread.join(10)
    assert [fault for fault in faults if "409" not in fault] == []  # the browser's own line about a refusal


def scan(page: Page, text: str, end: str = "Enter") -> None:
    """Type as a reader does, key after key, wherever the focus is."""
    page.keyboard.type(text)
    page.keyboard.press(end)


def test_a_voucher_is_read_confirmed_and_taken_back(page: Page) -> None:
    scan(page, live(make_claims()))
    expect(page.locator("#word")).to_have_text("BON VALABLE")
    expect(page.locator("#title")).to_have_text(HOSTILE)  # read, never run
    expect(page.locator("#terms li")).to_have_text(["Sur un aller-retour."])
    expect(page.locator("#not-allowed li")).to_have_text(["Pas les jours fériés."])
    expect(page.locator("#state")).to_contain_text("Journal\u00a0: 0 ligne")
    page.locator("#confirm").click()
    expect(page.locator("#word")).to_have_text("ACCEPTÉ")
    expect(page.locator("#state")).to_contain_text("Journal\u00a0: 1 ligne")
    page.locator("#reason").fill("mauvais article")
    page.locator("#void").click()
    expect(page.locator("#sentence")).to_contain_text("Bon annulé.")
    scan(page, live(make_claims()))
    expect(page.locator("#word")).to_have_text("BON VALABLE")


def test_the_enter_of_a_reader_confirms_nothing(page: Page) -> None:
    """A reader that ends with two line endings, or scans a second voucher, must not press the button."""
    scan(page, live(make_claims(1)))
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Enter")
    scan(page, live(make_claims(offer=IDENTITY)), "Control+]")
    expect(page.locator("#word")).to_have_text("À VÉRIFIER")
    expect(page.locator("#state")).to_contain_text("Journal\u00a0: 0 ligne")
    page.locator("#confirm").click()
    expect(page.locator("#word")).to_have_text("ACCEPTÉ")
    scan(page, live(make_claims(offer=IDENTITY)))
    expect(page.locator("#sentence")).to_contain_text("Déjà accepté ici")


def test_an_amount_and_the_four_digits(page: Page) -> None:
    scan(page, live(make_claims(offer=AMOUNT)))
    page.locator("#amount").fill("douze")
    page.locator("#confirm").click()
    expect(page.locator("#amount")).to_be_focused()
    page.locator("#amount").fill("12,50")
    page.locator("#confirm").click()
    expect(page.locator("#word")).to_have_text("ACCEPTÉ")
    page.locator("h1").click()
    scan(page, live(make_claims(2), NOON - 3600))
    expect(page.locator("#digits")).to_be_visible()
    digits = int(page.locator("#digits").inner_text())
    scan(page, live(make_claims(2), NOON - 3600, 2, digits))
    expect(page.locator("#word")).to_have_text("BON VALABLE")
    page.locator("#confirm").click()
    expect(page.locator("#word")).to_have_text("ACCEPTÉ")


def test_a_reader_set_for_america_on_a_french_computer_is_understood(page: Page) -> None:
    """Each key says where it is and what it writes; what it writes is the French letter of that place."""
    text = live(make_claims())
    page.evaluate(
        """([text, azerty]) => {
          const codes = { " ": "Space", ":": "Semicolon", "-": "Minus" };
          Object.assign(codes, { ".": "Period", "/": "Slash", "+": "Equal" });
          const shifted = { "$": "4", "%": "5", "*": "8" };
          const press = (init) =>
            document.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
          for (const letter of text) {
            const digit = shifted[letter] ?? (/[0-9]/.test(letter) ? letter : null);
            const code = codes[letter] ?? (digit ? `Digit${digit}` : `Key${letter}`);
            const shiftKey = letter in shifted || letter === ":" || letter === "+" || /[A-Z]/.test(letter);
            const key = azerty[letter] ?? letter;
            press({ key, code, shiftKey });
          }
          press({ key: "Enter", code: "Enter" });
        }""",
        [text, AZERTY],
    )
    expect(page.locator("#word")).to_have_text("BON VALABLE")


def test_twelve_characters_are_typed_checked_and_accepted_once(page: Page) -> None:
    expect(page.locator("#state")).to_contain_text("Codes à taper : cette caisse sait les vérifier.")
    for word in ("À VÉRIFIER", "REFUSÉ"):
        page.locator("#typed").fill(code().lower())
        page.locator("#typed-button").click()
        expect(page.locator("#word")).to_have_text(word)
        if word == "À VÉRIFIER":
            expect(page.locator("#next")).to_contain_text("Demandez à voir la carte")
            page.locator("#confirm").click()
            expect(page.locator("#word")).to_have_text("ACCEPTÉ")
    expect(page.locator("#sentence")).to_contain_text("Déjà accepté ici")


def test_a_pairing_is_taken_when_somebody_says_so_and_never_shown(page: Page) -> None:
    newer, older = pairing_text(issued=NOON - 60), pairing_text(issued=NOON - 3 * 86_400)
    for press, said in (("#again", "Scannez un bon"), ("#confirm", "sait maintenant vérifier")):
        scan(page, newer)
        expect(page.locator("#word")).to_have_text("CODE D'APPAIRAGE")
        expect(page.locator("#confirm")).to_have_text("Appairer la caisse")
        page.keyboard.press("Enter")  # of a reader that sends two
        page.locator(press).click()
        expect(page.locator("#sentence")).to_contain_text(said)
    page.locator("#typed").fill(older)
    page.locator("#typed-button").click()
    page.locator("#confirm").click()
    expect(page.locator("#word")).to_have_text("PAS ENREGISTRÉ")
    expect(page.locator("#sentence")).to_contain_text("plus récent")
    assert newer[:20] not in page.content() and older[:20] not in page.content()
    scan(page, live(make_claims()))
    expect(page.locator("#again")).to_have_text("Ne pas accepter")


def test_what_is_not_ours_is_refused_and_never_shown(page: Page) -> None:
    page.locator("#typed").fill("https://exemple.fr/<script>")
    page.locator("#typed-button").click()
    expect(page.locator("#word")).to_have_text("REFUSÉ")
    assert "exemple" not in page.locator("main").inner_text()


def test_the_token_leaves_the_address_and_without_it_the_page_is_told(page: Page) -> None:
    assert TOKEN not in page.url
    page.reload()
    expect(page.locator("#sentence")).to_have_text("Scannez un bon avec le lecteur.")
