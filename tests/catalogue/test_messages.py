"""Every message has a case that brings it about, at the right place, and is told in both languages."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalogue import Problem, examine_content
from cje.locales import LANGUAGES, messages

OFFER, PARTNER, PAGE = "offers/place.yaml", "partners/le-grand-lampion.yaml", "pages/aide.yaml"
CONTACT = "summary: Un cinéma.\ncontact:\n  name: Ada\n  "
BARCODE = "kind: barcode\n  symbology: ean13\n  source: "

# code: (file, (old, new), line, column): the file of conftest with `old` replaced by `new`.
Case = tuple[str, tuple[str, str], int, int]
CASES: dict[str, Case] = {
    "text-hidden-character": (OFFER, ("Un film.", "Un \u202efilm."), 5, 13),
    "text-html": (OFFER, ("Un film.", "Un <b>film."), 5, 13),
    "yaml-syntax": (OFFER, ("Un film.", "]"), 5, 10),
    "yaml-tab": (OFFER, ("  kind: voucher", "\tkind: voucher"), 9, 1),
    "yaml-reserved-character": (OFFER, ("Un film.", "@lampion"), 5, 10),
    "yaml-missing-colon": (OFFER, ("title: Une", "title Une"), 3, 1),
    "yaml-colon-in-text": (OFFER, ("Un film.", "Un film : drôle."), 5, 18),
    "yaml-indentation": (OFFER, ("  paper: true", " paper: true"), 10, 2),
    "yaml-quote-open": (OFFER, ("Un film.", "'affiche"), 5, 10),
    "yaml-quote-inside": (OFFER, ("Un film.", "'L'affiche'"), 5, 13),
    "yaml-bracket-open": (OFFER, ("[loisirs]", "[loisirs"), 8, 4),
    "yaml-several-documents": (OFFER, ("use:", "---\nuse:"), 8, 1),
    "yaml-escape": (OFFER, ("Un film.", '"C:\\qualité"'), 5, 13),
    "yaml-directive": (OFFER, ("number: 12", "%YAML 1.2\n---\nnumber: 12"), 1, 1),
    "yaml-anchor": (OFFER, ("Un film.", "&film Un film."), 5, 10),
    "yaml-alias": (OFFER, ("Un film.", "*film"), 5, 10),
    "yaml-comment-glued": (OFFER, ("title: Une place à 6,95 €", 'title: "Une place"#à 6,95 €'), 3, 8),
    "yaml-text-cut": (OFFER, ("title: Une place", "title: La place #1,"), 3, 17),
    "yaml-tag": (OFFER, ("Un film.", "!film x"), 5, 10),
    "yaml-merge-key": (OFFER, ("  paper: true", "  <<: {paper: true}"), 10, 3),
    "yaml-duplicate-key": (OFFER, ("channel: store", "channel: store\nnumber: 13"), 18, 1),
    "yaml-key-shape": (OFFER, ("channel: store", "channel: store\n[a]: b"), 18, 1),
    "yaml-depth": (OFFER, ("[loisirs]", "[[[[[[[[loisirs]]]]]]]]"), 7, 20),
    "file-empty": (PAGE, ("title: Aide\nsummary: De l'aide.\nbody: |\n  Voilà.\n", "# rien"), 1, 1),
    "field-unknown": (OFFER, ("  paper: true", "  papier: true"), 10, 3),
    "field-missing": (OFFER, ("  label: Gonesse\n", ""), 13, 1),
    "field-given-by-file-name": (OFFER, ("number: 12", "slug: place\nnumber: 12"), 1, 1),
    "value-unknown": (OFFER, ("channel: store", "channel: magasin"), 17, 10),
    "value-not-text": (OFFER, ("Un film.", "2027"), 5, 10),
    "value-not-number": (OFFER, ("number: 12", 'number: "12"'), 1, 9),
    "value-not-boolean": (OFFER, ("paper: true", "paper: oui"), 10, 10),
    "value-not-list": (OFFER, ("[loisirs]", "loisirs"), 7, 13),
    "value-not-mapping": (
        OFFER,
        ("use:\n  kind: voucher\n  paper: true", "limit: 2\nuse:\n  kind: card"),
        8,
        8,
    ),
    "number-too-small": (OFFER, ("number: 12", "number: 0"), 1, 9),
    "number-too-large": (OFFER, ("number: 12", "number: 4294967296"), 1, 9),
    "text-empty": (OFFER, ("Un film.", '" "'), 5, 10),
    "text-too-long": (OFFER, ("Un film.", "é" * 161), 5, 10),
    "text-several-lines": (OFFER, ("Un film.", "|\n  Un\n  film."), 5, 10),
    "list-too-short": (OFFER, ("[loisirs]", "[]"), 7, 13),
    "list-too-long": (OFFER, ("[loisirs]", "[loisirs, a, b, c]"), 7, 13),
    "list-repeats": (OFFER, ("[loisirs]", "[loisirs, loisirs]"), 7, 23),
    "day-shape": (OFFER, ("2027-06-30", "30/06/2027"), 12, 14),
    "day-impossible": (OFFER, ("2027-06-30", "2027-06-31"), 12, 14),
    "money-shape": (OFFER, ("channel: store", "channel: store\nsaving: {kind: amount, amount: 3}"), 18, 32),
    "slug-shape": (OFFER, ("partner: le-grand-lampion", "partner: Le Grand Lampion"), 6, 10),
    "tag-shape": (OFFER, ("[loisirs]", "[loisirs]\ntags: [Cinéma]"), 8, 8),
    "link-shape": (PARTNER, ("summary: Un cinéma.", "summary: Un cinéma.\nwebsite: http://a.example"), 3, 10),
    "email-shape": (PARTNER, ("summary: Un cinéma.", CONTACT + "email: ada"), 5, 10),
    "phone-shape": (PARTNER, ("summary: Un cinéma.", CONTACT + 'phone: "0199001234"'), 5, 10),
    "colour-shape": (PARTNER, ("summary: Un cinéma.", "summary: Un cinéma.\ncolour: rouge"), 3, 9),
    "postcode-shape": (OFFER, ("95500", "9550"), 21, 15),
    "commune-shape": (OFFER, ("insee: 95277", "insee: Gonesse"), 23, 12),
    "territory-code-shape": (OFFER, ("[95277]", "[Gonesse]"), 15, 11),
    "coordinate-shape": (OFFER, ("insee: 95277", "insee: 95277\n    latitude: 48,98"), 24, 15),
    "image-name-shape": (OFFER, ("Un film.", "Un film.\nimage: {file: Salle.gif, alt: Une salle}"), 6, 15),
    "image-missing": (OFFER, ("Un film.", "Un film.\nimage: {file: salle.webp, alt: Une salle}"), 6, 15),
    "promo-code-shape": (
        OFFER,
        ("kind: voucher\n  paper: true", "kind: code\n  source: shared\n  code: ÉTÉ"),
        11,
        9,
    ),
    "dates-reversed": (OFFER, ("2027-06-30", "2026-08-31"), 12, 14),
    "voucher-too-long": (OFFER, ("2027-06-30", "2027-10-06"), 12, 14),
    "ages-reversed": (OFFER, ("channel: store", "channel: store\nage: {min: 25, max: 16}"), 18, 12),
    "use-value-missing": (OFFER, ("kind: voucher\n  paper: true", "kind: code\n  source: shared"), 10, 11),
    "use-value-unwanted": (
        OFFER,
        ("kind: voucher\n  paper: true", BARCODE + "imported\n  value: 2091234500013"),
        12,
        10,
    ),
    "barcode-shape": (
        OFFER,
        ("kind: voucher\n  paper: true", BARCODE + "fixed\n  value: 209123450001"),
        12,
        10,
    ),
    "barcode-check-digit": (
        OFFER,
        ("kind: voucher\n  paper: true", BARCODE + "fixed\n  value: 2091234500014"),
        12,
        10,
    ),
    "territory-codes-unwanted": (OFFER, ("kind: communes", "kind: national"), 15, 10),
    "territory-codes-missing": (OFFER, ("  codes: [95277]\n", ""), 14, 9),
    "territory-not-departments": (OFFER, ("kind: communes", "kind: departments"), 15, 11),
    "territory-not-communes": (OFFER, ("[95277]", "[95]"), 15, 11),
    "places-unwanted": (OFFER, ("channel: store", "channel: online"), 17, 10),
    "card-needs-store": (
        OFFER,
        ("kind: voucher\n  paper: true", "kind: card\nchannel: online"),
        10,
        10,
    ),
    "coordinate-alone": (OFFER, ("insee: 95277", "insee: 95277\n    latitude: 48.98"), 24, 15),
    "coordinate-range": (
        OFFER,
        ("insee: 95277", "insee: 95277\n    latitude: 98.98\n    longitude: 2.4"),
        24,
        15,
    ),
    "commune-elsewhere": (OFFER, ("postcode: 95500", "postcode: 75001"), 23, 12),
    "commune-is-postcode": (OFFER, ("postcode: 95500", "postcode: 95277"), 23, 12),
    "place-outside-territory": (OFFER, ("insee: 95277", "insee: 95585"), 23, 12),
    "partner-unknown": (OFFER, ("partner: le-grand-lampion", "partner: le-grand-lampio"), 6, 10),
    "category-unknown": (OFFER, ("[loisirs]", "[loisir]"), 7, 14),
    "programme-unknown": (OFFER, ("channel: store", "channel: store\nprogrammes: [cje]"), 18, 14),
    "offer-outlives-agreement": (PARTNER, ("2027-12-31", "2027-06-29"), 12, 14),
    "slug-repeated": (
        "programmes.yaml",
        ("programmes:\n", "programmes:\n  - {slug: cej, name: CEJ, audience: Oui.}\n"),
        3,
        12,
    ),
    "colour-unknown": ("categories.yaml", ("azur", "azure"), 2, 59),
    "theme-one-sided": ("theme.yaml", ("dark: {", 'dark: {nuit: "#000000", '), 2, 14),
    # warnings of 2026-11-21
    "never-reviewed": (OFFER, ("reviewed: 2026-09-01\n", ""), 2, 9),
    "review-old": (OFFER, ("reviewed: 2026-09-01", "reviewed: 2025-11-20"), 24, 11),
    "reviewed-in-future": (OFFER, ("reviewed: 2026-09-01", "reviewed: 2026-11-22"), 24, 11),
    "offer-expired": (OFFER, ("2027-06-30", "2026-11-20"), 12, 14),
    "hint-long-sentence": (OFFER, ("Un film.", "Un film. " + "Deux mots " * 13), 5, 10),
    "hint-english": (OFFER, ("Un film.", "Un deal."), 5, 10),
    "hint-administrative": (OFFER, ("Un film.", "Le cas échéant, un film."), 5, 10),
    "hint-formal": (OFFER, ("Un film.", "Votre film."), 5, 10),
    "offer-ends-soon": (OFFER, ("2027-06-30", "2026-12-21"), 12, 14),
}
TODAY = date(2026, 11, 21)
WARNINGS = {
    "hint-long-sentence",
    "hint-english",
    "hint-administrative",
    "hint-formal",
    "commune-elsewhere",
    "commune-is-postcode",
    "yaml-text-cut",
    "place-outside-territory",
    "never-reviewed",
    "review-old",
    "reviewed-in-future",
    "offer-expired",
    "offer-ends-soon",
}


def _only(problems: tuple[Problem, ...], code: str) -> Problem:
    assert [problem.code for problem in problems].count(code) == 1, [problem.render() for problem in problems]
    return next(problem for problem in problems if problem.code == code)


@pytest.mark.parametrize("code", sorted(CASES))
def test_is_told_at_its_place(code: str, content: Any) -> None:
    name, change, line, column = CASES[code]
    content.replace(name, change)
    examination = examine_content(content.root, TODAY)
    problem = _only(examination.problems, code)
    assert (problem.line, problem.column) == (line, column), problem.render()
    assert (problem.severity == "warning") == (code in WARNINGS)
    assert (examination.catalogue is None) == (code not in WARNINGS)
    shown = problem.render().split("\n")
    assert shown[0].startswith(f"{content.root.as_posix()}/") and f":{line}:{column} " in shown[0]


def _symlink_out(root: Path) -> None:
    outside = root.parent / "dehors.yaml"
    outside.write_text("title: a")
    (root / "pages" / "lien.yaml").symlink_to(outside)


def _second_number(root: Path) -> None:
    (root / "offers" / "place-bis.yaml").write_text((root / OFFER).read_text())


def _unreadable(root: Path) -> None:
    (root / "pages" / "lien.yaml").symlink_to("rien.yaml")


def _latin(root: Path) -> None:
    (root / PAGE).write_bytes("title: Aide\nsummary: à".encode("latin-1"))


# What a file's text cannot bring about: (what happens to content/, the path that is named).
HAPPENINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "content-missing": (lambda root: root.rename(root.with_name("ailleurs")), ""),
    "folder-missing": (lambda root: (root / "pages").rename(root.parent / "pages"), "/pages"),
    "file-missing": (lambda root: (root / "site.yaml").unlink(), "/site.yaml"),
    "file-unexpected": (lambda root: (root / "offers" / "note.txt").write_text(""), "/offers/note.txt"),
    "file-name": (lambda root: (root / "pages" / "À propos.yaml").write_text(""), "/pages/À propos.yaml"),
    "file-unreadable": (_unreadable, "/pages/lien.yaml"),
    "file-outside": (_symlink_out, "/pages/lien.yaml"),
    "file-not-regular": (lambda root: os.mkfifo(root / "pages" / "tube.yaml"), "/pages/tube.yaml"),
    "file-too-large": (lambda root: (root / PAGE).write_bytes(b"#" * 65_537), "/pages/aide.yaml"),
    "file-not-utf8": (_latin, "/pages/aide.yaml"),
    "number-repeated": (_second_number, "/offers/place.yaml"),
}


@pytest.mark.parametrize("code", sorted(HAPPENINGS))
def test_is_told_of_the_right_file(code: str, content: Any) -> None:
    happen, path = HAPPENINGS[code]
    happen(content.root)
    examination = examine_content(content.root, TODAY)
    assert examination.catalogue is None
    assert _only(examination.problems, code).path == content.root.as_posix() + path


@pytest.mark.parametrize(
    "target", ["lien.yaml", "aide.yaml", "../offers/place.yaml", "/dev/null", "/etc/passwd"]
)
def test_a_link_is_followed_inside_the_content_and_nowhere_else(target: str, content: Any) -> None:
    (content.root / "pages" / "lien.yaml").symlink_to(target)
    found = {problem.code for problem in examine_content(content.root).problems}
    expected = {"lien.yaml": {"file-unreadable"}, "aide.yaml": set()}
    if target.startswith("/"):
        assert found == {"file-outside"}
    elif target in expected:
        assert found == expected[target]
    else:
        assert "field-unknown" in found  # it is read, and it is not a page


# What test_spreadsheet, test_links, test_history, and test_images bring about.
TOLD_ELSEWHERE = ("csv-", "link-", "past-")
OF_PICTURES = {"image-too-heavy", "image-format", "image-size", "image-tagged", "image-unused"}
OF_CAMPAIGNS = {"offer-unknown", "offer-not-shown"}


def test_every_message_has_its_case_and_every_case_its_message() -> None:
    told = {key.split(".")[1] for key in messages("catalogue", "fr") if key.startswith("problems.")}
    elsewhere = {code for code in told if code.startswith(TOLD_ELSEWHERE) and code != "link-shape"}
    assert CASES.keys() | HAPPENINGS.keys() == told - elsewhere - OF_PICTURES - OF_CAMPAIGNS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_message_never_shows_a_hole(lang: str, content: Any) -> None:
    for name, change, _, _ in CASES.values():
        content.replace(name, change)
        for problem in examine_content(content.root, TODAY).problems:
            assert "{" not in problem.sentence(lang).replace("{ }", ""), problem.code
            assert problem.mend(lang)
        content.replace(name)


SUGGESTIONS = [
    ("channel: store", "chanel: store", "channel"),
    ("title: Une", "titre: Une", "title"),
    ("title: Une", "Title: Une", "title"),
    ("kind: voucher", "kind: vouchers", "voucher"),
    ("status: published", "status: publiée", "published"),
    ("partner: le-grand-lampion", "partner: grand-lampion", "le-grand-lampion"),
    ("partner: le-grand-lampion", "partner: Le Grand Lampion", "le-grand-lampion"),
    ("[loisirs]", "[loisir]", "loisirs"),
    ("valid_until: 2027", "valid_untill: 2027", "valid_until"),
    ("    postcode: 95500", "    code_postal: 95500", "postcode"),
    ("kind: voucher\n  paper: true", BARCODE + "fixed\n  value: 2091234500014", "2091234500013"),
]


@pytest.mark.parametrize(("old", "new", "meant"), SUGGESTIONS)
def test_proposes_what_was_probably_meant(old: str, new: str, meant: str, content: Any) -> None:
    content.replace(OFFER, (old, new))
    problems = examine_content(content.root).problems
    assert meant in [problem.suggestion for problem in problems]
    assert any(
        f"« {meant} »".replace(" ", "\u202f") in problem.fix.replace(" ", "\u202f") for problem in problems
    )


def test_all_errors_of_all_files_are_told_at_once(content: Any) -> None:
    content.replace(
        OFFER, ("number: 12", 'number: "12"'), ("channel: store", "channel: =\nextra: 1"), ("95500", "9")
    )
    content.replace(PARTNER, ("2027-12-31", "jamais"))
    content.write("offers/casse.yaml", "a: 'b\n")
    content.write("pages/vide.yaml", "")
    found = {
        (problem.path.removeprefix(f"{content.root}/"), problem.code)
        for problem in examine_content(content.root).problems
    }
    assert found == {
        (OFFER, "value-not-number"),
        (OFFER, "value-unknown"),
        (OFFER, "field-unknown"),
        (OFFER, "postcode-shape"),
        (PARTNER, "day-shape"),
        ("offers/casse.yaml", "yaml-quote-open"),
        ("pages/vide.yaml", "file-empty"),
    }


def test_the_rules_run_on_what_a_faulty_offer_still_says(content: Any) -> None:
    content.replace(OFFER, ("Un film.", "é" * 161), ("2027-06-30", "2026-08-31"), ("[loisirs]", "[loisir]"))
    assert sorted(content.codes()) == ["category-unknown", "dates-reversed", "text-too-long"]


@pytest.mark.parametrize(
    ("postcode", "insee", "warned"), [("20000", "2A004", False), ("75001", "2A004", True)]
)
def test_a_place_in_corsica_has_postcodes_of_its_own(
    content: Any, postcode: str, insee: str, warned: bool
) -> None:
    """Postcodes of Corsica begin with 20, its communes with 2A and 2B."""
    content.replace(OFFER, ("postcode: 95500", f"postcode: {postcode}"), ("insee: 95277", "insee: 2A004"))
    assert ("commune-elsewhere" in content.codes()) is warned


@pytest.mark.parametrize(("status", "told"), [("published", True), ("retired", False)])
def test_a_retired_offer_may_outlive_the_agreement(content: Any, status: str, told: bool) -> None:
    content.replace(PARTNER, ("2027-12-31", "2027-06-29"))
    content.replace(OFFER, ("status: published", f"status: {status}"))
    assert ("offer-outlives-agreement" in content.codes()) is told


def test_the_faulty_part_is_underlined(content: Any) -> None:
    content.replace(OFFER, ("channel: store", "channel: magasin"))
    lines = _only(examine_content(content.root).problems, "value-unknown").render().split("\n")
    assert lines[1:3] == ["   17 | channel: magasin", "      |          ^^^^^^^"]


def test_a_long_line_is_cut_around_its_fault(content: Any) -> None:
    content.replace(OFFER, ("[loisirs]", "[" + "loisirs, " * 60 + "loisir]"))
    shown = [problem.render().split("\n") for problem in examine_content(content.root).problems]
    assert shown and all(len(line) < 120 for lines in shown for line in lines[1:3])


def test_a_terminal_is_never_given_a_control_character(content: Any) -> None:
    content.replace(OFFER, ("Un film.", "Un \x1b[31m\u202efilm."))
    for problem in examine_content(content.root).problems:
        assert problem.render().replace("\n", "").replace("\u202f", " ").replace("\u00a0", " ").isprintable()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("31/12/2027", "2027-12-31"),
        ("le 2027-12-31", "2027-12-31"),
        ("1.2.2027", "2027-02-01"),
        ("2027/2/1", "2027-02-01"),
        ("31/02/2027", None),
        ("12/31/2027", None),
        ("bientôt", None),
    ],
)
def test_a_day_written_as_in_a_letter_is_proposed_as_the_file_wants_it(
    content: Any, typed: str, meant: str | None
) -> None:
    content.replace(OFFER, ("valid_until: 2027-06-30", f"valid_until: {typed}"))
    (problem,) = content.examine().problems
    assert (problem.code, problem.suggestion) == ("day-shape", meant)


def test_a_field_in_french_is_told_once(content: Any) -> None:
    content.replace(OFFER, ("title: Une", "titre: Une"), ("    address: 1", "    adresse: 1"))
    found = [(problem.code, problem.suggestion) for problem in content.examine().problems]
    assert found == [("field-unknown", "title"), ("field-unknown", "address")]


def test_a_remark_alone_on_its_line_or_behind_a_word_is_not_a_text_that_was_cut(content: Any) -> None:
    for old, new in (
        ("channel: store", "channel: store  # en magasin"),
        ("channel: store", "# le lot #1 du mois\nchannel: store"),
        ("title: Une place à 6,95 €", 'title: "Une place #1"  # la première'),
    ):
        content.replace(OFFER, (old, new))
        assert content.codes() == []
