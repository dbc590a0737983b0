"""Print the cashier's guide: `python -m tools.till_guide caisse.pdf`, two sides of A4 from docs/fr/caisse.md.

The first side stays at the counter, the second is for who installs and follows up.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import Playwright, sync_playwright

from cje.locales import typographic
from tools.chromium import ARGUMENTS

GUIDE: Final = Path(__file__).resolve().parent.parent / "docs" / "fr" / "caisse.md"

_STYLE: Final = """
@page { size: A4; margin: 11mm 13mm; }
body { margin: 0; font: 9.6pt/1.4 "DejaVu Sans", system-ui, sans-serif; color: #1c1b22;
  font-variant-ligatures: none; }
h1 { font-size: 20pt; margin: 0 0 2mm; }
h2 { font-size: 14pt; margin: 0 0 2mm; padding-bottom: 1mm; border-bottom: .6mm solid #1c1b22; }
h2 ~ h2 { break-before: page; }
p, ul, ol { margin: 0 0 2mm; }
ul, ol { padding-left: 5mm; }
li { margin-bottom: .8mm; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 3mm; table-layout: fixed; }
th { text-align: left; font-size: 10.5pt; padding: 0 1.5mm 1mm; }
td { vertical-align: top; padding: 0 1.5mm 1.5mm; }
img { display: block; width: 100%; max-height: 92mm; object-fit: contain; border-radius: 2mm; }
table:not(:has(img)) { table-layout: auto; }
table:not(:has(img)) td { border-top: .2mm solid #8a8794; padding-top: 1mm; }
code { font: .92em "DejaVu Sans Mono", monospace; }
"""


def html(guide: Path = GUIDE) -> str:
    """Return the guide as a page to print; its pictures are found beside the guide."""
    body = typographic(MarkdownIt("commonmark").enable("table").render(guide.read_text(encoding="utf-8")))
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La caisse</title>'
        f'<base href="{guide.parent.as_uri()}/"><style>{_STYLE}</style></head><body>{body}</body></html>'
    )


def print_guide(playwright: Playwright, target: Path) -> None:
    """Write the PDF, tagged for screen readers, with the guide's headings as its outline."""
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "caisse.html"
        source.write_text(html(), encoding="utf-8")
        page = browser.new_page()
        page.goto(source.as_uri(), wait_until="load")
        page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    browser.close()


if __name__ == "__main__":
    with sync_playwright() as started:
        print_guide(started, Path(sys.argv[1]))
