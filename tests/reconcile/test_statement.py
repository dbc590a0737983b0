"""The statement on paper: what the CSV says, tagged for screen readers, and no name that is a command."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from till_world import make_root, root_file, trust_file
from tills import NOON, PARTNER, Till, make_claims, make_list

from reconcile.cli.main import reconcile
from reconcile.figures.settlement import Settlement, SettlementLine, encode_csv
from reconcile.figures.statement import drawn, pdf

OPERATOR = "Association Le Bon Élan"
ONE = SettlementLine("Guichet 1", "ab" * 32, 1, "Aller-retour", 1, 45, 40, 38, 3, 2, 123_456, 18_518)
OTHER = replace(ONE, till="Guichet 2", uses=1200, amount=0, saving=60_000, taken_back=0, not_counted=0)
MADE = Settlement(PARTNER, "Les Cars du Plateau", "2026-10", (ONE, OTHER), ())


def said(data: bytes) -> str:
    """Return what a PDF says, on one line, with plain spaces."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_says_what_the_csv_says() -> None:
    words = said(pdf(MADE, OPERATOR, "fr"))
    for word in ("Relevé, octobre 2026", "Les Cars du Plateau", OPERATOR, "1 240", "1 234,56 €", "785,18 €"):
        assert word in words
    assert "Guichet 1 Aller-retour 1–45 40 3 2 1 234,56 € 185,18 €" in words
    assert hashlib.sha256(encode_csv(MADE)).hexdigest() in words


def test_the_table_by_offer_adds_what_all_tills_took() -> None:
    """Two tills with one offer, and another offer between them that must not be added to it."""
    other_offer = replace(ONE, offer=2, title="Abonnement", amount=70_000, saving=7_000, uses=7)
    made = replace(MADE, lines=(ONE, other_offer, replace(OTHER, amount=200_000)))
    words = said(pdf(made, OPERATOR, "fr"))
    by_offer = words[words.index("Par offre") : words.index("Par caisse")]
    assert "Aller-retour 1 240 3 234,56 € 785,18 €" in by_offer
    assert "Abonnement 7 700,00 € 70,00 €" in by_offer


def test_is_tagged_and_named_in_its_language() -> None:
    for lang, title in (("fr", "Relevé, octobre 2026"), ("en", "Statement, October 2026")):
        document = pypdf.PdfReader(io.BytesIO(pdf(MADE, OPERATOR, lang)))
        root = document.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
        assert root["/Lang"] == lang
        assert document.metadata and document.metadata.title == f"{title} · Les Cars du Plateau"
        assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert pdf(MADE, OPERATOR, "fr") == pdf(MADE, OPERATOR, "fr")


def test_what_is_missing_stands_above_the_figures() -> None:
    words = said(pdf(replace(MADE, missing=(("Guichet 2", 41, 44),)), OPERATOR, "fr"))
    assert words.index("41 à 44") < words.index("Par offre")
    assert "Aucun usage ce mois-ci." in said(pdf(replace(MADE, lines=()), OPERATOR, "fr"))


@pytest.mark.promise("P24")
def test_a_name_is_never_markup_and_never_stops_the_typesetter() -> None:
    hostile = '#read("/etc/hostname")] *gras* \u202e😀 漢字 \x07'
    lines = (replace(ONE, till=hostile, title=hostile),)
    words = said(pdf(replace(MADE, name=hostile, lines=lines), hostile, "fr"))
    assert '#read("/etc/hostname")] *gras*' in words
    assert "\u202e" not in words and "??" in words


def test_every_character_that_counts_as_drawn_is_drawn() -> None:
    """PDF/UA refuses a missing glyph: one statement with all of them."""
    every = "".join(
        char
        for char in map(chr, [*range(0x20, 0x500), *range(0x1E00, 0x2000), *range(0x2010, 0x2040), 0x20AC])
        if unicodedata.category(char) != "Cn" and drawn(char) == char
    )
    assert len(every) > 1000 and "é" in every and "€" in every and "ш" in every
    pdf(replace(MADE, name=every, lines=(replace(ONE, till=every[:500]),)), OPERATOR, "fr")


def test_the_command_writes_both_and_never_over_anything(tmp_path: Path) -> None:
    till = Till("Guichet 1")
    till.accept(make_claims(1), NOON, saving=500)
    files = {
        "root.cbor": root_file(make_root()),
        "a.cje": till.export(),
        "list.cbor": trust_file(make_list()),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    store = ("--store", str(tmp_path / "store"))

    def run(*arguments: str) -> int:
        return CliRunner().invoke(reconcile, arguments).exit_code

    assert run("init", *store, "--root", str(tmp_path / "root.cbor")) == 0
    assert run("learn", *store, str(tmp_path / "list.cbor")) == 0
    assert run("accept", *store, "--yes", str(tmp_path / "a.cje")) == 0
    assert run("import", *store, str(tmp_path / "a.cje")) == 0
    out, paper = tmp_path / "releve.csv", tmp_path / "releve.pdf"
    asked = ("settle", *store, "--month", "2026-10", "--partner", PARTNER)
    assert run(*asked, "--out", str(out), "--pdf", str(paper)) == 0
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said(paper.read_bytes())
    before = paper.read_bytes()
    assert run(*asked, "--pdf", str(paper)) != 0
    assert paper.read_bytes() == before
