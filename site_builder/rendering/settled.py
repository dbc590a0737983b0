"""Blocks of a template compiled for one frame: what the frame decides is text in them already.

A page of ten thousand asks for the same sentences, drawings and addresses as the one before. Here
`{{ icon("clock") }}`, `{{ t("offer.use") }}` and `{{ url("carte/") }}` are replaced by what they give, and
Jinja joins them with the text around them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.visitor import NodeTransformer

__all__ = ["settled"]

_SHARED_CALLS = frozenset({"t", "url", "root", "asset"})
_SHARED_NAMES = frozenset({"in_french", "lang"})


def settled(env: Environment, name: str, values: Mapping[str, Any], drawing: type) -> Template:
    """A template in which calls with constant arguments have been made.

    Args:
        values: what the frame's context holds.
        drawing: the type of those values that are macros, and give the same for the same arguments.
    """
    assert env.loader is not None
    source, filename, _ = env.loader.get_source(env, name)
    tree = env.parse(source, name, filename)
    calls = {key for key, value in values.items() if key in _SHARED_CALLS or type(value) is drawing}
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    known = {key: values[key] for key in (calls | _SHARED_NAMES) - own if key in values}
    code = env.compile(_Settling(known).visit(tree), name, filename)
    return env.template_class.from_code(env, code, env.make_globals(None))


class _Settling(NodeTransformer):
    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 - Jinja's way
        value = self._known.get(node.name)
        return nodes.Const(value, lineno=node.lineno) if isinstance(value, str) else node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        node = self.generic_visit(node)  # type: ignore[assignment]
        called = node.node
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not plain or not isinstance(called, nodes.Name) or called.name not in self._known:
            return node
        if not all(isinstance(argument, nodes.Const) for argument in node.args):
            return node
        made = self._known[called.name](*(argument.as_const() for argument in node.args))
        return nodes.Const(made, lineno=node.lineno)
