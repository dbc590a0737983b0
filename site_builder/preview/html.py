"""Is a page valid HTML? Its tags, their nesting, its ids and its names, with the line of each fault.

Stricter than the standard (WHATWG HTML), so that no rule of repair ever runs in a browser: each element that
is not void is closed by its own tag, in order. What is left are the opening tags that close another by
themselves (§13.2.6), what an element may hold (§4), and what a page must say: its language, title and names.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5

__all__ = ["Fault", "Outline", "source_faults"]

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a page: its line, from 1; the message's name in `site.check`, and its placeholders."""

    line: int
    name: str
    values: Mapping[str, object] = field(default_factory=dict)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


VOID = _set("area base br col embed hr img input link meta source track wbr")
_METADATA = _set("base link meta noscript script style template title")
_SCRIPTING = _set("script template noscript")
# An opening tag of these closes an open <p>.
_BLOCKS = _set(
    "address article aside blockquote dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul"
)
_HEADINGS = _set("h1 h2 h3 h4 h5 h6")
# They hold text and what stands in a line of it, never a block.
_LINES = _set(
    "abbr b bdi bdo button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label legend mark output p pre q s"
    " samp small span strong sub summary sup time u var"
)
_TRANSPARENT = _set("a del ins map noscript")
_HTML = (
    VOID
    | _METADATA
    | _BLOCKS
    | _LINES
    | _TRANSPARENT
    | _set(
        "html head body audio canvas caption colgroup datalist iframe meter object optgroup option picture"
        " progress rp rt ruby select slot tbody td textarea tfoot th thead tr video svg math"
    )
)
# Where an element must stand…
_PARENTS = {
    "li": _set("ul ol menu"),
    "dt": _set("dl div"),
    "dd": _set("dl div"),
    "summary": _set("details"),
    "figcaption": _set("figure"),
    "legend": _set("fieldset"),
    "option": _set("select optgroup datalist"),
    "optgroup": _set("select"),
    "tr": _set("thead tbody tfoot"),
    "td": _set("tr"),
    "th": _set("tr"),
    "thead": _set("table"),
    "tbody": _set("table"),
    "tfoot": _set("table"),
    "caption": _set("table"),
    "colgroup": _set("table"),
    "col": _set("colgroup"),
    "source": _set("picture audio video"),
    "track": _set("audio video"),
    "title": _set("head"),
    "base": _set("head"),
    "style": _set("head"),
    "head": _set("html"),
    "body": _set("html"),
}
# … and what alone an element may hold; none of these holds text.
_CHILDREN = {
    "html": _set("head body"),
    "head": _METADATA,
    "ul": _set("li") | _SCRIPTING,
    "ol": _set("li") | _SCRIPTING,
    "menu": _set("li") | _SCRIPTING,
    "dl": _set("dt dd div") | _SCRIPTING,
    "table": _set("caption colgroup thead tbody tfoot") | _SCRIPTING,
    "thead": _set("tr") | _SCRIPTING,
    "tbody": _set("tr") | _SCRIPTING,
    "tfoot": _set("tr") | _SCRIPTING,
    "tr": _set("td th") | _SCRIPTING,
    "colgroup": _set("col template"),
    "select": _set("option optgroup hr") | _SCRIPTING,
    "optgroup": _set("option") | _SCRIPTING,
    "picture": _set("source img") | _SCRIPTING,
}
_TEXT_ONLY = _set("option textarea title script style")
_INTERACTIVE = _set("a button details embed iframe input label select textarea")
_ONCE = _set("html head body main title")
# HTML that stands in a drawing ends it (§13.2.6.5), but for what SVG has too.
_IN_SVG = _set("a audio canvas iframe script style title video")
_NAMED = _set("a button h1 h2 h3 h4 h5 h6 label legend option summary th title")
_LABELLED = _set("input select textarea")
_NAMES = ("aria-label", "aria-labelledby", "title")
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "headers")


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet; `named` when something in it can be read out."""

    tag: str
    line: int
    named: bool = False


class Outline:
    """Follows the tags of one page as they come, and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.ids: dict[str, int] = {}
        self._open: list[_Open] = []
        self._seen: set[str] = set()
        self._wanted: list[tuple[int, str]] = []
        self._nameless: list[tuple[int, str, str]] = []
        self._labels: set[str] = set()
        self._drawing = 0

    def opened(self, tag: str, pairs: list[tuple[str, str | None]], line: int, *, slash: bool) -> None:
        """An opening tag; `slash` when it was written as closing itself."""
        values = {name: value or "" for name, value in pairs}
        if len(values) < len(pairs):
            self._fault(line, "attribute_twice", tag=tag)
        self._note_names(tag, values, line)
        if self._drawing:
            self._draw(tag, line)
        else:
            self._place(tag, values, line)
            if slash and tag not in VOID and tag not in {"svg", "math"}:
                self._fault(line, "not_void", tag=tag)
        if slash or (tag in VOID and not self._drawing):
            return
        self._drawing += tag in {"svg", "math"}
        self._open.append(_Open(tag, line, named=any(values.get(name) for name in _NAMES)))

    def closed(self, tag: str, line: int) -> None:
        """A closing tag, which must be that of the element opened last."""
        if tag in VOID and not self._drawing:
            return self._fault(line, "void_closed", tag=tag)
        depth = next((n for n in range(len(self._open) - 1, -1, -1) if self._open[n].tag == tag), None)
        if depth is None:
            return self._fault(line, "never_opened", tag=tag)
        for one in self._open[depth + 1 :]:
            self._fault(one.line, "never_closed", tag=one.tag)
            self._drawing -= one.tag in {"svg", "math"}
        self._drawing -= tag in {"svg", "math"}
        one = self._open[depth]
        del self._open[depth:]
        if tag in _NAMED and not one.named and not self._drawing:
            self._fault(one.line, "nameless", tag=tag)
        if one.named and self._open and tag not in {"script", "style", "template"}:
            self._open[-1].named = True
        return None

    def text(self, data: str, line: int) -> None:
        """What stands between two tags."""
        if data.isspace() or not self._open:
            return
        parent = self._open[-1]
        parent.named = True
        if parent.tag in _CHILDREN and not self._drawing:
            self._fault(line, "text_in", tag=parent.tag)

    def ended(self) -> list[Fault]:
        """All faults by line, once the page is over."""
        for one in self._open:
            self._fault(one.line, "never_closed", tag=one.tag)
        for tag in sorted({"html", "head", "title", "body", "h1"} - self._seen):
            self._fault(1, "missing", tag=tag)
        for line, wanted in self._wanted:
            if wanted not in self.ids:
                self._fault(line, "no_such_id", id=wanted)
        for line, tag, own in self._nameless:
            if own not in self._labels:
                self._fault(line, "nameless", tag=tag)
        return sorted(self.faults, key=lambda fault: fault.line)

    def _fault(self, line: int, name: str, **values: object) -> None:
        self.faults.append(Fault(line, name, values))

    def _note_names(self, tag: str, values: Attributes, line: int) -> None:
        own = values.get("id")
        if own is not None:
            if not own or " " in own:
                self._fault(line, "bad_id", id=own)
            elif own in self.ids:
                self._fault(line, "id_twice", id=own)
            self.ids.setdefault(own, line)
        for name in _REFERENCES:
            if name in values and not (name == "list" and tag != "input"):
                self._wanted += [(line, wanted) for wanted in values[name].split()]
        if tag == "label":
            self._labels.add(values.get("for", ""))
        if tag == "img":
            self._picture(values, line)
        if tag in _LABELLED and values.get("type") not in {"hidden", "submit", "button"}:
            held = any(one.tag == "label" for one in self._open)
            if not held and not any(values.get(name) for name in _NAMES):
                self._nameless.append((line, tag, values.get("id", "?")))
        if tag == "html" and not values.get("lang"):
            self._fault(line, "no_language")

    def _picture(self, values: Attributes, line: int) -> None:
        if "alt" not in values:
            self._fault(line, "no_alt")
        if not values.get("src"):
            self._fault(line, "no_source", tag="img")
        if values.get("alt") and self._open:
            self._open[-1].named = True

    def _draw(self, tag: str, line: int) -> None:
        if tag in _HTML and tag not in _IN_SVG and tag not in {"svg", "math"}:
            self._fault(line, "breaks_drawing", tag=tag)

    def _place(self, tag: str, values: Attributes, line: int) -> None:
        if tag not in _HTML and "-" not in tag:
            self._fault(line, "unknown", tag=tag)
        if tag in _ONCE and tag in self._seen and "hidden" not in values:
            self._fault(line, "twice", tag=tag)
        self._seen.add(tag)
        parent = self._open[-1].tag if self._open else ""
        if parent == "template":
            return
        told = _PARENTS.get(tag)
        if told is not None and parent not in told:
            self._fault(line, "misplaced", tag=tag, parent=parent)
        allowed = _CHILDREN.get(parent)
        if (allowed is not None and tag not in allowed and told is None) or parent in _TEXT_ONLY:
            self._fault(line, "misplaced", tag=tag, parent=parent)
        for one in self._above(tag, values):
            self._fault(line, "misplaced", tag=tag, parent=one)

    def _above(self, tag: str, values: Attributes) -> Iterator[str]:
        """The elements around that forbid this one."""
        around = [one.tag for one in self._open]
        if "template" in around:
            around = around[len(around) - around[::-1].index("template") :]
        holder = next((name for name in reversed(around) if name not in _TRANSPARENT), "")
        in_summary = holder == "summary" and tag in _HEADINGS
        if tag in _BLOCKS and holder in _LINES and not in_summary:
            yield holder
        acting = tag in _INTERACTIVE and values.get("type") != "hidden" and (tag != "a" or "href" in values)
        yield from (name for name in around if acting and name in {"a", "button"})
        yield from (name for name in around if name == tag and tag in {"form", "label"})


_REFERENCE = re.compile(r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*)(;?)")
_TAG = re.compile(r"<(?![A-Za-z!/])|</(?![A-Za-z])|<!(?!--|doctype html>)|<\?", re.IGNORECASE)
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_RAW = re.compile(r"<(script|style)\b[^>]*>.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)


def source_faults(source: str) -> list[Fault]:
    """What is wrong with the characters of a page, whatever its tags; and how it begins."""
    found: list[tuple[int, str, str]] = []
    if not source[:64].lstrip().lower().startswith("<!doctype html>"):
        found.append((0, "no_doctype", ""))
    found += [(match.start(), "bad_reference", match[0]) for match in _bad_references(source)]
    found += [(match.start(), "stray", match[0]) for match in _TAG.finditer(source)]
    found += [(match.start(), "control", f"U+{ord(match[0]):04X}") for match in _CONTROL.finditer(source)]
    if not found:
        return []
    raw = [match.span() for match in _RAW.finditer(source)]
    starts = [start for start, _ in raw]
    return [
        Fault(source.count("\n", 0, at) + 1, name, {"sign": sign} if sign else {})
        for at, name, sign in sorted(found)
        if name == "control" or not _within(at, raw, starts)
    ]


def _bad_references(source: str) -> Iterator[re.Match[str]]:
    for match in _REFERENCE.finditer(source):
        name, end = match.groups()
        known = name.startswith("#") or f"{name};" in html5
        # Without its semicolon a name is only wrong when browsers replace it all the same.
        if (end and not known) or (not end and (name.startswith("#") or name in html5)):
            yield match


def _within(at: int, spans: list[tuple[int, int]], starts: list[int]) -> bool:
    turn = bisect(starts, at) - 1
    return turn >= 0 and spans[turn][0] < at < spans[turn][1]
