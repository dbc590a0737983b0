"""A till for programs in other languages: HTTP and JSON on this computer alone, behind a token.

    POST /check   {"text": …}                                      the verdict, nothing written
    POST /accept  {"text": …, "confirmed": …, "amount": …, "challenge": …}
    POST /void    {"row": …, "reason": …}
    GET  /status

Every request carries `Authorization: Bearer TOKEN`. A browser's page cannot call it: it has no token, and the
name in `Host` must be this machine's, which ends DNS rebinding.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from verifier import printing
from verifier.errors import BadInput, VerifierError
from verifier.till import Receipt, Till
from voucher.caps import MAX_CHALLENGE

MAX_BODY: Final = 16 * 1024
MIN_TOKEN: Final = 16
TIMEOUT: Final = 10.0  # seconds: a client that stops half-way must not hold the till


def new_token() -> str:
    """Return 128 random bits in hexadecimal."""
    return os.urandom(16).hex()


def read_token(path: Path) -> str:
    """Return the token in a file that its owner alone can read.

    Raises:
        BadInput: others can read it, or it is shorter than 16 characters.
    """
    exposed = os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077
    token = path.read_bytes()[:MAX_BODY].decode("ascii", errors="ignore").strip()
    if exposed or len(token) < MIN_TOKEN:
        raise BadInput("token_file", path=path)
    return token


class Endpoint:
    """The server; one request at a time, in the thread that called `serve_forever`."""

    def __init__(self, till: Till, token: str, port: int = 0) -> None:
        """Listen on 127.0.0.1.

        Raises:
            BadInput: the port is taken.
        """
        handler = type("Handler", (_Handler,), {"till": till, "token": token})
        try:
            self._server = HTTPServer(("127.0.0.1", port), handler)
        except OSError:
            raise BadInput("port", port=port) from None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def serve_forever(self) -> None:
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """End `serve_forever`, from another thread."""
        self._server.shutdown()

    def close(self) -> None:
        self._server.server_close()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Refused(Exception):
    """A request that is not answered: its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    till: Till
    token: str
    timeout = TIMEOUT
    server_version = "cje"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(lambda: self._get())

    def do_POST(self) -> None:
        self._answer(lambda: self._post())

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: what is asked holds what was scanned."""

    def _answer(self, work: Any) -> None:
        try:
            self._check_caller()
            status, value = 200, work()
        except _Refused as refused:
            status, value = refused.status, {"error": str(refused.status)}
        except VerifierError as fault:
            status, value = 409, {"green": False, "error": fault.sentence}
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def _check_caller(self) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if host not in ("127.0.0.1", "localhost"):
            raise _Refused(421)
        given = (self.headers.get("Authorization") or "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            raise _Refused(401)

    def _get(self) -> dict[str, Any]:
        if self.path != "/status":
            raise _Refused(404)
        return printing.status_json(self.till.status())

    def _post(self) -> dict[str, Any]:
        body = self._body()
        lang = "en" if body.get("lang") == "en" else "fr"
        match self.path:
            case "/check":
                receipt = Receipt(self.till.check(_text(body), _challenge(body)))
            case "/accept":
                receipt = self.till.accept(
                    _text(body),
                    confirmed=body.get("confirmed") is True,
                    amount=_whole(body, "amount"),
                    challenge=_challenge(body),
                )
            case "/void":
                row, reason = _whole(body, "row"), body.get("reason")
                if row is None or not isinstance(reason, str):
                    raise _Refused(400)
                return {"row": self.till.void(row, reason)}
            case _:
                raise _Refused(404)
        return printing.receipt_json(receipt, lang)

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()):
            raise _Refused(411)
        if len(length) > 9 or int(length) > MAX_BODY:
            raise _Refused(413)
        try:
            value = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise _Refused(400) from None
        if not isinstance(value, dict):
            raise _Refused(400)
        return value


def _text(body: dict[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise _Refused(400)
    return text


def _whole(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and type(value) is not int:
        raise _Refused(400)
    return value


def _challenge(body: dict[str, Any]) -> int | None:
    value = body.get("challenge")
    if isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit():
        return int(value)
    if value is None or (type(value) is int and 0 <= value <= MAX_CHALLENGE):
        return value
    raise _Refused(400)
