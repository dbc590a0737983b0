"""Tests of the tests: change one thing in the reader or in the decision, and see whether a test fails.

    make mutants                                           all of them, two at a time
    python tests/mutation/hunt.py --sample 40              some, others after each change of a source
    python tests/mutation/hunt.py --sample 40 --seed 1     a random sample
    python tests/mutation/hunt.py voucher.cbor             those of some modules

Each mutant lives in a fork of one process that has loaded everything but our own modules: first it is shown
all vectors, then, if none notices, the room's tests; what only a random test would find counts as not found.
A limit is in seconds of processor time, so that a
busy machine kills nothing. `survivors.toml` lists those that no test can kill, each with its reason.

Exit code 1: a survivor that is not listed, a listed one that is killed or gone, or a score below 95 %.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [
    str(HERE),
    *(
        str(ROOT / "tests" / room)
        for room in ("voucher", "conformance", "verifier", "verifier/till", "vectors")
    ),
]
sys.path.append(str(ROOT))

from operators import Mutant, mutants_of, mutated, path_of  # noqa: E402
from vector_file import read, vector_paths  # noqa: E402

GOAL = 0.95
LISTED = HERE / "survivors.toml"
MEMORY = 4 * 2**30
VECTOR_SECONDS, TEST_SECONDS = 10, 60
SURVIVES, BY_VECTORS, BY_TESTS, BROKEN = 0, 10, 11, 12

DECIDING = ("verifier.decide", "verifier.limits", "verifier.list_age", "verifier.rules", "verifier.typed")
ROOMS = {
    "voucher": ("tests/voucher",),
    "verifier": tuple(f"tests/verifier/test_{name}.py" for name in ("decide", "typed", "sentences")),
}
LEFT_OUT = ("test_forgery.py",)  # long, and the vectors say the same
PRELOADED = (
    "cbor2",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "hypothesis.strategies",
    "nacl.bindings",
    "nacl.exceptions",
    "nacl.signing",
    "pytest",
    "zoneinfo",
)

Source = Callable[[], ast.Module]


class MutantLoader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for one module before anything imports it."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module = module
        self.tree = tree

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, self.module, "exec"), module.__dict__)  # noqa: S102


def modules() -> list[str]:
    """Return the modules that are hunted in."""
    voucher = sorted(path.stem for path in (ROOT / "voucher").glob("*.py"))
    return [f"voucher.{name}" for name in voucher if name != "__init__"] + list(DECIDING)


def vectors() -> list[dict[str, Any]]:
    """Return all vectors in an order in which one that kills comes soon."""
    paths = vector_paths()
    random.Random(0).shuffle(paths)
    return [read(path) for path in paths]


def preload() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    from hypothesis import HealthCheck, settings

    settings.register_profile("mutants", derandomize=True, suppress_health_check=list(HealthCheck))
    settings.load_profile("mutants")


def run(
    jobs: Sequence[tuple[str, Source]], *, only_vectors: bool = False, at_once: int = 2
) -> Iterator[tuple[int, int]]:
    """Yield (number of the job, outcome) as each ends; anything but SURVIVES is a kill."""
    preload()
    shown, running = vectors(), dict[int, int]()
    waiting = list(enumerate(jobs))[::-1]
    while waiting or running:
        while waiting and len(running) < at_once:
            number, (module, source) = waiting.pop()
            child = os.fork()
            if child == 0:
                _live(module, source, shown, only_vectors)
            running[child] = number
        child, status = os.wait()
        outcome = os.waitstatus_to_exitcode(status)
        if outcome == BROKEN:
            raise RuntimeError("the hunt itself is broken")
        yield running.pop(child), outcome


def _live(module: str, source: Source, shown: list[dict[str, Any]], only_vectors: bool) -> None:
    """The whole life of a mutant, in its own process."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    code = BY_VECTORS
    try:
        sys.meta_path.insert(0, MutantLoader(module, source()))
        signal.setitimer(signal.ITIMER_PROF, VECTOR_SECONDS)
        code = _seen_by_vectors(shown, module)
        if code == SURVIVES and not only_vectors:
            signal.setitimer(signal.ITIMER_PROF, TEST_SECONDS)
            code = BROKEN  # pytest itself never raises
            code = _seen_by_tests(module)
    finally:
        os._exit(code)


def _seen_by_vectors(shown: list[dict[str, Any]], module: str) -> int:
    from python_reader import answer

    about = {"name", "expect", "value"}
    for vector in shown:
        question = {key: value for key, value in vector.items() if key not in about}
        wanted = {"ok": vector["value"]} if "value" in vector else {"error": vector["expect"]}
        if vector["op"] == "decide" and module.startswith("voucher.") and module != "voucher.civil":
            continue  # slow, and the other vectors show the same readers
        if json.loads(json.dumps(answer(question))) != wanted:
            return BY_VECTORS
    return SURVIVES


def _seen_by_tests(module: str) -> int:
    import pytest

    quiet = [
        "-x",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "--no-header",
        "--tb=no",
        "--assert=plain",
    ]
    left_out = [f"--ignore={ROOT}/tests/voucher/{name}" for name in LEFT_OUT]
    rooms = [str(ROOT / room) for room in ROOMS[module.partition(".")[0]]]
    return SURVIVES if pytest.main([*quiet, *left_out, *rooms]) == 0 else BY_TESTS


def listed() -> dict[tuple[str, str, str], str]:
    """Return the survivors that are known, with the reason why no test can kill them."""
    rows = tomllib.loads(LISTED.read_text(encoding="utf-8")).get("survivor", [])
    return {(row["module"], row["text"], row["mutation"]): row["reason"] for row in rows}


def judge(hunted: Sequence[Mutant], survivors: Sequence[Mutant]) -> list[str]:
    """Return what is wrong: survivors nobody explained, and explanations of what is killed or gone."""
    known = listed()
    wrong = [f"survives: {mutant}" for mutant in survivors if mutant.key not in known]
    alive = {mutant.key for mutant in survivors}
    wrong += [f"stale, it is killed: {m}" for m in hunted if m.key in known and m.key not in alive]
    there = {m.key for module in modules() for m in mutants_of(ROOT, module)}
    return wrong + [f"stale, no such mutant: {' · '.join(key)}" for key in known if key not in there]


def hunt(found: Sequence[Mutant], at_once: int) -> list[Mutant]:
    """Return those that survive, in the order of the source."""
    jobs: list[tuple[str, Source]] = [(m.module, lambda m=m: mutated(ROOT, m)) for m in found]  # type: ignore[misc]
    alive = []
    for count, (number, outcome) in enumerate(run(jobs, at_once=at_once), 1):
        if outcome == SURVIVES:
            alive.append(number)
            print(f"survives: {found[number]}", file=sys.stderr, flush=True)
        if count % 100 == 0:
            print(f"{count}/{len(found)}", file=sys.stderr, flush=True)
    return [found[number] for number in sorted(alive)]


def seed_of_sources() -> int:
    """Return a number that is the same as long as no source that is hunted in changes."""
    return zlib.crc32(b"".join(path_of(ROOT, module).read_bytes() for module in modules()))


def unchanged(module: str) -> Source:
    return lambda: ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("modules", nargs="*")
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--seed", type=int, default=seed_of_sources())
    options.add_argument("--at-once", type=int, default=2)
    given = options.parse_args()
    found = [mutant for module in given.modules or modules() for mutant in mutants_of(ROOT, module)]
    if given.sample:
        found = random.Random(given.seed).sample(found, min(given.sample, len(found)))
    healthy = [(module, unchanged(module)) for module in ("voucher.civil", "verifier.decide")]
    if any(outcome != SURVIVES for _, outcome in run(healthy)):
        print("the tests fail without any mutant", file=sys.stderr)
        return 2
    survivors = hunt(found, given.at_once)
    wrong = judge(found, survivors)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    score = 1 - len(survivors) / len(found)
    print(f"{len(found)} mutants, {len(survivors)} survive, score {score:.1%}")
    return 1 if wrong or score < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
