"""Hand-over: every printed code reads back, every page is accessible, no name breaks out of its place."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from issuer_world import NOW, PHRASE, person, run
from PIL import Image

from catalogue import Catalogue
from cje.locales import LANGUAGES
from issuer.decisions import withdrawal
from issuer.errors import IssuerError
from issuer.handover import letters, opening, screen, sending
from issuer.handover.letters import Look
from issuer.handover.opening import Opening
from issuer.handover.texting import messages_of, septets, text_of
from issuer.register.vault import State

SITE = "https://carte.example"
HOSTILE = ('#set page(fill: red); "]', "$x^2$ *gras* _i_ <a> @b", "\\u{0} #panic()", "//", "`code` ~ --- '")


def to_hand(number: int = 1, first_name: str | None = "Lina", reference: str | None = None) -> Opening:
    code = f"ABCD-EFGH-JKMN-PQRS-{number:04d}"
    link, site = f"{SITE}/carte/#{code}", f"{SITE}/carte/"
    programme = "Contrat d'Engagement Jeune"
    return Opening(number, reference, first_name, programme, date(2027, 8, 31), code, link, site)


def read_back(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]


@pytest.mark.parametrize("form", letters.FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_printed_code_reads_back(form: letters.Form, lang: str) -> None:
    wanted = [to_hand(number) for number in range(1, 13 if form == "sheet" else 3)]
    pages = letters.pictures(wanted, form, Look("Le Bon Élan", lang))
    assert len(pages) == 2
    read = [text for page in pages for text in read_back(page)]
    assert sorted(read) == sorted(one.link for one in wanted)


@pytest.mark.parametrize("form", letters.FORMS)
def test_a_pdf_is_tagged_titled_and_in_its_language(form: letters.Form) -> None:
    file = letters.typeset([to_hand()], form, Look("Le Bon Élan", "en"))
    read = pypdf.PdfReader(io.BytesIO(file))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert (
        read.metadata
        and "Carte" in str(read.metadata.title)
        and root["/ViewerPreferences"]["/DisplayDocTitle"]
    )
    assert b"pdfuaid" in root["/Metadata"].get_data()
    kinds = structure(root["/StructTreeRoot"])
    assert {"/H1", "/Figure"} <= kinds
    assert "/Alt" in kinds, "a picture without words"


def structure(node: object) -> set[str]:
    """Kinds of elements below a node of the structure tree, and `/Alt` if some figure has words."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return set().union(*(structure(child) for child in node))
    if not isinstance(node, dict):
        return set()
    found = {str(node["/S"])} if "/S" in node else set()
    found |= {"/Alt"} if node.get("/Alt") else set()
    return found | structure(node.get("/K"))


def test_a_page_says_name_code_address_and_how_long() -> None:
    file = letters.typeset([to_hand(7, "Zoé", "ML95-007")], "letter", Look("Le Bon Élan", "fr"))
    said = " ".join(pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text().split())
    for wanted in ("Zoé, ta carte est prête.", "ABCD-EFGH-JKMN-PQRS-0007", f"{SITE}/carte/", "31 août 2027"):
        assert wanted in said
    assert "ML95-007" in said and "Le Bon Élan" in said


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_markup(name: str) -> None:
    """The register takes letters only; even so nothing that reaches the page is read as source."""
    file = letters.typeset([to_hand(1, "Al", name)], "letter", Look(name, "fr"))
    said = pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text()
    assert "".join(name.split())[:8] in "".join(said.split())


def test_every_letter_that_a_name_may_have_is_drawn_or_left_out() -> None:
    """PDF/UA refuses a missing glyph: one that the fonts lack is left out, never a refusal."""
    letters_of_world = [chr(point) for point in range(0x21, 0x11000) if chr(point).isalpha()]
    drawn = [one for one in letters_of_world if letters.drawable(one)]
    assert len(drawn) > 1_300 and {"é", "Ÿ", "ș", "Ж", "ή", "ế"} <= set(drawn)
    names = ["".join(drawn[start : start + 24]) for start in range(0, len(drawn), 24)]
    wanted = [
        to_hand(number, name) for number, name in enumerate([*names, "مريم", "小明", "e\u0301\u0323"], 1)
    ]
    assert letters.typeset(wanted, "letter", Look("Le Bon Élan", "fr")).startswith(b"%PDF")


def test_the_same_people_give_the_same_bytes() -> None:
    first, second = (
        letters.typeset([to_hand(1), to_hand(2, None)], "letter", Look("Le Bon Élan", "fr")) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [None, "Lina", "Zoë", "مريم", "Maximilienne-Alexandrine-Bérengère-Clo"])
def test_a_text_is_one_message_with_the_whole_link(lang: str, name: str | None) -> None:
    sentence = text_of(to_hand(1, name), lang)
    assert messages_of(sentence) == 1
    assert f" {SITE}/carte/#ABCD-EFGH-JKMN-PQRS-0001 " in sentence
    assert sentence.startswith("Lina,") == (name == "Lina")


@pytest.mark.parametrize(
    ("sentence", "count"), [("é" * 160, 1), ("é" * 161, 2), ("€" * 80, 1), ("€" * 81, 2)]
)
def test_messages_are_counted_as_an_operator_counts(sentence: str, count: int) -> None:
    assert messages_of(sentence) == count


def test_what_is_not_of_the_alphabet_is_told() -> None:
    assert septets("ê") is septets("Зоя") is None


def test_the_terminal_shows_a_code_that_reads_back() -> None:
    lines = screen.blocks(to_hand().link)
    rows = [[char in upper for char in line] for line in lines for upper in ("▀█", "▄█")]
    image = Image.new("L", (len(rows[0]), len(rows)), 255)
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    assert [
        found.text for found in zxingcpp.read_barcodes(image.resize((600, 600), Image.Resampling.NEAREST))
    ] == [to_hand().link]


def test_the_list_has_a_line_and_a_text_for_each() -> None:
    rows = list(csv.reader(io.StringIO(sending.render([to_hand(), to_hand(2, None)], "en").decode())))
    assert rows[0] == list(sending.COLUMNS) and len(rows) == 3
    assert rows[1][4] in rows[1][5] and rows[2][2] == ""


def test_only_who_has_a_card_is_handed_one(made: State, few: Catalogue, tmp_path: Path) -> None:
    report = run(made, few, tmp_path / "out", [person(1), person(2), person(3)])
    withdrawal.revoke_person(made, 2, NOW)
    withdrawal.replace_card(made, 3, NOW)
    porter = opening.porter(made.campaign_secret(PHRASE), few, SITE)
    with made.register.reading() as connection:
        found = list(opening.openings(connection, porter, opening.numbers_of(connection), NOW))
        with pytest.raises(IssuerError, match="person_unknown"):
            opening.numbers_of(connection, only=[9])
        assert opening.numbers_of(connection, programme="epide") == []
    assert isinstance(found[0], Opening)
    assert (found[0].code, found[0].link) == (report.cards[0].code, report.cards[0].link)
    assert found[1:] == [(2, "closed"), (3, "not_issued")]


def test_a_letter_needs_the_address_of_the_site(made: State, few: Catalogue) -> None:
    for address in (None, "", "carte/"):
        with pytest.raises(IssuerError, match="site_without_address"):
            opening.porter(made.campaign_secret(PHRASE), few, address)
