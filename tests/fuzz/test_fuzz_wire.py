"""A short run of the fuzzer on each decoder; `CJE_FUZZ_SECONDS` makes it longer."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fuzz_wire.py")
SECONDS = os.environ.get("CJE_FUZZ_SECONDS", "2")
TARGETS = re.findall(r'^    "(\w+)": \(', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)


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
    assert len(TARGETS) == 13
