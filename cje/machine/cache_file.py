"""Caches that are safe to delete: JSON of one shape under a seal, in a folder that backups pass over.

The seal tells a cache that was cut or edited from a whole one. It keeps nobody out: who can write here can
write the files that the cache is about.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["StoredCache", "cache_path", "read_cache", "write_cache"]

MAX_CACHE = 64 * 1024 * 1024  # ten thousand offers take 3 MiB
_SEAL = 16  # bytes of a digest
_FOLDER = ".cje-cache"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backups pass over it

Held = TypeVar("Held", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class StoredCache(Generic[Held]):
    """A cache that was whole."""

    checksum: str
    value: Held


def cache_path(content: Path, kind: str, out: Path | None = None) -> Path:
    """Where a cache of this kind lies, in a folder beside the content: of that, or of what is made of it."""
    root = content.resolve()
    name = root.name if out is None else _named(out.resolve())
    return root.parent / _FOLDER / f"{kind}-{name}.json"


def _named(path: Path) -> str:
    return blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def read_cache(
    path: Path, shape: type[Held], made: Callable[[type, Any], Any] | None = None
) -> StoredCache[Held] | None:
    """Read a cache of this shape; nothing of one that is cut, edited or not ours.

    Args:
        made: makes a value of a type of the caller's own from its JSON.
    """
    try:
        if path.stat().st_size > MAX_CACHE:
            return None
        raw = path.read_bytes()
        seal, body = raw[: 2 * _SEAL].decode(), memoryview(raw)[2 * _SEAL + 1 :]
        if seal != blake2b(body, digest_size=_SEAL).hexdigest():
            return None
        return StoredCache(seal, msgspec.json.Decoder(shape, dec_hook=made).decode(body))
    except (OSError, ValueError):
        return None


def write_cache(path: Path, held: msgspec.Struct, told: Callable[[Any], Any] | None = None) -> None:
    """Write a cache, whole or not at all; a folder that cannot be written costs time, nothing else.

    Args:
        told: what `made` of `read_cache` makes a value of.
    """
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        _once(path.parent / "CACHEDIR.TAG", _TAG)
        _once(path.parent / ".gitignore", "*\n")
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            _write(waiting, held, told)
            waiting.replace(path)
        finally:
            waiting.unlink(missing_ok=True)


def _write(path: Path, held: msgspec.Struct, told: Callable[[Any], Any] | None) -> None:
    """A seal over the body, a line end, the body: never held whole, as it may be of 60 MB."""
    state = blake2b(digest_size=_SEAL)
    with path.open("wb") as file:
        file.write(b"0" * 2 * _SEAL + b"\n")
        for part in _parts(held, msgspec.json.Encoder(enc_hook=told).encode):
            state.update(part)
            file.write(part)
        file.seek(0)
        file.write(state.hexdigest().encode())


def _parts(held: msgspec.Struct, encode: Callable[[Any], bytes]) -> Iterator[bytes]:
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


def _once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")
