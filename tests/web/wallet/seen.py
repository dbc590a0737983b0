"""What a person does to show a voucher, and what an independent reader finds in the picture of the screen."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, Playwright, expect
from wallet_world import PUBLIC, SETTINGS

from tools import firefox
from voucher import armour
from voucher.keyring import Keyring
from voucher.presentation import Presentation, decode_presentation


def show(page: Page, title: str = "Panier") -> None:
    page.get_by_role("button", name=title).click()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()


def picture(shown: Page | Locator) -> Image.Image:
    # Hiding the caret would put a style into the page, which its policy forbids.
    return Image.open(io.BytesIO(shown.screenshot(caret="initial")))


def codes(shown: Page | Locator, formats: object = None) -> list[str]:
    """The texts of all codes in sight."""
    wanted = {"formats": formats} if formats else {}
    return [one.text for one in zxingcpp.read_barcodes(picture(shown), **wanted)]  # type: ignore[arg-type]


def read(page: Page) -> Presentation:
    """The one live code in sight, as Python verifies it."""
    # Asked for its own format only: among a QR's modules a reader may find bars that nobody drew.
    (text,) = codes(page, zxingcpp.BarcodeFormat.QRCode)
    prefix, data = armour.decode(text)
    assert prefix == armour.PRESENTATION
    return decode_presentation(data, Keyring([PUBLIC]))


def in_firefox(page: Page) -> bool:
    browser = page.context.browser
    return browser is not None and browser.browser_type.name == "firefox"


@contextmanager
def drawn(page: Page, scheme: str, playwright: Playwright) -> Iterator[Page]:
    """The page by day or by night: in Firefox, that cannot be told so later, another one."""
    if scheme == "dark" and in_firefox(page):
        with firefox.launch(playwright, firefox.NIGHT) as browser:
            yield browser.new_page(**SETTINGS, service_workers="block")  # type: ignore[arg-type]
    else:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        yield page


SAVING = """() => {
  const make = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;
  window.saving = new Promise((done) => {
    let file;
    URL.createObjectURL = (blob) => make.call(URL, (file = blob));
    HTMLAnchorElement.prototype.click = async function () {
      done([this.download, btoa(String.fromCharCode(...new Uint8Array(await file.arrayBuffer())))]);
      click.call(this);
    };
  });
}"""


def saved(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """Return name and bytes of the file that a press saves on the phone."""
    if not in_firefox(page):
        with page.expect_download() as file:
            press()
        return file.value.suggested_filename, Path(file.value.path()).read_bytes()
    # Playwright hears of no download in Firefox: the page is asked what it gave to be saved.
    page.evaluate(SAVING)
    press()
    name, content = page.evaluate("() => window.saving")
    return name, base64.b64decode(content)
