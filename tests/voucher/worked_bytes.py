"""The worked examples of docs/spec, derived from the text of the specification: seeds are one byte repeated.

`python tests/voucher/worked_bytes.py` prints them; `test_worked_bytes.py` compares them with the documents.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

from wire_world import Signer, make_offer, sealed

from voucher import (
    activation,
    armour,
    bundle,
    claims,
    envelope,
    frames,
    journal,
    pairing,
    presentation,
    root,
    short_code,
    trust,
)
from voucher.bundle import Bundle
from voucher.claims import Claims, Period
from voucher.cosign import Quorum
from voucher.journal import Export, Kind, Row
from voucher.keyring import protected_header
from voucher.pairing import Pairing
from voucher.root import Root
from voucher.trust import IssuingKey, NoSaving, TrustList

START = 1_774_998_000  # 1 April 2026, 01:00 in Paris
END = 1_777_586_400  # 1 May 2026, 00:00 in Paris
ROOT_KEYS = tuple(Signer(bytes((n,)) * 32) for n in (0x11, 0x12, 0x13))
TRUST_KEY = Signer(b"\x22" * 32)
ISSUER = Signer(b"\x33" * 32)
TILL = Signer(b"\x44" * 32)
CODE = activation.from_secret(1)
CTI = bytes(range(16))
HOLDER = Signer(activation.holder_seed(CODE, CTI))
KID = hashlib.sha256(ISSUER.public).digest()[:4]

Lines = Iterator[tuple[str, str | bytes]]


def voucher_lines() -> Lines:
    value = Claims(START, END, CTI, 7, 1, Period.MONTH, HOLDER.public)
    header, payload = protected_header(KID), claims.encode_claims(value)
    signed = envelope.to_sign(header, payload)
    data = claims.encode_voucher(value, KID, ISSUER.sign(signed))
    yield "issuing seed", ISSUER.seed
    yield "issuing key", ISSUER.public
    yield "protected", header
    yield "holder key", HOLDER.public
    yield "claims", payload
    yield "signed bytes", signed
    yield "voucher", data
    yield "text", armour.encode(armour.VOUCHER, data)
    content = presentation.encode_content(data, START + 60, 1, 42)
    shown = presentation.encode_presentation(content, HOLDER.sign(presentation.signing_input(content)))
    yield "holder seed", HOLDER.seed
    yield "content", content
    yield "presentation", shown
    yield "presentation text", armour.encode(armour.PRESENTATION, shown)
    yield "short code key", bytes(range(32))
    yield "short code", short_code.encode(bytes(range(32)), 7, 202_614, short_code.tag_of(CTI))


def trust_lines() -> Lines:
    roots = Quorum(tuple(sorted(key.public for key in ROOT_KEYS)), 2)
    value = Root(1, START + 31_536_000, roots, Quorum((TRUST_KEY.public,), 1), False, "La Boussole")
    payload = root.encode_root(value)
    signatures = {k.public: k.sign(root.signing_input(payload, k.public)) for k in ROOT_KEYS[:2]}
    yield "root seeds", b"".join(key.seed[:1] for key in ROOT_KEYS)
    yield "root payload", payload
    yield "root file", root.assemble(payload, signatures)
    key = IssuingKey(ISSUER.public, START - 86_400, START + 7_862_400, START + 31_536_000, (7,))
    offer = make_offer(7, valid_from=START, valid_until=END, terms=(), not_allowed=(), saving=NoSaving())
    listed = TrustList(
        1,
        START,
        START + 2_592_000,
        604_800,
        1_814_400,
        0,
        1,
        False,
        "cars",
        "Cars",
        (key,),
        (offer,),
        6,
        (CTI[:6],),
    )
    payload = trust.encode_trust(listed)
    file = trust.assemble(
        payload, {TRUST_KEY.public: TRUST_KEY.sign(trust.signing_input(payload, TRUST_KEY.public))}
    )
    yield "trust seed", TRUST_KEY.seed
    yield "trust payload", payload
    yield "trust signed bytes", trust.signing_input(payload, TRUST_KEY.public)
    yield "trust file", file
    yield "its only frame", frames.encode_frames(file)[0]
    payload = pairing.encode_pairing(Pairing(START, False, "cars", "Cars", bytes(range(32))))
    signature = TRUST_KEY.sign(pairing.signing_input(payload, TRUST_KEY.public))
    yield "pairing payload", payload
    yield "pairing text", pairing.assemble(payload, {TRUST_KEY.public: signature})


def bundle_lines() -> Lines:
    content = bundle.encode_bundle(Bundle(START, END, "Zoé", "CEJ", "La Boussole", False, (), (), True, None))
    place = activation.bundle_path(CODE)
    yield "secret", "1"
    yield "code", activation.grouped(CODE)
    yield "place", place
    yield "address", activation.file_name(place)
    yield "AES key", activation.bundle_key(CODE)
    yield "nonce key", activation.nonce_key(CODE)
    yield "cti", CTI
    yield "holder seed", activation.holder_seed(CODE, CTI)
    yield "content", content
    yield "nonce", bundle.nonce(activation.nonce_key(CODE), bundle.pad(content))
    file = sealed(content, CODE)
    yield "SHA-256 of the file", hashlib.sha256(file).digest()
    yield "address of its pack", f"w/packs/{place.hex()[:3]}.bin"
    steps = (len(file) - 33) // 1024
    yield (
        "head of a pack of this card",
        b"CJEP1" + (1).to_bytes(4) + place[1:8] + steps.to_bytes(2) + file[5:8],
    )


def journal_lines() -> Lines:
    row = Row(1, START, START, Kind.ACCEPTED, "accepted", KID, CTI, 1, 7, None, None, -5, 1, None)
    before = journal.first_hash(TILL.public)
    after = journal.next_hash(before, journal.encode_row(row))
    export = Export("cars", "Guichet 1", TILL.public, 1, 1, before, after, (row,))
    payload = journal.encode_export(export)
    yield "till seed", TILL.seed
    yield "till key", TILL.public
    yield "row", journal.encode_row(row)
    yield "hash(0)", before
    yield "hash(1)", after
    yield (
        "export",
        journal.assemble(payload, TILL.public, TILL.sign(journal.signing_input(payload, TILL.public))),
    )


DOCUMENTS = {
    "voucher-v1.md": voucher_lines,
    "trust-v1.md": trust_lines,
    "bundle-v1.md": bundle_lines,
    "journal-v1.md": journal_lines,
}


def block(lines: Lines) -> str:
    """The block as it stands in the document: a name, then its bytes in lines of 64 hexadecimal digits."""
    out = []
    for name, value in lines:
        text = value.hex() if isinstance(value, bytes) else value
        width = 64 if isinstance(value, bytes) else 100
        out += [name, *("  " + text[i : i + width] for i in range(0, len(text), width))]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    for document, found in DOCUMENTS.items():
        print(f"{document}\n```worked\n{block(found())}```\n")
