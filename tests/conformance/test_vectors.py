"""Every vector file, in every reader that is here: one answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from difference import differences as differences_of
from difference import patched
from engines import ask_node, ask_python, differences, node_is_there
from vector_file import ABOUT, FOLDER, WORLDS, read, vector_paths

VECTORS = {path.relative_to(FOLDER).as_posix(): read(path) for path in vector_paths()}
ARGUMENTS: dict[str, set[str]] = {
    "text": {"text", "keys"},
    "anchor": {"data"},
    "successor": {"data", "anchor"},
    "trust": {"data", "anchor"},
    "pairing": {"text", "anchor"},
    "bundle": {"data", "code"},
    "bundle_content": {"data"},
    "export": {"data"},
    "frames": {"texts"},
    "activation": {"text"},
    "short_code": {"key", "offer", "period", "text"},
    "check_key": {"key"},
    "cbor": {"data"},
    "base45": {"text"},
    "decide": {"text", "anchor", "trust", "floor", "till", "uses", "now", "challenge"},
    "decide_typed": {"text", "anchor", "trust", "floor", "till", "uses", "now", "claims", "key"},
}


EXAMPLE = FOLDER / "decide" / "limit-1-used-of-1-month-phone.json"


def question(vector: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in vector.items() if key not in ABOUT}


def expected(vector: dict[str, Any]) -> dict[str, Any]:
    return {"ok": vector["value"]} if "value" in vector else {"error": vector["expect"]}


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_says_nothing_that_no_reader_looks_at(name: str) -> None:
    vector = VECTORS[name]
    assert set(question(vector)) == {"op"} | ARGUMENTS[vector["op"]]
    assert set(vector) - set(question(vector)) in ({"name", "expect"}, ABOUT)
    if vector["op"].startswith("decide"):
        assert vector["value"]["verdict"] == vector["expect"]
    else:
        assert (vector["expect"] == "ok") == ("value" in vector)


def changed(path: Path, **changes: Any) -> Path:
    """A copy of a vector's file with other fields."""
    path.write_text(json.dumps({**json.loads(EXAMPLE.read_text(encoding="ascii")), **changes}))
    return path


def test_an_unknown_key_of_a_file_is_left_in_its_vector(tmp_path: Path) -> None:
    assert "foreign" in read(changed(tmp_path / "a.json", foreign=1))
    assert "world" not in read(changed(tmp_path / "a.json"))


@pytest.mark.parametrize(
    "changes",
    [
        {"world": "nowhere"},
        {"world": "trust"},
        {"differs": {"/nothing": 1}},
        {"differs": {"/details/nothing": 1}},
        {"differs": {"verdict": "expired"}},
        {"value": {}},
    ],
)
def test_a_vector_that_does_not_fit_its_world_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, LookupError, OSError)):
        read(changed(tmp_path / "a.json", **changes))


def test_a_world_holds_arguments_of_its_operation_and_is_shared() -> None:
    worlds = {path.stem: json.loads(path.read_text()) for path in (FOLDER / WORLDS).iterdir()}
    for world in worlds.values():
        assert world.keys() - {"value"} <= {"op"} | ARGUMENTS[world["op"]] - {"text", "data"}
    named = [json.loads(path.read_text()).get("world") for path in vector_paths()]
    assert {name: named.count(name) for name in worlds if named.count(name) < 2} == {}


def test_a_change_of_every_offer_changes_few_files() -> None:
    """What an answer says of an offer beside the scenario stands in its world alone."""
    written = [json.loads(path.read_text()) for path in vector_paths()]
    for op in ("trust", "bundle_content"):
        answers = [json.dumps(one.get("differs", one.get("value"))) for one in written if one["op"] == op]
        assert len(answers) > 100 and not [answer for answer in answers if '"headline":' in answer]


@pytest.mark.parametrize(
    ("base", "value", "differs"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1, "b": 0}, {"a": True, "b": 0}, {"/a": True}),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": None}]}, {"/a/1/b": None}),
        ({"a": [1, 2]}, {"a": [1]}, {"/a": [1]}),
        ({"a": 1}, {"b": 1}, {"": {"b": 1}}),
        (1, 1.0, {"": 1.0}),
    ],
)
def test_a_difference_is_as_deep_as_both_have_one_shape(base: Any, value: Any, differs: Any) -> None:
    assert json.dumps(differences_of(base, value)) == json.dumps(differs)
    assert json.dumps(patched(base, differs)) == json.dumps(value)


def test_two_thirds_of_the_vectors_are_refusals() -> None:
    refusals = sum(vector["expect"] not in {"ok", "accepted", "short_code"} for vector in VECTORS.values())
    assert len(VECTORS) >= 500
    assert refusals * 3 >= len(VECTORS) * 2


def test_no_file_is_large() -> None:
    assert max(path.stat().st_size for path in FOLDER.glob("*/*.json")) < 50_000


def test_the_files_are_what_the_generator_writes() -> None:
    script = [sys.executable, str(FOLDER / "generate.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", VECTORS)
def test_python_answers_as_written(name: str) -> None:
    vector = VECTORS[name]
    assert ask_python([question(vector)]) == [json.loads(json.dumps(expected(vector)))]


@pytest.mark.promise("P4")
@pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent")
def test_typescript_answers_as_written() -> None:
    questions = [question(vector) for vector in VECTORS.values()]
    wanted = [expected(vector) for vector in VECTORS.values()]
    assert differences(questions, wanted, ask_node(questions)) == []
