"""What the reader of pairings takes and refuses (trust-v1 §8): both sides of every bound."""

from __future__ import annotations

from collections.abc import Iterator

from reader_scenarios import ANCHOR, MALFORMED, Scenario
from wire_world import (
    ISSUER,
    ROOTS,
    STRANGER,
    TRUSTS,
    make_pairing,
    pairing_text,
    root_file,
    trust_file,
    voucher_text,
)

from voucher import base45, caps, cbor, cosign, pairing
from voucher.ed25519 import kid


def every() -> Iterator[Scenario]:
    """Yield one question to the reader each, with its exact answer."""
    yield from _texts()
    yield from _signatures()
    yield from _fields()


def _pairing(name: str, expect: str, text: str) -> Scenario:
    return Scenario(f"pairing {name}", "pairing", expect, {"text": text, "anchor": ANCHOR})


def _file(name: str, expect: str, data: bytes) -> Scenario:
    return _pairing(name, expect, pairing.PREFIX + base45.encode(data))


def _edited(name: str, expect: str, changes: dict[int, cbor.Value]) -> Scenario:
    fields = cbor.loads(pairing.encode_pairing(make_pairing()))
    assert isinstance(fields, dict)
    kept = {key: value for key, value in {**fields, **changes}.items() if value != "absent"}
    return _pairing(name, expect, pairing_text(cbor.dumps(kept)))


def _texts() -> Iterator[Scenario]:
    good = pairing_text()
    yield _pairing("accepted", "ok", good)
    yield _pairing("of a demo", "ok", pairing_text(make_pairing(demo=True)))
    for name, text in {
        "empty": "",
        "without its prefix": good[5:],
        "with a voucher's prefix": "CJE1:" + good[5:],
        "with a lower case prefix": "cjs1:" + good[5:],
        "after a space": " " + good,
        "in a link": "https://exemple.fr/#" + good,
        "that is a voucher": voucher_text(),
    }.items():
        yield _pairing(name, "not_ours", text)
    for name, text in {
        "prefix alone": pairing.PREFIX,
        "in lower case": pairing.PREFIX + good[5:].lower(),
        "before a line end": good + "\n",
        "cut by one": good[:-1],
        "followed by one": good + "0",
        "of characters at the cap": pairing.PREFIX.ljust(caps.MAX_PAIRING_TEXT, "0"),
        "of characters over the cap": pairing.PREFIX.ljust(caps.MAX_PAIRING_TEXT + 1, "0"),
        "of astral characters over the cap": pairing.PREFIX + "\U0001f642" * caps.MAX_PAIRING_TEXT,
    }.items():
        yield _pairing(name, MALFORMED, text)


def _signatures() -> Iterator[Scenario]:
    payload = pairing.encode_pairing(make_pairing())
    yield _pairing("signed by another trust key", "ok", pairing_text(signer=TRUSTS[1]))
    for name, signer in {"a stranger": STRANGER, "a root key": ROOTS[0], "an issuing key": ISSUER}.items():
        yield _pairing(f"signed by {name}", "unknown_key", pairing_text(signer=signer))
    data = base45.decode(pairing_text()[5:])
    yield _file("last bit", "bad_signature", data[:-1] + bytes((data[-1] ^ 1,)))
    yield _file("that is a trust list", MALFORMED, trust_file())
    yield _file("that is a root", MALFORMED, root_file())
    lent = TRUSTS[0].sign(cosign.to_sign(cosign.TRUST, kid(TRUSTS[0].public), payload))
    lent_file = pairing.assemble(payload, {TRUSTS[0].public: lent})
    yield _pairing("signed as something else", "bad_signature", lent_file)
    yield _file("of zeros at the cap", MALFORMED, bytes(caps.MAX_PAIRING))
    yield _file("cut in its head", MALFORMED, data[:20])


def _fields() -> Iterator[Scenario]:
    for field, name, wrong in (
        (1, "issued", [0, -1, caps.MIN_TIME - 1, caps.MAX_TIME + 1, None, "1790000000", b"1"]),
        (2, "demo", [0, 1, None, "true"]),
        (3, "partner", ["", "a" * 61, "Cars", "cars du plateau", "-a", "a-", "a--b", "é", None, 7, b"cars"]),
        (4, "partner name", ["", "a" * 81, None, 7, b"Cars"]),
        (5, "key", [b"", bytes(31), bytes(33), None, "0" * 32, [bytes(32)]]),
    ):
        for count, value in enumerate(wrong, 1):
            yield _edited(f"{name} wrong {count}", MALFORMED, {field: value})
        yield _edited(f"{name} absent", MALFORMED, {field: "absent"})
    for field, name, right in (
        (1, "issued", [caps.MIN_TIME, caps.MAX_TIME]),
        (3, "partner", ["a", "a" * 60, "7", "a-b-c"]),
        (4, "partner name", ["a", "é" * 80]),
        (5, "key", [bytes(32), b"\xff" * 32]),
    ):
        for count, value in enumerate(right, 1):
            yield _edited(f"{name} right {count}", "ok", {field: value})
    yield _edited("newer field", "update_app", {6: 0})
    payload = pairing.encode_pairing(make_pairing())
    yield _pairing("payload followed by a byte", MALFORMED, pairing_text(payload + b"\0"))
    yield _pairing("payload of a longer length", MALFORMED, pairing_text(b"\xb8\x05" + payload[1:]))
    yield _pairing("payload empty", MALFORMED, pairing_text(b""))
