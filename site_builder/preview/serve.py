"""A loopback server for a preview of the site, with the HTTP headers of its `_headers` file."""

from __future__ import annotations

import errno
import gzip
import hashlib
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_builder.errors import SiteError
from site_builder.files.content_coding import preferred
from site_builder.files.media_types import COMPRESSED, TYPES
from site_builder.files.output import LEDGER
from site_builder.files.policy import page_headers, parse_headers_file
from site_builder.files.precompression import ENDINGS
from site_builder.files.staging import read_plain
from site_builder.preview.watch import LIVE, LIVE_SCRIPT, NO_WORKER, SCRIPT, Watch, with_live_script

__all__ = ["SiteServer", "find", "open_server"]

_OPAQUE = "application/octet-stream"
_CACHED_FILES = 512
_RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")


@dataclass(frozen=True, slots=True)
class Found:
    """A file to send, or the address of a redirect."""

    path: Path | None
    redirect: str | None = None


def find(root: Path, address: str) -> Found:
    """Resolve the path part of an address below `root`, already resolved itself.

    No file outside the folder is found, also with `..`, `%2e`, `//` or a symbolic link (promise P25).
    """
    asked = unquote(urlsplit(address).path, errors="replace")
    if "\x00" in asked or "\\" in asked or not asked.startswith("/") or asked.startswith("//"):
        return Found(None)
    try:
        target = (root / asked.lstrip("/")).resolve()
        if not target.is_relative_to(root):
            return Found(None)
        if target.is_dir() != asked.endswith("/"):
            return Found(None, f"{urlsplit(address).path}/" if target.is_dir() else None)
        if target.is_dir():
            target = (target / "index.html").resolve()
        public = target.is_relative_to(root) and target.is_file() and target.name != LEDGER
        return Found(target if public else None)
    except (OSError, ValueError):
        return Found(None)


@lru_cache(maxsize=_CACHED_FILES)
def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _copies(path: Path) -> dict[str, bytes]:
    """Return the compressed copies beside a file, by coding."""
    found = {}
    for coding, ending in ENDINGS.items():
        with suppress(OSError):
            if (copy := read_plain(f"{path}{ending}")) is not None:
                found[coding] = copy
    return found


def _range(header: str, size: int) -> slice | None:
    """Return one range with a start (RFC 9110 §14.1.2), as the wallet requests; None for any other."""
    asked = _RANGE.fullmatch(header)
    if asked is None or int(asked[1]) >= size:
        return None
    last = min(int(asked[2] or size), size - 1)
    return slice(int(asked[1]), last + 1) if last >= int(asked[1]) else None


class SiteServer(ThreadingHTTPServer):
    """A server of one folder on loopback."""

    daemon_threads = True
    # With SO_REUSEPORT, a second server could start on a port that is in use.
    allow_reuse_port = False

    def __init__(self, root: Path, port: int, watch: Watch | None = None) -> None:
        self.root = root.resolve()
        self.watch = watch
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Address of the home page."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a browser that closed its connection; show any other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def headers_for(self, address: str) -> Mapping[str, str]:
        """Return the headers of an address from `_headers`; those of a plain page when no rule matches."""
        file = self.root / "_headers"
        rules = parse_headers_file(file.read_text(encoding="utf-8")) if file.is_file() else []
        for rule, headers in rules:
            if address == rule or (rule.endswith("*") and address.startswith(rule[:-1])):
                return headers
        return page_headers("page")


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    server_version = "cje"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the terminal shows only messages for the operator."""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        live = self._live()
        if live is not None:
            kind, data = live
            headers = {"Content-Type": TYPES[kind], "Cache-Control": "no-store"}
            self._send(HTTPStatus.OK, headers, data, with_body)
            return
        found = find(self.server.root, self.path)
        if found.redirect:
            self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": found.redirect}, b"")
            return
        status = HTTPStatus.OK
        path = found.path
        if path is None:
            status, path = HTTPStatus.NOT_FOUND, self.server.root / "404.html"
        try:
            data = path.read_bytes()
        except OSError:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain; charset=utf-8"}, b"404\n")
            return
        self._send_file(status, path, data, with_body)

    def _live(self) -> tuple[str, bytes] | None:
        """Return a response of `--watch` only: the version, the script, a worker that uninstalls itself."""
        watch, asked = self.server.watch, urlsplit(self.path).path
        if watch is None:
            return None
        if asked == LIVE:
            return ".txt", str(watch.version).encode()
        if asked == LIVE_SCRIPT:
            return ".js", SCRIPT
        return (".js", NO_WORKER) if asked.endswith("/sw.js") else None

    def _send_file(self, status: HTTPStatus, path: Path, data: bytes, with_body: bool) -> None:
        is_altered = self.server.watch is not None and path.suffix == ".html"
        if is_altered:
            data = with_live_script(data)
        digest = hashlib.sha256(data).hexdigest()
        kind = TYPES.get(path.suffix, _OPAQUE)
        headers = {**self.server.headers_for(urlsplit(self.path).path), "Content-Type": kind}
        tag = f'"{digest[:32]}"'
        if kind.startswith(COMPRESSED):
            headers["Vary"] = "Accept-Encoding"
            copies = {} if is_altered else _copies(path)
            accepted = self.headers.get("Accept-Encoding", "")
            coding = preferred(accepted, [name for name in ENDINGS if name in copies or name == "gzip"])
            if coding is not None:
                data = copies[coding] if coding in copies else _gzipped(data)
                tag = f'"{digest[:32]}-{coding}"'
                headers["Content-Encoding"] = coding
        headers["ETag"] = tag
        if status is HTTPStatus.OK and tag in self.headers.get("If-None-Match", ""):
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
            return
        if kind == _OPAQUE and status is HTTPStatus.OK:
            headers["Accept-Ranges"] = "bytes"
            if asked := _range(self.headers.get("Range", ""), len(data)):
                status = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{len(data)}"
                data = data[asked]
        self._send(status, headers, data, with_body)

    def _send(
        self, status: HTTPStatus, headers: Mapping[str, str], data: bytes | None, with_body: bool = True
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if data is not None:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if data and with_body:
            self.wfile.write(data)


def open_server(out: Path, port: int = 0, watch: Watch | None = None) -> SiteServer:
    """Open a server for a built site; `port` 0 takes a free one. Call `serve_forever()`, later `shutdown()`.

    Raises:
        SiteError: the folder holds no built site, or the port is in use or not allowed.
    """
    if not (out / "index.html").is_file():
        raise SiteError("nothing_to_serve", path=out)
    try:
        return SiteServer(out, port, watch)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SiteError("port_taken", port=port) from None
        if error.errno == errno.EACCES:
            raise SiteError("port_reserved", port=port) from None
        raise
    except OverflowError:
        raise SiteError("port_unknown", port=port) from None
