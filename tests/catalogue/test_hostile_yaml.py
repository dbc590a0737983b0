"""A hundred files that break YAML readers end in a message, in under a second and 64 MiB together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KIB = 1024


def _laughs(levels: int, width: int) -> str:
    lines = ["a0: &a0 [ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


TEXTS: dict[str, str] = {
    # bombs
    "billion laughs": _laughs(9, 9),
    "quadratic blow-up": "a: &a " + "x" * 2000 + "\nb: [" + "*a, " * 10_000 + "]",
    "laughs in mappings": "a: &a {b: 1}\nc: &c {d: *a, e: *a}\nf: {g: *c, h: *c}",
    "alias to itself": "&a [*a]",
    "alias to a parent": "a: &x\n  b: *x",
    "merge bomb": "a: &a {k: 1}\nb: &b {<<: [*a, *a]}\nc: {<<: [*b, *b]}",
    "undefined alias": "a: *nulle-part",
    "anchor alone": "a: &nom valeur",
    "anchor on a key": "&k a: b",
    "anchor with brackets near": "a: [&x 1, *x]",
    # depth
    "60,000 brackets": "[" * 60_000,
    "60,000 closed brackets": "[" * 30_000 + "]" * 30_000,
    "60,000 braces": "{" * 60_000,
    "braces with keys": "{a: " * 15_000,
    "30,000 dashes": "- " * 30_000,
    "dashes after an indentation": "a:\n  " + "- " * 20_000 + "b",
    "dashes with tabs": "-\t" * 30_000,
    "30,000 question marks": "? " * 30_000,
    "questions and dashes": "? - " * 15_000,
    "colons": ": " * 30_000,
    "depth by indentation": "\n".join(" " * n + "a:" for n in range(300)),
    "dashes by indentation": "\n".join(" " * n + "-" for n in range(300)),
    "dashes after a document start": "--- " + "- " * 20_000,
    "brackets in a key": "? " + "[" * 20_000,
    "brackets one a line": "a:\n" + " [\n" * 20_000,
    "nine levels": "a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}",
    # tags and directives
    "python object": "!!python/object/apply:os.system ['echo gotcha']",
    "python name": "a: !!python/name:os.system",
    "python tuple": "a: !!python/tuple [1, 2]",
    "str tag": "a: !!str 12",
    "int tag": 'a: !!int "12"',
    "binary": "a: !!binary aGVsbG8=",
    "set": "!!set {a, b}",
    "omap": "!!omap [a: 1]",
    "local tag": "a: !secret x",
    "verbatim tag": "a: !<tag:yaml.org,2002:str> x",
    "tag on a mapping": "a: !!map {b: c}",
    "tag on a sequence": "a: !!seq [b]",
    "tag on a key": "!!str a: b",
    "bare exclamation mark": "a: ! b",
    "tag directive": "%TAG ! tag:evil.example,2026:\n---\na: !x b",
    "yaml directive": "%YAML 1.1\n---\na: b",
    "future directive": "%YAML 9.9\n---\na: b",
    "unknown directive": "%EVIL x\n---\na: b",
    # keys
    "duplicate key": "number: 1\nnumber: 2",
    "duplicate key by quotes": "number: 1\n'number': 2",
    "duplicate key by escape": 'number: 1\n"n\\u0075mber": 2',
    "deep duplicate key": "use:\n  kind: card\n  kind: link",
    "merge key": "<<: {number: 1}",
    "list as key": "? [a, b]\n: c",
    "mapping as key": "{a: b}: c",
    "empty key": ": valeur",
    "key of 60 KiB": "a" * 60 * KIB + ": b",
    # documents and tops
    "two documents": "a: b\n---\nc: d",
    "document end and more": "a: b\n...\nc: d",
    "list at the top": "- a\n- b",
    "scalar at the top": "bonjour",
    "empty": "",
    "comments only": "# rien\n",
    "null at the top": "null",
    "three dashes": "---\n",
    # scalars
    "scalar of 1 MB": "title: " + "x" * 1_000_000,
    "scalar of 60 KiB": "title: " + "x" * 60 * KIB,
    "60 KiB of digits": "number: " + "9" * 60 * KIB,
    "60 KiB of quotes": "a: " + "''" * 30 * KIB + "'",
    "long chain of escapes": 'a: "' + "\\u0041" * 10_000 + '"',
    "open quote": "a: 'b\nc: d",
    "open double quote": 'a: "b\nc: d',
    "unknown escape": 'a: "\\q"',
    "surrogate escape": 'a: "\\ud800"',
    "escape beyond Unicode": 'a: "\\U00110000"',
    "tab as indentation": "a:\n\tb: c",
    "at sign": "a: @b",
    "backquote": "a: `b`",
    "percent in front": "a:\n%b",
    "colon in a text": "a: b: c",
    "missing colon": "number 12\ntitle: a",
    "crooked indentation": "a:\n    b: 1\n  c: 2",
    "open bracket": "a: [b, c\nd: e",
    "open brace": "a: {b: c\nd: e",
    "equals sign": "=: =",
    "impossible day": "valid_from: 2026-02-30",
    "sexagesimal": "number: 12:30",
    "octal": "number: 06000",
    "infinite": "number: .inf",
    "hundred thousand lines": "\n" * 60_000,
    "thousand colons": "a: " + "b: " * 10_000,
    "spaces": " " * 60 * KIB + "a: b",
    "comment of 60 KiB": "#" + "x" * 60 * KIB,
    # characters
    "NUL": "a: b\0c",
    "bell": "a: \x07",
    "escape sequence": "a: \x1b[31mrouge",
    "right-to-left override": "a: \u202egnp.exe",
    "isolate": "a: \u2066b\u2069",
    "arabic letter mark": "a: \u061c",
    "zero-width space": "a: b\u200bc",
    "byte order mark inside": "a: b\ufeffc",
    "line separator": "a: b\u2028c: d",
    "next line": "a: b\x85c: d",
    "tag characters": "a: b\U000e0041",
    "noncharacter": "a: \uffff",
    "soft hyphen": "a: b\xadc",
    "right-to-left override by escape": 'title: "\\u202e"',
    "NUL by escape": 'title: "\\0"',
    "html": "title: <script>alert(1)</script>",
    "html by escape": 'title: "\\x3cimg src=x onerror=alert(1)>"',
    "html comment": "title: <!-- -->",
}

BYTES: dict[str, bytes] = {
    "latin-1": "title: é".encode("latin-1"),
    "utf-16 with a mark": "title: a".encode("utf-16"),
    "utf-16 without a mark": "title: a".encode("utf-16-le"),
    "utf-32": "title: a".encode("utf-32"),
    "overlong": b"a: \xc0\xaf",
    "lone surrogate": b"a: \xed\xa0\x80",
    "beyond Unicode": b"a: \xf4\x90\x80\x80",
    "cut character": b"a: \xe2\x82",
    "random bytes": bytes(range(256)) * 16,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    **{name: text.encode("utf-8", "surrogatepass") for name, text in TEXTS.items()},
}

Results = dict[str, tuple[float, list[tuple[str, int, int]], int]]
NAMES = sorted(BYTES)

# One process reads all of them: a crash of the C parser would end it, and the memory is that of the worst.
READER = """
import json, resource, sys, time
from pathlib import Path
from catalogue import examine_content
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
examine_content(Path(sys.argv[1]) / "warm")
before, found = peak(), {}
for folder in sorted(Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    problems = examine_content(folder).problems
    shown = [problem.render(lang) for problem in problems for lang in ("fr", "en")]
    seconds = time.process_time() - start
    offer = [problem for problem in problems if problem.path.endswith("hostile.yaml")]
    places = [[problem.code, problem.line, problem.column] for problem in offer]
    found[folder.name] = [seconds, places, max(map(len, shown), default=0)]
print(json.dumps({"mib": peak() - before, "found": found}))
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, content_at: Callable[[Path], Any]) -> Results:
    root = tmp_path_factory.mktemp("hostile")
    content_at(root / "warm")
    for index, name in enumerate(NAMES):
        content_at(root / str(index)).write("offers/hostile.yaml", BYTES[name])
    run = subprocess.run(
        [sys.executable, "-c", READER, str(root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, f"the reader died: {run.returncode} {run.stderr[-2000:]}"
    told = json.loads(run.stdout)
    assert told["mib"] < 64
    return {name: told["found"][str(index)] for index, name in enumerate(NAMES)}


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 60


@pytest.mark.promise("P23")
@pytest.mark.parametrize("name", NAMES)
def test_ends_in_a_message_with_line_and_reason_in_under_a_second(name: str, results: Results) -> None:
    seconds, problems, longest = results[name]
    assert seconds < 1
    assert problems, "accepted in silence"
    assert all(code and line >= 1 and column >= 1 for code, line, column in problems)
    assert longest < 4_000


EXPECTED = {
    "billion laughs": "yaml-anchor",
    "alias to itself": "yaml-anchor",
    "undefined alias": "yaml-alias",
    "60,000 brackets": "yaml-depth",
    "60,000 braces": "yaml-depth",
    "30,000 dashes": "yaml-depth",
    "depth by indentation": "yaml-depth",
    "python object": "yaml-tag",
    "bare exclamation mark": "yaml-tag",
    "tag directive": "yaml-directive",
    "duplicate key by escape": "yaml-duplicate-key",
    "merge key": "yaml-merge-key",
    "list as key": "yaml-key-shape",
    "two documents": "yaml-several-documents",
    "list at the top": "value-not-mapping",
    "empty": "file-empty",
    "comments only": "file-empty",
    "scalar of 1 MB": "file-too-large",
    "scalar of 60 KiB": "text-too-long",
    "open quote": "yaml-quote-open",
    "unknown escape": "yaml-escape",
    "tab as indentation": "yaml-tab",
    "at sign": "yaml-reserved-character",
    "colon in a text": "yaml-colon-in-text",
    "missing colon": "yaml-missing-colon",
    "crooked indentation": "yaml-indentation",
    "open bracket": "yaml-bracket-open",
    "impossible day": "day-impossible",
    "sexagesimal": "value-not-number",
    "octal": "value-not-number",
    "NUL": "text-hidden-character",
    "right-to-left override": "text-hidden-character",
    "right-to-left override by escape": "text-hidden-character",
    "html": "text-html",
    "html by escape": "text-html",
    "latin-1": "file-not-utf8",
    "utf-16 with a mark": "file-not-utf8",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_names_the_fault(name: str, results: Results) -> None:
    assert EXPECTED[name] in [code for code, _, _ in results[name][1]]
