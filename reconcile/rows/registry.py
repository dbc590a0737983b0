"""The tills that an operator knows: `tills.toml`, a text file that a person reads, keeps and can correct.

Whoever holds a key can sign an export; only a till written here counts. A key is entered by a person who has
compared its fingerprint with the till's screen, never by an import (ADR 17).
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reconcile.errors import FileRefused
from voucher import ed25519
from voucher.errors import BadKey

_TERRITORY: Final = re.compile(r"[0-9]{2,3}|2[AB]|[0-9][0-9AB][0-9]{3}")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADER: Final = (
    "# Les caisses connues. Une caisse n'entre ici qu'après avoir comparé son empreinte avec son écran.\n"
)


@dataclass(frozen=True, slots=True)
class KnownTill:
    """One till. Attributes:

    key: its public key, 32 bytes. partner: slug. name: as the operator calls it.
    territory: department or commune (INSEE) of the shop, or "" where nobody wrote it.
    stopped: first second from which its rows count no more (stolen, retired), or None.
    """

    key: bytes
    partner: str
    name: str
    territory: str = ""
    stopped: int | None = None

    @property
    def number(self) -> int:
        return till_number(self.key)


def till_number(key: bytes) -> int:
    """Return the 64 bits under which the store keeps a till's rows."""
    return int.from_bytes(hashlib.sha256(b"cje-till" + key).digest()[:8])


def read_tills(source: str, place: str) -> dict[bytes, KnownTill]:
    """Read a registry.

    Raises:
        FileRefused: not TOML, an entry that is none, or one key twice.
    """
    try:
        tree = tomllib.loads(source)
    except tomllib.TOMLDecodeError as fault:
        raise FileRefused("tills_toml", place=place, why=str(fault)) from None
    entries = tree.get("till", [])
    if tree.keys() - {"till"} or not isinstance(entries, list):
        raise FileRefused("tills_shape", place=place, number=0)
    found: dict[bytes, KnownTill] = {}
    numbers: set[int] = set()
    for number, entry in enumerate(entries, 1):
        till = _read(entry, place, number)
        if till.number in numbers:  # of the same key, or of another one that would share its rows
            raise FileRefused("tills_twice", place=place, number=number)
        numbers.add(till.number)
        found[till.key] = till
    return found


def is_partner(value: str) -> bool:
    """Tell whether a partner can be called so: an export may say anything."""
    return _SLUG.fullmatch(value) is not None


def written(till: KnownTill) -> str:
    """Return the entry of a till, to be added at the end of the file."""
    lines = [
        f'key = "{till.key.hex()}"',
        f"partner = {_quoted(till.partner)}",
        f"name = {_quoted(till.name)}",
    ]
    lines += [f"territory = {_quoted(till.territory)}"] if till.territory else []
    lines += [f"stopped = {till.stopped}"] if till.stopped is not None else []
    return "\n[[till]]\n" + "\n".join(lines) + "\n"


def same_names(tills: Iterable[KnownTill]) -> list[tuple[KnownTill, ...]]:
    """Return the tills of one partner that carry one name, which a person will confuse."""
    by_name: dict[tuple[str, str], list[KnownTill]] = {}
    for till in tills:
        by_name.setdefault((till.partner, till.name.casefold()), []).append(till)
    return [tuple(group) for _, group in sorted(by_name.items()) if len(group) > 1]


def _read(entry: object, place: str, number: int) -> KnownTill:
    if not isinstance(entry, Mapping) or entry.keys() - {"key", "partner", "name", "territory", "stopped"}:
        raise FileRefused("tills_shape", place=place, number=number)
    key, partner, name = (entry.get(field) for field in ("key", "partner", "name"))
    territory, stopped = entry.get("territory", ""), entry.get("stopped")
    good = (
        isinstance(key, str)
        and re.fullmatch("[0-9a-f]{64}", key)
        and isinstance(partner, str)
        and is_partner(partner)
        and isinstance(name, str)
        and isinstance(territory, str)
        and (not territory or _TERRITORY.fullmatch(territory))
        and (stopped is None or (type(stopped) is int and stopped >= 0))
    )
    if not good:
        raise FileRefused("tills_shape", place=place, number=number)
    try:
        return KnownTill(
            ed25519.check_key(bytes.fromhex(str(key))), str(partner), str(name), territory, stopped
        )
    except BadKey:
        raise FileRefused("tills_key", place=place, number=number) from None


def _quoted(value: str) -> str:
    """A TOML basic string: JSON's is one once DEL is escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
