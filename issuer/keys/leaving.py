"""Keys leave the issuing machine only where the operator said so: else no secret lets itself be pickled."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from issuer.errors import KeyRefused

_allowed: ContextVar[bool] = ContextVar("keys_may_leave", default=False)


def refuse() -> None:
    """Called by each secret that is about to be pickled.

    Raises:
        TypeError: nobody said that keys may leave.
    """
    if not _allowed.get():
        raise TypeError("a secret is never pickled")


@contextmanager
def _keys_may_leave() -> Iterator[None]:
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


class Parcel:
    """What holds keys, packed for another machine. Its repr tells nothing."""

    __slots__ = ("_bytes",)

    def __init__(self, content: bytes) -> None:
        self._bytes = content

    def __reduce__(self) -> tuple[Any, ...]:
        return Parcel, (self._bytes,)

    def open(self) -> Any:
        """What was packed; opened once in each process."""
        return _open(self._bytes)


def pack(content: object) -> Parcel:
    """Pack what holds keys; the operator allowed it.

    Raises:
        KeyRefused: one of the keys cannot leave its token.
    """
    with _keys_may_leave():
        try:
            return Parcel(pickle.dumps(content))
        except (TypeError, pickle.PicklingError) as error:
            raise KeyRefused("key_cannot_leave") from error


@lru_cache(maxsize=1)
def _open(content: bytes) -> Any:
    return pickle.loads(content)  # noqa: S301 (from the issuing machine, over its own TLS)
