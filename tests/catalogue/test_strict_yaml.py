"""Only true, false, null and plain whole numbers have a type; everything else is the text that was typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.problems import strict_yaml
from catalogue.problems.source_file import SourceFile, load_source
from catalogue.problems.strict_yaml import read_document


def read(text: str) -> object:
    document = read_document(SourceFile("x.yaml", text))
    assert not document.problems, [problem.code for problem in document.problems]
    return document.data


# What PyYAML turns into something else, or crashes on.
TREACHEROUS = [
    *(
        "06000",
        "0o17",
        "0x1F",
        "0b11",
        "NO",
        "no",
        "Yes",
        "on",
        "OFF",
        "y",
        "True",
        "FALSE",
        "~",
        "Null",
        "NULL",
    ),
    *(
        "12:30",
        "190:20:30",
        "2026-02-30",
        "2026-09-01",
        "2026-09-01T10:00:00Z",
        "=",
        "1_000",
        "+12",
        "1.5",
        "1e3",
    ),
    *(".inf", "-.INF", ".nan", "-0", "007", "1,5", "6,95 €", "95_200", "１２", "0.", "-a", "<"),
]


@pytest.mark.promise("P23")
@pytest.mark.parametrize("word", TREACHEROUS)
def test_never_changes_what_was_typed(word: str) -> None:
    assert read(f"champ: {word}") == {"champ": word}
    assert read(f"- {word}\n- fin") == (word, "fin")


@pytest.mark.parametrize(
    ("plain", "value"),
    [("true", True), ("false", False), ("null", None), ("", None), ("0", 0), ("95200", 95200), ("-7", -7)],
)
def test_types_only_these_words(plain: str, value: object) -> None:
    assert read(f"champ: {plain}") == {"champ": value}
    assert read(f"champ: '{plain}'") == {"champ": plain}
    assert read(f'champ: "{plain}"') == {"champ": plain}


def test_keeps_a_whole_number_too_long_for_other_readers_as_text() -> None:
    assert read("champ: 123456789012345678") == {"champ": 123456789012345678}
    assert read("champ: 1234567890123456789") == {"champ": "1234567890123456789"}


# The core schema of YAML 1.2 (§10.3.2), which VS Code applies.
CORE = [
    (re.compile(r"null|Null|NULL|~|"), "null"),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), "boolean"),
    (re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"), "integer"),
    (
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.nan"),
        "number",
    ),
]


def core_type(word: str) -> str:
    return next((kind for pattern, kind in CORE if pattern.fullmatch(word)), "string")


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(st.from_regex(r"[-+]?[0-9a-zA-Z.:~_]{0,6}", fullmatch=True))
def test_agrees_with_yaml_1_2_or_keeps_the_text(word: str) -> None:
    """Where we give a type, YAML 1.2 gives the same; where YAML 1.2 gives none, neither do we."""
    try:
        value = read(f"[ {word} ]") if word else (None,)
    except AssertionError:
        return
    if not isinstance(value, tuple) or len(value) != 1:
        return
    names = {bool: "boolean", int: "integer", type(None): "null", str: "string"}
    ours = names.get(type(value[0]), "mapping")
    assert ours in (core_type(word), "string", "mapping")
    if ours == "integer":
        assert str(value[0]) == word


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x & y'\nb: [1, {c: [2]}]\n",
        "a: AT&T\nb: un *mot* en italique\n",
        "a: [[[[x]]]]\nb: {c: {d: [e]}}\n",
        "- - a\n  - b\n- c\n",
    ],
)
def test_the_walk_of_suspect_files_refuses_nothing_harmless(text: str) -> None:
    assert strict_yaml._must_be_walked(text) or "[" in text
    assert read(text) is not None


def test_depth_eight_is_read_and_nine_refused() -> None:
    assert read("[" * 8 + "]" * 8) is not None
    for nine in ("[" * 9 + "]" * 9, "\n".join(f"{' ' * n}a:" for n in range(9)) + " b", "- " * 9 + "a"):
        document = read_document(SourceFile("x.yaml", nine))
        assert [problem.code for problem in document.problems] == ["yaml-depth"], nine


def test_line_ends_of_windows_and_old_macs_are_the_same_text(tmp_path: Path) -> None:
    texts = set()
    for end in ("\n", "\r\n", "\r"):
        path = tmp_path / "x.yaml"
        path.write_bytes("\ufeffa: |\n  un\n  deux\nb: c\n".replace("\n", end).encode())
        source, problems = load_source(path, "x.yaml", tmp_path)
        assert not problems and source is not None
        texts.add(source.text)
    assert texts == {"a: |\n  un\n  deux\nb: c\n"}


def test_a_place_is_found_again_after_reading() -> None:
    document = read_document(SourceFile("x.yaml", "a:\n  - b: é\n    c: [1, deux]\n"))
    span = document.span(("a", 0, "c", 1))
    assert (span.line, span.column, span.length, span.source) == (3, 12, 4, "    c: [1, deux]")
    assert document.span(("a", 0, "b"), of_key=True).column == 5
    assert document.span(("absent", "encore")).line == 1


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(st.text(alphabet=st.sampled_from("ab:-?[]{}&*!|>%@`'\"#,\n \t0é<=~"), max_size=60))
def test_any_text_ends_in_a_problem_or_in_what_pyyaml_parses_too(text: str) -> None:
    document = read_document(SourceFile("x.yaml", text))
    for problem in document.problems:
        assert problem.render("fr") and problem.render("en")
    if not document.problems:
        events = list(yaml.parse(text, Loader=yaml.CSafeLoader))
        nodes = [event for event in events if isinstance(event, yaml.NodeEvent)]
        assert document.empty == (not nodes)
        assert not any(event.anchor or getattr(event, "tag", None) for event in nodes)


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(
    st.recursive(
        st.text("abc :#-'\"é", max_size=8),
        lambda c: (
            st.lists(c, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=4), c, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_reads_back_what_pyyaml_writes_with_quotes(value: object) -> None:
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True)
    document = read_document(SourceFile("x.yaml", text))
    if any(problem.code == "yaml-depth" for problem in document.problems):
        return
    assert not document.problems

    def tuples(item: object) -> object:
        if isinstance(item, list):
            return tuple(tuples(child) for child in item)
        return {key: tuples(child) for key, child in item.items()} if isinstance(item, dict) else item

    assert document.data == tuples(value)
