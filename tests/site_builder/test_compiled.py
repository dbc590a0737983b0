"""Compiled templates are kept beside our modules, and only those that somebody reads again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from site_builder.rendering.compiled import CompiledTemplates


def render(room: Path, compiler: Path) -> str:
    env = Environment(
        loader=DictLoader({"page": "<p>{{ word }}</p>"}),
        autoescape=True,
        bytecode_cache=CompiledTemplates(room, compiler),
    )
    return env.get_template("page").render(word="Oui")


def test_what_an_earlier_compiler_made_goes_when_a_new_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compiler, kept = tmp_path / "frames.py", tmp_path / "__pycache__"
    found = []
    for source in ("first", "first", "second"):
        compiler.write_text(source)
        assert render(tmp_path, compiler) == "<p>Oui</p>"
        (kept / "frames.cpython-311.pyc").touch()  # Python's own stay
        found.append({path.name for path in kept.iterdir()})
    assert [len(names) for names in found] == [2, 2, 2]
    assert found[0] == found[1] != found[2]
