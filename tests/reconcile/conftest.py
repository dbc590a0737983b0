"""For the whole room: the invented operator of tests/verifier, a store in memory, no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

sys.path[:0] = [str(Path(__file__).parent / room) for room in (".", "../verifier", "../local_page")]


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """Forget what the last test kept in memory."""
    fsspec.filesystem("memory").store.clear()
    yield
    fsspec.filesystem("memory").store.clear()
