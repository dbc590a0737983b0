"""Make the pictures of docs/fr/caisse.md from the running till: `.venv/bin/python -m tools.till_pictures`."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "fr" / "images"
PHONE: ViewportSize = {"width": 360, "height": 740}
MAX_BYTES = 100_000

# The shop of the till's own tests: real keys, a real site, phones that sign.
sys.path.insert(0, str(ROOT / "tests" / "web" / "till"))
import shop  # type: ignore[import-not-found]  # noqa: E402


def save(page: Page, name: str) -> None:
    """Write a screenshot with few colours: the screens are flat, and a guide must load on a phone."""
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = OUT / f"caisse-{name}.png"
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size >= MAX_BYTES:
        raise SystemExit(f"{path.name}: {path.stat().st_size} bytes, {MAX_BYTES} at most")


def counter_top() -> Image.Image:
    """Draw what the camera sees between two customers: a wooden counter."""
    picture = Image.new("RGB", (640, 480), (151, 112, 78))
    draw = ImageDraw.Draw(picture)
    for y in range(0, 480, 96):
        draw.rectangle((0, y, 640, y + 3), fill=(122, 88, 60))
    return picture


def type_code(page: Page, text: str) -> None:
    """Type a code's text at the till, as when the camera is broken."""
    page.get_by_role("button", name="Taper").click()
    page.get_by_label("Code du bon").fill(text)
    page.get_by_role("button", name="Vérifier").click()
    page.locator(".verdict h1").wait_for()


def following(page: Page) -> None:
    """Leave a verdict's screen for the next customer."""
    page.locator(".button-next").click()
    page.locator("[data-screen=scan]").wait_for()


def walk(page: Page, url: str) -> None:
    """Serve a morning's customers, and keep each kind of screen."""
    page.goto(f"{url}caisse/")
    page.get_by_role("button", name=shop.NAME).wait_for()
    save(page, "installer")
    page.get_by_role("button", name=shop.NAME).click()
    page.get_by_label("Nom de cette caisse").fill("Guichet")
    page.get_by_role("button", name="Installer").click()
    expect(page.get_by_text("Liste du jour")).to_be_visible()
    page.locator("[data-camera=on]").wait_for()
    save(page, "scanner")
    voucher = shop.claims_for(shop.AMOUNT, "a carnet")
    shown = shop.live(voucher)
    type_code(page, shown)
    page.get_by_label("Montant de l'achat").fill("24,90")
    save(page, "valable")
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("heading", name="ACCEPTÉ").wait_for()
    save(page, "accepte")
    following(page)
    type_code(page, shop.live(shop.claims_for(shop.IDENTITY, "a subscription")))
    save(page, "verifier")
    page.get_by_role("button", name="Refuser").click()
    type_code(page, shop.live(voucher, seq=1))
    save(page, "refuse")
    following(page)
    type_code(page, shop.live(voucher, seq=2, at=shop.clock() - 1000))
    save(page, "chiffres")
    page.get_by_role("button", name="Refuser").click()
    page.get_by_role("button", name="Journal").click()
    page.locator("[data-screen=journal] li").first.wait_for()
    save(page, "journal")


def main() -> None:
    """Start the demo, walk the till, keep its moments."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        public = Path(folder) / "public"
        shop.publish_trust(public, shop.trust_file(shop.trust_list()))
        shop.build_site(public)
        film = shop.film(Path(folder) / "film.mjpeg", [counter_top()])
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[*shop.CHROMIUM, f"--use-file-for-fake-video-capture={film}"],
        )
        with shop.serving(public) as server:
            context = browser.new_context(viewport=PHONE, locale="fr-FR", permissions=["camera"])
            walk(context.new_page(), server.url)
        browser.close()


if __name__ == "__main__":
    main()
