"""The letter's QR, read inside the app: by a camera that plays a film of it, from a photo, from a file."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, Playwright, expect
from wallet_world import PHONE, Site, code_named, entry

from tools.chromium import ARGUMENTS
from voucher import activation

pytestmark = pytest.mark.browser

CODE = code_named("ines")
# The link of the letter is longer than the test's own address.
LETTER = f"https://carte-jeune-engage.example.org/carte/#{activation.grouped(CODE)}"


def letter(text: str, *, turned: int = 7, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A letter on a table: its QR askew, a little blurred, grey on grey, not in the middle."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="png", scale=6, border=4, dark="#333", light="#e8e4da"
    )
    paper = Image.open(drawn).convert("RGB").rotate(turned, expand=True, fillcolor="#e8e4da")
    paper.thumbnail((size[0] * 2 // 3, size[1] * 9 // 10))
    table = Image.new("RGB", size, "#8a7f72")
    table.paste(paper, (size[0] // 5, size[1] // 20))
    return table.filter(ImageFilter.GaussianBlur(0.6))


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture(scope="module")
def filming(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A phone whose camera first sees a table, then a poster, then the letter; over and over."""
    film = tmp_path_factory.mktemp("camera") / "letter.mjpeg"
    table = jpeg(Image.new("RGB", (640, 480), "#8a7f72"))
    poster = jpeg(letter("https://poster.example/concours", turned=-4))
    film.write_bytes(table * 10 + poster * 25 + jpeg(letter(LETTER)) * 90)
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS, *camera])
    yield started
    started.close()


def test_camera_reads_the_letter_and_not_a_poster(site: Site, filming: Browser) -> None:
    site.put(CODE, entry(1, title="Panier"))
    context = filming.new_context(viewport=PHONE, locale="fr-FR", permissions=["camera"])  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.wallet)
    page.get_by_role("button", name="Scanner ma lettre").click()
    # Whatever it saw on the way, the letter's code is typed for the person, who opens it.
    expect(page.get_by_label("Ton code d'activation")).to_have_value(activation.grouped(CODE), timeout=20_000)
    expect(page.locator("video")).to_have_count(0)
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    assert all(url.startswith((site.server.url, "blob:")) for url in asked), "a QR was followed"
    context.close()


@pytest.fixture
def chosen(site: Site, page: Page) -> Callable[[bytes], None]:
    """Return a function that gives the app a picture, on a phone whose camera is refused."""
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.wallet)
    page.get_by_role("button", name="Scanner ma lettre").click()
    expect(page.get_by_text("La caméra n'est pas disponible")).to_be_visible()

    def choose(data: bytes) -> None:
        picked = {"name": "lettre.jpg", "mimeType": "image/jpeg", "buffer": data}
        page.get_by_label("Choisir une photo").set_input_files(picked)

    return choose


@pytest.mark.promise("P26")
def test_photo_of_the_letter_opens_the_card_and_others_say_why_not(
    chosen: Callable[[bytes], None], page: Page, tmp_path: Path
) -> None:
    chosen(jpeg(Image.new("RGB", (900, 700), "#8a7f72")))
    expect(page.get_by_text("Aucun QR lisible sur cette photo")).to_be_visible()
    chosen(b"not a picture")
    expect(page.get_by_text("Aucun QR lisible sur cette photo")).to_be_visible()
    for hostile in ("javascript:alert(1)", "https://poster.example/", "CJE1:RRQ+D9 60CO0QWDL"):
        chosen(jpeg(letter(hostile)))
        expect(page.get_by_text("Ce QR n'est pas celui de ta lettre")).to_be_visible()
    # Twelve million pixels, as a phone takes them, from so far that the code is a twelfth of the width.
    chosen(jpeg(letter(LETTER, turned=-12, size=(4000, 3000))))
    expect(page.get_by_label("Ton code d'activation")).to_have_value(activation.grouped(CODE))
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
