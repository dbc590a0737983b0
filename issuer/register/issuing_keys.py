"""Issuing keys as the register knows them: one per programme (or common to all) and quarter."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from issuer.errors import KeyRefused
from issuer.keys.quarter import Quarter
from issuer.register import schema
from voucher.ed25519 import check_key, kid

COMMON = "common"


@dataclass(frozen=True, slots=True)
class IssuingKeyRecord:
    """A public issuing key and its window.

    Attributes:
        kid: 8 hexadecimal digits.
        programme: slug, or None when it signs for all.
        use_from, use_until, accept_until: seconds, as in trust-v1 §3.
        revoked: when it was, in seconds; None while it is good.
    """

    kid: str
    name: str
    public: bytes
    programme: str | None
    use_from: int
    use_until: int
    accept_until: int
    revoked: int | None


def name_of(programme: str | None, quarter: Quarter) -> str:
    """The key file's name without `.key`."""
    return f"issuing-{programme or COMMON}-{quarter}"


def record(connection: Connection, name: str, public: bytes, programme: str | None, quarter: Quarter) -> None:
    """Enter a new issuing key.

    Raises:
        KeyRefused: its kid is another key's (once in 2^32 / number of keys).
    """
    key_id = kid(check_key(public)).hex()
    if connection.execute(select(schema.keys.c.kid).where(schema.keys.c.kid == key_id)).first():
        raise KeyRefused("key_kid_taken", kid=key_id)
    row = {
        "kid": key_id,
        "name": name,
        "public": public,
        "programme": programme,
        "use_from": quarter.start,
        "use_until": quarter.end,
        "accept_until": quarter.accept_until,
    }
    connection.execute(insert(schema.keys), row)


def read(connection: Connection) -> list[IssuingKeyRecord]:
    """All of them, revoked ones too, by name."""
    rows = connection.execute(select(schema.keys).order_by(schema.keys.c.name))
    return [IssuingKeyRecord(**row._mapping) for row in rows]


def choose(records: Iterable[IssuingKeyRecord], programme: str, at: int) -> IssuingKeyRecord:
    """The key that signs a new voucher beginning at `at`: the programme's own, or the common one.

    Raises:
        KeyRefused: no good key has this moment in its window.
    """
    good = [key for key in records if key.revoked is None and key.use_from <= at < key.use_until]
    for wanted in (programme, None):
        for key in good:
            if key.programme == wanted:
                return key
    raise KeyRefused("no_issuing_key", quarter=Quarter.of(at), programme=programme)


def public_list(records: Iterable[IssuingKeyRecord]) -> bytes:
    """`keys.json`: what anyone may know of the issuing keys."""
    rows = [
        {
            "kid": key.kid,
            "key": key.public.hex(),
            "programme": key.programme,
            "use_from": key.use_from,
            "use_until": key.use_until,
            "accept_until": key.accept_until,
            "revoked": key.revoked,
        }
        for key in records
    ]
    return (json.dumps(rows, indent=2) + "\n").encode()
