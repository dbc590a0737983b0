"""A site on loopback whose line can be cut: what every engine takes for a network that is gone."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

from site_builder.preview.serve import SiteServer


class LineServer(SiteServer):
    """A server whose connections end when it is closed.

    One that only stops listening goes on answering whoever has reached it before, and a browser keeps its
    connections: what it shows then is no proof of what it has kept.
    """

    block_on_close = False

    def __init__(self, root: Path, port: int = 0, line: Line | None = None) -> None:
        self._line = line
        self._open: set[socket.socket] = set()
        super().__init__(root, port)

    def headers_for(self, address: str) -> Mapping[str, str]:
        if self._line is not None:
            self._line.asked.append(address)
            if address == self._line.dead:
                raise ConnectionAbortedError(address)
        return super().headers_for(address)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for one in [*self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Line:
    """A folder, served on one port for good; cut and mended as often as a test likes.

    Attributes:
        asked: the paths that were asked for, in order.
        dead: a path at which the server hangs up without an answer; None for none.
    """

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root = root
        self.asked: list[str] = []
        self.dead: str | None = None
        self._server: LineServer | None = None
        self._kept: socket.socket | None = None
        self._port = port
        self.mend()

    @property
    def url(self) -> str:
        """Address of the home page."""
        return f"http://127.0.0.1:{self._port}/"

    def mend(self) -> None:
        """Answer again, on the same port."""
        if self._server is None:
            self._server = LineServer(self.root, self._port, self)
            self._port = int(self._server.server_address[1])
            self._let_go()
            Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def cut(self) -> None:
        """From here on nothing answers, on a new connection or an old one."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            # Nobody else on this machine may answer there: the port stays ours, and refuses who knocks.
            self._kept = socket.socket()
            self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._kept.bind(("127.0.0.1", self._port))

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.cut()
        self._let_go()
