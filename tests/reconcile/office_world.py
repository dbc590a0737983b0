"""The operator's page on a loopback port, in this process, and a browser's worth of HTTP."""

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
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from till_world import DAY
from tills import NOON, Shop

from verifier.reconcile.office.app import application
from verifier.reconcile.office.door import Door
from verifier.reconcile.office.office import Office


@dataclass
class Running:
    """A page that answers."""

    office: Office
    shop: Shop
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"http://{self.host}/enter?token={self.office.door.token}"


@contextmanager
def open_office(folder: Path, shop: Shop | None = None) -> Iterator[Running]:
    """Serve a store."""
    shop = shop or Shop(str(folder / "store"))
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    office = Office(shop.store, Door(port), lambda: NOON + DAY)
    office.begin()
    server = uvicorn.Server(uvicorn.Config(application(office), log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        yield Running(office, shop, port)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


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


@dataclass
class Visitor:
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

    def enter(self) -> Visitor:
        assert self.get(f"/enter?token={self.running.office.door.token}").status == 200
        return self

    def post(self, path: str, headers: Mapping[str, str] = {}, **fields: str | Sequence[str]) -> Answer:
        """Send a form as a page of ours would."""
        fields.setdefault("form_key", self.running.office.door.form_key)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), {**form, **headers})

    def hand_in(
        self, files: Mapping[str, bytes], headers: Mapping[str, str] = {}, key: str | None = None
    ) -> Answer:
        """Send files as the page's form does."""
        own = self.running.office.door.form_key if key is None else key
        parts = [b'--cut\r\nContent-Disposition: form-data; name="form_key"\r\n\r\n' + own.encode()]
        parts += [
            b'--cut\r\nContent-Disposition: form-data; name="files"; filename="'
            + name.encode()
            + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
            + data
            for name, data in files.items()
        ]
        body = b"\r\n".join([*parts, b"--cut--\r\n"])
        kind = {"Content-Type": "multipart/form-data; boundary=cut", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", "/import", body, {**kind, **headers})

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.headers["location"])
