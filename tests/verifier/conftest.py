"""For the whole room: no socket is ever opened (P30), and the world of these tests can be imported."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import NoReturn

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail whatever opens a socket: nothing on the verify path touches the network."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened on the verify path")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
