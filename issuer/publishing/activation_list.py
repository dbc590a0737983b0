"""The activation list: who gets which link, for the tool that sends SMS. The one secret output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cje.files import SECRET_MODE, Disk
from cje.table import encode_table
from issuer.cards.shards import Card

COLUMNS: Final = ("numero", "prenom", "code", "lien")


def write(disk: Disk, path: Path, cards: Iterable[Card]) -> None:
    """Write the list, readable by its owner only.

    Raises:
        OutputRefused: it exists, or the folder cannot be written.
    """
    disk.create(path, render(cards), SECRET_MODE)


def render(cards: Iterable[Card]) -> bytes:
    """Return UTF-8 CSV (RFC 4180) with a title line."""
    rows = ((card.number, card.first_name or "", card.code, card.link) for card in cards)
    return encode_table(COLUMNS, rows).encode()
