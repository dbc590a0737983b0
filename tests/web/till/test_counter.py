"""What a cashier meets at the counter: verdicts, digits, readers, undo."""

from __future__ import annotations

import re

import pytest
import shop
from playwright.sync_api import Route, expect
from till_page import Counter, OpenBrowser

from site_builder.preview.serve import SiteServer
from voucher.journal import Kind, decode_export

pytestmark = pytest.mark.browser


def test_asks_the_amount_computes_the_saving_and_writes_both(counter: Counter) -> None:
    counter.type(shop.live(shop.claims_for(shop.AMOUNT, "amount")))
    counter.confirm()
    expect(counter.page.get_by_text("Tapez un montant")).to_be_visible()
    counter.page.get_by_label("Montant de l'achat").fill("24,90")
    expect(counter.page.locator(".saving")).to_contain_text(re.compile(r"3,74\s€"))
    counter.confirm().accepted()
    assert counter.rows()[0] | {"use": None, "voucher": None} == {
        "n": 1,
        "kind": 0,
        "verdict": "accepted",
        "amount": 2490,
        "saving": 374,
        "use": None,
        "voucher": None,
    }


def test_each_refusal_says_why(counter: Counter) -> None:
    plain = shop.claims_for(shop.PLAIN, "refusals")
    text = shop.live(plain)
    day = shop.clock() - 3 * shop.DAY
    for shown, sentence in (
        ("bonjour", "Ce n'est pas un bon de la carte"),
        (text[:40] + ("A" if text[40] != "A" else "B") + text[41:], ""),
        (text.replace("CJP1:", "CJP9:"), "plus récent que votre caisse"),
        (shop.live(plain, signer=shop.STRANGER), "pas signé par un émetteur reconnu"),
        (shop.live(shop.claims_for(shop.PLAIN, "old", expires=day)), "était valable jusqu'au"),
        (shop.live(shop.claims_for(shop.ELSEWHERE, "other")), "pas pour votre commerce"),
        (shop.paper(plain), "C'est la copie d'un bon"),
        (shop.paper(shop.claims_for(shop.PLAIN, "bearer", holder=None)), "pas valable sur papier"),
    ):
        counter.type(shown).refused(sentence)
        counter.next()
    assert counter.rows() == []


def test_amber_shows_every_check_and_the_cashier_decides(counter: Counter) -> None:
    bearer = shop.claims_for(shop.PAPER, "amber", holder=None)
    counter.type(shop.paper(bearer))
    expect(counter.page.locator(".verdict.fill-warn h1")).to_have_text("À VÉRIFIER")
    expect(counter.page.locator(".verdict-sentence")).to_contain_text("bon sur papier")
    counter.page.get_by_role("button", name="Refuser").click()
    expect(counter.screen("scan")).to_be_visible()
    counter.type(shop.paper(bearer)).confirm().accepted()
    assert [(row["kind"], row["verdict"]) for row in counter.rows()] == [(1, "paper"), (0, "paper")]


def test_a_screenshot_needs_the_four_digits_of_this_till(counter: Counter) -> None:
    voucher = shop.claims_for(shop.PLAIN, "screenshot")
    counter.type(shop.live(voucher, at=shop.clock() - 1000))
    expect(counter.page.locator(".verdict.fill-warn h1")).to_have_text("À VÉRIFIER")
    assert counter.page.locator(".button-confirm").count() == 0
    digits = int(counter.page.locator(".digits").inner_text().replace("\n", ""))
    reader(counter, shop.live(voucher, seq=2, challenge=(digits + 1) % 10_000))
    expect(counter.page.locator(".verdict-sentence")).to_contain_text("ne sont pas ceux")
    reader(counter, shop.live(voucher, seq=3, at=shop.clock() - 1000, challenge=digits))
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    counter.confirm().accepted()


def test_used_up_says_when_and_how_often(counter: Counter) -> None:
    voucher = shop.claims_for(shop.PLAIN, "twice")
    for seq in (1, 2):
        counter.type(shop.live(voucher, seq)).confirm().accepted()
        counter.next()
    counter.type(shop.live(voucher, 3)).refused("Déjà utilisé 2 fois sur 2 ce mois-ci")


def reader(counter: Counter, text: str) -> None:
    """Type as a USB reader on a French keyboard whose own layout is American."""
    counter.page.evaluate(
        """(text) => {
            const shifted = {"$": "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal", ":": "Semicolon"};
            const plain = {"-": "Minus", ".": "Period", "/": "Slash", " ": "Space"};
            const send = (key, code, shiftKey) => {
                for (const type of ["keydown", "keyup"]) {
                    const how = {key, code, shiftKey, bubbles: true, cancelable: true};
                    const event = new KeyboardEvent(type, how);
                    document.activeElement.dispatchEvent(event);
                }
            };
            for (const c of text) {
                if (/[A-Z]/.test(c)) send(c === "A" ? "Q" : c, `Key${c}`, true);
                else if (/[0-9]/.test(c)) send("&", `Digit${c}`, false);
                else if (shifted[c]) send("M", shifted[c], true);
                else send(c === " " ? " " : "!", plain[c], false);
            }
            send("Enter", "Enter", false);
        }""",
        text,
    )


def test_hears_a_reader_wherever_the_focus_is_and_its_enter_presses_nothing(counter: Counter) -> None:
    counter.page.get_by_role("button", name="Réglages").focus()
    reader(counter, shop.live(shop.claims_for(shop.PLAIN, "wedge")))
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    counter.page.locator(".button-confirm").focus()
    reader(counter, shop.live(shop.claims_for(shop.PLAIN, "another")))
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    assert counter.rows() == []


def test_undo_gives_the_use_back_and_stays_in_the_journal(counter: Counter) -> None:
    voucher = shop.claims_for(shop.PLAIN, "undo", uses=1)
    counter.type(shop.live(voucher)).confirm().accepted()
    counter.page.get_by_role("button", name="Annuler ce bon").click()
    counter.page.get_by_text("Achat annulé").click()
    counter.page.get_by_role("button", name="Annuler ce bon").click()
    expect(counter.screen("journal")).to_contain_text("Annulé : Achat annulé")
    counter.page.get_by_role("button", name="Retour").click()
    counter.type(shop.live(voucher, 2)).confirm().accepted()
    assert [row["kind"] for row in counter.rows()] == [0, 2, 0]


# Chromium has no share sheet on Linux. Only the two functions at the edge stand in for it: they answer by
# Chromium's rule, which types it shares, and keep what they are given. The file is the product's.
SHARE_SHEET = """
    window.shared = [];
    window.answer = null;
    navigator.canShare = ({ files }) => files.every(({ type }) => type === "text/plain");
    navigator.share = async ({ files }) => {
        if (window.answer) throw new DOMException("", window.answer);
        for (const file of files) {
            const data = [...new Uint8Array(await file.arrayBuffer())];
            window.shared.push({ name: file.name, type: file.type, data });
        }
    };
"""


def test_shares_the_journal_as_a_file_that_the_command_line_reads(counter: Counter, site: SiteServer) -> None:
    """The hand-over only: which applications a phone's own sheet offers is seen on that phone alone."""
    page = counter.page
    page.add_init_script(SHARE_SHEET)
    counter.open(site.url).type(shop.live(shop.claims_for(shop.PLAIN, "shared"))).confirm().accepted()
    counter.next().page.get_by_role("button", name="Journal").click()
    share, status = page.get_by_role("button", name="Partager le journal"), page.get_by_role("status")
    for answer, said in (("AbortError", ""), ("NotAllowedError", "encore une fois")):
        page.evaluate("(answer) => { window.answer = answer; }", answer)
        share.click()
        expect(status.filter(has_text=said or re.compile("^$")).first).to_be_attached()
    assert page.evaluate("() => window.shared") == []
    page.evaluate("() => { window.answer = null; }")
    share.click()
    expect(page.get_by_text("Journal partagé.")).to_be_visible()
    (file,) = page.evaluate("() => window.shared")
    assert file["name"].startswith(f"journal-{shop.PARTNER}-") and file["name"].endswith(".cbor.txt")
    export = decode_export(bytes(file["data"]))
    assert (export.partner, export.last, file["type"]) == (shop.PARTNER, 1, "text/plain")


def test_exports_a_journal_that_the_command_line_reads(counter: Counter) -> None:
    counter.type(shop.live(shop.claims_for(shop.PLAIN, "export"))).confirm().accepted()
    counter.next()
    counter.page.get_by_role("button", name="Journal").click()
    export = decode_export(counter.saved("Exporter"))
    assert (export.partner, export.till, export.last) == (shop.PARTNER, "Comptoir", 1)
    assert export.rows[0].kind is Kind.ACCEPTED


def test_the_back_button_leaves_a_sheet_or_a_verdict_never_a_till_with_a_customer(counter: Counter) -> None:
    page = counter.page
    for button, screen in (("Journal", "journal"), ("Réglages", "settings")):
        page.get_by_role("button", name=button).click()
        expect(counter.screen(screen)).to_be_visible()
        page.go_back()
        expect(counter.screen("scan")).to_be_visible()
    page.get_by_role("button", name="Réglages").click()
    page.get_by_role("button", name="Montrer ma liste en codes").click()
    expect(counter.screen("frames")).to_be_visible()
    page.go_back()
    expect(counter.screen("settings")).to_be_visible()
    page.go_back()
    expect(counter.screen("scan")).to_be_visible()
    voucher = shop.claims_for(shop.PLAIN, "back", uses=1)
    counter.type(shop.live(voucher))
    expect(page.locator(".button-confirm")).to_be_visible()
    page.go_back()
    expect(counter.screen("scan")).to_be_visible()
    assert counter.rows() == []
    counter.type(shop.live(voucher)).confirm().accepted()
    page.get_by_role("button", name="Annuler ce bon").click()
    expect(counter.screen("void")).to_be_visible()
    page.go_back()
    counter.accepted()
    page.go_back()
    expect(counter.screen("scan")).to_be_visible()
    counter.type(shop.live(voucher)).refused("Déjà accepté ici")
    assert [row["kind"] for row in counter.rows()] == [0]


def test_a_sheet_that_is_late_has_its_way_back_too(open_browser: OpenBrowser, site: SiteServer) -> None:
    context = open_browser(camera=False, service_workers="block")
    page = context.new_page()
    held: list[Route] = []
    page.route("**/assets/sheets-*.js", lambda route: held.append(route))
    counter = Counter.of(page).set_up(site.url)
    for leave in (page.get_by_role("button", name="Retour").click, page.go_back):
        for button in ("Journal", "Taper"):
            page.get_by_role("button", name=button).click()
            expect(counter.screen("late")).to_contain_text("La caisse finit de se charger…")
            leave()
            expect(counter.screen("scan")).to_be_visible()
    page.get_by_role("button", name="Journal").click()
    expect(counter.screen("late")).to_be_visible()
    for route in held:
        route.continue_()
    expect(counter.screen("journal")).to_be_visible()
    assert counter.faults == []


def test_the_whole_journey_by_keyboard(counter: Counter) -> None:
    page = counter.page
    page.get_by_role("button", name="Taper").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Taper un code")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.insert_text(shop.live(shop.claims_for(shop.PLAIN, "keyboard")))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict h1")).to_be_focused()
    counter.read()
    page.keyboard.press("Tab")
    expect(page.locator(".button-confirm")).to_be_focused()
    page.keyboard.press("Enter")
    counter.accepted()
    expect(page.locator(".verdict h1")).to_be_focused()
    expect(page.locator("[aria-live=assertive]")).to_contain_text("ACCEPTÉ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(counter.screen("scan")).to_be_visible()


@pytest.mark.usefixtures("camera")
def test_nothing_is_cut_off_at_320_pixels(open_browser: OpenBrowser, site: SiteServer) -> None:
    page = open_browser(viewport={"width": 320, "height": 568}).new_page()
    counter = Counter.of(page).set_up(site.url)
    counter.type(shop.live(shop.claims_for(shop.AMOUNT, "narrow")))
    for _ in range(2):
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, input:not([type=file]), a")].filter((e) => {
                const {width, height} = e.getBoundingClientRect();
                return width && (width < 44 || height < 44);
            }).map((e) => e.outerHTML)"""
        )
        assert small == []
        page.get_by_role("button", name="Refuser").click() if page.locator(
            ".button-confirm"
        ).count() else None
