"""One desk for each module: a vault, a server, a visitor who has entered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk_world import Running, Visitor, open_desk


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with open_desk(tmp_path_factory.mktemp("desk")) as started:
        yield started


@pytest.fixture(scope="module")
def visitor(running: Running) -> Visitor:
    entered = Visitor(running)
    entered.enter()
    return entered
