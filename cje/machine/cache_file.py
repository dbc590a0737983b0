"""JSON caches with a checksum, in a folder that backups skip. They can be deleted at any time.

The checksum detects a cache that was truncated or edited by accident. It is no protection against an
attacker: anyone who can write the cache can also write the files that it describes.
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

MAX_CACHE = 64 * 1024 * 1024  # 10,000 offers take 3 MiB
_SEAL = 16  # bytes of a digest
_FOLDER = ".cje-cache"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backup programs skip the folder

Held = TypeVar("Held", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class StoredCache(Generic[Held]):
    """A cache whose checksum was right.

    Attributes:
        checksum: BLAKE2b-128 of the JSON, in hexadecimal.
        value: the decoded JSON.
    """

    checksum: str
    value: Held


def cache_path(content: Path, kind: str, out: Path | None = None) -> Path:
    """Return the path of a cache, in the folder `.cje-cache` beside the content.

    Args:
        content: the content folder.
        kind: the first part of the file's name.
        out: the folder that is built from the content, when the cache describes that folder. Each `out` has
            a cache of its own.
    """
    root = content.resolve()
    name = root.name if out is None else _named(out.resolve())
    return root.parent / _FOLDER / f"{kind}-{name}.json"


def _named(path: Path) -> str:
    return blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def read_cache(
    path: Path, shape: type[Held], dec_hook: Callable[[type, Any], Any] | None = None
) -> StoredCache[Held] | None:
    """Read a cache; return None when it is absent, over `MAX_CACHE` bytes, altered or of another shape.

    Args:
        path: the cache.
        shape: the type to decode.
        dec_hook: decodes a type that msgspec does not know, as `dec_hook` of `msgspec.json.Decoder`.
    """
    try:
        if path.stat().st_size > MAX_CACHE:
            return None
        raw = path.read_bytes()
        seal, body = raw[: 2 * _SEAL].decode(), memoryview(raw)[2 * _SEAL + 1 :]
        if seal != blake2b(body, digest_size=_SEAL).hexdigest():
            return None
        return StoredCache(seal, msgspec.json.Decoder(shape, dec_hook=dec_hook).decode(body))
    except (OSError, ValueError):
        return None


def write_cache(path: Path, held: msgspec.Struct, enc_hook: Callable[[Any], Any] | None = None) -> None:
    """Write a cache atomically. A folder that cannot be written is ignored: the next run is only slower.

    Args:
        path: the cache. Its folder is created when it is missing.
        held: the value.
        enc_hook: encodes a type that msgspec does not know, as `enc_hook` of `msgspec.json.Encoder`.
    """
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        _once(path.parent / "CACHEDIR.TAG", _TAG)
        _once(path.parent / ".gitignore", "*\n")
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            _write(waiting, held, enc_hook)
            waiting.replace(path)
        finally:
            waiting.unlink(missing_ok=True)


def _write(path: Path, held: msgspec.Struct, enc_hook: Callable[[Any], Any] | None) -> None:
    """Write checksum, line feed and body in parts: a body of 60 MB is never whole in memory."""
    state = blake2b(digest_size=_SEAL)
    with path.open("wb") as file:
        file.write(b"0" * 2 * _SEAL + b"\n")
        for part in _parts(held, msgspec.json.Encoder(enc_hook=enc_hook).encode):
            state.update(part)
            file.write(part)
        file.seek(0)
        file.write(state.hexdigest().encode())


def _parts(held: msgspec.Struct, encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    """Yield a struct as JSON, a dictionary in it in parts of 1,000 entries."""
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
