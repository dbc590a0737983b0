"""What an earlier check learnt of files that have not changed since: a cache that is safe to delete.

Nothing is believed that could be stale: a file counts as unchanged when its size, times and inode are those
of then, or else its text is. What was learnt by other rules, another Python or another library is forgotten,
and so is a cache that is cut, edited or not ours. Messages are never kept, only what they are made from.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import islice
from pathlib import Path
from sys import intern
from typing import Any

import pydantic
import yaml

from catalogue.breach import Breach
from catalogue.facts import Facts, facts_of
from catalogue.geography import Territory
from catalogue.offer import Offer
from catalogue.problem import Problem, Span

MAX_CACHE = 64 * 1024 * 1024  # ten thousand offers take 3 MiB
# A file written in the tick in which it was read can change again and keep its times (git calls it racily
# clean); FAT, the coarsest that is met, counts in two seconds.
SETTLED_NS = 3_000_000_000
_SEAL = 16  # bytes of a digest
CACHE = ".cje-cache"
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backups pass over it


@dataclass(frozen=True)
class Known:
    """What is known of one file, an offer without error.

    Attributes:
        warnings: what its own text deserves: code, span, values, suggestion.
        spans: where things stand that a rule across files named before.
    """

    facts: Facts
    warnings: tuple[tuple[str, Span, dict[str, str], str | None], ...]
    spans: dict[str, Span]

    def problems(self, path: str) -> list[Problem]:
        """Its warnings, as problems of the file shown as `path`."""
        return [
            Problem(path, code, span, values, meant, "warning") for code, span, values, meant in self.warnings
        ]


@dataclass
class Memory:
    """The cache of one content folder, read from `path` by `open` and written back by `save`.

    Attributes:
        hints: what is remembered holds an editor's hints and warnings; without, it serves a build.
        now_ns: the time, to tell files that have just been written.
        hits: files that were not read again, or whose text was the same.
    """

    path: Path
    hints: bool = True
    now_ns: Callable[[], int] = time.time_ns
    hits: int = 0
    _before: dict[str, list[Any]] = field(default_factory=dict)
    _after: dict[str, list[Any]] = field(default_factory=dict)
    _live: dict[str, Known] = field(default_factory=dict)
    _changed: bool = False
    _opened_ns: int = 0

    @classmethod
    def beside(cls, content: Path) -> Memory:
        """The memory of `content`, in the folder `.cje-cache` next to it."""
        root = content.resolve()
        return cls(root.parent / CACHE / f"check-{root.name}.json")

    @classmethod
    def for_building(cls, content: Path) -> Memory:
        """The same, without what only an editor needs."""
        root = content.resolve()
        return cls(root.parent / CACHE / f"build-{root.name}.json", hints=False)

    def open(self) -> None:
        """Read what was saved; nothing is known before."""
        self._opened_ns = self.now_ns()
        self._before = _read(self.path)

    def by_signature(self, slug: str, path: str) -> Known | None:
        """What is known of a file that has visibly not been touched."""
        entry = self._before.get(slug)
        if entry is None or entry[0] is None or entry[0] != self.signature(path):
            return None
        return self._recalled(slug, entry)

    def by_text(self, slug: str, signature: list[int] | None, text: str) -> Known | None:
        """What is known of a file that says what it said then, though it was touched or fetched anew."""
        entry = self._before.get(slug)
        if entry is None or entry[1] != _digest(text):
            return None
        self._changed = True
        return self._recalled(slug, [signature, *entry[1:]])

    def _recalled(self, slug: str, entry: list[Any]) -> Known:
        self.hits += 1
        known = _known(slug, entry)
        self._after[slug], self._live[slug] = entry, known
        return known

    def learn(self, offer: Offer, signature: list[int] | None, text: str, warnings: list[Problem]) -> Known:
        """Keep what was found in a file without error; `signature` was taken before it was read."""
        self._changed = True
        told = [[found.code, _listed(found.span), dict(found.values), found.suggestion] for found in warnings]
        plain = [_plain(value) for value in facts_of(offer)[1:-1]]
        return self.take(offer.slug, [signature, _digest(text), plain, told, {}])

    def entry(self, slug: str) -> list[Any]:
        """What was learnt of one file, for another process to take; this one need not hold it any longer."""
        del self._live[slug]
        return self._after.pop(slug)

    def take(self, slug: str, entry: list[Any]) -> Known:
        """Keep what another process has learnt."""
        self._changed = True
        self._after[slug] = entry
        known = self._live[slug] = _known(slug, entry)
        return known

    def span(self, slug: str, breach: Breach, find: Callable[[], Span]) -> Span:
        """Where a breach stands in a file that is known; `find` reads the file again, once."""
        key = json.dumps([breach.code, breach.place, breach.values, breach.suggestion])
        spans = self._live[slug].spans
        if key not in spans:
            spans[key] = find()
            self._after[slug][4][key] = _listed(spans[key])
            self._changed = True
        return spans[key]

    def signature(self, path: str) -> list[int] | None:
        """What tells whether a file was touched; None when it cannot be relied on."""
        try:
            state = os.lstat(path)
        except OSError:
            return None
        newest = max(state.st_mtime_ns, state.st_ctime_ns)
        if not stat.S_ISREG(state.st_mode) or self._opened_ns - newest < SETTLED_NS:
            return None
        return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_dev]

    def save(self) -> None:
        """Write the cache, whole or not at all; a folder that cannot be written costs time, nothing else."""
        if not self._changed and self._after.keys() == self._before.keys():
            return
        write_sealed(self.path, {"rules": rules_digest(), "files": self._after})


def write_sealed(path: Path, tree: Mapping[str, object]) -> None:
    """Write a cache, whole or not at all; a folder that cannot be written costs time, nothing else."""
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        _once(path.parent / "CACHEDIR.TAG", CACHE_TAG)
        _once(path.parent / ".gitignore", "*\n")
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            _write_sealed(waiting, tree)
            waiting.replace(path)
        finally:
            waiting.unlink(missing_ok=True)


def _write_sealed(path: Path, tree: Mapping[str, object]) -> None:
    """A seal over the body, a line end, the body: JSON, never held whole, as it may be of 60 MB."""
    state = blake2b(digest_size=_SEAL)
    with path.open("wb") as file:
        file.write(b"0" * 2 * _SEAL + b"\n")
        for part in _json_parts(tree):
            data = part.encode()
            state.update(data)
            file.write(data)
        file.seek(0)
        file.write(state.hexdigest().encode())


def _json_parts(tree: Mapping[str, object]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    before = "{"
    for name, value in tree.items():
        yield f"{before}{encode(name)}:"
        before = ","
        if not isinstance(value, dict):
            yield encode(value)
            continue
        items, comma = iter(value.items()), "{"
        while some := dict(islice(items, 1_000)):
            yield f"{comma}{encode(some)[1:-1]}"
            comma = ","
        yield "{}" if comma == "{" else "}"
    yield "}"


def read_sealed(path: Path) -> dict[str, Any]:
    """Read a cache; nothing of one that is cut, edited or not ours."""
    try:
        if path.stat().st_size > MAX_CACHE:
            return {}
        raw = path.read_bytes()
        seal, body = raw[: 2 * _SEAL], memoryview(raw)[2 * _SEAL + 1 :]
        whole = seal.decode() == blake2b(body, digest_size=_SEAL).hexdigest()
        held = json.loads(str(body, "utf-8")) if whole else {}
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


@cache
def rules_digest() -> str:
    """Names everything a verdict depends on besides the files: our modules, Python, the libraries."""
    state = blake2b(f"{sys.version}\0{pydantic.VERSION}\0{yaml.__version__}".encode(), digest_size=16)
    for module in sorted(files("catalogue").iterdir(), key=lambda entry: entry.name):
        if module.name.endswith(".py"):
            state.update(module.name.encode() + b"\0" + module.read_bytes())
    return state.hexdigest()


def _read(path: Path) -> dict[str, list[Any]]:
    held = read_sealed(path)
    return held["files"] if held.get("rules") == rules_digest() else {}


def _plain(value: Any) -> Any:
    if isinstance(value, Territory):
        return [value.kind, "\n".join(value.codes), value.label]
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


@cache
def _territory(kind: Any, codes: str, label: str) -> Territory:
    """Offers share territories: one object for all that say the same."""
    return Territory.model_validate(
        {"kind": kind, "codes": tuple(codes.split("\n")) if codes else (), "label": label}
    )


@lru_cache(4_096)
def _few(*words: str) -> tuple[str, ...]:
    """Offers share needs, programmes and tags: one tuple for all that have the same."""
    return words


def _known(slug: str, entry: list[Any]) -> Known:
    _, digest, facts, told, spans = entry
    number, status, partner, categories, programmes, until, reviewed, image, *shown = facts
    since, title, headline, summary, channel, cents, tags, territory = shown
    return Known(
        Facts(
            slug,
            number,
            intern(status),
            intern(partner),
            _few(*categories),
            _few(*programmes),
            date.fromisoformat(until),
            None if reviewed is None else date.fromisoformat(reviewed),
            image,
            date.fromisoformat(since),
            title,
            headline,
            summary,
            intern(channel),
            cents,
            _few(*tags),
            _territory(*territory),
            digest,
        ),
        tuple((code, Span(*span), values, meant) for code, span, values, meant in told),
        {key: Span(*span) for key, span in spans.items()},
    )


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8"), digest_size=_SEAL).hexdigest()


def _listed(span: Span) -> list[Any]:
    return [span.line, span.column, span.length, span.source]


def _once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")
