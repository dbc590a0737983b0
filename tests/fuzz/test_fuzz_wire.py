"""The fuzzer on each decoder for `CJE_FUZZ_SECONDS`, 15 in `make test`; and its corpus in every reader."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import corpus
import pytest
from engines import ask_node, ask_python, differences, node_is_there

SCRIPT = Path(__file__).with_name("fuzz_wire.py")
SECONDS = os.environ.get("CJE_FUZZ_SECONDS", "2")
TARGETS = re.findall(r'^    "(\w+)": ', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.promise("P3")
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("target", TARGETS)
def test_only_our_own_error_leaves_a_decoder(target: str, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), target, f"-max_total_time={SECONDS}", "-max_len=4096"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60 + 2 * int(SECONDS)
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_decoder_is_fuzzed() -> None:
    assert len(TARGETS) == 14 and set(TARGETS) == {path.stem for path in corpus.FOLDER.iterdir()}


def test_the_corpus_is_what_its_script_writes() -> None:
    script = [sys.executable, str(Path(corpus.__file__)), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
    assert sum(path.stat().st_size for path in corpus.FOLDER.iterdir()) < 300_000


def test_the_corpus_holds_what_is_taken_and_what_is_refused() -> None:
    for name in TARGETS:
        said = ["ok" in found for found in ask_python(list(corpus.questions(name)))]
        assert any(said) and not all(said), name


@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
@pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent")
def test_typescript_answers_the_corpus_the_same() -> None:
    asked = [question for name in TARGETS for question in corpus.questions(name)]
    assert differences(asked, ask_python(asked), ask_node(asked)) == []
