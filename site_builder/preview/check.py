"""Look at a built site: its links, its HTML, weights against the budgets, foreign origins, headers."""

from __future__ import annotations

import gzip
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cje.locales import text
from site_builder.errors import SiteError
from site_builder.files.policy import content_policy, parse_headers_file
from site_builder.preview.html import Fault, Outline, source_faults

__all__ = ["BUDGETS", "Finding", "check_site", "page_weight"]

# Bytes transferred with gzip, by kind of page (`data-page`): all that a page loads at once, and the till its
# first decoder, which its script starts.
BUDGETS = {"home": 40_000, "offer": 30_000, "wallet": 40_000, "till": 45_000}
OTHER_PAGES = 40_000
WORKER = 2_000

_LOADING = {
    ("link", "stylesheet"),
    ("link", "icon"),
    ("link", "manifest"),
    ("link", "modulepreload"),
    ("script", ""),
    ("img", ""),
}
# What a bundled script imports at once, and not with `import(…)`.
_IMPORTED = re.compile(r'(?:from|\bimport) ?"(\./[^"]+\.js)"')
_ISSUERS = ("w/", "trust/")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: the page or file, its line or 0 for the whole, and what is wrong.

    Attributes:
        name: the sentence's name in `site.check`; `values` are its placeholders.
    """

    path: str
    line: int
    name: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str = "fr") -> str:
        """What is wrong, in words."""
        return text(f"site.check.{self.name}", lang, **self.values)

    @property
    def place(self) -> str:
        """File and line, as editors open them."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(slots=True)
class _Page(HTMLParser):
    """What a page names: links, files loaded at once or later, ids, and what the policy would refuse."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    outline: Outline = field(default_factory=Outline)
    page: str = ""
    policy: str = ""
    worker: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, slash=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, slash=True)

    def handle_endtag(self, tag: str) -> None:
        self.outline.closed(tag, self.getpos()[0])

    def handle_data(self, data: str) -> None:
        self.outline.text(data, self.getpos()[0])

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, slash: bool) -> None:
        line = self.getpos()[0]
        self.outline.opened(tag, attrs, line, slash=slash)
        values = {name: value or "" for name, value in attrs}
        self.faults += [Fault(line, name, {"tag": tag}) for name in _refused(tag, values)]
        if tag == "body":
            self.page = values.get("data-page") or values.get("class", "").rpartition("app-")[2]
            self.worker = values.get("data-worker", "")
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values.get("content", "")
        address = values.get("href") or values.get("src")
        if address is None or tag in {"base", "meta"}:
            return
        self.lines.setdefault(address, line)
        kind = values.get("rel", "") if tag == "link" else ""
        if values.get("loading") == "lazy":
            self.later.append(address)
        else:
            (self.loads if (tag, kind) in _LOADING else self.links).append(address)


def _refused(tag: str, values: Mapping[str, str]) -> Iterator[str]:
    """What the policy would refuse in one tag."""
    if "style" in values or tag == "style":
        yield "inline_style"
    if any(name.startswith("on") for name in values):
        yield "inline_handler"
    if tag == "script" and "src" not in values and not values.get("type", "").endswith("json"):
        yield "inline_script"
    if tag in {"iframe", "object", "embed", "base", "form"} and values.get("action"):
        yield "sends_away"


def check_site(out: Path) -> tuple[int, list[Finding]]:
    """Check a built folder.

    Returns:
        The number of pages read, and what was found, by path.

    Raises:
        SiteError: nothing was built there.
    """
    if not (out / "index.html").is_file():
        raise SiteError("nothing_to_check", path=out)
    files = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    own = {name: path for name, path in files.items() if not name.startswith(_ISSUERS)}
    pages = {name: _read(path) for name, path in own.items() if name.endswith(".html")}
    findings = [
        *(finding for name, page in pages.items() for finding in _check_page(name, page, pages, own)),
        *_check_weights(out, pages),
        *_check_headers(own, pages),
    ]
    return len(pages), findings


def _read(path: Path) -> _Page:
    page, source = _Page(), path.read_text(encoding="utf-8")
    page.feed(source)
    page.close()
    page.faults += [*source_faults(source), *page.outline.ended()]
    return page


def _check_page(name: str, page: _Page, pages: dict[str, _Page], files: dict[str, Path]) -> Iterator[Finding]:
    for fault in sorted(page.faults, key=lambda one: one.line):
        yield Finding(name, fault.line, fault.name, fault.values)
    if content_policy("page", meta=True).split("; ")[0] not in page.policy:
        yield Finding(name, 0, "no_policy")
    for address in (*page.loads, *page.later):
        if urlsplit(address).scheme or address.startswith("//"):
            yield Finding(name, page.lines[address], "foreign", {"address": address})
    for address in sorted({*page.loads, *page.later, *page.links}):
        if fault_name := _link_fault(name, address, pages, files):
            yield Finding(name, page.lines[address], fault_name, {"address": address})


def _link_fault(name: str, address: str, pages: dict[str, _Page], files: dict[str, Path]) -> str | None:
    parts = urlsplit(address)
    if parts.scheme or address.startswith("//"):
        return None if parts.scheme == "https" else "not_https"
    target = _target(name, parts.path)
    if target not in files:
        return "dead_link"
    if parts.fragment and not _has_mark(pages.get(target), unquote(parts.fragment)):
        return "no_mark"
    return None


def _has_mark(page: _Page | None, mark: str) -> bool:
    # The two apps read their fragments themselves.
    return page is None or page.page in {"wallet", "till"} or mark in page.outline.ids


def _target(name: str, path: str) -> str:
    if not path:
        return name
    joined = (
        path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(name), unquote(path))
    )
    target = posixpath.normpath(joined) if joined else "."
    folder = path.endswith("/") or target == "."
    return posixpath.normpath(f"{target}/index.html") if folder else target


def page_weight(out: Path, name: str, page: _Page | None = None, *, pictures: bool = False) -> int:
    """Bytes that a first visit to a page transfers with gzip: itself, and what it loads at once.

    A lazy picture is not counted, unless `pictures` asks for it: its place is kept, reading does not wait for
    it, and its own budget is the catalogue's (at most 60 KiB).

    For the till, that is up to "ready to scan": camera on, first decoder started
    (tests/web/till/test_weight.py compares this with what a browser asks for). What decides comes right
    behind and is not counted.
    """
    page = page or _read(out / name)
    later = page.later if pictures else []
    started = [page.worker] if page.page == "till" and page.worker else []
    loads = {_target(name, urlsplit(address).path) for address in (*page.loads, *started, *later)}
    for worker in [_target(name, urlsplit(address).path) for address in started]:
        loads |= {_target(worker, part) for part in _IMPORTED.findall((out / worker).read_text())}
    return sum(_gzipped(out / target) for target in {name, *loads} if (out / target).is_file())


def _gzipped(path: Path) -> int:
    state = path.stat()
    return _packed(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)  # every page loads the same few files
def _packed(path: Path, changed: int, size: int) -> int:
    return len(gzip.compress(path.read_bytes(), 6, mtime=0))


def _check_weights(out: Path, pages: dict[str, _Page]) -> Iterator[Finding]:
    for name, page in pages.items():
        weight, budget = page_weight(out, name, page), BUDGETS.get(page.page, OTHER_PAGES)
        if weight > budget:
            yield Finding(name, 0, "too_heavy", {"weight": weight, "budget": budget})
    for worker in ("sw.js", "caisse/sw.js"):
        weight = _gzipped(out / worker)
        if weight > WORKER:
            yield Finding(worker, 0, "too_heavy", {"weight": weight, "budget": WORKER})


def _check_headers(files: dict[str, Path], pages: dict[str, _Page]) -> Iterator[Finding]:
    if "_headers" not in files:
        yield Finding("_headers", 0, "no_headers")
        return
    rules = parse_headers_file(files["_headers"].read_text(encoding="utf-8"))
    for name in pages:
        address = "/" + name.removesuffix("index.html")
        matching = [
            headers
            for rule, headers in rules
            if address == rule or (rule.endswith("*") and address.startswith(rule[:-1]))
        ]
        if len(matching) != 1 or "Content-Security-Policy" not in matching[0]:
            yield Finding(name, 0, "header_rules", {"rules": len(matching)})
