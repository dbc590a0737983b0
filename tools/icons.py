"""Draw the PNG icons from the SVG ones with Chromium: `python -m tools.icons`, then commit the result.

They are committed (about 25 kB) because a rasteriser in the builder would cost each build a second, and
because zlib's output differs between machines, which would break "same input, same bytes".
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.chromium import ARGUMENTS

ICONS = Path(__file__).resolve().parents[1] / "site_builder" / "icons"
# (source, name, side in pixels)
WANTED = (
    ("icon.svg", "icon-192.png", 192),
    ("icon.svg", "icon-512.png", 512),
    ("maskable.svg", "maskable-512.png", 512),
    ("maskable.svg", "apple-touch-icon.png", 180),
    ("till.svg", "till-192.png", 192),
    ("till.svg", "till-512.png", 512),
    ("till-maskable.svg", "till-maskable-512.png", 512),
)


def main() -> None:
    """Render each wanted size once; the results are committed, so that building needs no browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS])
        for source, name, side in WANTED:
            page = browser.new_page(viewport={"width": side, "height": side})
            svg = (ICONS / source).read_text().replace("<svg ", f'<svg width="{side}" height="{side}" ')
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{svg}")
            shot = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            # Flat art: 32 colours with transparency halve the size and nobody sees it.
            flat = shot.quantize(32, method=Image.Quantize.FASTOCTREE)
            flat.save(ICONS / name, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
