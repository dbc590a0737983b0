"""A trust list cut into QR frames for a shop without network: trust-v1 §7."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from voucher import base45
from voucher.caps import FRAME_CHUNK, MAX_FRAMES
from voucher.errors import Malformed, NotOurs, TooBig

PREFIX: Final = "CJT1:"
_HEAD: Final = 6
_MAX_TEXT: Final = len(PREFIX) + (FRAME_CHUNK + _HEAD) // 2 * 3


def encode_frames(file: bytes) -> tuple[str, ...]:
    """Return the texts of the frames of a file.

    Raises:
        TooBig: more than 64 frames of 600 bytes. Malformed: empty.
    """
    chunks = [file[i : i + FRAME_CHUNK] for i in range(0, len(file), FRAME_CHUNK)]
    if not chunks:
        raise Malformed("empty file")
    if len(chunks) > MAX_FRAMES:
        raise TooBig(f"{len(chunks)} frames, at most {MAX_FRAMES}")
    name = hashlib.sha256(file).digest()[:4]
    return tuple(
        PREFIX + base45.encode(name + bytes((i, len(chunks))) + chunk) for i, chunk in enumerate(chunks)
    )


def decode_frames(texts: Iterable[str]) -> bytes | None:
    """Return the file once its frames are all there, in any order; None while some are missing.

    Raises:
        NotOurs, Malformed: a text that is no frame, frames of two files, or two contents for one place.
    """
    chunks: dict[int, bytes] = {}
    heads: set[tuple[bytes, int]] = set()
    for text in texts:
        name, index, count, chunk = _read(text)
        heads.add((name, count))
        if len(heads) > 1 or chunks.setdefault(index, chunk) != chunk:
            raise Malformed("frames of different files")
    if not heads:
        return None
    name, count = heads.pop()
    if len(chunks) < count:
        return None
    file = b"".join(chunks[i] for i in range(count))
    if hashlib.sha256(file).digest()[:4] != name:
        raise Malformed("frames: the file is damaged")
    return file


def _read(text: str) -> tuple[bytes, int, int, bytes]:
    if not text.startswith(PREFIX) or len(text) > _MAX_TEXT:
        raise NotOurs("not a frame")
    data = base45.decode(text[len(PREFIX) :])
    if len(data) <= _HEAD:
        raise Malformed("frame: empty")
    name, index, count, chunk = data[:4], data[4], data[5], data[_HEAD:]
    if not index < count <= MAX_FRAMES:
        raise Malformed("frame: number")
    return name, index, count, chunk
