"""For the whole room: the invented operator of tests/verifier, a store in memory, no network."""

from __future__ import annotations

from collections.abc import Iterator

import fsspec
import pytest


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """Forget what the last test kept in memory."""
    fsspec.filesystem("memory").store.clear()
    yield
    fsspec.filesystem("memory").store.clear()
