"""What pages have in common is rendered once: the frame around a page, and drawings that depend on no page.

Macros imported with context draw the same at every depth of the site but for the way up to its root: they
draw once for each language, with a mark for that way, and pages put it in.

A frame is a page's template rendered with marks in place of its own words and blocks, and cut at the marks.
Filling it gives the bytes that the template itself would give (a test compares both for every page).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from site_builder.pages.offer_views import TicketView
from site_builder.pages.views import PartnerView
from site_builder.rendering.settled import settled

__all__ = ["FastEnvironment", "Frame", "frame_of"]

# Drawings are few; a ticket stands on six lists, each of which goes through all offers. 20 MB at most.
_KEPT_DRAWINGS = 16_384
# Compiling takes as long as it saves on so many pages.
_WORTH_SETTLING = 100
_PLAIN = frozenset({str, Markup, int, bool, type(None), PartnerView, TicketView})
# No text can forge a mark: its `<` would be escaped. What fills a hole is never searched for marks.
_MARK = re.compile("<\ue000([a-z_0-9.]+)>")


def _mark(name: str) -> Markup:
    return Markup(f"<\ue000{name}>")  # noqa: S704 - a name of ours


UP, HERE = _mark("up"), _mark("here")


class SharedParts(Template):
    """A template whose macros are made once for each language: the context's `place` gives it and the way up.

    Macros imported with context may only read what `place` decides: addresses, words, the language. Of these
    the context's `unplaced` holds a second set, with marks for the way up.
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        if vars is None or "place" not in vars:
            return super().make_module(vars, shared, locals)
        lang, up = vars["place"]
        modules: dict[str, TemplateModule] = self.__dict__.setdefault("_by_language", {})
        if lang not in modules:
            modules[lang] = super().make_module({**vars, **vars.get("unplaced", {})}, shared, locals)
        return cast(TemplateModule, PlacedParts(modules[lang], up))


class PlacedParts:
    """A module's macros, as pages at one depth call them."""

    def __init__(self, module: TemplateModule, up: str) -> None:
        for name, macro in vars(module).items():
            if type(macro) is Macro:
                setattr(self, name, Placed(macro, up))


class Placed:
    """A macro whose drawing is put into its place."""

    def __init__(self, macro: Macro, up: str) -> None:
        self._macro, self._up = macro, up
        self._once = lru_cache(_KEPT_DRAWINGS)(self._drawn)

    def __call__(self, *arguments: Any) -> Markup:
        for argument in arguments:
            if type(argument) not in _PLAIN:
                return self._drawn(*arguments)
        return self._once(*arguments)

    def _drawn(self, *arguments: Any) -> Markup:
        drawn = str(self._macro(*arguments))
        return Markup(drawn.replace(UP, self._up).replace(HERE, self._up or "./"))  # noqa: S704 - a macro's


class Calling(Context):
    """A context that calls a macro once for each set of plain arguments; no other call is special."""

    def call(self, obj: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        if type(obj) is Macro and not named:
            for argument in arguments:
                if type(argument) not in _PLAIN:
                    return obj(*arguments)
            return _remembering(obj)(*arguments)
        return obj(*arguments, **named)


def _remembering(macro: Macro) -> Callable[..., Any]:
    once: Callable[..., Any] | None = macro.__dict__.get("once")
    if once is None:
        once = macro.__dict__["once"] = lru_cache(_KEPT_DRAWINGS)(macro)
    return once


class QuickCode(CodeGenerator):
    """Output is escaped as ever, but what is safe already is not copied into another object."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        assert frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None
        self.write("environment.quick_escape(")

    def visit_Call(self, node: nodes.Call, frame: Any, forward_caller: bool = False) -> None:  # noqa: N802
        """No function of ours asks for the variables of a loop or a block, which Jinja would hand over."""
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Any) -> None:  # noqa: N802 - Jinja's way
        """`a.b` is an attribute, never an item: nobody asks twice."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class FastEnvironment(Environment):
    """Jinja as it is, with the short cuts of this module."""

    template_class = SharedParts
    context_class = Calling
    code_generator_class = QuickCode

    @staticmethod
    def quick_escape(value: object) -> str:
        """`value` as HTML text, by markupsafe's rules."""
        if type(value) is Markup:
            return value
        if type(value) is int:
            return str(value)
        if type(value) is not str:
            return escape(value)
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return value.replace("'", "&#39;").replace('"', "&#34;")


@dataclass(slots=True)
class Frame:
    """A template cut at its holes.

    Attributes:
        pieces: UTF-8 between the holes, one more than there are holes.
        holes: `block.<name>`, or a name among the values that differ from page to page.
        names: what the template imports for its blocks, and the shared values.
    """

    template: Template
    pieces: tuple[bytes, ...]
    holes: tuple[str, ...]
    names: Mapping[str, Any]
    _context: Context
    _filled: int = 0

    def fill(self, words: Mapping[str, str | None], values: Mapping[str, Any]) -> bytes:
        """The page, in UTF-8: `words` stand in the frame's holes, its blocks read `values`."""
        self._filled += 1
        if self._filled == _WORTH_SETTLING:
            self.template = settled(self.template.environment, str(self.template.name), self.names, Placed)
        context = self._context
        context.parent = {**self.names, **values}
        parts = [self.pieces[0]]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            if hole.startswith("block."):
                parts.append("".join(self.template.blocks[hole[6:]](context)).encode())
            else:
                parts.append(FastEnvironment.quick_escape(words[hole]).encode())
            parts.append(piece)
        return b"".join(parts)


def frame_of(
    env: Environment, name: str, shared: Mapping[str, Any], holed: Callable[[Callable[[str], str]], Any]
) -> Frame:
    """Render a template with holes.

    Args:
        shared: what all pages of this frame have in common.
        holed: the `page` value, made with a function that gives the mark of a hole.
    """
    template = env.get_template(name)
    context = template.new_context({**shared, "page": holed(_mark)})
    for block in template.blocks:
        context.blocks[block].insert(0, _holding(block))
    parts = _MARK.split("".join(template.root_render_func(context)))
    names = {**template.globals, **shared, **context.vars}
    return Frame(
        template,
        tuple(part.encode() for part in parts[::2]),
        tuple(parts[1::2]),
        names,
        template.new_context(),
    )


def _holding(block: str) -> Callable[[Context], Iterator[str]]:
    return lambda context: iter((_mark(f"block.{block}"),))
