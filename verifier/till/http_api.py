"""A till for programs in other languages: HTTP and JSON on this computer alone, behind a token.

    POST /check   {"text": …}                                      the verdict, nothing written
    POST /accept  {"text": …, "confirmed": …, "amount": …, "challenge": …}
    POST /void    {"row": …, "reason": …}
    POST /pair    {"text": …}                                      the partner's pairing, a secret
    GET  /status
    GET  /                                                         a page for a computer with a reader

Every request but those for the page's own three files carries `Authorization: Bearer TOKEN`. Another site's
page cannot call it: it has no token, and the name in `Host` must be this machine's, which ends DNS rebinding.
"""

from __future__ import annotations

import hmac
import json
import os
import queue
import stat
import threading
from collections.abc import Callable
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from cje.colours import colour_tokens
from cje.errors import Fault
from cje.locales import CONTENT_LANGUAGE, LANGUAGES, messages
from verifier.errors import BadInput
from verifier.till import printing
from verifier.till.till import Receipt, Till
from voucher.caps import MAX_CHALLENGE

MAX_BODY: Final = 16 * 1024
MIN_TOKEN: Final = 16
TIMEOUT: Final = 10.0  # seconds that a client may take to say what it wants
_PAGE: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_WORDS: Final = "/page?lang="
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


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
    """The server. Requests are read in threads of their own; the till answers in the thread that serves."""

    def __init__(self, till: Till, token: str, port: int = 0) -> None:
        """Listen on 127.0.0.1.

        Raises:
            BadInput: the port is taken.
        """
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        handler = type("Handler", (_Handler,), {"till": till, "token": token, "ask": staticmethod(self._ask)})
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            raise BadInput("port", port=port) from None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def serve_forever(self) -> None:
        """Answer until `stop`, in this thread, which must be the one that opened the till."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            while (job := self._next()) is not None:
                work, answer = job
                try:
                    answer.set_result(work())
                except Exception as fault:
                    answer.set_exception(fault)
        finally:
            self._server.shutdown()
            thread.join()

    def stop(self) -> None:
        """End `serve_forever`, from another thread."""
        self._jobs.put(None)

    def _ask(self, work: Callable[[], Any]) -> Any:
        answer: Future[Any] = Future()
        self._jobs.put((work, answer))
        return answer.result()

    def _next(self) -> tuple[Callable[[], Any], Future[Any]] | None:
        while True:
            try:
                return self._jobs.get(timeout=1.0)  # so that Ctrl-C is heard on every system
            except queue.Empty:
                continue

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
    ask: Callable[[Callable[[], Any]], Any]
    _lang = CONTENT_LANGUAGE
    timeout = TIMEOUT
    server_version = "cje"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: what is asked holds what was scanned."""

    def _answer(self, work: Callable[[], Any]) -> None:
        kind = "application/json; charset=utf-8"
        try:
            self._check_host()
            if self.command == "GET" and self.path.partition("?")[0] in _PAGE:
                name, kind = _PAGE[self.path.partition("?")[0]]
                data = (files("verifier.till") / "counter" / name).read_bytes()
                self._send(200, colour_tokens().encode() + data if name == "page.css" else data, kind)
                return
            self._check_token()
            status, value = 200, work()
        except _Refused as refused:
            status, value = refused.status, {"error": str(refused.status)}
        except Fault as fault:
            said = fault.said(self._lang)
            status, value = 409, {"green": False, "error": said, "said": said}
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), kind)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _check_host(self) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if host not in ("127.0.0.1", "localhost"):
            raise _Refused(421)

    def _check_token(self) -> None:
        given = (self.headers.get("Authorization") or "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            raise _Refused(401)

    def _get(self) -> dict[str, Any]:
        match self.path:
            case "/status":
                return printing.status_json(self.ask(self.till.status))
            case path if path.startswith(_WORDS):
                lang = _language(path.removeprefix(_WORDS))
                words = {
                    key.removeprefix("page."): word
                    for key, word in messages("verifier", lang).items()
                    if key.startswith("page.")
                }
                return {
                    "lang": lang,
                    "words": words,
                    "state": [*printing.status_lines(self.ask(self.till.status), lang)],
                }
        raise _Refused(404)

    def _post(self) -> dict[str, Any]:
        body = self._body()
        lang = self._lang = _language(body.get("lang"))
        match self.path:
            case "/check":
                text, challenge = _text(body), _challenge(body)
                receipt = Receipt(self.ask(lambda: self.till.check(text, challenge)))
            case "/accept":
                text, challenge, amount = _text(body), _challenge(body), _whole(body, "amount")
                confirmed = body.get("confirmed") is True
                receipt = self.ask(
                    lambda: self.till.accept(text, confirmed=confirmed, amount=amount, challenge=challenge)
                )
            case "/pair":
                text = _text(body)
                self.ask(lambda: self.till.pair(text))
                return {"paired": True, "done": printing.say(lang, "pair.done")}
            case "/void":
                row, reason = _whole(body, "row"), body.get("reason")
                if row is None or not isinstance(reason, str):
                    raise _Refused(400)
                return {"row": self.ask(lambda: self.till.void(row, reason))}
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


def _language(asked: object) -> str:
    """Return the language that a request names, else French."""
    return asked if isinstance(asked, str) and asked in LANGUAGES else CONTENT_LANGUAGE


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
