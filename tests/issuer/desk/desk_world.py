"""A counsellor's desk, in this process, with one campaign."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from local_world import Answer, Client, Local, answering, listening

from catalogue import read_catalogue
from cje.local_page.login import Door
from issuer.decisions import undoable
from issuer.desk.app import application
from issuer.desk.desk import COOKIE, Desk
from issuer.desk.lock import Lock
from issuer.keys import keyfile
from issuer.register import campaign, vault

ROOT = Path(__file__).resolve().parents[3]
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
class Running(Local):
    """A desk that answers."""

    desk: Desk
    clock: Clock


@contextmanager
def open_desk(folder: Path) -> Iterator[Running]:
    """Serve a new vault; one campaign is recorded in its register."""
    opened = vault.create(
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
    clock = Clock()
    with closing(opened), listening() as taken:
        door = Door(COOKIE, taken.getsockname()[1])
        desk = Desk(opened, catalogue, door, Lock(opened, clock), folder / "public", SITE, clock)
        undoable.prepare(opened, NOW)
        with answering(application(desk), taken):
            yield Running(taken, door, desk, clock)


class Visitor(Client[Running]):
    """A counsellor's browser."""

    def post(self, path: str, headers: Mapping[str, str] = {}, **fields: str | Sequence[str]) -> Answer:
        """Send a form as a page of the desk would, once."""
        fields.setdefault("token", f"test-{time.monotonic_ns():032d}")
        return super().post(path, headers, **fields)

    def send_file(self, data: bytes) -> Answer:
        return self.upload("/import", "file", {"p.csv": data})
