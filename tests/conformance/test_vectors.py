"""Every vector file, in every reader that is here: one answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engines import ask_node, ask_python, differences, node_is_there
from vector_file import read

FOLDER = Path(__file__).resolve().parent.parent / "vectors"
VECTORS = {path.relative_to(FOLDER).as_posix(): read(path) for path in sorted(FOLDER.glob("*/*.json"))}
ABOUT = {"name", "expect", "value"}
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
