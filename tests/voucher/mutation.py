"""Tests of the tests: change one operator, constant or condition of `voucher/`, and see whether a test fails.

    python tests/voucher/mutation.py --sample 200 --seed 1     a random sample, seconds each
    python tests/voucher/mutation.py                           all of them

Each mutant runs in a process of its own: first all vectors in Python, then, if none fails, the room's tests.
Prints the survivors and the score; exit code 1 below 95 %.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GOAL = 0.95
SECONDS = 120

# Runs in the child: the mutated source stands in for the module before anything imports it.
CHILD = """
import importlib.abc, importlib.util, json, sys
name, source, only_vectors = json.load(sys.stdin)
class Mutant(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname == name else None
    def exec_module(self, module):
        exec(compile(source, name, "exec"), module.__dict__)
sys.meta_path.insert(0, Mutant())
sys.path[:0] = [ROOT, ROOT + "/tests/voucher", ROOT + "/tests/conformance"]
from test_vectors import VECTORS, expected, question
from python_reader import answer
for vector in VECTORS.values():
    if vector["op"] != "decide" and json.loads(json.dumps(answer(question(vector)))) != expected(vector):
        sys.exit(1)
if only_vectors:
    sys.exit(0)
import pytest
rooms = [ROOT + "/tests/voucher", ROOT + "/tests/properties"]
quiet = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header"]
sys.exit(pytest.main([*quiet, *rooms, "--deselect", ROOT + "/tests/voucher/test_hostile_input.py"]))
"""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Mod: ast.Mult,
}


def mutants_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (description, source) for every single change of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            changed = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(changed)) if i == number)
            _apply(target, what)
            yield f"{path.name}:{getattr(node, 'lineno', '?')} {what}", ast.unparse(changed)


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare():
            yield from (f"comparison {i}" for i, op in enumerate(node.ops) if type(op) in COMPARISONS)
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_type(node):
            yield "operator"
        case ast.BoolOp():
            yield "and/or"
        case ast.UnaryOp(op=ast.Not()):
            yield "not"
        case ast.Constant(value=bool()):
            yield "constant"
        case ast.Constant(value=int()):
            yield "constant"
        case ast.If() | ast.IfExp():
            yield "condition true"
            yield "condition false"


def _is_type(node: ast.BinOp) -> bool:
    """An annotation such as `bytes | None` computes nothing."""
    names = ast.Name | ast.Attribute
    none = isinstance(node.right, ast.Constant) and node.right.value is None
    return isinstance(node.op, ast.BitOr) and (none or isinstance(node.right, names))


def _apply(node: ast.AST, what: str) -> None:
    match node:
        case ast.Compare():
            at = int(what.split()[1])
            node.ops[at] = COMPARISONS[type(node.ops[at])]()
        case ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op = ast.UAdd() if not isinstance(node.op, ast.Not) else node.op
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value += 1
        case ast.If() | ast.IfExp():
            node.test = ast.Constant("true" in what)


def killed(module: str, source: str, *, only_vectors: bool = False) -> bool:
    """Tell whether vectors or tests notice; a mutant that never ends is noticed too."""
    command = [sys.executable, "-W", "ignore", "-c", f"ROOT = {str(ROOT)!r}\n{CHILD}"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps([module, source, only_vectors]),
            text=True,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--module", default="*")
    given = options.parse_args()
    found = [
        (f"voucher.{path.stem}", name, source)
        for path in sorted((ROOT / "voucher").glob(f"{given.module}.py"))
        if path.stem not in {"__init__", "errors"}
        for name, source in mutants_of(path)
    ]
    if given.sample:
        found = random.Random(given.seed).sample(found, min(given.sample, len(found)))
    if killed("voucher.caps", (ROOT / "voucher" / "caps.py").read_text(encoding="utf-8")):
        print("the tests fail without any mutant", file=sys.stderr)
        return 2
    survivors = 0
    for count, (module, name, source) in enumerate(found, 1):
        if not killed(module, source):
            survivors += 1
            print(f"survives: {name}", flush=True)
        if count % 20 == 0:
            print(f"{count}/{len(found)}", file=sys.stderr, flush=True)
    score = 1 - survivors / len(found)
    print(f"{len(found)} mutants, {survivors} survive, score {score:.1%}")
    return 0 if score >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
