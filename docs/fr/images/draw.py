"""Make the guide's pictures from the product: `python docs/fr/images/draw.py [check | pages]`."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OUT = Path(__file__).resolve().parent
DAY = "2026-11-21"
COMMAND = ("offers", "check", "--date", DAY, "--no-cache")
# Three faults that every editor makes one day.
FAULTS = (
    ("offers/grand-lampion-place.yaml", "[loisirs]", "[loisir]"),
    ("offers/libellule-forfait.yaml", "valid_until:", "fin:"),
    ("partners/le-grand-lampion.yaml", "https://", "http://"),
)
ROW, CHARACTER, MARGIN = 21, 8.43, 16
WIDTH = 118  # characters


def checked() -> list[str]:
    """What an editor really sees after these faults: the command, then its output."""
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        shutil.copytree(ROOT / "content", content)
        for name, old, new in FAULTS:
            path = content / name
            path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        command = [sys.executable, "-m", "cje", *COMMAND]
        done = subprocess.run(  # noqa: S603 (our own command)
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
        )
    return ["$ cje offers check", "", *done.stdout.splitlines(), "", *done.stderr.splitlines()]


def terminal(lines: list[str], title: str) -> str:
    """The lines as an SVG that reads as text, with no font of its own."""
    rows = [part for line in lines for part in _folded(line)]
    height, width = len(rows) * ROW + 3 * MARGIN + ROW, round(WIDTH * CHARACTER) + 2 * MARGIN
    drawn = [
        f'<text x="{MARGIN}" y="{2 * MARGIN + ROW * (index + 1)}" class="{_colour(row)}">{escape(row)}</text>'
        for index, row in enumerate(rows)
        if row
    ]
    fonts = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
    style = f"text{{font:14px {fonts};white-space:pre;fill:#e9e6f7}}"
    colours = ".fault{fill:#ff9d8a}.mend{fill:#9be8a8}.mark{fill:#ffd044}.asked{fill:#fff;font-weight:bold}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}{colours}</style>",
            f'<rect width="{width}" height="{height}" rx="10" fill="#14102e"/>',
            *drawn,
            "</svg>\n",
        )
    )


def _folded(line: str) -> list[str]:
    rows, indent = [line], " " * 5
    while len(rows[-1]) > WIDTH:
        cut = rows[-1].rfind(" ", 0, WIDTH)
        rows[-1:] = [rows[-1][:cut], indent + rows[-1][cut + 1 :]]
    return rows


def _colour(row: str) -> str:
    stripped = row.strip()
    if row.startswith("content/"):
        return "fault"
    if stripped.startswith(("→", "$")):
        return "mend" if stripped.startswith("→") else "asked"
    return "mark" if stripped.startswith("| ") and set(stripped) <= set("| ^") else "plain"


def check_picture() -> str:
    """The picture of a check that refuses."""
    return terminal(
        checked(), "cje offers check montre trois erreurs, chacune avec sa ligne et comment la réparer"
    )


def draw_pages() -> None:
    """The page of an offer on a phone, as the builder makes it."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "cje", "site", "build", "--out", folder, "--day", DAY]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)  # noqa: S603
        page_file = next(Path(folder).rglob("*grand-lampion-place*/index.html"))
        server = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "8931"],
            stderr=subprocess.DEVNULL,
        )
        try:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 360, "height": 740})
            address = f"http://127.0.0.1:8931/{page_file.parent.relative_to(folder).as_posix()}/"
            for _ in range(50):
                try:
                    page.goto(address)
                    break
                except Exception:  # the server is starting
                    page.wait_for_timeout(100)
            page.wait_for_timeout(600)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(128, dither=Image.Dither.NONE).save(OUT / "offre.png", optimize=True)
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    if sys.argv[1:] in ([], ["check"]):
        (OUT / "check.svg").write_text(check_picture(), encoding="utf-8", newline="\n")
    if sys.argv[1:] in ([], ["pages"]):
        draw_pages()
