"""Turn tools/drawings/*.svg into the demonstration's pictures: `python -m tools.content_pictures`.

The content takes no SVG, which can hold script. Chromium draws them; WebP keeps flat drawings small. The
result is committed: it differs a little from one browser to the next.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.chromium import ARGUMENTS

DRAWINGS = Path(__file__).resolve().parent / "drawings"
IMAGES = DRAWINGS.parents[1] / "content" / "images"
WIDE, MARK = (960, 540), (256, 256)  # an offer's picture, a partner's logo


def main() -> None:
    """Draw each one at twice its size, so that edges are smooth, and save it small."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS])
        for source in sorted(DRAWINGS.glob("*.svg")):
            drawing = source.read_text(encoding="utf-8")
            size = MARK if 'viewBox="0 0 256 256"' in drawing else WIDE
            page = browser.new_page(
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=2,
                java_script_enabled=False,
            )
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;inline-size:100%}}</style>{drawing}")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            page.close()
            picture.resize(size, Image.Resampling.LANCZOS).save(
                IMAGES / f"{source.stem}.webp", quality=68, method=6
            )
        browser.close()


if __name__ == "__main__":
    main()
