"""What a French page shows is set as French is set, and what a stylesheet says holds from right to left."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from built_site import ROOT

# A plain space before one of these can put it alone at the start of a line.
LONELY = re.compile(r"(?<=\w) [;!?»%€](?=\W|$)|« |(?<=\w) :(?=\s)|\d \d{3}(?!\d)")
PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|float|clear"
    r"|text-align\s*:\s*(?:left|right))\s*:"
)
FOUR_SIDES = re.compile(r"(?:padding|margin|inset)\s*:\s*(\S+) ([^\s(]+) (\S+) ([^\s(]+?)\s*[;}]")


class Words(HTMLParser):
    """The texts of a page, and its attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._inside.append(tag)
        self.said += [value for name, value in attrs if name in {"alt", "aria-label"} and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.said.append(data)


def test_no_sign_can_stand_alone_at_the_start_of_a_line(built: Path) -> None:
    pages = [path for path in built.rglob("*.html") if path.relative_to(built).parts[0] != "en"]
    assert len(pages) > 80
    said = {words for path in pages for words in Words(path.read_text(encoding="utf-8")).said}
    assert [words for words in sorted(said) if LONELY.search(words)] == []


@pytest.mark.parametrize("words", ["Prêt ?", "6,95 €", "« oui", "Note : ", "1 300"])
def test_the_check_sees_a_sign_that_could_stand_alone(words: str) -> None:
    assert LONELY.search(words)


def test_stylesheets_name_no_side_of_the_screen() -> None:
    """Logical properties only, so that a page read from right to left is mirrored whole."""
    found = []
    for folder in ("ui", "site"):
        for path in (ROOT / "web" / folder).glob("*.css"):
            css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
            found += [f"{path.name}: {hit.group().strip()}" for hit in PHYSICAL.finditer(css)]
            found += [f"{path.name}: {hit.group()}" for hit in FOUR_SIDES.finditer(css) if hit[2] != hit[4]]
    assert found == []
