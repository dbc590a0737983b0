"""Readers to compare: Python here, TypeScript in Node, the built bundle in a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from python_reader import Question, answer

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "web"

Answer = dict[str, Any]


def node_is_there() -> bool:
    return shutil.which("node") is not None and (WEB / "node_modules" / "tsx").is_dir()


def ask_python(questions: Sequence[Question]) -> list[Answer]:
    return [answer(question) for question in questions]


def ask_node(questions: Sequence[Question]) -> list[Answer]:
    """Ask the TypeScript in one Node process."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        ["node", "--no-warnings", "--import", "tsx", "conformance.ts"],
        cwd=WEB,
        input=lines,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def differences(
    questions: Sequence[Question], expected: Sequence[Answer], got: Sequence[Answer]
) -> list[str]:
    """Return what the two readers say differently, question by question."""
    assert len(expected) == len(got) == len(questions)
    rows = zip(questions, expected, got, strict=True)
    return [f"{q}: {a} / {b}"[:600] for q, a, b in rows if a != b]
