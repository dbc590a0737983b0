"""Compressed copies beside the files of a site, for web servers that hand them on as they are.

gzip, and Brotli where its package is installed, without time or name in them: one file gives the same bytes
each time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from site_builder.files.media_types import COMPRESSED, TYPES
from site_builder.files.staging import Made

__all__ = ["ENDINGS", "GZIP", "LEAST", "LONG", "Packing", "brotli", "packings", "worth_packing"]

# By their names in Content-Encoding (RFC 9110 §8.4.1), what browsers like best first.
ENDINGS = {"br": ".br", "gzip": ".gz"}

# Smaller files fit into one packet as they are.
LEAST = 1_000
# Past this size the strongest Brotli takes seconds; the one used then is as quick as gzip.
LONG = 1_500_000
_STRONGEST, _QUICK = 11, 9
_GZIP = 31  # window of 32 KiB, gzip's header and checksum
_NOT_ASKED_FOR = frozenset({"_headers"})


class Packing(NamedTuple):
    """One way to compress.

    Attributes:
        ending: what the copy's name has more than its file's.
        written_by: names the program and its strength: with another, copies are made again.
        pack: the same bytes for the same data, with one version of the program.
    """

    ending: str
    written_by: str
    pack: Callable[[bytes], bytes]


def _gzipped(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return squeeze.compress(data) + squeeze.flush()


GZIP = Packing(ENDINGS["gzip"], f"zlib {zlib.ZLIB_RUNTIME_VERSION} 9", _gzipped)
"""RFC 1952."""


def brotli(strength: int = _STRONGEST) -> Packing | None:
    """RFC 7932; None without the package.

    Args:
        strength: 0 to 11, for files that are not `LONG`.
    """
    try:
        import brotli as program
    except ImportError:
        return None

    def pack(data: bytes) -> bytes:
        quality = min(strength, _QUICK) if len(data) > LONG else strength
        return bytes(program.compress(data, quality=quality))

    written_by = f"brotli {program.__version__} {strength}"
    return Packing(ENDINGS["br"], written_by, pack)


def packings() -> tuple[Packing, ...]:
    """All ways that this machine has."""
    return tuple(way for way in (GZIP, brotli()) if way is not None)


def worth_packing(files: Iterable[Made]) -> list[Made]:
    """Those of a type that compresses, and long enough."""
    return [file for file in files if file.size >= LEAST and _ending(file.path) in _endings()]


def _ending(path: str) -> str:
    return "" if path in _NOT_ASKED_FOR else PurePosixPath(path).suffix


@cache
def _endings() -> frozenset[str]:
    return frozenset(ending for ending, kind in TYPES.items() if kind.startswith(COMPRESSED))
