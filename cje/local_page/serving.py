"""Listen on loopback and answer, until Ctrl-C."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

from cje.local_page.login import Door

LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Take a port, 0 for a free one; whoever reads the address from now on may come before the server does.

    Raises:
        OSError: somebody else has it.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def entrance(listening: socket.socket, door: Door) -> str:
    """The address that opens the page, once."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}/enter?token={door.token}"


def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Answer until Ctrl-C. Nothing is logged: addresses hold tokens, numbers and what was searched for."""
    config = uvicorn.Config(
        application, log_level="error", access_log=False, server_header=False, proxy_headers=False
    )
    uvicorn.Server(config).run(sockets=[listening])
