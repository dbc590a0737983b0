"""Fuzz every decoder: `python tests/fuzz/every_decoder.py --seconds 15`, in processes of their own.

The seconds are of processor time, so that a run in the background, at the lowest priority, does no less work.
Exit code 1, with the input that did it, when something else than a refusal leaves a decoder.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "fuzz_wire.py"
CORPUS = HERE / "corpus"
GRACE = (
    3600  # seconds on the clock that a decoder may take; a hang of one input ends by libFuzzer's own limit
)


@dataclass(frozen=True)
class Outcome:
    """What came of one decoder: how many inputs it was given, and what libFuzzer says when one broke it."""

    name: str
    inputs: int
    complaint: str


def decoders() -> list[str]:
    return sorted(path.stem for path in CORPUS.glob("*.txt"))


def fuzz(name: str, seconds: float, running: list[subprocess.Popen[str]]) -> Outcome:
    command = [sys.executable, str(SCRIPT), name, f"--seconds={seconds}", "-max_len=4096", "-timeout=60"]
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        running.append(child)
        said, _ = child.communicate(timeout=GRACE)
    if child.returncode == 0:
        return Outcome(name, int(said.split()[-1]), "")
    return Outcome(name, 0, said[-3000:] or f"ended with {child.returncode}")


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--at-once", type=int, default=2)
    given = options.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("fuzz: atheris has no wheel for this Python, nothing is fuzzed", file=sys.stderr)
        return 0
    running: list[subprocess.Popen[str]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        for child in running:
            child.kill()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with ThreadPoolExecutor(given.at_once) as pool:
        outcomes = list(pool.map(lambda name: fuzz(name, given.seconds, running), decoders()))
    broken = [outcome for outcome in outcomes if outcome.complaint]
    for outcome in broken:
        print(f"{outcome.name}:\n{outcome.complaint}", file=sys.stderr)
    inputs = sum(outcome.inputs for outcome in outcomes)
    print(
        f"fuzz: {len(outcomes)} decoders, {given.seconds:g} s each, {inputs:,} inputs, {len(broken)} broken",
        file=sys.stderr,
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
