"""Compressed copies beside the files of a site, for web servers that hand them on as they are.

gzip at its strongest, without time or name in it: the same file gives the same bytes. Brotli would need one
more package; a CDN that speaks it compresses by itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

from site_builder.staging import Made

__all__ = ["ENDING", "LEAST", "WRITTEN_BY", "packed", "worth_packing"]

ENDING = ".gz"
# Smaller files fit into one packet as they are.
LEAST = 1_000
WRITTEN_BY = f"zlib {zlib.ZLIB_RUNTIME_VERSION} 9"
_GZIP = 31  # window of 32 KiB, gzip's header and checksum
_NOT_ASKED_FOR = frozenset({"_headers"})


def worth_packing(files: Iterable[Made]) -> list[Made]:
    """Those of a type that compresses, and long enough."""
    return [file for file in files if file.size >= LEAST and _ending(file.path) in _endings()]


def packed(data: bytes) -> bytes:
    """`data` as gzip (RFC 1952): the same bytes for the same data, with one version of zlib."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return squeeze.compress(data) + squeeze.flush()


def _ending(path: str) -> str:
    return "" if path in _NOT_ASKED_FOR else PurePosixPath(path).suffix


@cache
def _endings() -> frozenset[str]:
    from site_builder.serve import COMPRESSED, TYPES

    return frozenset(ending for ending, kind in TYPES.items() if kind.startswith(COMPRESSED))
