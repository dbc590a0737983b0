"""Shapes that a lax reader takes: how each is built from an honest object."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from wire_world import (
    CTI,
    HOLDER,
    ISSUER,
    NOW,
    STRANGER,
    claims_kid,
    make_claims,
    presentation_of,
    signed_content,
    signed_payload,
    voucher_of,
)

from voucher import cbor, uint
from voucher.claims import encode_claims
from voucher.keyring import protected_header

L = 2**252 + 27742317777372353535851937790883648493
KID = claims_kid(ISSUER)
PAYLOAD = encode_claims(make_claims())
HEADER = protected_header(KID)


def cose(
    payload: bytes = PAYLOAD,
    *,
    header: bytes = HEADER,
    tag: bytes = b"\xd2",
    array: bytes = b"\x84",
    header_head: bytes | None = None,
    unprotected: bytes = b"\xa0",
    payload_head: bytes | None = None,
    signature_head: bytes = b"\x58\x40",
    end: bytes = b"",
) -> bytes:
    """A COSE_Sign1 whose signature holds over its own header and payload, laid out as asked."""
    structure = b"\x84\x6aSignature1" + bstr(header) + b"\x40" + bstr(payload)
    head = bstr(header)[: -len(header)] if header_head is None else header_head
    before = bstr(payload)[: -len(payload)] if payload_head is None else payload_head
    signature = ISSUER.sign(structure)
    return tag + array + head + header + unprotected + before + payload + signature_head + signature + end


def bstr(data: bytes) -> bytes:
    return cbor.dumps(data)


def envelopes() -> Iterator[tuple[str, bytes]]:
    """COSE_Sign1 in forms that lax readers accept; all are honestly signed."""
    yield "untagged", cose(tag=b"")
    yield "tagged as CWT, 61", cose(tag=b"\xd8\x3d\xd2")
    yield "tagged twice", cose(tag=b"\xd2\xd2")
    yield "tag in two bytes", cose(tag=b"\xd8\x12")
    yield "tag 98, COSE_Sign", cose(tag=b"\xd8\x62")
    yield "tag 17, COSE_Mac0", cose(tag=b"\xd1")
    yield "indefinite array", cose(array=b"\x9f", end=b"\xff")
    yield "array's length in two bytes", cose(array=b"\x98\x04")
    yield "five elements", cose(array=b"\x85", end=b"\xa0")
    yield "header's length in two bytes", cose(header_head=b"\x58\x09")
    yield "indefinite header", cose(header_head=b"\x5f\x49", unprotected=b"\xff\xa0")
    yield "kid in the unprotected header too", cose(unprotected=b"\xa1\x04\x44" + KID)
    outside = b"\xa1\x04\x44" + KID
    yield "kid only in the unprotected header", cose(header=b"\xa1\x01\x32", unprotected=outside)
    yield "unprotected header with unknown", cose(unprotected=b"\xa1\x18\x63\x00")
    yield "indefinite unprotected header", cose(unprotected=b"\xbf\xff")
    yield "unprotected header null", cose(unprotected=b"\xf6")
    yield "payload's length in three bytes", cose(payload_head=b"\x59" + len(PAYLOAD).to_bytes(2))
    yield "indefinite payload", cose(payload_head=b"\x5f" + bstr(PAYLOAD)[:2], signature_head=b"\xff\x58\x40")
    yield "payload null", cose(payload=b"", payload_head=b"\xf6")
    yield "signature's length in three bytes", cose(signature_head=b"\x59\x00\x40")
    yield "trailing byte", cose(end=b"\x00")
    yield "a second object after it", cose(end=cose())
    yield "payload of 23 bytes", cose(payload=b"\xa0" * 23)
    yield "payload of 256 bytes", cose(payload=b"\xa0" * 256)


def headers() -> Iterator[tuple[str, bytes]]:
    """Protected headers of the same length or layout that are not the one of a trusted key."""
    yield "algorithm -8, EdDSA", cose(header=b"\xa2\x01\x27\x04\x44" + KID)
    yield "algorithm -7, ES256", cose(header=b"\xa2\x01\x26\x04\x44" + KID)
    yield "algorithm -20", cose(header=b"\xa2\x01\x33\x04\x44" + KID)
    yield "kid before algorithm", cose(header=b"\xa2\x04\x44" + KID + b"\x01\x32")
    yield "array for map", cose(header=b"\x82\x01\x32\x04\x44" + KID)
    yield "kid as text", cose(header=b"\xa2\x01\x32\x04\x64" + KID)
    yield "kid's first bit", cose(header=HEADER[:5] + bytes((KID[0] ^ 0x80,)) + KID[1:])
    yield "kid's last bit", cose(header=HEADER[:8] + bytes((KID[3] ^ 1,)))
    yield "kid of another key", voucher_of(signer=STRANGER)


def signatures() -> Iterator[tuple[str, bytes]]:
    good = voucher_of()
    r, s = good[-64:-32], int.from_bytes(good[-32:], "little")
    forms = {
        "S plus L": r + (s + L).to_bytes(32, "little"),
        "S + 2^255 bit": r + (s | 1 << 255).to_bytes(32, "little"),
        "S is 0": r + bytes(32),
        "S is L": r + L.to_bytes(32, "little"),
        "S is L minus 1": r + (L - 1).to_bytes(32, "little"),
        "R with its sign changed": r[:-1] + bytes((r[-1] ^ 0x80,)) + good[-32:],
        "R zero": bytes(32) + good[-32:],
        "R the identity, S zero": b"\x01" + bytes(63),
        "R = p, not canonical": (2**255 - 19).to_bytes(32, "little") + good[-32:],
        "zeros": bytes(64),
        "ones": b"\xff" * 64,
        "R and S exchanged": good[-32:] + r,
    }
    for name, signature in forms.items():
        yield name, good[:-64] + signature
    # The equation itself holds for this one: only the rule against small-order points refuses it.
    yield "R the identity, and it fits", good[:-64] + fitting_identity(ISSUER.seed, ISSUER.public, good)
    yield "of another voucher", good[:-64] + voucher_of(make_claims(cti=bytes(16)))[-64:]
    kid_of_issuer = voucher_of()[:-64] + voucher_of(signer=STRANGER)[-64:]
    yield "of another key under this kid", kid_of_issuer
    holder = b"\x84\x6aSignature1" + bstr(HEADER) + b"\x40" + bstr(PAYLOAD)
    yield "by the holder", good[:-64] + HOLDER.sign(holder)
    raw = ISSUER.sign(PAYLOAD)
    yield "over the payload alone", good[:-64] + raw


def fitting_identity(seed: bytes, public: bytes, voucher: bytes) -> bytes:
    """Sign with the nonce 0: R is the identity and S = k·a, so that [S]B = R + [k]A."""
    secret = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    secret = secret & ~7 & (1 << 254) - 1 | 1 << 254
    r = b"\x01" + bytes(31)
    message = b"\x84\x6aSignature1" + bstr(HEADER) + b"\x40" + bstr(voucher[15:-66])
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little")
    return r + (k * secret % L).to_bytes(32, "little")


def claims_map(**changes: Any) -> dict[int | str, Any]:
    """The honest claims as a map; the names of arguments are those of the specification."""
    base: dict[int | str, Any] = {
        4: changes.pop("exp", NOW + 30 * 86_400),
        5: changes.pop("nbf", NOW),
        7: changes.pop("cti", CTI),
        8: changes.pop("cnf", {1: {1: 1, -1: 6, -2: HOLDER.public}}),
        -65537: changes.pop("terms", [7, 1, 3]),
    }
    base |= changes.pop("more", {})
    for key in changes.pop("without", ()):
        del base[key]
    assert not changes
    return base


def with_claims(**changes: Any) -> bytes:
    return signed_payload(cbor.dumps(claims_map(**changes)))


def payload_edits() -> Iterator[tuple[str, bytes]]:
    """Payloads in other byte forms than the one, honestly signed."""
    exp, nbf = PAYLOAD[1:7], PAYLOAD[7:13]
    body = PAYLOAD[1:]
    yield "exp in eight bytes", PAYLOAD[:2] + b"\x1b\0\0\0\0" + PAYLOAD[3:]
    yield "exp as a float", PAYLOAD[:2] + b"\xfa" + PAYLOAD[3:]
    yield "exp as a tagged time", PAYLOAD[:2] + b"\xc1" + PAYLOAD[2:]
    yield "exp negative", PAYLOAD[:2] + b"\x3a" + PAYLOAD[3:]
    yield "nbf before exp", b"\xa5" + nbf + exp + PAYLOAD[13:]
    yield "exp twice", b"\xa6" + exp + body
    yield "indefinite map", b"\xbf" + body + b"\xff"
    yield "map's length in two bytes", b"\xb8\x05" + body
    yield "key of a map in two bytes", b"\xa5\x18\x04" + PAYLOAD[2:]
    yield "four announced, five there", b"\xa4" + body
    yield "six announced, five there", b"\xa6" + body
    yield "trailing zero", PAYLOAD + b"\0"
    yield "terms in two bytes each", PAYLOAD[:-3] + b"\x18\x07\x01\x03"
    yield "terms as an indefinite array", PAYLOAD[:-4] + b"\x9f\x07\x01\x03\xff"
    yield "period true", PAYLOAD[:-1] + b"\xf5"
    yield "uses as a float", PAYLOAD[:-2] + b"\xf9\x3c\x00\x03"
    for head in ("1807", "190007", "1900ff", "1a00000007", "1a0000ffff", "1b0000000000000007"):
        yield f"offer {head}", PAYLOAD[:-3] + bytes.fromhex(head) + b"\x01\x03"
    for head in ("1801", "1817", "190001", "1900ff", "1a00000001"):
        yield f"uses {head}", PAYLOAD[:-2] + bytes.fromhex(head) + b"\x03"
    for head in ("1803", "190003", "1817"):
        yield f"period {head}", PAYLOAD[:-1] + bytes.fromhex(head)
    yield "cti as text", PAYLOAD.replace(b"\x07\x50" + CTI, b"\x07\x70" + CTI)
    yield "wrapped in a byte string", bstr(PAYLOAD)
    yield "an array", b"\x85" + body
    yield "text", b"\x78\x1c" + b"a" * 28
    yield "shared values that unfold", b"\xd8\x1c\x82\x01\xd8\x1d\x00" + bytes(30)
    yield "nested eight deep", b"\x81" * 40
    yield "zeros", bytes(60)


def content_edits() -> Iterator[tuple[str, bytes]]:
    """Contents of a presentation in other forms, signed by the phone; all `malformed`."""
    voucher = voucher_of()
    head = b"\x58" + bytes((len(voucher),)) + voucher
    ts = b"\x1a" + (NOW + 5).to_bytes(4)
    forms = {
        "two elements": b"\x82" + head + ts,
        "five elements": b"\x85" + head + ts + b"\x03\x00\x00",
        "five announced, three there": b"\x85" + head + ts + b"\x03",
        "two announced, three there": b"\x82" + head + ts + b"\x03",
        "a map for the array": b"\xa3" + head + ts + b"\x03",
        "the voucher as text": b"\x83\x78" + head[1:] + ts + b"\x03",
        "three announced, four there": b"\x83" + head + ts + b"\x03\x00",
        "four announced, three there": b"\x84" + head + ts + b"\x03",
        "indefinite array": b"\x9f" + head + ts + b"\x03\xff",
        "voucher's length in three bytes": b"\x83\x59\x00" + head[1:] + ts + b"\x03",
        "voucher of 23 bytes": b"\x83\x57" + voucher[:23] + ts + b"\x03",
        "voucher that runs over the end": b"\x83\x58" + bytes((len(voucher) + 20,)) + voucher + ts + b"\x03",
        "time in eight bytes": b"\x83" + head + b"\x1b\0\0\0\0" + ts[1:] + b"\x03",
        "time below 2^30": b"\x83" + head + b"\x1a" + (2**30).to_bytes(4) + b"\x03",
        "time in two bytes": b"\x83" + head + b"\x19\xff\xff\x03",
        "time as a float": b"\x83" + head + b"\xfa" + ts[1:] + b"\x03",
        "counter 0": b"\x83" + head + ts + b"\x00",
        "counter in two bytes": b"\x83" + head + ts + b"\x18\x03",
        "counter 2^32": b"\x83" + head + ts + b"\x1b\0\0\0\x01\0\0\0\0",
        "counter negative": b"\x83" + head + ts + b"\x20",
        "challenge 10000": b"\x84" + head + ts + b"\x03" + uint.encode(10_000),
        "challenge null": b"\x84" + head + ts + b"\x03\xf6",
        "challenge as text": b"\x84" + head + ts + b"\x03\x641234",
        "challenge 9 in two bytes": b"\x84" + head + ts + b"\x03\x18\x09",
        "trailing byte": b"\x83" + head + ts + b"\x03\x00",
        "no time": b"\x83" + head,
    }
    for name, content in forms.items():
        yield name, signed_content(content)
    yield "a bearer voucher inside", presentation_of(voucher_of(make_claims(holder=None)))
    yield "a presentation inside", signed_content(b"\x83\x58\xbe" + presentation_of()[:190] + ts + b"\x03")
