"""The operator's page, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_world import Answer, Client, Local, answering, listening
from till_world import DAY
from tills import NOON, Shop

from cje.local_page.login import Door
from reconcile.page.actions import COOKIE, Office
from reconcile.page.routes import application


@dataclass
class Running(Local):
    """A page that answers."""

    office: Office
    shop: Shop


@contextmanager
def open_office(folder: Path, shop: Shop | None = None) -> Iterator[Running]:
    """Serve a store."""
    shop = shop or Shop(str(folder / "store"))
    with listening() as taken:
        door = Door(COOKIE, taken.getsockname()[1])
        office = Office(shop.store, door, lambda: NOON + DAY)
        office.begin()
        with answering(application(office), taken):
            yield Running(taken, door, office, shop)


class Visitor(Client[Running]):
    """The operator's browser."""

    def hand_in(
        self, files: Mapping[str, bytes], headers: Mapping[str, str] = {}, key: str | None = None
    ) -> Answer:
        """Send files as the page's form does."""
        return self.upload("/import", "files", files, headers, key)


def enter(running: Running) -> Visitor:
    """Open the page in a new browser."""
    visitor = Visitor(running)
    visitor.enter()
    return visitor
