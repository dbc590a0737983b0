"""What the encrypted file of one card holds: bundle-v1 §3 and §4. Sealing it is the issuer's."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from voucher import cbor, short_code
from voucher.activation import ALPHABET
from voucher.caps import (
    BUNDLE_STEP,
    MAX_BUNDLE,
    MAX_OFFER,
    MAX_SHORT_CODES,
    MAX_TIME,
    MAX_USES,
    MIN_TIME,
)
from voucher.cbor import Value
from voucher.claims import Period
from voucher.ed25519 import KEY_SIZE
from voucher.errors import Malformed, TooBig, UpdateApp
from voucher.shape import Fields

MAGIC: Final = b"CJEB1"
NONCE_SIZE: Final = 12
VERSION: Final = 1
WAYS: Final = ("voucher", "code", "link", "barcode", "card")
CHANNELS: Final = ("online", "store", "both")
_SHORT_CODE: Final = re.compile(f"[{ALPHABET}]{{{short_code.LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One offer in a card, with all that the phone must show of it offline. Times in seconds, money in cents.

    `voucher` is there for the way "voucher", `code` for "code" and "barcode", `url` for "link". `short_codes`
    has one for the ISO week of the card's issue and one for each week after it; `paper` is a bearer voucher
    of the same id, one right on phone and on paper (bundle-v1 §4.3, §4.4).
    """

    offer: int
    title: str
    partner: str
    category: str
    way: str
    conditions: tuple[str, ...]
    not_allowed: tuple[str, ...]
    steps: tuple[str, ...]
    valid_from: int
    valid_until: int
    uses: int
    period: Period
    headline: str
    saving: int | None
    url: str | None
    voucher: bytes | None
    code: str | None
    symbology: str | None
    channel: str
    slug: str
    colour: str | None
    short_codes: tuple[str, ...] = ()
    paper: bytes | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """One person's card."""

    issued: int
    expires: int
    first_name: str | None
    programme: str
    operator: str
    demo: bool
    entries: tuple[Entry, ...]
    keys: tuple[bytes, ...]
    closed: bool = False
    note: str | None = None


def encode_bundle(bundle: Bundle) -> bytes:
    """Return the content in its one byte form."""
    return cbor.dumps(
        {
            1: VERSION,
            2: bundle.issued,
            3: bundle.expires,
            4: bundle.first_name,
            5: bundle.programme,
            6: bundle.operator,
            7: bundle.demo,
            8: [_encode_entry(entry) for entry in sorted(bundle.entries, key=lambda entry: entry.offer)],
            9: sorted(set(bundle.keys)),
            10: int(bundle.closed),
            11: bundle.note,
        }
    )


def decode_bundle(content: bytes) -> Bundle:
    """Read the content of a file whose seal holds.

    Raises:
        UpdateApp: a newer version. Malformed: out of shape or bounds.
    """
    value = cbor.loads(content)
    version = value.get(1) if isinstance(value, dict) else None
    if type(version) is int and version != VERSION:
        raise UpdateApp("bundle of another version")
    fields = Fields(value, required=range(1, 12))
    fields.integer(1, VERSION, VERSION)
    bundle = Bundle(
        issued=fields.integer(2, MIN_TIME, MAX_TIME),
        expires=fields.integer(3, MIN_TIME, MAX_TIME),
        first_name=fields.optional_text(4, 40),
        programme=fields.text(5, 0, 120),
        operator=fields.text(6, 1, 80),
        demo=fields.boolean(7),
        entries=tuple(_read_entry(item) for item in fields.items(8)),
        keys=tuple(fields.list_of(9, bytes)),
        closed=bool(fields.integer(10, 0, 1)),
        note=fields.optional_text(11, 500),
    )
    _check(bundle)
    return bundle


def pad(content: bytes) -> bytes:
    """Return length, content and zeros, to a multiple of 1,024 bytes: the size tells little (bundle-v1 §3.2).

    Raises:
        TooBig: over 512 KiB.
    """
    body = len(content).to_bytes(4) + content
    padded = body + bytes(-len(body) % BUNDLE_STEP)
    if len(padded) > MAX_BUNDLE:
        raise TooBig("bundle over 512 KiB")
    return padded


def unpad(padded: bytes) -> bytes:
    """Return the content.

    Raises:
        Malformed: not exactly what `pad` makes.
    """
    content = padded[4 : 4 + int.from_bytes(padded[:4])]
    if len(padded) > MAX_BUNDLE or pad(content) != padded:
        raise Malformed("bundle: padding")
    return content


def nonce(nonce_key: bytes, padded: bytes) -> bytes:
    """Return the 12 bytes that make sealing deterministic and never reuse a nonce for other content."""
    return hmac.digest(nonce_key, padded, hashlib.sha256)[:NONCE_SIZE]


def _check(bundle: Bundle) -> None:
    """Refuse what `encode_bundle` never makes, so that one content has one form (bundle-v1 §4)."""
    if any(a.offer > b.offer for a, b in pairwise(bundle.entries)):
        raise Malformed("bundle: entries not sorted")
    if any(a >= b for a, b in pairwise(bundle.keys)) or any(len(key) != KEY_SIZE for key in bundle.keys):
        raise Malformed("bundle: keys")
    if bundle.closed and bundle.entries:
        raise Malformed("bundle: closed with entries")


def _encode_entry(entry: Entry) -> dict[int, object]:
    fields: dict[int, object] = {
        1: entry.offer,
        2: entry.title,
        3: entry.partner,
        4: entry.category,
        5: entry.way,
        6: list(entry.conditions),
        7: list(entry.not_allowed),
        8: list(entry.steps),
        9: entry.valid_from,
        10: entry.valid_until,
        11: entry.uses,
        12: int(entry.period),
        13: entry.headline,
        14: entry.saving,
        15: entry.url,
        16: entry.voucher,
        17: entry.code,
        18: entry.symbology,
        19: entry.channel,
        20: entry.slug,
        21: entry.colour,
    }
    if entry.short_codes:
        fields[22] = list(entry.short_codes)
    if entry.paper is not None:
        fields[23] = entry.paper
    return fields


def _read_entry(item: Value) -> Entry:
    fields = Fields(item, required=range(1, 22), optional=(22, 23))
    return Entry(
        offer=fields.integer(1, 1, MAX_OFFER),
        title=fields.text(2, 1, 120),
        partner=fields.text(3, 1, 80),
        category=fields.text(4, 1, 60),
        way=fields.one_of(5, WAYS),
        conditions=tuple(fields.list_of(6, str)),
        not_allowed=tuple(fields.list_of(7, str)),
        steps=tuple(fields.list_of(8, str)),
        valid_from=fields.integer(9, MIN_TIME, MAX_TIME),
        valid_until=fields.integer(10, MIN_TIME, MAX_TIME),
        uses=fields.integer(11, 0, MAX_USES),
        period=Period(fields.integer(12, 0, max(Period))),
        headline=fields.text(13, 0, 40),
        saving=fields.optional_integer(14, 0, MAX_TIME),
        url=fields.optional_text(15, 2000),
        voucher=fields.optional_data(16, 340),
        code=fields.optional_text(17, 120),
        symbology=fields.optional_text(18, 20),
        channel=fields.one_of(19, CHANNELS),
        slug=fields.text(20, 1, 60),
        colour=fields.optional_text(21, 7),
        short_codes=_read_short_codes(fields.list_of(22, str)) if 22 in fields else (),
        paper=fields.data(23, 1, 340) if 23 in fields else None,
    )


def _read_short_codes(codes: list[str]) -> tuple[str, ...]:
    """Never empty: a list of none and no list would be two forms of one content."""
    if not 1 <= len(codes) <= MAX_SHORT_CODES or not all(_SHORT_CODE.fullmatch(code) for code in codes):
        raise Malformed("bundle: short codes")
    return tuple(codes)
