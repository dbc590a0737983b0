"""A page on a loopback port, in this process, and a browser's worth of HTTP without a browser."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Generic, TypeVar
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from cje.local_page.login import Door
from cje.local_page.serving import entrance, listen


@dataclass
class Local:
    """A page that answers."""

    listening: socket.socket
    door: Door

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return entrance(self.listening, self.door)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Take a free port."""
    taken = listen(0)
    try:
        yield taken
    finally:
        taken.close()


@contextmanager
def answering(application: ASGIApp, taken: socket.socket) -> Iterator[None]:
    """Serve from a thread, so that a test sees what the page keeps."""
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([taken])), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the page did not end"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        shown = unescape(re.sub(r"<[^>]+>", " ", self.body.decode()))
        return " ".join(shown.replace("\u202f", " ").replace("\u00a0", " ").split())

    def hidden(self, name: str) -> str:
        return re.findall(rf'name="{name}" value="([^"]*)"', self.body.decode())[0]


Running = TypeVar("Running", bound=Local)


@dataclass
class Client(Generic[Running]):
    """One browser: it keeps cookies, follows no redirect by itself."""

    running: Running
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        connection.request(method, path, body, {name: value for name, value in sent.items() if value})
        got = connection.getresponse()
        for name, value in got.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def enter(self) -> None:
        assert self.get(f"/enter?token={self.running.door.token}").status == 200

    def post(self, path: str, headers: Mapping[str, str] = {}, **fields: str | Sequence[str]) -> Answer:
        """Send a form as a page of this origin would."""
        fields.setdefault("form_key", self.running.door.form_key)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), {**form, **headers})

    def upload(
        self,
        path: str,
        name: str,
        files: Mapping[str, bytes],
        headers: Mapping[str, str] = {},
        key: str | None = None,
    ) -> Answer:
        """Send files as a form of this origin does, in a field of this name."""
        own = self.running.door.form_key if key is None else key
        parts = [b'--cut\r\nContent-Disposition: form-data; name="form_key"\r\n\r\n' + own.encode()]
        parts += [
            f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="'.encode()
            + filename.encode()
            + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
            + data
            for filename, data in files.items()
        ]
        body = b"\r\n".join([*parts, b"--cut--\r\n"])
        kind = {"Content-Type": "multipart/form-data; boundary=cut", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", path, body, {**kind, **headers})

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.headers["location"])
