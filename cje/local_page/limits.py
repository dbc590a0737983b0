"""Before anything is read: other names than this machine's and bodies over the cap are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cje.local_page.login import HEADERS, Door

_LENGTH: Final = re.compile("[0-9]{1,15}")


def guarded(inner: ASGIApp, door: Door, cap: Callable[[str], int], too_big: str) -> ASGIApp:
    """An application behind its door; every answer gets the same headers.

    Args:
        cap: bytes that a body to this path may have.
        too_big: what is answered to a larger one, or to one that does not say how large it is.
    """
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if scope["type"] != "http":
            return
        sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
        length = sent.get(b"content-length", "0")
        if not door.is_here(sent.get(b"host", "")):
            await PlainTextResponse("?", 421)(scope, receive, with_headers)
        elif b"transfer-encoding" in sent or not _fits(length, cap(scope["path"])):
            await PlainTextResponse(too_big, 413)(scope, receive, with_headers)
        else:
            await inner(scope, receive, with_headers)

    return guard


def _fits(length: str, most: int) -> bool:
    return _LENGTH.fullmatch(length) is not None and int(length) <= most
