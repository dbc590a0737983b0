"""`cje site check` finds each fault that can be planted in a page, says its line, and finds none in ours."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cje.locales import LANGUAGES, messages
from site_builder.cli import site
from site_builder.preview.check import Finding, check_site

PAGE = """\
<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>Une page</title></head>
<body>
<main>
<h1>Un titre</h1>
<p>Du texte, un <a href="#liste">lien</a>, l'esperluette &amp; et 3 &lt; 4.</p>
<ul id="liste"><li>un</li><li>deux</li></ul>
<table><caption>Ce mois</caption><tbody><tr><td>12</td></tr></tbody></table>
<svg viewBox="0 0 9 9" aria-hidden="true"><g><path d="M0 0h9"/></g></svg>
<form><label for="q">Quoi ?</label><input id="q"><button type="submit">Chercher</button></form>
<details><summary><h2>Plus</h2></summary><dl><dt>a</dt><dd>b</dd></dl></details>
<p><img src="x.png" alt="Une image"></p>
</main>
</body>
</html>
"""
# What stands there, what is put in its place, the fault that must be told, and its line.
SEEDED = [
    ("<!doctype html>\n", "<p>", "no_doctype", 1),
    (' lang="fr"', "", "no_language", 2),
    ("<title>Une page</title>", "", "missing", 1),
    ("<title>Une page</title>", "<title> </title>", "nameless", 3),
    ("<h1>Un titre</h1>", "", "missing", 1),
    ("</main>", "</main><main></main>", "twice", 14),
    ("<p>Du", "<center>Du", "unknown", 7),
    ("<p>Du", "<p><div></div>Du", "misplaced", 7),
    ("<p>Du", '<p><a href="#liste"><ul></ul></a>Du', "misplaced", 7),
    ('<a href="#liste">lien', '<a href="#liste"><button>lien</button>', "misplaced", 7),
    ("<form>", "<form><form></form>", "misplaced", 11),
    ("<li>deux</li>", "<p>deux</p>", "misplaced", 8),
    ("<p>Du", "<p><li>Du</li>", "misplaced", 7),
    ("<tbody>", "<tbody><p>x</p>", "misplaced", 9),
    ("<li>deux</li>", "deux", "text_in", 8),
    ("<tbody>", "<tbody>mois", "text_in", 9),
    ("</ul>", "", "never_closed", 8),
    ("</svg>", "", "never_closed", 10),
    ("<li>un</li>", "<li>un", "never_closed", 8),
    ("</li><li>deux", "</li><li><b><i>deux</b></i>", "never_closed", 8),
    ("</ul>", "</ul></ul>", "never_opened", 8),
    ("</h1>", "</h1><br></br>", "void_closed", 6),
    ("<h1>", "<span/><h1>", "not_void", 6),
    ("<g>", "<g><p>x</p>", "breaks_drawing", 10),
    ('id="liste"', 'id="liste" class="a" class="b"', "attribute_twice", 8),
    ('<input id="q">', '<input id="q"><span id="liste"></span>', "id_twice", 11),
    ('id="liste"', 'id="ma liste"', "bad_id", 8),
    ('<label for="q"', '<label for="r"', "no_such_id", 11),
    ("<caption>", '<caption aria-describedby="rien">', "no_such_id", 9),
    (' alt="Une image"', "", "no_alt", 13),
    ('src="x.png"', "", "no_source", 13),
    ("Chercher</button>", "</button>", "nameless", 11),
    ('<a href="#liste">lien</a>', '<a href="#liste"><svg></svg></a>', "nameless", 7),
    ('<label for="q">Quoi ?</label>', "", "nameless", 11),
    ("&amp;", "&copy", "bad_reference", 7),
    ("&amp;", "&inconnu;", "bad_reference", 7),
    ("&lt; 4", "< 4", "stray", 7),
    ("Du texte", "<?php ?>Du texte", "stray", 7),
    ("Du texte", "Du\x0btexte", "control", 7),
]


@pytest.fixture
def planted(built: Path, tmp_path: Path) -> Path:
    """A small site with PAGE as `page/index.html`, which only misses its policy."""
    for name in ("index.html", "sw.js", "caisse/sw.js", "_headers"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(built / name, tmp_path / name)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "x.png").write_bytes(b"")
    return tmp_path


def found(planted: Path, page: str) -> list[Finding]:
    (planted / "page" / "index.html").write_text(page, encoding="utf-8")
    ours = [one for one in check_site(planted)[1] if one.path == "page/index.html"]
    return [one for one in ours if one.name not in {"no_policy", "header_rules"}]


def test_a_plain_page_has_no_fault(planted: Path) -> None:
    assert found(planted, PAGE) == []


@pytest.mark.parametrize(("was", "becomes", "name", "line"), SEEDED)
def test_each_seeded_fault_is_told_with_its_line(
    was: str, becomes: str, name: str, line: int, planted: Path
) -> None:
    assert was in PAGE
    told = found(planted, PAGE.replace(was, becomes, 1))
    assert (name, line) in {(one.name, one.line) for one in told}, told
    for one in told:
        assert one.place == f"page/index.html:{one.line}"
        assert len({one.sentence(lang) for lang in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ('<p style="color:red">x</p>', "inline_style"),
        ('<p onclick="x()">x</p>', "inline_handler"),
        ("<script>x()</script>", "inline_script"),
        ('<form action="https://evil.example/"></form>', "sends_away"),
        ('<img src="https://cdn.example/x.png" alt="">', "foreign"),
        ('<a href="http://plain.example/">x</a>', "not_https"),
        ('<a href="nulle-part/">x</a>', "dead_link"),
        ('<a href="#nulle-part">x</a>', "no_mark"),
    ],
)
def test_what_the_policy_refuses_and_links_that_fail_are_told(markup: str, name: str, planted: Path) -> None:
    told = found(planted, PAGE.replace("</main>", f"{markup}</main>"))
    assert (name, 14) in {(one.name, one.line) for one in told}


def test_every_sentence_of_the_check_is_said_by_a_test_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    names = {key.removeprefix("check.") for key in messages("site", "fr") if key.startswith("check.")}
    assert {name for name in names if f'"{name}"' not in source} == set()


def test_a_site_without_policy_headers_or_restraint_is_told(planted: Path) -> None:
    (planted / "page" / "index.html").write_text(PAGE)
    with (planted / "sw.js").open("a") as worker:
        worker.write("".join(f"{n:x}," for n in range(3_000)))
    told = {(one.path, one.name) for one in check_site(planted)[1]}
    assert {("page/index.html", "no_policy"), ("sw.js", "too_heavy")} <= told
    (planted / "_headers").write_text("/nothing\n  A: b\n")
    assert ("page/index.html", "header_rules") in {(one.path, one.name) for one in check_site(planted)[1]}
    (planted / "_headers").unlink()
    assert ("_headers", "no_headers") in {(one.path, one.name) for one in check_site(planted)[1]}


@pytest.mark.parametrize(("lang", "said"), [("fr", "n'est jamais fermé"), ("en", "is never closed")])
def test_the_command_says_page_line_and_sentence(lang: str, said: str, planted: Path) -> None:
    (planted / "page" / "index.html").write_text(PAGE.replace("</ul>", ""))
    run = CliRunner().invoke(site, ["check", "--out", str(planted), "--lang", lang])
    assert run.exit_code == 1
    assert re.search(rf"(?m)^page/index\.html:8: <ul> {said}$", run.output)
    run = CliRunner().invoke(site, ["check", "--out", str(planted), "--lang", lang, "--json"])
    assert {"path": "page/index.html", "line": 8, "sentence": f"<ul> {said}"} in json.loads(run.output)[
        "findings"
    ]
