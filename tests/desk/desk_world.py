"""A desk on a loopback port, in this process, and a browser's worth of HTTP without a browser."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import uvicorn

from catalogue import read_catalogue
from issuer import actions, campaign, keyfile, state
from issuer.desk.app import application
from issuer.desk.desk import Desk
from issuer.desk.lock import Lock
from issuer.desk.session import Session

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_795_255_200  # 21 November 2026, 11:20 in Paris
PHRASE = "pâquerette sous la pluie"
SITE = "https://carte.example"


class Clock:
    """The desk's clock and the lock's; tests move it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Running:
    """A desk that answers."""

    desk: Desk
    clock: Clock
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"http://{self.host}/enter?token={self.desk.session.token}"


@contextmanager
def open_desk(folder: Path) -> Iterator[Running]:
    """Serve a new vault; one campaign is recorded in its register."""
    opened = state.create(
        folder / "vault",
        operator="Association Le Bon Élan",
        passphrase=PHRASE.encode(),
        now=NOW,
        demo=True,
        cost=keyfile.NOMINAL,
    )
    catalogue = read_catalogue(ROOT / "content")
    tree = {
        "name": "hiver-2026",
        "from": date(2026, 9, 1),
        "until": date(2027, 6, 30),
        "programmes": "all",
        "offers": [101, 102, 201],
    }
    with opened.register.writing() as connection:
        campaign.record(connection, campaign.build_campaign(tree, catalogue))
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    clock = Clock()
    session = Session(frozenset({f"127.0.0.1:{port}"}))
    desk = Desk(opened, catalogue, session, Lock(opened, clock), folder / "public", SITE, clock)
    actions.prepare(opened, NOW)
    server = uvicorn.Server(uvicorn.Config(application(desk), log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        yield Running(desk, clock, port)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        opened.close()


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

    def enter(self) -> None:
        assert self.get(f"/enter?token={self.running.desk.session.token}").status == 200

    def post(self, path: str, headers: Mapping[str, str] = {}, **fields: str) -> Answer:
        """Send a form as a page of the desk would."""
        fields.setdefault("form_key", self.running.desk.session.form_key)
        fields.setdefault("token", f"test-{time.monotonic_ns():032d}")
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", path, urlencode(fields).encode(), {**form, **headers})

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.headers["location"])

    def send_file(self, data: bytes) -> Answer:
        key = self.running.desk.session.form_key
        parts = (
            b'--cut\r\nContent-Disposition: form-data; name="form_key"\r\n\r\n' + key.encode() + b"\r\n"
            b'--cut\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n'
            b"Content-Type: text/csv\r\n\r\n" + data + b"\r\n--cut--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=cut", "Origin": f"http://{self.running.host}"}
        return self.ask("POST", "/import", parts, kind)
