"""Single changes of a module: an operator, a condition, a constant, or a call that is left out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

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
    ast.FloorDiv: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.Mod: ast.Mult,
}

Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, what it does, and the number by which `mutated` finds it again."""

    module: str
    number: int
    line: int
    text: str
    mutation: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it in `survivors.toml`: it does not move when lines are added above."""
        return self.module, self.text, self.mutation

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text}\n    {self.mutation}"


def path_of(root: Path, module: str) -> Path:
    return root / (module.replace(".", "/") + ".py")


def mutants_of(root: Path, module: str) -> list[Mutant]:
    """Return every single change of a module, in the order of its source."""
    source = path_of(root, module).read_text(encoding="utf-8")
    lines, tree = source.splitlines(), ast.parse(source)
    found, seen = [], Counter[tuple[str, str, str]]()
    for number, (node, change) in enumerate(_changes(tree)):
        before = ast.unparse(node)
        undo = _snapshot(node)
        change()
        mutation = f"{before.splitlines()[0]} → {ast.unparse(node).splitlines()[0]}"
        undo()
        line = _line(node)
        mutant = Mutant(module, number, line, lines[line - 1].strip(), mutation)
        seen[mutant.key] += 1
        if seen[mutant.key] > 1:
            mutant = replace(mutant, mutation=f"{mutation} #{seen[mutant.key]}")
        found.append(mutant)
    return found


def mutated(root: Path, mutant: Mutant) -> ast.Module:
    """Return the module's tree with this one change."""
    tree = ast.parse(path_of(root, mutant.module).read_text(encoding="utf-8"))
    for number, (_, change) in enumerate(_changes(tree)):
        if number == mutant.number:
            change()
            return ast.fix_missing_locations(tree)
    raise ValueError(f"no such mutant: {mutant}")


def _snapshot(node: ast.AST) -> Change:
    """Return what puts a node's own fields back; lists are copied, because changes write into them."""
    kept = {name: list(value) if isinstance(value, list) else value for name, value in ast.iter_fields(node)}

    def undo() -> None:
        for name, value in kept.items():
            setattr(node, name, value)

    return undo


def _line(node: ast.AST) -> int:
    return int(node.test.lineno if isinstance(node, ast.If) else getattr(node, "lineno", 1))


def _changes(tree: ast.Module) -> Iterator[tuple[ast.AST, Change]]:
    """Yield (node, change); a change writes fields of that node and of nothing else."""
    passed_over = {
        id(inner)
        for node in ast.walk(tree)
        for part in ("annotation", "returns")
        if isinstance(annotation := getattr(node, part, None), ast.AST)
        for inner in ast.walk(annotation)
    }
    for node in list(ast.walk(tree)):
        if id(node) not in passed_over:
            yield from ((node, change) for change in _of(node))


def _of(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                if type(op) in COMPARISONS:
                    yield _set_item(node.ops, i, COMPARISONS[type(op)]())
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_type(node):
            yield _set(node, "op", OPERATORS[type(node.op)]())
        case ast.BoolOp():
            yield _set(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield _set(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        case ast.Constant(value=bool(value)):
            yield _set(node, "value", not value)
        case ast.Constant(value=int(value)):
            yield _set(node, "value", value + 1)
        case ast.Constant(value=bytes(value)):
            yield _set(node, "value", bytes((value[0] ^ 1,)) + value[1:] if value else b"\0")
        case ast.If() | ast.IfExp():
            yield _set(node, "test", ast.Constant(True))
            yield _set(node, "test", ast.Constant(False))
        case ast.Expr(value=ast.Call()):
            yield _set(node, "value", ast.Constant(None))


def _set(node: ast.AST, name: str, value: object) -> Change:
    return lambda: setattr(node, name, value)


def _set_item(items: list[ast.cmpop], at: int, value: ast.cmpop) -> Change:
    return lambda: items.__setitem__(at, value)


def _is_type(node: ast.BinOp) -> bool:
    """`NoSaving | PercentSaving` names a type and computes nothing."""
    right = node.right
    none = isinstance(right, ast.Constant) and right.value is None
    named = isinstance(right, ast.Name) and right.id[0].isupper() and not right.id.isupper()
    return isinstance(node.op, ast.BitOr) and (none or named)
