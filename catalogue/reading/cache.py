"""What an earlier check learnt of files that have not changed since: a cache that is safe to delete.

Nothing is believed that could be stale: a file counts as unchanged when its size, times and inode are those
of then, or else its text is. What was learnt by other rules, another Python or another library is forgotten,
and so is a cache that is cut, edited or not ours. Messages are never kept, only what they are made from.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pydantic
import yaml

from catalogue.model.facts import Facts, collect_facts
from catalogue.model.geography import Territory
from catalogue.model.offer import Offer
from catalogue.problems.breach import Breach
from catalogue.problems.problem import Problem, Span
from cje.machine.cache_file import cache_path, read_cache, write_cache
from cje.machine.file_stamp import FileStamp, StampCheck, read_stamp

# A file written in the tick in which it was read can change again and keep its times (git calls it racily
# clean); FAT, the coarsest that is met, counts in two seconds.
SETTLED_NS = 3_000_000_000
_ROOM = Path(__file__).parents[1]
_DIGEST = 16  # bytes
# To read one file of so many again takes less than to write down what is known of all.
_WORTH_WRITING = 1_000


class CachedWarning(NamedTuple):
    """What the text of a file deserves to be told, but for the path."""

    code: str
    span: Span
    values: dict[str, str]
    suggestion: str | None


class CachedOffer(msgspec.Struct, array_like=True, gc=False):
    """What is known of one file, an offer without error.

    Attributes:
        seen: how it looked; None when that could not be relied on.
        warnings: what its own text deserves.
        spans: where things stand that a rule across files named before.
    """

    seen: FileStamp | None
    facts: Facts
    warnings: tuple[CachedWarning, ...]
    spans: dict[str, Span]

    def problems(self, path: str) -> list[Problem]:
        """Its warnings, as problems of the file shown as `path`."""
        return [
            Problem(path, code, span, values, meant, "warning") for code, span, values, meant in self.warnings
        ]


class _Held(msgspec.Struct):
    """The cache's file."""

    rules: str
    files: dict[str, CachedOffer]


@dataclass
class OfferCache:
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
    _look: StampCheck | None = None
    _before: dict[str, CachedOffer] = field(default_factory=dict)
    _after: dict[str, CachedOffer] = field(default_factory=dict)
    _learnt: int = 0
    _placed: int = 0
    _opened_ns: int = 0

    @classmethod
    def beside(cls, content: Path) -> OfferCache:
        """The memory of `content`, in the folder `.cje-cache` next to it."""
        return cls(cache_path(content, "check"))

    @classmethod
    def for_building(cls, content: Path, look: StampCheck | None = None) -> OfferCache:
        """The same, without what only an editor needs; `look` was taken at the offers of this cache."""
        return cls(cache_path(content, "build"), hints=False, _look=look)

    def open(self) -> None:
        """Read what was saved; nothing is known before."""
        self._opened_ns = self.now_ns()
        sealed = read_cache(self.path, _Held, _made)
        if sealed is None or sealed.value.rules != rules_digest():
            return
        self._before = sealed.value.files
        if self._look is not None and self._look.checksum != sealed.checksum:
            self._look = None

    def by_signature(self, slug: str, path: str) -> CachedOffer | None:
        """What is known of a file that has visibly not been touched."""
        known = self._before.get(slug)
        if known is None or known.seen is None:
            return None
        if slug in self._look.changed if self._look is not None else known.seen != self.signature(path):
            return None
        self.hits += 1
        self._after[slug] = known
        return known

    def by_text(self, slug: str, signature: FileStamp | None, text: str) -> CachedOffer | None:
        """What is known of a file that says what it said then, though it was touched or fetched anew."""
        known = self._before.get(slug)
        if known is None or known.facts.digest != _digest(slug, text):
            return None
        self.hits += 1
        return self.take(slug, msgspec.structs.replace(known, seen=signature))

    def learn(
        self, offer: Offer, signature: FileStamp | None, text: str, warnings: list[Problem]
    ) -> CachedOffer:
        """Keep what was found in a file without error; `signature` was taken before it was read."""
        told = [
            CachedWarning(found.code, found.span, dict(found.values), found.suggestion) for found in warnings
        ]
        facts = collect_facts(offer, _digest(offer.slug, text))
        return self.take(offer.slug, CachedOffer(signature, facts, tuple(told), {}))

    def take(self, slug: str, known: CachedOffer) -> CachedOffer:
        """Keep what was learnt just now, here or in another process."""
        self._learnt += 1
        self._after[slug] = known
        return known

    def forget(self, slug: str) -> None:
        """Let go of what another process will keep."""
        del self._after[slug]

    def span(self, slug: str, breach: Breach, find: Callable[[], Span]) -> Span:
        """Where a breach stands in a file that is known; `find` reads the file again, once."""
        key = json.dumps([breach.code, breach.place, breach.values, breach.suggestion])
        spans = self._after[slug].spans
        if key not in spans:
            spans[key] = find()
            self._placed += 1
        return spans[key]

    def signature(self, path: str) -> FileStamp | None:
        """What tells whether a file was touched; None when it cannot be relied on."""
        found = read_stamp(path)
        if found is None or self._opened_ns - max(found.modified_ns, found.changed_ns) < SETTLED_NS:
            return None
        return found

    def save(self) -> None:
        """Write the cache, whole or not at all; a folder that cannot be written costs time, nothing else.

        What was learnt of one file among a thousand is left to be learnt again.
        """
        gone = len(self._before.keys() - self._after.keys())
        if self._learnt + gone + self._placed <= len(self._after) // _WORTH_WRITING:
            return
        write_cache(self.path, _Held(rules_digest(), self._after), _listed)


@cache
def rules_digest() -> str:
    """Names everything a verdict depends on besides the files: our modules, Python, the libraries."""
    libraries = f"{pydantic.VERSION}\0{yaml.__version__}\0{msgspec.__version__}"
    state = blake2b(f"{sys.version}\0{libraries}".encode(), digest_size=16)
    for module in sorted(_ROOM.rglob("*.py")):
        state.update(module.relative_to(_ROOM).as_posix().encode() + b"\0" + module.read_bytes())
    return state.hexdigest()


def _listed(value: object) -> object:
    """A territory as JSON: what `_made` makes one of."""
    if isinstance(value, Territory):
        return value.kind, "\n".join(value.codes), value.label
    raise TypeError(type(value).__name__)


def _made(kind: type, told: Any) -> Territory:
    if kind is not Territory:
        raise TypeError(kind.__name__)
    return _territory(*told)


@cache
def _territory(kind: Any, codes: str, label: str) -> Territory:
    """Offers share territories: one object for all that say the same."""
    return Territory.model_validate(
        {"kind": kind, "codes": tuple(codes.split("\n")) if codes else (), "label": label}
    )


def _digest(slug: str, text: str) -> str:
    """Names a file: an offer that is renamed has another address, though its text is the same."""
    return blake2b(f"{slug}\0{text}".encode(), digest_size=_DIGEST).hexdigest()
