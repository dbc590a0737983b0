"""The product's colours stand in one file, which every page begins with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cje.colours import colour_tokens
from desk.pages import rendering
from reconcile.page import downloads
from reconcile.printing import report_page

ROOT = Path(__file__).resolve().parents[2]
SHEETS = (
    "desk/pages/desk.css",
    "reconcile/printing/report_page.css",
    "reconcile/page/page.css",
    "verifier/till/counter/page.css",
)
# Black and white: the ground and ink of a QR code, and what is printed.
PLAIN = {"#fff", "#ffffff", "#000", "#000000", "#333"}


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_stylesheet_has_no_colour_of_its_own(sheet: str) -> None:
    css = (ROOT / sheet).read_text(encoding="utf-8")
    assert {found.lower() for found in re.findall(r"#[0-9a-fA-F]{3,8}\b", css)} <= PLAIN
    used = set(re.findall(r"var\(--([a-z-]+)", css))
    defined = set(re.findall(r"--([a-z-]+):", css + colour_tokens()))
    assert used <= defined


def test_every_page_of_python_begins_with_the_one_source() -> None:
    for style in (rendering.stylesheet(), report_page.stylesheet(), downloads.stylesheet()):
        assert style.startswith(colour_tokens()) and style.count("--brand: #2d1fd1") == 1


def test_light_and_dark_name_the_same_colours() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", colour_tokens(), re.DOTALL)
    colours = [set(re.findall(r"--([a-z-]+): #", block)) for block in (light, dark)]
    assert colours[0] == colours[1] and len(colours[0]) == 28
