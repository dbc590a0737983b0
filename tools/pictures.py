"""Make the README's pictures from the running product: `make pictures`."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tools.chromium import ARGUMENTS

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PHONE = {"width": 360, "height": 740}
OFFER, PARTNER = "La place de cinéma à 6,95", "Le Grand Lampion"


def save(page: Page, name: str) -> None:
    """Write a screenshot with few colours: the pages are flat, and a README must load on a phone."""
    page.wait_for_timeout(600)  # the verdict's and the card's entrance
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    OUT.mkdir(parents=True, exist_ok=True)
    picture.quantize(128, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


def shown_text(page: Page) -> str:
    """Return the text of the QR on screen, read back by another decoder."""
    code = page.get_by_role("img", name="QR à présenter à la caisse")
    code.wait_for()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    return found.text


def film(context: BrowserContext, told: dict[str, str]) -> None:
    """Walk through the wallet and the till, and keep two moments."""
    wallet = context.new_page()
    wallet.goto(told["wallet"])
    wallet.get_by_role("button", name=OFFER).click()
    wallet.get_by_role("button", name="Montrer en caisse").click()
    text = shown_text(wallet)
    save(wallet, "wallet")

    till = context.new_page()
    till.goto(told["till"])
    till.get_by_role("button", name=PARTNER).click()
    till.get_by_role("button", name="Installer").click()
    till.get_by_role("button", name="Taper").click()
    till.get_by_label("Code du bon").fill(text)
    till.get_by_role("button", name="Vérifier").click()
    till.get_by_role("heading", name="BON VALABLE").wait_for()
    till.wait_for_timeout(600)  # "Valider" is armed once it could be read
    till.get_by_role("button", name="Valider").click()
    till.get_by_role("heading", name="ACCEPTÉ").wait_for()
    save(till, "till")


def main() -> None:
    """Start the demo, film it, stop it."""
    command = [sys.executable, "-m", "cje", "demo", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo, sync_playwright() as started:
        try:
            assert demo.stdout is not None
            told = json.loads(demo.stdout.readline())
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS])
            context = browser.new_context(
                viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris", device_scale_factor=1.5
            )
            context.set_default_timeout(15_000)
            film(context, told)
            browser.close()
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
