"""From a picture before the camera to a verdict: the whole path of a customer."""

from __future__ import annotations

from pathlib import Path

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, OpenBrowser

from site_builder.preview.serve import SiteServer

pytestmark = pytest.mark.browser


@pytest.mark.promise("P19")
@pytest.mark.usefixtures("camera")
def test_scans_confirms_turns_green_and_refuses_the_second_time(
    open_browser: OpenBrowser, site: SiteServer
) -> None:
    shown = shop.live(shop.claims_for(shop.PLAIN, "camera"))
    counter = Counter.of(open_browser(shop.qr(shown)).new_page()).set_up(site.url)
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    expect(counter.page.locator(".headline")).to_have_text("−15 %")
    expect(counter.page.get_by_text("Les jours fériés")).to_be_visible()
    assert counter.rows() == []
    counter.confirm().accepted()
    assert [(row["n"], row["kind"]) for row in counter.rows()] == [(1, 0)]
    counter.page.locator(".button-next").click()
    counter.refused("Déjà accepté ici")
    assert len(counter.rows()) == 1
    assert counter.faults == []


HOSTILE: dict[str, str | bytes] = {
    "url": "https://example.org/pay?now=1",
    "javascript": "javascript:alert(1)//",
    "data": "data:text/html,<script>alert(1)</script>",
    "intent": "intent://pay/#Intent;scheme=bank;end",
    "telephone": "tel:+33899000000",
    "wifi": "WIFI:T:WPA;S:boutique;P:secret;;",
    "vcard": "BEGIN:VCARD\nFN:<img src=x onerror=alert(1)>\nEND:VCARD",
    "control": "\x1b[2J\x1b]0;pwned\x07\x00",
    "direction": "\u202eelbalav nob\u202c\u200f",
    "full width": "ＣＪＥ１：" + "６ＢＦ" * 9,
    "eu-dcc": "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8WY04AC*WIFN0AHCD8KD97TK0F90KECT",
    "smart health card": "shc:/"
    + "5676290952432060346029243740446031222959532654603460292540772804336028" * 4,
    "train ticket": "i0CVZXKQJT000000000FRPLYFRLYD07723DUPONT             JEANNE             07/10/2026",
    "plane ticket": "M1DUPONT/JEANNE       EABC123 CDGJFKAF 0006 326J001A0025 100",
    "binary": bytes(range(256)),
    "ours broken": "CJE1:" + "<script>",
    "3 kB": "A" * 2900,
}


@pytest.mark.promise("P26")
@pytest.mark.usefixtures("camera")
def test_a_hostile_code_is_refused_never_opened_never_printed(
    open_browser: OpenBrowser, site: SiteServer
) -> None:
    context = open_browser()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.add_init_script(shop.CANVAS_CAMERA)
    counter = Counter.of(page).set_up(site.url)
    for name, hostile in HOSTILE.items():
        shop.hold_up(page, shop.qr(hostile, 700))
        expect(page.locator(".verdict.fill-stop h1"), name).to_have_text("REFUSÉ")
        expect(page.locator(".verdict-sentence"), name).to_contain_text(
            "Ce code est abîmé" if name == "ours broken" else "Ce n'est pas un bon"
        )
        shown = page.locator("body").inner_text()
        start = hostile[:12].decode("latin-1") if isinstance(hostile, bytes) else hostile[:12]
        assert start.strip() not in shown, name
        assert not any((letter < " " and letter != "\n") or letter in "\u202e\ufffd" for letter in shown), (
            name
        )
        shop.hold_up(page, None)
        counter.next()
    assert all(url.startswith((site.url, "data:", "blob:")) for url in asked)
    assert len(context.pages) == 1
    assert counter.rows() == []
    assert counter.faults == []


def test_reads_a_photo_when_the_camera_is_denied(
    open_browser: OpenBrowser, site: SiteServer, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    shop.qr(shop.live(shop.claims_for(shop.PLAIN, "photo"))).save(photo)
    context = open_browser(camera=False)
    page = context.new_page()
    page.add_init_script(
        """if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia =
            () => Promise.reject(new DOMException("", "NotAllowedError"));"""
    )
    counter = Counter.of(page).set_up(site.url)
    expect(page.get_by_text("La caméra est bloquée")).to_be_visible()
    page.locator("input[type=file][accept='image/*']").set_input_files(photo)
    counter.confirm().accepted()
    counter.next()
    not_a_picture = tmp_path / "notes.png"
    not_a_picture.write_text("bonjour")
    page.locator("input[type=file][accept='image/*']").set_input_files(not_a_picture)
    expect(page.get_by_text("n'est pas une image")).to_be_visible()
    assert counter.faults == []


KEEP_TRACK = """
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        const stream = await getUserMedia.call(this, wanted);
        window.track = stream.getVideoTracks()[0];
        return stream;
    };
"""


@pytest.mark.usefixtures("camera")
def test_a_camera_that_is_torn_away_says_so_and_comes_back(
    open_browser: OpenBrowser, site: SiteServer
) -> None:
    """No simulated camera can be unplugged: its track is ended, and says so as a real one does."""
    page = open_browser().new_page()
    page.add_init_script(KEEP_TRACK)
    counter = Counter.of(page).set_up(site.url)
    expect(page.locator("[data-camera=on]")).to_be_visible()
    for comes_back in ("asked for", "with the next customer"):
        page.evaluate("() => { window.track.stop(); window.track.dispatchEvent(new Event('ended')); }")
        expect(page.get_by_text("La caméra s'est arrêtée")).to_be_visible()
        if comes_back == "asked for":
            page.get_by_role("button", name="Réessayer").click()
        else:
            counter.type(shop.live(shop.claims_for(shop.PLAIN, "torn"))).confirm().accepted()
            counter.next()
        expect(page.locator("[data-camera=on]")).to_be_visible()
    assert counter.faults == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotFoundError", "pas de caméra"),
        ("NotReadableError", "prise par une autre application"),
        ("NotAllowedError", "La caméra est bloquée"),
    ],
)
@pytest.mark.usefixtures("camera")
def test_each_missing_camera_has_its_sentence(
    open_browser: OpenBrowser, site: SiteServer, error: str, sentence: str
) -> None:
    page = open_browser().new_page()
    page.add_init_script(
        f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))"
    )
    Counter.of(page).set_up(site.url)
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()
