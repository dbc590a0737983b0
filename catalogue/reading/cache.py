"""Results of an earlier check for offers that have not changed since. The cache can be deleted at any time.

A file counts as unchanged when its size, times and inode are the same, or when its text is. A cache that was
written with other rules, another Python or other libraries is ignored, and so is one that was altered.
Messages are not stored, only their codes and values.
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

# A file can change again within one tick of its file system's clock and keep its times (git calls this
# "racily clean"). FAT has the longest tick in use: two seconds.
SETTLED_NS = 3_000_000_000
_ROOM = Path(__file__).parents[1]
_DIGEST = 16  # bytes
# To read one file out of 1,000 again takes less time than to write the whole cache.
_WORTH_WRITING = 1_000


class CachedWarning(NamedTuple):
    """A warning about the text of a file, without the path."""

    code: str
    span: Span
    values: dict[str, str]
    suggestion: str | None


class CachedOffer(msgspec.Struct, array_like=True, gc=False):
    """The stored result for one file, an offer without error.

    Attributes:
        seen: the file's stamp; None when the file was too new for its stamp to be reliable.
        facts: the fields that rules across files and lists need.
        warnings: warnings from rules within the file.
        spans: positions of breaches of rules across files, by breach.
    """

    seen: FileStamp | None
    facts: Facts
    warnings: tuple[CachedWarning, ...]
    spans: dict[str, Span]

    def problems(self, path: str) -> list[Problem]:
        """Return the warnings as problems of the file shown as `path`."""
        return [
            Problem(path, code, span, values, meant, "warning") for code, span, values, meant in self.warnings
        ]


class _Held(msgspec.Struct):
    """The content of the cache's file."""

    rules: str
    files: dict[str, CachedOffer]


@dataclass
class OfferCache:
    """The cache of one content folder, read from `path` by `open` and written back by `save`.

    Attributes:
        path: the cache's file.
        hints: the cache stores an editor's hints and warnings. Caches for builds do not.
        now_ns: returns the time in nanoseconds since 1970, to recognise files that have just been written.
        hits: number of files that were not read again, or whose text was the same.
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
        """Return the cache for checks of `content`, in the folder `.cje-cache` beside it."""
        return cls(cache_path(content, "check"))

    @classmethod
    def for_building(cls, content: Path, look: StampCheck | None = None) -> OfferCache:
        """Return the cache for builds, without hints; `look` is the result of `check_stamps` on it."""
        return cls(cache_path(content, "build"), hints=False, _look=look)

    def open(self) -> None:
        """Read the cache's file. Before this call, the cache is empty."""
        self._opened_ns = self.now_ns()
        sealed = read_cache(self.path, _Held, _made)
        if sealed is None or sealed.value.rules != rules_digest():
            return
        self._before = sealed.value.files
        if self._look is not None and self._look.checksum != sealed.checksum:
            self._look = None

    def by_signature(self, slug: str, path: str) -> CachedOffer | None:
        """Return the stored result of a file whose stamp is unchanged; else None."""
        known = self._before.get(slug)
        if known is None or known.seen is None:
            return None
        if slug in self._look.changed if self._look is not None else known.seen != self.signature(path):
            return None
        self.hits += 1
        self._after[slug] = known
        return known

    def by_text(self, slug: str, signature: FileStamp | None, text: str) -> CachedOffer | None:
        """Return the stored result of a file whose text is unchanged, whatever its stamp; else None."""
        known = self._before.get(slug)
        if known is None or known.facts.digest != _digest(slug, text):
            return None
        self.hits += 1
        return self.take(slug, msgspec.structs.replace(known, seen=signature))

    def learn(
        self, offer: Offer, signature: FileStamp | None, text: str, warnings: list[Problem]
    ) -> CachedOffer:
        """Store the result for a file without error; `signature` was taken before the file was read."""
        told = [
            CachedWarning(found.code, found.span, dict(found.values), found.suggestion) for found in warnings
        ]
        facts = collect_facts(offer, _digest(offer.slug, text))
        return self.take(offer.slug, CachedOffer(signature, facts, tuple(told), {}))

    def take(self, slug: str, known: CachedOffer) -> CachedOffer:
        """Store a new result, from this process or a worker."""
        self._learnt += 1
        self._after[slug] = known
        return known

    def forget(self, slug: str) -> None:
        """Remove a result from a worker's cache: the parent stores it."""
        del self._after[slug]

    def span(self, slug: str, breach: Breach, find: Callable[[], Span]) -> Span:
        """Return the position of a breach in an unchanged file. `find` reads the file the first time only."""
        key = json.dumps([breach.code, breach.place, breach.values, breach.suggestion])
        spans = self._after[slug].spans
        if key not in spans:
            spans[key] = find()
            self._placed += 1
        return spans[key]

    def signature(self, path: str) -> FileStamp | None:
        """Return the stamp of a file; None when the file was written less than `SETTLED_NS` before `open`."""
        found = read_stamp(path)
        if found is None or self._opened_ns - max(found.modified_ns, found.changed_ns) < SETTLED_NS:
            return None
        return found

    def save(self) -> None:
        """Write the cache atomically. A folder that cannot be written is ignored.

        The cache is not written when at most one result in 1,000 is new.
        """
        gone = len(self._before.keys() - self._after.keys())
        if self._learnt + gone + self._placed <= len(self._after) // _WORTH_WRITING:
            return
        write_cache(self.path, _Held(rules_digest(), self._after), _listed)


@cache
def rules_digest() -> str:
    """Return a digest of all that results depend on besides the files: this room, Python, the libraries."""
    libraries = f"{pydantic.VERSION}\0{yaml.__version__}\0{msgspec.__version__}"
    state = blake2b(f"{sys.version}\0{libraries}".encode(), digest_size=16)
    for module in sorted(_ROOM.rglob("*.py")):
        state.update(module.relative_to(_ROOM).as_posix().encode() + b"\0" + module.read_bytes())
    return state.hexdigest()


def _listed(value: object) -> object:
    """Return a territory as JSON; `_made` is the inverse."""
    if isinstance(value, Territory):
        return value.kind, "\n".join(value.codes), value.label
    raise TypeError(type(value).__name__)


def _made(kind: type, told: Any) -> Territory:
    if kind is not Territory:
        raise TypeError(kind.__name__)
    return _territory(*told)


@cache
def _territory(kind: Any, codes: str, label: str) -> Territory:
    """Return one shared object for equal territories: many offers have the same one."""
    return Territory.model_validate(
        {"kind": kind, "codes": tuple(codes.split("\n")) if codes else (), "label": label}
    )


def _digest(slug: str, text: str) -> str:
    """Return a digest of slug and text: a renamed offer has another address, so it counts as changed."""
    return blake2b(f"{slug}\0{text}".encode(), digest_size=_DIGEST).hexdigest()
