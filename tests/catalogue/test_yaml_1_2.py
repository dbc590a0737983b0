"""What our reader takes means the same to YAML 1.2, which VS Code, Decap and the forges apply.

The npm package `yaml`, core schema (§10.3), is the judge; one process answers for a whole batch.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.model.offer import Offer
from catalogue.problems.source_file import FORBIDDEN, SourceFile
from catalogue.problems.strict_yaml import read_document

ROOT = Path(__file__).resolve().parents[2]
JUDGE = Path(__file__).parent / "yaml_1_2.mjs"

# Scalars that YAML 1.2 takes for something else than text, and we for the text that was typed: the guide
# tells them under « Dans VS Code ». All the rest is the same in both.
KEPT_AS_TEXT = re.compile(
    r"~|Null|NULL|True|TRUE|False|FALSE"  # null and booleans in other spellings
    r"|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"  # whole numbers that str(int()) would not give back
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
SCALARS = Path(__file__).with_name("yaml_scalars.txt").read_text(encoding="utf-8").splitlines()
DOCUMENTS = (
    "a: |\n  un\n  deux\n",
    "a: |-\n  un\n\n  deux\n\n",
    "a: |+\n  un\n\n",
    "a: >\n  un\n  deux\n\n  trois\n",
    "a: >-\n  un\n    retrait\n  deux\n",
    "a: |2\n   un\n  deux\n",
    "a: >+\n  un\n\n\nb: c\n",
    "a: un\n  deux\n  trois\n",
    "a: 'un\n  deux\n\n  trois'\n",
    'a: "un\n  deux\\\n  trois \\\n  \\ quatre"\n',
    'a: "\\u00e9\\x41\\n\\t\\"\\\\\\/\\U0001F600"\n',
    "a: 'l''affiche'\n",
    "a: un # remarque\nb: un#deux\n# fin\n",
    "# seul\na: b\n",
    "---\na: b\n",
    "---\na: b\n...\n",
    "a:\n- b\n- c\n",
    "a:\n  - b: 1\n    c: 2\n  - b: 3\n",
    "- - a\n  - b\n- c\n",
    "a: [b, 'c', \"d\", 1, true, null, ]\n",
    "a: {b: c, d: {e: f}, g: [h]}\n",
    "a: {b, c}\n",
    "a: {b: , c: }\n",
    "a: [b: c, d]\n",
    "a: [\n  b,\n  c\n]\n",
    '{"a": "b", "c": [1, 2]}\n',
    '"a":b\n',
    '{"a":b}\n',
    "{a:b}\n",
    "[a:b, c:d]\n",
    "? a\n: b\n",
    "a:\n\n\nb: c\n",
    "a: b\n\n\n",
    "true: a\nnull: b\n1: c\n",
    "a : b\n",
    "'a': b\n\"c\": d\n",
    "a: - b\n",
    "a: b: c\n",
    "a: https://b.example\n",
    "a: 12:30\nb: 2026-09-01\n",
    "a: &b\n",
    "a:\tb\n",
    "a: b\t\n",
    "a: b \n",
    "a:   b\n",
    "- a\n-b\n",
    "-\n  a\n-\n  - b\n",
    "a: |\n\n  un\n",
    "a: |\n  un\n # remarque\nb: c\n",
    "a: >\n\n  un\n\n\n  deux\n",
    "texte seul\n",
    "'texte'\n",
    "42\n",
    "true\n",
    "[]\n",
    "{}\n",
    "a: ''\nb: \"\"\nc:\nd: ~\n",
    "%YAML 1.2\n---\na: b\n",
    "a: b\n---\nc: d\n",
    "a: b\na: c\n",
    "<<: a\n",
    "a: !!str 1\n",
    "é: è\n",
    "a b c: d e f\n",
    "a: 'b'  # c\n",
    "a: '# pas une remarque'\n",
    "a: b,c\n",
    "a: [b c, d e]\n",
    "a: (b)\n",
    "a: b]\n",
    "a: b}\n",
    "a: -b\n",
    "a: ?b\n",
    "a: :b\n",
)


# Read here and refused there, never read otherwise: `[` on several lines, too far left; a block that begins
# with a blank line of many spaces. The other reader says so aloud.
TOLD_ALOUD = ("block collection must be sufficiently indented", "more-indented leading empty lines")


def judged(texts: Sequence[str]) -> list[list[Any]]:
    node = shutil.which("node")
    assert node, "Node is needed to ask the npm package `yaml`"
    run = subprocess.run(
        [node, str(JUDGE)], input=json.dumps(texts), capture_output=True, text=True, timeout=60, check=True
    )
    told: list[list[Any]] = json.loads(run.stdout)
    return told


def differs(ours: object, theirs: list[Any]) -> str | None:
    """What the two do not agree on; None when they mean the same."""
    kind, value = theirs
    if isinstance(ours, dict):
        if kind != "map" or len(value) != len(ours):
            return f"{ours!r} / {theirs!r}"
        pairs = zip(ours.items(), value, strict=True)
        found = [_key_differs(name, key) or differs(item, other) for (name, item), (key, other) in pairs]
        return next(filter(None, found), None)
    if isinstance(ours, tuple):
        if kind != "list" or len(value) != len(ours):
            return f"{ours!r} / {theirs!r}"
        return next(filter(None, (differs(a, b) for a, b in zip(ours, value, strict=True))), None)
    same = {
        "text": ours == value,
        "boolean": ours is value,
        "null": ours is None,
        "integer": type(ours) is int and str(ours) == value,
    }
    if same.get(kind, False):
        return None
    kept = isinstance(ours, str) and kind in ("integer", "float", "boolean", "null")
    if kept and KEPT_AS_TEXT.fullmatch(str(ours)):
        return None
    if kind == "error" and any(told in value for told in TOLD_ALOUD):
        return None
    return f"{ours!r} / {theirs!r}"


def _key_differs(ours: str, theirs: list[Any]) -> str | None:
    """A key is a name to us, whatever it looks like; no field is called `true` or 12, so it is refused."""
    if theirs[0] in ("boolean", "null", "integer", "float") and ours not in Offer.model_fields:
        return None
    return differs(ours, theirs)


def disagreements(texts: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for text, theirs in zip(texts, judged(texts), strict=True):
        document = read_document(SourceFile("x.yaml", text))
        # A file of content/ is a group of fields: a list or a word at its top is refused, as faults are.
        if document.problems or FORBIDDEN.search(text) or not isinstance(document.data, dict):
            continue
        what = differs(document.data, theirs)
        if what is not None:
            found.append((text, what))
    return found


@pytest.mark.promise("P23")
def test_scalars_mean_the_same_wherever_they_stand() -> None:
    shapes = (
        "a: {}\n",
        "a:\n- {}\n- b\n",
        "a: [{}, b]\n",
        "{{a: {}}}\n",
        "{}: b\n",
        "a: '{}'\n",
        'a: "{}"\n',
    )
    texts = [shape.format(word) for word in SCALARS for shape in shapes]
    assert disagreements(texts) == []
    accepted = [text for text in texts if not read_document(SourceFile("x.yaml", text)).problems]
    assert len(accepted) > 700


@pytest.mark.promise("P23")
def test_documents_mean_the_same() -> None:
    assert disagreements(DOCUMENTS) == []


@pytest.mark.promise("P23")
def test_the_whole_content_means_the_same() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "content").rglob("*.yaml"))]
    assert len(texts) > 60
    assert disagreements(texts) == []


LEAF = st.one_of(
    st.sampled_from(SCALARS),
    st.from_regex(r"[-+]?[0-9a-zA-Z.:_~é]{1,7}", fullmatch=True),
    st.text(alphabet="ab1 .:#,-'\"\\[]{}!&*?|>%@é~=\t", min_size=1, max_size=9),
)
LINES = st.lists(
    st.tuples(
        st.sampled_from(
            ("a: {}", "b: {}", "- {}", "  - {}", "  c: {}", "{}", "  {}", "# {}", "a: |\n  {}", "'{}'")
        ),
        LEAF,
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.promise("P23")
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.lists(LINES, min_size=60, max_size=120))
def test_made_up_documents_mean_the_same(batch: list[list[tuple[str, str]]]) -> None:
    texts = ["\n".join(shape.format(leaf) for shape, leaf in lines) + "\n" for lines in batch]
    assert disagreements(texts) == []


def test_the_judge_would_notice_a_difference() -> None:
    """A seeded fault: PyYAML's own reading of these, in our place, is caught."""
    assert differs({"a": 3072}, judged(["a: 06000\n"])[0])
    assert differs({"a": False}, judged(["a: NO\n"])[0])
    assert differs({"a": 750}, judged(["a: 12:30\n"])[0])
    assert differs({"a": "1000"}, judged(["a: 1_000\n"])[0])
