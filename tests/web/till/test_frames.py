"""From one till to another by codes on a screen, without network or file; and the journal's own keeping."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import shop
from PIL import Image
from playwright.sync_api import Page, expect
from till_page import Counter, OpenBrowser

from site_builder.preview.serve import SiteServer
from voucher.frames import encode_frames
from voucher.journal import decode_export

pytestmark = pytest.mark.browser


def shown_codes(counter: Counter) -> list[Image.Image]:
    """Walk through the codes that a till shows, and take a picture of each."""
    page = counter.page
    if (pause := page.get_by_role("button", name="Pause")).count():
        pause.click()
    code = page.locator(".frames-code")
    count = int(page.locator(".frames-place").inner_text().rpartition(" ")[2])
    pictures: dict[str, Image.Image] = {}
    while len(pictures) < count:
        drawn = code.screenshot()
        pictures[code.get_attribute("aria-label") or ""] = Image.open(io.BytesIO(drawn)).convert("RGB")
        if count > 1:
            page.get_by_role("button", name="Code suivant").click()
    page.get_by_role("button", name="Retour").click()
    return [picture.resize((680, 680)) for picture in pictures.values()]


def received(counter: Counter, pictures: list[Image.Image], said: str) -> None:
    status = counter.page.locator("[data-screen=receive] [role=status]")
    for number, picture in enumerate(pictures, 1):
        shop.hold_up(counter.page, picture)
        expect(status).to_contain_text(f"{number} codes sur" if number < len(pictures) else said)
    shop.hold_up(counter.page, None)
    counter.page.get_by_role("button", name="Retour").click()


COUNT_LOOKS = """() => {
    const drawing = CanvasRenderingContext2D.prototype, take = drawing.getImageData;
    window.grabs = 0;
    drawing.getImageData = function (...box) { window.grabs++; return take.apply(this, box); };
}"""


def looked(page: Page) -> None:
    """Wait until the till has looked once more, from its first grab of a picture to what it makes of it."""
    before = page.evaluate("() => window.grabs")
    # One more of the look that is under way, two of the next, one of that after it.
    page.wait_for_function("(before) => window.grabs >= before + 4", arg=before)


@pytest.mark.promise("P18")
@pytest.mark.usefixtures("camera")
def test_a_list_and_a_journal_travel_by_codes(
    open_browser: OpenBrowser, site: SiteServer, tmp_path: Path
) -> None:
    big = {"viewport": {"width": 1280, "height": 900}}
    one = Counter.of(open_browser(camera=False, **big).new_page()).set_up(site.url, "Entrée")
    page = open_browser().new_page()
    page.add_init_script(shop.CANVAS_CAMERA)
    two = Counter.of(page).set_up(site.url, "Fond").helped()
    newer = tmp_path / "liste.cbor"
    newer.write_bytes(shop.trust_file(shop.trust_list(7)))
    one.page.get_by_role("button", name="Réglages").click()
    one.page.locator("[data-screen=settings] input[type=file]").set_input_files(newer)
    expect(one.page.get_by_text("Liste mise à jour")).to_be_visible()
    one.page.get_by_role("button", name="Montrer ma liste").click()
    pictures = shown_codes(one)
    assert len(pictures) > 1
    received(two, pictures, "Liste mise à jour")  # the first code opened the sheet by itself
    one.page.get_by_role("button", name="Retour").click()

    once = shop.claims_for(shop.PLAIN, "by codes", uses=1)
    one.type(shop.live(once)).confirm().accepted()
    one.next().page.get_by_role("button", name="Journal").click()
    one.page.get_by_role("button", name="Montrer le journal").click()
    received(two, shown_codes(one), "1 ligne nouvelle")
    two.type(shop.live(once)).refused("à la caisse « Entrée »")
    assert (one.faults, two.faults) == ([], [])


@pytest.mark.usefixtures("camera")
def test_the_sheet_that_was_left_stays_closed_before_its_poster(
    open_browser: OpenBrowser, site: SiteServer
) -> None:
    page = open_browser().new_page()
    page.add_init_script(shop.CANVAS_CAMERA)
    till = Counter.of(page).set_up(site.url, "Fond")
    page.evaluate(COUNT_LOOKS)
    poster = shop.qr(encode_frames(shop.trust_file(shop.trust_list(7)))[0], 600)
    shop.hold_up(page, poster)
    expect(till.screen("receive")).to_be_visible()
    page.evaluate("() => window.hold()")
    page.get_by_role("button", name="Retour").click()
    for _ in range(3):
        page.evaluate("() => window.pass(1000)")
        looked(page)
        expect(till.screen("scan")).to_be_visible()
        assert not till.screen("receive").is_visible()
    shop.hold_up(page, None)
    looked(page)
    page.evaluate("() => window.pass(1500)")
    shop.hold_up(page, poster)
    expect(till.screen("receive")).to_be_visible()
    assert till.faults == []


def test_finds_a_row_and_another_day(counter: Counter) -> None:
    counter.type(shop.live(shop.claims_for(shop.PLAIN, "found"))).confirm().accepted()
    page = counter.next().page
    page.get_by_role("button", name="Journal").click()
    rows, search = page.locator(".rows li"), page.get_by_label("Chercher une ligne")
    expect(rows).to_have_count(1)
    search.fill("VAL D'OISE")
    expect(rows).to_have_count(1)
    search.fill("inconnu")
    expect(page.get_by_text("Aucune ligne trouvée")).to_be_visible()
    search.fill("")
    page.get_by_role("button", name="Jour précédent").click()
    expect(page.get_by_text("Rien ce jour-là")).to_be_visible()
    page.get_by_role("button", name="Jour suivant").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("button", name="Jour suivant")).to_be_disabled()


def test_a_damaged_journal_is_put_aside_still_counts_and_can_be_exported(counter: Counter) -> None:
    page = counter.page
    texts = [shop.live(shop.claims_for(shop.PLAIN, f"damaged {i}")) for i in range(2)]
    for text in texts:
        counter.type(text).confirm().accepted()
        counter.next()
    page.evaluate(
        """() => new Promise((done) => {
            indexedDB.open("cje-till-demo").onsuccess = ({ target }) => {
                const change = target.result.transaction("rows", "readwrite");
                const rows = change.objectStore("rows");
                rows.get(2).onsuccess = ({ target }) => rows.put({ ...target.result, amount: 1 });
                change.oncomplete = () => { target.result.close(); done(); };
            };
        })"""
    )
    page.get_by_role("button", name="Journal").click()
    expect(page.locator("[data-screen=journal]")).to_contain_text("La ligne 2 du journal a été modifiée")
    page.get_by_role("button", name="Le mettre de côté").click()
    expect(counter.screen("scan")).to_be_visible()
    for text in texts:
        counter.type(text).refused("Déjà accepté ici")
        counter.next()
    assert counter.rows() == []
    page.get_by_role("button", name="Journal").click()
    assert [row.n for row in decode_export(counter.saved("Exporter le journal mis de côté")).rows] == [1]


def test_says_how_much_room_there_is_and_keeps_rows_that_are_not_old(counter: Counter) -> None:
    page = counter.page
    page.get_by_role("button", name="Réglages").click()
    expect(page.locator("[data-screen=settings]")).to_contain_text("libres")
    page.get_by_role("button", name="Effacer les lignes anciennes").click()
    expect(page.get_by_text("Aucune ligne ancienne")).to_be_visible()


def test_warns_before_the_device_is_full(counter: Counter, site: SiteServer) -> None:
    page = counter.page
    page.add_init_script(
        "if (isSecureContext) navigator.storage.estimate = async () => ({ quota: 1.2e8, usage: 1.07e8 });"
    )
    counter.open(site.url)
    warning = page.get_by_role("button", name="Il ne reste que 13")
    expect(warning).to_contain_text("Exportez le journal")
    warning.click()
    expect(counter.screen("settings")).to_contain_text("Il ne reste que 13")
