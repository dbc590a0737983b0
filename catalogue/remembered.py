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
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec
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
Signature: TypeAlias = tuple[int, int, int, int, int]
CACHE = ".cje-cache"
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backups pass over it


class Warned(NamedTuple):
    """What the text of a file deserves to be told, but for the path."""

    code: str
    span: Span
    values: dict[str, str]
    suggestion: str | None


class Known(msgspec.Struct, array_like=True, gc=False):
    """What is known of one file, an offer without error.

    Attributes:
        signature: size, times, inode and device that it had; None when they could not be relied on.
        warnings: what its own text deserves.
        spans: where things stand that a rule across files named before.
    """

    signature: Signature | None
    facts: Facts
    warnings: tuple[Warned, ...]
    spans: dict[str, Span]

    def problems(self, path: str) -> list[Problem]:
        """Its warnings, as problems of the file shown as `path`."""
        return [
            Problem(path, code, span, values, meant, "warning") for code, span, values, meant in self.warnings
        ]


class _Held(msgspec.Struct):
    """The cache's file."""

    rules: str
    files: dict[str, Known]


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
    _before: dict[str, Known] = field(default_factory=dict)
    _after: dict[str, Known] = field(default_factory=dict)
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
        known = self._before.get(slug)
        if known is None or known.signature is None or known.signature != self.signature(path):
            return None
        self.hits += 1
        self._after[slug] = known
        return known

    def by_text(self, slug: str, signature: Signature | None, text: str) -> Known | None:
        """What is known of a file that says what it said then, though it was touched or fetched anew."""
        known = self._before.get(slug)
        if known is None or known.facts.digest != _digest(text):
            return None
        self.hits += 1
        return self.take(slug, msgspec.structs.replace(known, signature=signature))

    def learn(self, offer: Offer, signature: Signature | None, text: str, warnings: list[Problem]) -> Known:
        """Keep what was found in a file without error; `signature` was taken before it was read."""
        told = [Warned(found.code, found.span, dict(found.values), found.suggestion) for found in warnings]
        return self.take(offer.slug, Known(signature, facts_of(offer, _digest(text)), tuple(told), {}))

    def take(self, slug: str, known: Known) -> Known:
        """Keep what was learnt just now, here or in another process."""
        self._changed = True
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
            self._changed = True
        return spans[key]

    def signature(self, path: str) -> Signature | None:
        """What tells whether a file was touched; None when it cannot be relied on."""
        try:
            state = os.lstat(path)
        except OSError:
            return None
        newest = max(state.st_mtime_ns, state.st_ctime_ns)
        if not stat.S_ISREG(state.st_mode) or self._opened_ns - newest < SETTLED_NS:
            return None
        return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_dev

    def save(self) -> None:
        """Write the cache, whole or not at all; a folder that cannot be written costs time, nothing else."""
        if not self._changed and self._after.keys() == self._before.keys():
            return
        write_sealed(self.path, _Held(rules_digest(), self._after))


def write_sealed(path: Path, held: msgspec.Struct) -> None:
    """Write a cache, whole or not at all; a folder that cannot be written costs time, nothing else."""
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        _once(path.parent / "CACHEDIR.TAG", CACHE_TAG)
        _once(path.parent / ".gitignore", "*\n")
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            _write_sealed(waiting, held)
            waiting.replace(path)
        finally:
            waiting.unlink(missing_ok=True)


def _write_sealed(path: Path, held: msgspec.Struct) -> None:
    """A seal over the body, a line end, the body: JSON, never held whole, as it may be of 60 MB."""
    state = blake2b(digest_size=_SEAL)
    with path.open("wb") as file:
        file.write(b"0" * 2 * _SEAL + b"\n")
        for part in _json_parts(held):
            state.update(part)
            file.write(part)
        file.seek(0)
        file.write(state.hexdigest().encode())


def _json_parts(held: msgspec.Struct) -> Iterator[bytes]:
    encode = msgspec.json.Encoder(enc_hook=_listed).encode
    before = b"{"
    for name in held.__struct_fields__:
        value = getattr(held, name)
        yield before + encode(name) + b":"
        before = b","
        if not isinstance(value, dict):
            yield encode(value)
            continue
        items, comma = iter(value.items()), b"{"
        while some := dict(islice(items, 1_000)):
            yield comma + encode(some)[1:-1]
            comma = b","
        yield b"{}" if comma == b"{" else b"}"
    yield b"}"


H = TypeVar("H", bound=msgspec.Struct)


def read_sealed(path: Path, shape: type[H]) -> H | None:
    """Read a cache of this shape; nothing of one that is cut, edited or not ours."""
    try:
        if path.stat().st_size > MAX_CACHE:
            return None
        raw = path.read_bytes()
        seal, body = raw[: 2 * _SEAL], memoryview(raw)[2 * _SEAL + 1 :]
        if seal.decode() != blake2b(body, digest_size=_SEAL).hexdigest():
            return None
        return msgspec.json.Decoder(shape, dec_hook=_made).decode(body)
    except (OSError, ValueError):
        return None


@cache
def rules_digest() -> str:
    """Names everything a verdict depends on besides the files: our modules, Python, the libraries."""
    libraries = f"{pydantic.VERSION}\0{yaml.__version__}\0{msgspec.__version__}"
    state = blake2b(f"{sys.version}\0{libraries}".encode(), digest_size=16)
    for module in sorted(files("catalogue").iterdir(), key=lambda entry: entry.name):
        if module.name.endswith(".py"):
            state.update(module.name.encode() + b"\0" + module.read_bytes())
    return state.hexdigest()


def _read(path: Path) -> dict[str, Known]:
    held = read_sealed(path, _Held)
    return held.files if held is not None and held.rules == rules_digest() else {}


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


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8"), digest_size=_SEAL).hexdigest()


def _once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")
