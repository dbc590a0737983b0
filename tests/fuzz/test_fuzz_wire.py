"""The fuzzer itself, and its corpus in every reader.

`make test` runs `every_decoder.py` beside all other tests, 15 s of processor time a decoder.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import corpus
import every_decoder
import pytest
from engines import ask_node, ask_python, differences, node_is_there

TARGETS = re.findall(r'^    "(\w+)": ', every_decoder.SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
SEEDED = {
    "a stray exception": ("UnicodeDecodeError", "cbor._text = lambda data: data.decode('utf-8')"),
    "a form that is never written": ("Malformed", "cbor._KEY_TYPES = (0, 1, 2, 3)"),
    "a second form that is taken": ("AssertionError", "cbor._SIMPLE[0xF7] = None"),
}
WITH_A_BUG = """
import sys, fuzz_wire
from fuzz_wire import cbor
{bug}
sys.argv = ["fuzz_wire.py", "cbor", "--seconds=60", "-seed=1"]
fuzz_wire.main()
"""
with_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed"
)


@with_atheris
@pytest.mark.promise("P29")
@pytest.mark.parametrize("bug", SEEDED)
def test_the_fuzzer_finds_a_seeded_bug(bug: str, tmp_path: Path) -> None:
    complaint, change = SEEDED[bug]
    command = [sys.executable, "-c", WITH_A_BUG.format(bug=change)]
    # The dice fall the same each time: it takes seconds. With others it may take half a minute, or longer.
    same = {"PYTHONPATH": str(every_decoder.HERE), "PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=tmp_path, env=same, capture_output=True, text=True, timeout=240)
    assert done.returncode != 0 and complaint in done.stdout, done.stdout[-3000:]
    assert list(tmp_path.glob("crash-*"))


@with_atheris
@pytest.mark.promise("P3")
def test_only_our_own_error_leaves_a_decoder() -> None:
    """One of them, for a second: that it runs at all."""
    outcome = every_decoder.fuzz("claims", 1, [])
    assert not outcome.complaint, outcome.complaint
    assert outcome.inputs > 100


def test_every_decoder_is_fuzzed() -> None:
    assert len(TARGETS) == 16 and sorted(TARGETS) == every_decoder.decoders()


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
