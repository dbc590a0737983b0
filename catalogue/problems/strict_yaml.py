"""A strict subset of YAML, read with libyaml, with the position of each value.

PyYAML reads YAML 1.1: `06000` becomes 3072, `NO` becomes false, `12:30` becomes 750, `2026-02-30` raises
ValueError and `=` fails. Here a plain `true`, `false`, `null` or decimal integer has a type, and an empty
value is null. Any other value is text exactly as written, and a quoted value is always text. Anchors,
aliases, tags, merge keys, duplicate keys, directives and a second document are refused. Positions are looked
up only when a message needs them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from catalogue.problems.problem import Problem, Span
from catalogue.problems.source_file import FORBIDDEN, HTML, SourceFile
from catalogue.problems.yaml_faults import find_fault_code

MAX_DEPTH = 8  # levels of mappings and lists; an offer needs 3

Value = str | int | bool | None | dict[str, Any] | tuple[Any, ...]
Place = tuple[int | str, ...]

_TYPED: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
# No leading zero and no plus sign, so that str(int(x)) == x: a number can be written back unchanged.
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DIGITS = frozenset("-0123456789")
_REMARK = re.compile(r"[ \t]+(#[^\n]*)")
_GLUED = re.compile(r"[|>][-+0-9]{0,2}#")
_PLAIN = "plain"
_OTHER = "other"

# The composer recurses in C: 60,000 nested brackets or dashes crash the process. A text that may nest without
# indentation, or that may hold an anchor, is therefore checked as a stream of events first. The patterns also
# match a few harmless texts. A pattern is searched only in a text with one of its characters, and most begin
# with that character, so that the search can skip to it: most files have none.
_SUSPECT = tuple(
    (chars, re.compile(pattern, re.MULTILINE))
    for chars, pattern in (
        ("&*", r"""[&*](?=[0-9A-Za-z_-])(?<![^\s\[{,:?\-'"].)"""),
        ("!", r"(?:^|[-:?,\[{])[ \t]*!(?:[ \t\n]|\Z)"),
        ("%", r"%(?<!.%)"),
        ("-?:", r"[-?:][ \t]+[-?:](?:[ \t\n]|\Z)"),
        # libyaml accepts these, YAML 1.2 does not: `"a"#b`, `[?a]`, `[-]`.
        ("#", r"""#(?:(?<=['"\[\]{}|>]#)|(?<=[|>][-+0-9]#)|(?<=[|>][-+0-9]{2}#))"""),
        ("|>", r"^[|>]"),
        ("[{", r"[\[{,][ \t\n]*\?|[\[{,:][ \t\n]*-[ \t\n]*[\]},:]"),
    )
)


class _Composer(CParser):
    """libyaml's composer without PyYAML's detection of types."""

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str:
        return _PLAIN if kind is not ScalarNode or implicit[0] else _OTHER

    # No tag depends on a node's position. The composer calls these at each node, and built-ins are fastest.
    descend_resolver = operator.is_
    ascend_resolver = tuple


@dataclass
class Document:
    """The values of a YAML file.

    Attributes:
        source: the file.
        data: mappings as dict, lists as tuple, scalars as the module's docstring defines. It is None
            when the file is empty or cannot be parsed, and after `release`.
        problems: refused constructs. Without any, `data` holds the whole content of the file.
        empty: the file has no value.
        readable: the file was parsed, so positions can be looked up.
        escaped: the text has a backslash, so a quoted value may hold characters that the text does not show.
        remarked: the text may have a comment after a value.
    """

    source: SourceFile
    data: Value = None
    problems: list[Problem] = field(default_factory=list)
    empty: bool = False
    readable: bool = False
    escaped: bool = False
    remarked: bool = False

    def release(self) -> None:
        """Free the values once a model holds them. Positions can still be looked up."""
        self.data = None

    @cached_property
    def _root(self) -> Node | None:
        # The nodes of 10,000 files take 400 MB. They are composed again for the few files with a problem.
        try:
            return _Composer(self.source.text).get_single_node()
        except yaml.YAMLError:
            return None

    def span(self, place: Iterable[int | str], of_key: bool = False) -> Span:
        """Return the position of the value at `place`, or of the nearest value around it.

        Args:
            place: keys and indexes from the top. Keys that are not in the file are skipped.
            of_key: return the position of the key, not of its value.
        """
        node, key = (self._root if self.readable else None), None
        for step in place:
            found = _child(node, step)
            if found is not None:
                node, key = found
        chosen = key if of_key and key is not None else node
        return self.source.span(1, 1) if chosen is None else _span(self.source, chosen)


def read_document(source: SourceFile) -> Document:
    """Parse a file. No content makes it raise: each fault is in `problems`."""
    document = Document(source, escaped="\\" in source.text, remarked=" #" in source.text)
    document.problems += _html(source)
    root = None
    fault = _refused_structure(source) if _must_be_walked(source.text) else None
    if fault is None:
        try:
            root = _Composer(source.text).get_single_node()
        except yaml.YAMLError as error:
            fault = _syntax_problem(source, error)
    if fault is not None:
        document.problems.append(fault)
    elif root is None:
        document.empty = True
    else:
        document.readable = True
        document.data = _value(document, root, 1)
    return document


def _must_be_walked(text: str) -> bool:
    if text.count("[") + text.count("{") >= MAX_DEPTH:
        return True
    for chars, pattern in _SUSPECT:
        for char in chars:
            if char in text:
                if pattern.search(text):
                    return True
                break
    return False


def _refused_structure(source: SourceFile) -> Problem | None:
    """Return the first anchor, alias, directive, tag or level beyond `MAX_DEPTH`; None without one."""
    depth = 0
    try:
        for event in yaml.parse(source.text, Loader=yaml.CSafeLoader):
            code = _event_fault(event, source.text)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if code is None and depth > MAX_DEPTH:
                code = "yaml-depth"
            if code is not None:
                return _problem(source, code, event)
    except yaml.YAMLError as error:
        return _syntax_problem(source, error)
    return None


def _event_fault(event: yaml.Event, text: str) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "yaml-alias"
    if getattr(event, "anchor", None) is not None:
        return "yaml-anchor"
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "yaml-directive"
    mark = event.start_mark
    if isinstance(event, yaml.NodeEvent) and mark is not None and text.startswith("!", mark.index):
        return "yaml-tag"  # a lone `!`: libyaml does not report it as a tag
    return _laxer_than_1_2(event, text)


def _laxer_than_1_2(event: yaml.Event, text: str) -> str | None:
    """Return the code for a construct that YAML 1.2 refuses or reads differently than libyaml."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return None
    if isinstance(event, yaml.CollectionStartEvent | yaml.CollectionEndEvent):
        bracket = text[end.index - 1 : end.index] in ("[", "]", "{", "}")
        return "yaml-comment-glued" if bracket and text.startswith("#", end.index) else None
    if not isinstance(event, yaml.ScalarEvent):
        return None
    if event.style in ("'", '"'):
        return "yaml-comment-glued" if text.startswith("#", end.index) else None
    if event.style in ("|", ">"):
        if start.column == 0 and start.index > 0:
            return "yaml-indentation"  # `|` or `>` stands in the first column, below its key
        return "yaml-comment-glued" if _GLUED.match(text, start.index) else None
    inside_flow_key = text.startswith("?", start.index - 1) and start.index > 0
    return "yaml-reserved-character" if inside_flow_key or event.value == "-" else None


def _syntax_problem(source: SourceFile, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    span = source.span(line, column)
    code = find_fault_code(str(getattr(error, "problem", "")), span)
    begun = getattr(error, "context_mark", None)
    if begun is not None and (code == "yaml-quote-open" or "find expected ':'" in str(error)):
        # The parser stops later; the fault is where the quote or the key begins.
        span = source.span(begun.line + 1, begun.column + 1)
    return Problem(source.path, code, span)


def _value(document: Document, node: Node, depth: int) -> Value:
    if type(node) is ScalarNode:
        return _scalar(document, node)
    if depth > MAX_DEPTH:
        document.problems.append(_problem(document.source, "yaml-depth", node))
        return None
    if node.tag != _PLAIN:
        document.problems.append(_problem(document.source, "yaml-tag", node))
    if type(node) is SequenceNode:
        return tuple([_value(document, child, depth + 1) for child in node.value])
    return _mapping(document, cast(MappingNode, node), depth)


def _scalar(document: Document, node: ScalarNode) -> Value:
    text: str = node.value
    if node.style == "":
        if node.tag is not _PLAIN:
            document.problems.append(_problem(document.source, "yaml-tag", node))
            return text
        if text in _TYPED:
            return _TYPED[text]
        if document.remarked and " " in text:
            _check_remark(document, node)
        return int(text) if text[0] in _DIGITS and _INTEGER.fullmatch(text) else text
    if node.tag not in (_PLAIN, _OTHER):
        document.problems.append(_problem(document.source, "yaml-tag", node))
    if node.style == '"' and document.escaped:
        _check_escapes(document, node)
    if node.end_mark.line > node.start_mark.line and node.style in ("'", '"'):
        _check_indentation(document, node)
    return text


def _check_remark(document: Document, node: ScalarNode) -> None:
    """Warn of a comment after a text: in `Le lot #1 du mois`, YAML drops `#1 du mois`."""
    remark = _REMARK.match(document.source.text, node.end_mark.index)
    if remark:
        span = document.source.span_at(remark.start(1), len(remark[1]))
        values = {"found": remark[1]}
        document.problems.append(
            Problem(document.source.path, "yaml-text-cut", span, values, severity="warning")
        )


def _check_indentation(document: Document, node: ScalarNode) -> None:
    """Refuse a line without indentation in a quoted text, as YAML 1.2 (§7.3) does."""
    lines = document.source.text.split("\n")
    for number in range(node.start_mark.line + 1, node.end_mark.line + 1):
        if lines[number][:1] not in ("", " "):
            span = document.source.span(number + 1, 1)
            document.problems.append(Problem(document.source.path, "yaml-indentation", span))
            return


def _check_escapes(document: Document, node: ScalarNode) -> None:
    """Refuse escapes such as `\\u202e` or `\\x3c` for characters that the text itself may not hold."""
    hidden = FORBIDDEN.search(node.value)
    if hidden:
        values = {"character": f"U+{ord(hidden[0]):04X}"}
        document.problems.append(_problem(document.source, "text-hidden-character", node, values))
    written = HTML.search(node.value)
    if written and written[0] not in document.source.text:
        document.problems.append(_problem(document.source, "text-html", node, {"found": written[0]}))


def _mapping(document: Document, node: MappingNode, depth: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, child in node.value:
        leaf = type(child) is ScalarNode
        value = _scalar(document, child) if leaf else _value(document, child, depth + 1)
        plain = type(key) is ScalarNode and key.style == "" and key.tag is _PLAIN and key.value != "<<"
        name = key.value if plain else _key(document, key)
        if name is None:
            continue
        if name in content:
            document.problems.append(_problem(document.source, "yaml-duplicate-key", key, {"key": name}))
        else:
            content[name] = value
    return content


def _key(document: Document, node: Node) -> str | None:
    if type(node) is not ScalarNode:
        document.problems.append(_problem(document.source, "yaml-key-shape", node))
        return None
    if node.tag not in (_PLAIN, _OTHER):
        document.problems.append(_problem(document.source, "yaml-tag", node))
    if node.value == "<<" and node.style == "":
        document.problems.append(_problem(document.source, "yaml-merge-key", node))
        return None
    if node.style == '"' and document.escaped:
        _check_escapes(document, node)
    return str(node.value)


def _html(source: SourceFile) -> list[Problem]:
    if "<" not in source.text:
        return []
    return [
        Problem(source.path, "text-html", source.span_at(match.start(), len(match[0])), {"found": match[0]})
        for match in list(HTML.finditer(source.text))[:20]
    ]


def _child(node: Node | None, step: int | str) -> tuple[Node, Node | None] | None:
    if isinstance(node, MappingNode):
        return next(((child, key) for key, child in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], None
    return None


def _span(source: SourceFile, marked: Any) -> Span:
    start, end = marked.start_mark, marked.end_mark
    length = end.column - start.column if end.line == start.line else 0
    span = source.span(start.line + 1, start.column + 1, length)
    if length > 0:
        return span
    return Span(span.line, span.column, max(1, len(span.source.rstrip()) - span.column + 1), span.source)


def _problem(source: SourceFile, code: str, marked: Any, values: dict[str, str] | None = None) -> Problem:
    return Problem(source.path, code, _span(source, marked), values or {})
