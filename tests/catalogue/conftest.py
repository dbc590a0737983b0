"""A small and valid content/, which tests spoil one file at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue import Examination, examine_content

FILES = {
    "categories.yaml": """\
categories:
  - {slug: loisirs, name: Loisirs, short: Sortir, colour: azur, icon: billet}
""",
    "programmes.yaml": "programmes:\n  - {slug: cej, name: CEJ, audience: Tu es en CEJ.}\n",
    "site.yaml": """\
name: Carte
tagline: Des offres.
operator: Nous
operator_address: 1 rue Haute, 95200 Sarcelles
publication_director: Ada
host: Chez nous
contact_email: nous@carte.example
""",
    "theme.yaml": """\
light: {azur: "#0000aa", on-azur: "#ffffff"}
dark: {azur: "#aaaaff", on-azur: "#000000"}
""",
    "partners/le-grand-lampion.yaml": """\
name: Le Grand Lampion
summary: Un cinéma.
agreement_until: 2027-12-31
""",
    "offers/place.yaml": """\
number: 12
status: published
title: Une place à 6,95 €
headline: 6,95 €
summary: Un film.
partner: le-grand-lampion
categories: [loisirs]
use:
  kind: voucher
  paper: true
valid_from: 2026-09-01
valid_until: 2027-06-30
territory:
  kind: communes
  codes: [95277]
  label: Gonesse
channel: store
places:
  - name: Lampion
    address: 1 place du Colombier
    postcode: 95500
    commune: Gonesse
    insee: 95277
reviewed: 2026-09-01
""",
    "pages/aide.yaml": "title: Aide\nsummary: De l'aide.\nbody: |\n  Voilà.\n",
}


class Content:
    """A content folder with the files above, some of them replaced."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def replace(self, name: str, *changes: tuple[str, str]) -> None:
        text = FILES[name]
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
            text = text.replace(old, new)
        self.write(name, text)

    def codes(self) -> list[str]:
        return [problem.code for problem in self.examine().problems]

    def examine(self) -> Examination:
        return examine_content(self.root)


@pytest.fixture(scope="session")
def content_at() -> type[Content]:
    return Content


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return Content(tmp_path / "content")


@pytest.fixture
def spoilt(content: Content) -> Callable[..., list[tuple[str, int, int]]]:
    """Change the offer, and return what is found: code, line, column."""

    def spoil(*changes: tuple[str, str]) -> list[tuple[str, int, int]]:
        content.replace("offers/place.yaml", *changes)
        return [(problem.code, problem.line, problem.column) for problem in content.examine().problems]

    return spoil
