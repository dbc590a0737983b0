"""What each reader takes and refuses: one scenario each, both sides of every bound."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import hostile
from hostile import claims_map, with_claims
from wire_world import (
    CODE,
    CTI,
    DAY,
    HOLDER,
    ISSUER,
    NOW,
    ROOTS,
    STRANGER,
    TRUSTS,
    Signer,
    export_file,
    make_bundle,
    make_claims,
    make_entry,
    make_export,
    make_root,
    make_row,
    make_trust,
    presentation_of,
    presentation_text,
    quorum,
    root_file,
    sealed,
    signed_content,
    signed_payload,
    trust_file,
    voucher_of,
    voucher_text,
)

from voucher import activation, armour, bundle, cbor, frames, journal, root, short_code, trust
from voucher.claims import Period

KEYS = [ISSUER.public.hex()]
MALFORMED = "malformed"
ANCHOR = root_file().hex()


@dataclass(frozen=True)
class Scenario:
    """One question to a reader and the exact answer: `ok`, or the code of the refusal."""

    name: str
    op: str
    expect: str
    arguments: dict[str, Any] = field(default_factory=dict)


def every() -> Iterator[Scenario]:
    for group in (
        _texts,
        _vouchers,
        _payloads,
        _presentations,
        _roots,
        _trusts,
        _bundles,
        _exports,
        _forms,
        _rest,
    ):
        yield from group()


def _text(name: str, expect: str, text: str) -> Scenario:
    return Scenario(name, "text", expect, {"text": text, "keys": KEYS})


def _voucher(name: str, expect: str, data: bytes) -> Scenario:
    return _text(name, expect, voucher_text(data))


def _texts() -> Iterator[Scenario]:
    good = voucher_text()
    yield _text("text accepted", "ok", good)
    not_ours = {
        "empty": "",
        "leading space": " " + good,
        "leading byte order mark": "\ufeff" + good,
        "lower case prefix": "cje1:" + good[5:],
        "full width prefix": "ＣＪＥ１：" + good[5:],
        "a link": "https://exemple.fr/#" + good,
        "prefix without colon": "CJE1" + good[5:],
        "prefix with a letter for the digit": "CJEA:" + good[5:],
        "prefix with an arabic digit": "CJE\u0661:" + good[5:],
        "health certificate": "HC1:NCF",
        "1025 characters": "CJE1:" + "0" * 1020,
        "1025 astral characters": "CJE1:" + "\U0001f642" * 1020,
        "5000 characters": "CJE1:" + "0" * 4995,
    }
    for name, text in not_ours.items():
        yield _text(f"text {name}", "not_ours", text)
    for prefix in ("CJE2:", "CJE0:", "CJP2:", "CJT1:", "CJZ9:"):
        yield _text(f"text prefix {prefix[:4]}", "update_app", prefix + good[5:])
    malformed = {
        "prefix alone": "CJE1:",
        "lower case": "CJE1:" + good[5:].lower(),
        "trailing space": good + " ",
        "trailing line end": good + "\n",
        "full width digit": good[:20] + "１" + good[21:],
        "lone surrogate": good[:20] + "\ud800" + good[21:],
        "one character left": good[:-1] if len(good[5:]) % 3 == 2 else good + "0",
        "two bytes": "CJE1:" + "GGW",
        "group 65536": "CJE1:" + "HGW" * 60,
        "group above all": "CJE1:" + ":::" * 60,
        "last group of 256": good[: 5 + (len(good) - 5) // 3 * 3] + "V5",
        "512 characters": "CJE1:" + "0" * 507,
        "513 characters": "CJE1:" + "0" * 508,
        "512 astral characters": "CJE1:" + "\U0001f642" * 507,
        "513 astral characters": "CJE1:" + "\U0001f642" * 508,
        "1024 characters": "CJE1:" + "0" * 1019,
        "voucher under the other prefix": "CJP1:" + good[5:],
        "presentation under the other prefix": "CJE1:" + presentation_text()[5:],
        "presentation of 640 characters": "CJP1:" + "0" * 635,
        "presentation of 641 characters": "CJP1:" + "0" * 636,
    }
    for name, text in malformed.items():
        yield _text(f"text {name}", MALFORMED, text)


def _vouchers() -> Iterator[Scenario]:
    for name, data in hostile.envelopes():
        yield _voucher(f"envelope {name}", MALFORMED, data)
    for name, data in hostile.headers():
        yield _voucher(f"header {name}", "unknown_key", data)
    for name, data in hostile.signatures():
        yield _voucher(f"signature {name}", "bad_signature", data)
    for cut in (1, 64, 65, 100, 163):
        yield _voucher(f"envelope cut by {cut}", MALFORMED, voucher_of()[:-cut])
    yield Scenario("keys none", "text", "unknown_key", {"text": voucher_text(), "keys": []})
    two = sorted((ISSUER.public.hex(), STRANGER.public.hex()))
    yield Scenario("keys two", "text", "ok", {"text": voucher_text(), "keys": two})
    yield Scenario("keys twice the same", "text", "ok", {"text": voucher_text(), "keys": KEYS * 2})


def _payloads() -> Iterator[Scenario]:
    low, high = 2**30 + 1, 2**32 - 1
    year = 400 * DAY
    fields: list[tuple[str, str, dict[str, Any]]] = [
        ("bearer", "ok", {"without": (8,)}),
        ("first time of all", "ok", {"nbf": low, "exp": low + 1}),
        ("nbf 2^30", MALFORMED, {"nbf": low - 1, "exp": low + 1}),
        ("last time of all", "ok", {"nbf": high - 1, "exp": high}),
        ("exp 2^32", MALFORMED, {"nbf": high - 1, "exp": high + 1}),
        ("valid 400 days", "ok", {"exp": NOW + year}),
        ("valid 400 days and a second", MALFORMED, {"exp": NOW + year + 1}),
        ("valid a second", "ok", {"exp": NOW + 1}),
        ("valid never", MALFORMED, {"exp": NOW}),
        ("valid backwards", MALFORMED, {"exp": NOW - 1}),
        ("cti of 15 bytes", MALFORMED, {"cti": CTI[:15]}),
        ("cti of 17 bytes", MALFORMED, {"cti": CTI + b"\0"}),
        ("offer 0", MALFORMED, {"terms": [0, 1, 3]}),
        ("offer negative", MALFORMED, {"terms": [-1, 1, 3]}),
        ("offer 2^32", MALFORMED, {"terms": [2**32, 1, 3]}),
        ("uses 256", MALFORMED, {"terms": [7, 256, 3]}),
        ("uses negative", MALFORMED, {"terms": [7, -1, 0]}),
        ("period 4", MALFORMED, {"terms": [7, 1, 4]}),
        ("period 255", MALFORMED, {"terms": [7, 1, 255]}),
        ("terms of two", MALFORMED, {"terms": [7, 1]}),
        ("terms of four", MALFORMED, {"terms": [7, 1, 3, 0]}),
        ("terms a map", MALFORMED, {"terms": {1: 7}}),
        ("terms null", MALFORMED, {"terms": None}),
        ("holder of 31 bytes", MALFORMED, {"cnf": {1: {1: 1, -1: 6, -2: bytes(31)}}}),
        ("holder of 33 bytes", MALFORMED, {"cnf": {1: {1: 1, -1: 6, -2: bytes(33)}}}),
        ("holder's kty 2", MALFORMED, {"cnf": {1: {1: 2, -1: 6, -2: HOLDER.public}}}),
        ("holder's curve 7", MALFORMED, {"cnf": {1: {1: 1, -1: 7, -2: HOLDER.public}}}),
        ("holder's key with alg", MALFORMED, {"cnf": {1: {1: 1, 3: -19, -1: 6, -2: HOLDER.public}}}),
        ("holder's key with d", MALFORMED, {"cnf": {1: {1: 1, -1: 6, -2: HOLDER.public, -4: bytes(32)}}}),
        ("cnf with kid", MALFORMED, {"cnf": {1: {1: 1, -1: 6, -2: HOLDER.public}, 3: b"kid"}}),
        ("cnf empty", MALFORMED, {"cnf": {}}),
        ("cnf null", MALFORMED, {"cnf": None}),
        ("newer claim iss", "update_app", {"more": {1: "cje"}}),
        ("newer claim negative", "update_app", {"more": {-70000: 1}}),
        ("newer claim with a name", "update_app", {"more": {"site": 1}}),
        ("newer claim, bearer", "update_app", {"more": {1: "cje"}, "without": (8,)}),
        ("newer claim, other terms", "update_app", {"more": {1: "c"}, "terms": [7, 1, 3, 0]}),
        ("newer claim without cti", MALFORMED, {"more": {1: "cje"}, "without": (7,)}),
    ]
    fields += [(f"without claim {key}", MALFORMED, {"without": (key,)}) for key in (4, 5, 7, -65537)]
    for period in Period:
        expect = "ok" if period is Period.TOTAL else MALFORMED
        fields.append((f"without limit, period {period}", expect, {"terms": [7, 0, int(period)]}))
        for uses in (1, 23, 24, 255):
            fields.append((f"uses {uses}, period {period}", "ok", {"terms": [7, uses, int(period)]}))
    for offer in (1, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1):
        fields.append((f"offer {offer}", "ok", {"terms": [offer, 1, 3]}))
    for name, expect, changes in fields:
        yield _voucher(f"claims {name}", expect, with_claims(**changes))
    for name, payload in hostile.payload_edits():
        yield _voucher(f"payload {name}", MALFORMED, signed_payload(payload))
    full = cbor.dumps(claims_map(more={"x": ""}))
    for size, expect in ((254, "update_app"), (255, "update_app")):
        text = "y" * (size - len(full) - (1 if size > 24 + len(full) else 0))
        payload = cbor.dumps(claims_map(more={"x": text}))
        assert len(payload) == size
        yield _voucher(f"payload of {size} bytes", expect, signed_payload(payload))


def _presentations() -> Iterator[Scenario]:
    def of(name: str, expect: str, data: bytes) -> Scenario:
        return _text(f"presentation {name}", expect, presentation_text(data))

    for challenge in (None, 0, 23, 24, 255, 256, 9999):
        yield of(f"challenge {challenge}", "ok", presentation_of(challenge=challenge))
    for seq in (1, 23, 24, 65_535, 2**32 - 1):
        yield of(f"counter {seq}", "ok", presentation_of(seq=seq))
    for timestamp in (2**30 + 1, 2**32 - 1):
        yield of(f"time {timestamp}", "ok", presentation_of(timestamp=timestamp))
    for name, data in hostile.content_edits():
        yield of(name, MALFORMED, data)
    good = presentation_of()
    yield of("by another phone", "bad_signature", presentation_of(holder=STRANGER))
    yield of("by the issuer", "bad_signature", presentation_of(holder=ISSUER))
    yield of("with its time changed", "bad_signature", good[:-70] + bytes((good[-70] ^ 1,)) + good[-69:])
    stranger = presentation_of(voucher_of(signer=STRANGER))
    yield of("of an unknown key's voucher", "unknown_key", stranger)
    forged = voucher_of()[:-1] + bytes((voucher_of()[-1] ^ 0x10,))
    yield of("of a forged voucher", "bad_signature", presentation_of(forged))
    inner = presentation_of(with_claims(more={1: "cje"}))
    yield of("of a newer voucher", "update_app", inner)
    eddsa = good[:5] + b"\x27" + good[6:]
    yield of("algorithm -8", MALFORMED, eddsa)
    around = presentation_of(voucher_of(signer=STRANGER))
    # Whether the voucher may fill its content is asked after the voucher: the stranger is found first.
    filled = signed_content(b"\x83\x58" + bytes((len(voucher_of()),)) + voucher_of(signer=STRANGER))
    yield of("that ends with an unknown key's voucher", "unknown_key", filled)
    yield of("algorithm -8 around an unknown key's voucher", MALFORMED, around[:5] + b"\x27" + around[6:])
    yield of("with a byte after it", MALFORMED, good + b"\0")
    yield of("untagged", MALFORMED, good[1:])
    yield of("cut", MALFORMED, good[:-1])


def _signed_root(fields: dict[int, Any], signers: Any = ROOTS[:2]) -> bytes:
    base = cbor.loads(root.encode_root(make_root()))
    assert isinstance(base, dict)
    return root_file(cbor.dumps({**base, **fields}), signers)


def _roots() -> Iterator[Scenario]:
    def anchor(name: str, expect: str, data: bytes) -> Scenario:
        return Scenario(f"root {name}", "anchor", expect, {"data": data.hex()})

    yield anchor("accepted", "ok", root_file())
    yield anchor("signed by three", "ok", root_file(signers=ROOTS[:3]))
    yield anchor("signed by two and a stranger", "ok", root_file(signers=(*ROOTS[:2], STRANGER)))
    yield anchor("signed by one", "unknown_key", root_file(signers=ROOTS[:1]))
    yield anchor("signed by one and a stranger", "unknown_key", root_file(signers=(ROOTS[0], STRANGER)))
    yield anchor("signed by trust keys", "unknown_key", root_file(signers=TRUSTS[:2]))
    good = root_file()
    yield anchor("last bit", "bad_signature", good[:-1] + bytes((good[-1] ^ 1,)))
    yield anchor("trailing byte", MALFORMED, good + b"\0")
    yield anchor("a trust list", MALFORMED, trust_file())
    yield anchor("a voucher", MALFORMED, voucher_of())
    yield anchor("empty", MALFORMED, b"")
    size = cosigner_size = 2 + 9 + 3 + 64
    first, second = good[-2 * size : -size], good[-cosigner_size:]
    yield anchor("cosigners exchanged", MALFORMED, good[: -2 * size] + second + first)
    yield anchor("one cosigner twice", MALFORMED, good[: -2 * size] + first + first)
    for at, name in ((-64 - 2, "signature's head"), (-64 - 3, "unprotected header"), (-size, "array")):
        damaged = good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :]
        yield anchor(f"a cosigner's {name}", MALFORMED, damaged)
    eddsa = good[: -size + 4] + b"\x27" + good[-size + 5 :]
    yield anchor("a cosigner's algorithm", MALFORMED, eddsa)
    for at, name in ((1, "tag"), (2, "array"), (3, "body's head"), (5, "body's key"), (13, "kind")):
        damaged = good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :]
        yield anchor(f"another {name}", MALFORMED, damaged)
    yield anchor("a list for a map", MALFORMED, root_file(cbor.dumps([1, 2])))
    yield anchor("no cosigner", MALFORMED, good[: -2 * size - 1] + b"\x80")
    for total, expect in ((16 * 1024, MALFORMED), (16 * 1024 + 1, "too_big")):
        yield anchor(f"of {total} bytes", expect, good + bytes(total - len(good)))
    edits: list[tuple[str, str, dict[int, Any]]] = [
        ("version 1", "ok", {1: 1}),
        ("version 0", MALFORMED, {1: 0}),
        ("version true", MALFORMED, {1: True}),
        ("version 2^32-1", "ok", {1: 2**32 - 1}),
        ("version 2^32", MALFORMED, {1: 2**32}),
        ("expires 2^30", MALFORMED, {2: 2**30}),
        ("expires at the first time of all", "ok", {2: 2**30 + 1}),
        ("expires at the last time of all", "ok", {2: 2**32 - 1}),
        ("expires 2^32", MALFORMED, {2: 2**32}),
        ("demo 0", MALFORMED, {7: 0}),
        ("operator of one character", "ok", {8: "a"}),
        ("threshold 1", "ok", {3: 1}),
        ("threshold 3 of 3", "unknown_key", {3: 3}),
        ("trust threshold 0", MALFORMED, {5: 0}),
        ("trust threshold 2 of 2", "ok", {5: 2}),
        ("threshold 0", MALFORMED, {3: 0}),
        ("threshold 4 of 3", MALFORMED, {3: 4}),
        ("trust threshold 3 of 2", MALFORMED, {5: 3}),
        ("no trust keys", MALFORMED, {6: []}),
        ("a number for keys", MALFORMED, {4: 3}),
        ("text for a key", MALFORMED, {6: ["a" * 32]}),
        ("keys not sorted", MALFORMED, {4: sorted((r.public for r in ROOTS[:3]), reverse=True)}),
        ("one key twice", MALFORMED, {6: [TRUSTS[0].public] * 2}),
        ("one key in two roles", MALFORMED, {6: [ROOTS[0].public]}),
        ("key of 31 bytes", "bad_key", {6: [bytes(31)]}),
        ("key of small order", "bad_key", {6: [b"\x01" + bytes(31)]}),
        ("key not canonical", "bad_key", {6: [b"\xf0" + b"\xff" * 30 + b"\x7f"]}),
        ("key not on the curve", "bad_key", {6: [b"\x02" + bytes(31)]}),
        ("demo null", MALFORMED, {7: None}),
        ("operator of 80 characters", "ok", {8: "\U0001f642" * 80}),
        ("operator of 81 characters", MALFORMED, {8: "é" * 81}),
        ("operator empty", MALFORMED, {8: ""}),
        ("newer field", "update_app", {9: 0}),
    ]
    for name, expect, fields in edits:
        yield anchor(name, expect, _signed_root(fields))
    six = sorted(Signer.named(f"many {n}").public for n in range(6))
    yield anchor("five trust keys", "ok", _signed_root({6: six[:5]}))
    yield anchor("six trust keys", MALFORMED, _signed_root({6: six}))

    def successor(name: str, expect: str, data: bytes) -> Scenario:
        return Scenario(f"successor {name}", "successor", expect, {"data": data.hex(), "anchor": ANCHOR})

    second_root = make_root(2)
    yield successor("accepted", "ok", root_file(second_root))
    yield successor("skips a version", MALFORMED, root_file(make_root(3)))
    yield successor("of the same version", MALFORMED, root_file(make_root(1)))
    yield successor("turns demo", MALFORMED, root_file(make_root(2, demo=True)))
    new = make_root(2, root=quorum(ROOTS[2:], 2))
    yield successor("rotated, signed by both quorums", "ok", root_file(new, (ROOTS[0], *ROOTS[2:4])))
    yield successor("rotated, signed by the old alone", "unknown_key", root_file(new, ROOTS[:2]))
    yield successor("rotated, signed by the new alone", "unknown_key", root_file(new, ROOTS[3:]))


def _trusts() -> Iterator[Scenario]:
    def of(name: str, expect: str, data: bytes) -> Scenario:
        return Scenario(f"trust {name}", "trust", expect, {"data": data.hex(), "anchor": ANCHOR})

    def edited(name: str, expect: str, fields: dict[int, Any]) -> Scenario:
        base = cbor.loads(trust.encode_trust(make_trust()))
        assert isinstance(base, dict)
        return of(name, expect, trust_file(cbor.dumps({**base, **fields})))

    def issuing(**changes: Any) -> list[dict[int, Any]]:
        base = {1: ISSUER.public, 2: NOW, 3: NOW + 9, 4: NOW + 9, 5: [7, 8]}
        return [{**base, **{int(key[1:]): value for key, value in changes.items()}}]

    def offer(**changes: Any) -> list[dict[int, Any]]:
        base = {1: 7, 2: "T", 3: [], 4: [], 5: NOW, 6: NOW + 1, 7: False, 8: False, 9: False, 10: False}
        base |= {11: [0], 12: ""}
        return [{**base, **{int(key[1:]): value for key, value in changes.items()}}]

    yield of("accepted", "ok", trust_file())
    yield of("signed by a root key", "unknown_key", trust_file(signers=ROOTS[:1]))
    yield of("signed by an issuing key", "unknown_key", trust_file(signers=(ISSUER,)))
    good = trust_file()
    yield of("last bit", "bad_signature", good[:-1] + bytes((good[-1] ^ 1,)))
    yield of("a root", MALFORMED, root_file())
    yield of("trailing byte", MALFORMED, good + b"\0")
    rows: list[tuple[str, str, dict[int, Any]]] = [
        ("version 0", MALFORMED, {1: 0}),
        ("issued at its expiry", MALFORMED, {2: NOW, 3: NOW}),
        ("issued a second before its expiry", "ok", {2: NOW, 3: NOW + 1}),
        ("issued at the first time of all", "ok", {2: 2**30 + 1}),
        ("issued 2^30", MALFORMED, {2: 2**30}),
        ("expires at the last time of all", "ok", {3: 2**32 - 1}),
        ("expires 2^32", MALFORMED, {3: 2**32}),
        ("demo 0", MALFORMED, {8: 0}),
        ("partner empty", MALFORMED, {9: ""}),
        ("partner with two hyphens in a row", MALFORMED, {9: "a--b"}),
        ("fresh for 0", MALFORMED, {4: 0}),
        ("fresh as long as refused", "ok", {4: 1, 5: 1}),
        ("fresh longer than refused", MALFORMED, {4: 2, 5: 1}),
        ("refused after 90 days", "ok", {5: 90 * DAY}),
        ("refused after 90 days and a second", MALFORMED, {5: 90 * DAY + 1}),
        ("partner with a slash", MALFORMED, {9: "../evil"}),
        ("partner upper case", MALFORMED, {9: "Cars"}),
        ("partner with a line end", MALFORMED, {9: "cars\n"}),
        ("partner of 60", "ok", {9: "a" * 60}),
        ("partner of 61", MALFORMED, {9: "a" * 61}),
        ("partner's name of 81", MALFORMED, {10: "a" * 81}),
        ("no keys, no offers", "ok", {11: [], 12: []}),
        ("keys twice", MALFORMED, {11: issuing() * 2}),
        ("offers twice", MALFORMED, {12: offer() * 2}),
        ("prefix 5", MALFORMED, {13: [5, b""]}),
        ("prefix 16", "ok", {13: [16, bytes(16)]}),
        ("prefix 17", MALFORMED, {13: [17, bytes(17)]}),
        ("prefixes cut", MALFORMED, {13: [6, bytes(7)]}),
        ("prefixes twice", MALFORMED, {13: [6, bytes(12)]}),
        ("prefixes not sorted", MALFORMED, {13: [6, b"\1" * 6 + bytes(6)]}),
        ("prefix true", MALFORMED, {13: [True, b""]}),
        ("batch of a long kid", MALFORMED, {14: [[bytes(5), NOW]]}),
        ("batches not sorted", MALFORMED, {14: [[b"\1\0\0\0", NOW], [bytes(4), NOW]]}),
        ("two batches of one key", "ok", {14: [[bytes(4), NOW], [bytes(4), NOW + 1]]}),
        ("newer field", "update_app", {15: 0}),
        ("issuing key empty window", MALFORMED, {11: issuing(_3=NOW)}),
        ("issuing key accepted too short", MALFORMED, {11: issuing(_4=NOW + 8)}),
        ("issuing key from the first time of all", "ok", {11: issuing(_2=2**30 + 1)}),
        ("issuing key from 2^30", MALFORMED, {11: issuing(_2=2**30)}),
        ("issuing key until the last time of all", "ok", {11: issuing(_3=2**32 - 1, _4=2**32 - 1)}),
        ("issuing key until 2^32", MALFORMED, {11: issuing(_3=2**32, _4=2**32)}),
        ("issuing key accepted until 2^32", MALFORMED, {11: issuing(_4=2**32)}),
        ("issuing key offers not sorted", MALFORMED, {11: issuing(_5=[8, 7])}),
        ("issuing key offer 0", MALFORMED, {11: issuing(_5=[0])}),
        ("issuing key of small order", "bad_key", {11: issuing(_1=bytes(32))}),
        ("issuing key off the subgroup", "bad_key", {11: issuing(_1=_mixed_order())}),
        ("issuing key with newer field", "update_app", {11: issuing(_6=0)}),
        ("offer 0", MALFORMED, {12: offer(_1=0)}),
        ("offer 2^32-1", "ok", {12: offer(_1=2**32 - 1)}),
        ("offer without title", MALFORMED, {12: offer(_2="")}),
        ("offer's terms not text", MALFORMED, {12: offer(_3=[1])}),
        ("offer never valid", MALFORMED, {12: offer(_6=NOW)}),
        ("offer valid from the first time of all", "ok", {12: offer(_5=2**30 + 1)}),
        ("offer valid from 2^30", MALFORMED, {12: offer(_5=2**30)}),
        ("offer valid until the last time of all", "ok", {12: offer(_6=2**32 - 1)}),
        ("offer valid until 2^32", MALFORMED, {12: offer(_6=2**32)}),
        ("offer's paper 0", MALFORMED, {12: offer(_7=0)}),
        ("offer's short code 0", MALFORMED, {12: offer(_8=0)}),
        ("offer's identity check null", MALFORMED, {12: offer(_9=None)}),
        ("offer's amount asked 1", MALFORMED, {12: offer(_10=1)}),
        ("offer's conditions not text", MALFORMED, {12: offer(_4=[None])}),
        ("offer saves 100 %", "ok", {12: offer(_11=[1, 100])}),
        ("offer saves 1 %", "ok", {12: offer(_11=[1, 1])}),
        ("offer saves 0 cents", "ok", {12: offer(_11=[2, 0])}),
        ("issuing key of 33 bytes", MALFORMED, {11: issuing(_1=bytes(33))}),
        ("issuing key of 31 bytes", MALFORMED, {11: issuing(_1=bytes(31))}),
        ("issuing key for offer 1", "ok", {11: issuing(_5=[1])}),
        ("issuing key for the last offer of all", "ok", {11: issuing(_5=[2**32 - 1])}),
        ("issuing key for offer 0", MALFORMED, {11: issuing(_5=[0])}),
        ("issuing key for offer 2^32", MALFORMED, {11: issuing(_5=[2**32])}),
        ("batch before the first time of all", "ok", {14: [[bytes(4), 2**30 + 1]]}),
        ("batch before 2^30", MALFORMED, {14: [[bytes(4), 2**30]]}),
        ("batch before the last time of all", "ok", {14: [[bytes(4), 2**32 - 1]]}),
        ("batch before 2^32", MALFORMED, {14: [[bytes(4), 2**32]]}),
        ("partner of one character", "ok", {9: "a"}),
        ("two issuing keys with one kid", "bad_key", {11: _same_kid()}),
        ("offer saves 101 %", MALFORMED, {12: offer(_11=[1, 101])}),
        ("offer saves 0 %", MALFORMED, {12: offer(_11=[1, 0])}),
        ("offer saves true", MALFORMED, {12: offer(_11=[True, 5])}),
        ("offer saves false", MALFORMED, {12: offer(_11=[False])}),
        ("offer saves an amount", "ok", {12: offer(_11=[2, 2**32 - 1])}),
        ("offer saves too much", MALFORMED, {12: offer(_11=[2, 2**32])}),
        ("offer saves in a newer way", MALFORMED, {12: offer(_11=[3, 1])}),
        ("offer's headline of 41", MALFORMED, {12: offer(_12="a" * 41)}),
    ]
    rows += [(f"field {name}", expect, fields) for name, expect, fields in _bounds(LIST_BOUNDS)]
    rows += [
        (f"offer's {name}", expect, {12: [{**offer()[0], **f}]}) for name, expect, f in _bounds(OFFER_BOUNDS)
    ]
    for name, expect, fields in rows:
        yield edited(name, expect, fields)


def _same_kid() -> list[dict[int, Any]]:
    """Two keys that 87,171 tries have found: a kid of 4 bytes is a name, not a proof."""
    seeds = [hashlib.sha256(b"kid %d" % number).digest() for number in (65_914, 87_171)]
    keys = sorted(Signer(seed).public for seed in seeds)
    return [{1: key, 2: NOW, 3: NOW + 9, 4: NOW + 9, 5: [7]} for key in keys]


def _mixed_order() -> bytes:
    """An honest key plus the point of order 2: on the curve, canonical, and outside the subgroup."""
    from nacl import bindings

    minus_one = (2**255 - 20).to_bytes(32, "little")
    return bindings.crypto_core_ed25519_add(ISSUER.public, minus_one)


def _bundles() -> Iterator[Scenario]:
    content = bundle.encode_bundle(make_bundle())

    def of(name: str, expect: str, data: bytes) -> Scenario:
        return Scenario(f"bundle {name}", "bundle", expect, {"data": data.hex(), "code": CODE})

    good = sealed(content)
    yield of("accepted", "ok", good)
    yield of("of another code", "bad_signature", sealed(content, activation.from_secret(1)))
    yield of("last bit", "bad_signature", good[:-1] + bytes((good[-1] ^ 1,)))
    yield of("nonce's first bit", "bad_signature", good[:5] + bytes((good[5] ^ 1,)) + good[6:])
    yield of("another magic", MALFORMED, b"CJEB2" + good[5:])
    yield of("empty", MALFORMED, b"")
    yield of("too short", MALFORMED, good[:32])
    base = cbor.loads(content)
    assert isinstance(base, dict)
    entry = cbor.loads(cbor.dumps(bundle._encode_entry(make_entry())))
    assert isinstance(entry, dict)
    rows: list[tuple[str, str, dict[Any, Any]]] = [
        ("version 2", "update_app", {1: 2}),
        ("version true", MALFORMED, {1: True}),
        ("newer field", "update_app", {12: 0}),
        ("name of 40 characters", "ok", {4: "\U0001f642" * 40}),
        ("name of 41 characters", MALFORMED, {4: "é" * 41}),
        ("name starts with a byte order mark", "ok", {4: "\ufeffZoé"}),
        ("closed with entries", MALFORMED, {10: 1}),
        ("closed", "ok", {10: 1, 8: [], 9: []}),
        ("state 2", MALFORMED, {10: 2}),
        ("key of 31 bytes", MALFORMED, {9: [bytes(31)]}),
        ("keys not sorted", MALFORMED, {9: [b"\1" * 32, bytes(32)]}),
        ("entries not sorted", MALFORMED, {8: [{**entry, 1: 9}, {**entry, 1: 8}]}),
        ("two entries of one offer", "ok", {8: [entry, entry]}),
        ("entry's newer way", "update_app", {8: [{**entry, 5: "balloon"}]}),
        ("entry's newer way of eleven characters", "update_app", {8: [{**entry, 5: "sky-balloon"}]}),
        ("entry's way null", MALFORMED, {8: [{**entry, 5: None}]}),
        ("entry's newer channel", "update_app", {8: [{**entry, 19: "telephone line"}]}),
        ("entry's channel a number", MALFORMED, {8: [{**entry, 19: 1}]}),
        ("entry's uses 256", MALFORMED, {8: [{**entry, 11: 256}]}),
        ("entry's period 4", MALFORMED, {8: [{**entry, 12: 4}]}),
        ("entry's voucher of 341", MALFORMED, {8: [{**entry, 16: bytes(341)}]}),
        ("entry's newer field", "update_app", {8: [{**entry, 24: 0}]}),
        ("entry's field of text", "update_app", {8: [{**entry, "22": 0}]}),
        ("entry with a short code", "ok", {8: [{**entry, 22: [SHORT_CODE]}]}),
        ("entry with 8 short codes", "ok", {8: [{**entry, 22: [SHORT_CODE] * 8}]}),
        ("entry with 9 short codes", MALFORMED, {8: [{**entry, 22: [SHORT_CODE] * 9}]}),
        ("entry with no short code in its list", MALFORMED, {8: [{**entry, 22: []}]}),
        ("entry with null for short codes", MALFORMED, {8: [{**entry, 22: None}]}),
        ("entry with a short code of 11", MALFORMED, {8: [{**entry, 22: [SHORT_CODE[1:]]}]}),
        ("entry with a short code of 13", MALFORMED, {8: [{**entry, 22: [SHORT_CODE + "0"]}]}),
        ("entry with a short code in lower case", MALFORMED, {8: [{**entry, 22: [SHORT_CODE.lower()]}]}),
        ("entry with a short code and a line end", MALFORMED, {8: [{**entry, 22: [SHORT_CODE + "\n"]}]}),
        ("entry with a short code of bytes", MALFORMED, {8: [{**entry, 22: [SHORT_CODE.encode()]}]}),
        ("entry with short codes and paper", "ok", {8: [{**entry, 22: [SHORT_CODE], 23: bytes(120)}]}),
        ("entry with paper of 1", "ok", {8: [{**entry, 23: bytes(1)}]}),
        ("entry with paper of 340", "ok", {8: [{**entry, 23: bytes(340)}]}),
        ("entry with paper of 341", MALFORMED, {8: [{**entry, 23: bytes(341)}]}),
        ("entry with paper of 0", MALFORMED, {8: [{**entry, 23: b""}]}),
        ("entry with null for paper", MALFORMED, {8: [{**entry, 23: None}]}),
    ]
    rows += [(f"entry {name}", expect, {8: [{**entry, **f}]}) for name, expect, f in _bounds(ENTRY_BOUNDS)]
    rows += [(name, expect, fields) for name, expect, fields in _bounds(CARD_BOUNDS)]
    for name, expect, fields in rows:
        data = cbor.dumps({**base, **fields}).hex()
        yield Scenario(f"bundle content {name}", "bundle_content", expect, {"data": data})


SHORT_CODE = "000GKJY669Q8"  # the one of voucher-v1 §7

# Field: name, kind, smallest and largest; None may stand for those that end in "?".
Bound = tuple[int, str, str, int, int]
ENTRY_BOUNDS: tuple[Bound, ...] = (
    (1, "offer", "integer", 1, 2**32 - 1),
    (2, "title", "text", 1, 120),
    (3, "partner", "text", 1, 80),
    (4, "category", "text", 1, 60),
    (9, "valid from", "integer", 2**30 + 1, 2**32 - 1),
    (10, "valid until", "integer", 2**30 + 1, 2**32 - 1),
    (11, "uses", "integer", 0, 255),
    (12, "period", "integer", 0, 3),
    (13, "headline", "text", 0, 40),
    (14, "saving?", "integer", 0, 2**32 - 1),
    (15, "url?", "text", 0, 2000),
    (16, "voucher?", "bytes", 1, 340),
    (17, "code?", "text", 0, 120),
    (18, "symbology?", "text", 0, 20),
    (20, "slug", "text", 1, 60),
    (21, "colour?", "text", 0, 7),
)
CARD_BOUNDS: tuple[Bound, ...] = (
    (2, "issued", "integer", 2**30 + 1, 2**32 - 1),
    (3, "expires", "integer", 2**30 + 1, 2**32 - 1),
    (4, "first name?", "text", 0, 40),
    (5, "programme", "text", 0, 120),
    (6, "operator", "text", 1, 80),
    (11, "note?", "text", 0, 500),
)
LIST_BOUNDS: tuple[Bound, ...] = (
    (1, "version", "integer", 1, 2**32 - 1),
    (6, "app", "integer", 0, 2**32 - 1),
    (7, "root version", "integer", 1, 2**32 - 1),
    (10, "partner's name", "text", 1, 80),
)
OFFER_BOUNDS: tuple[Bound, ...] = (
    (1, "number", "integer", 1, 2**32 - 1),
    (2, "title", "text", 1, 120),
    (12, "headline", "text", 0, 40),
)


def _bounds(table: tuple[Bound, ...]) -> Iterator[tuple[str, str, dict[int, Any]]]:
    """Each field just below, at and just above its bounds, and null."""
    for key, name, kind, low, high in table:
        sizes = sorted({max(low - 1, 0), low, high, high + 1} | ({low - 1} if kind == "integer" else set()))
        for size in sizes:
            value: Any = size if kind == "integer" else b"a" * size if kind == "bytes" else "a" * size
            expect = "ok" if low <= size <= high else MALFORMED
            yield f"{name.rstrip('?')} {'minus ' if size < 0 else ''}{abs(size)}", expect, {key: value}
        yield f"{name.rstrip('?')} null", "ok" if name.endswith("?") else MALFORMED, {key: None}


def _exports() -> Iterator[Scenario]:
    def of(name: str, expect: str, data: bytes) -> Scenario:
        return Scenario(f"export {name}", "export", expect, {"data": data.hex()})

    def edited(name: str, expect: str, **fields: Any) -> Scenario:
        parts = cbor.loads(journal.encode_export(make_export()))
        assert isinstance(parts, list)
        for key, value in fields.items():
            parts[int(key[1:])] = value
        return of(name, expect, export_file(cbor.dumps(parts)))

    def row(at: int, value: Any) -> bytes:
        parts = cbor.loads(journal.encode_row(make_row()))
        assert isinstance(parts, list)
        parts[at] = value
        export = cbor.loads(journal.encode_export(make_export([make_row()])))
        assert isinstance(export, list)
        export[8] = [parts]
        export[7] = journal.next_hash(export[6], cbor.dumps(parts))  # type: ignore[arg-type]
        return export_file(cbor.dumps(export))

    good = export_file()
    yield of("accepted", "ok", good)
    yield of("empty run", "ok", export_file(make_export([])))
    yield of("from row 5", "ok", export_file(make_export([make_row(5), make_row(6)], first=5)))
    yield of("of three parts", MALFORMED, b"\xd2\x84\x40\xa0\x40")
    yield of("with an unprotected header", MALFORMED, good.replace(b"\xa0", b"\xa1\x04\x40", 1))
    yield of("with a map for its header", MALFORMED, b"\xd2\x84\xa0\xa0\x40\x40")
    yield of("by another till", MALFORMED, export_file(make_export(), STRANGER))
    yield of("last bit", "bad_signature", good[:-1] + bytes((good[-1] ^ 1,)))
    yield of("a voucher", MALFORMED, voucher_of())
    yield of("under another tag", MALFORMED, b"\xd1" + good[1:])
    yield of("in an array of five", MALFORMED, b"\xd2\x85" + good[2:])
    yield of("of hashes of 31 bytes, chained", MALFORMED, _chained(bytes(31)))
    yield of("of hashes of 33 bytes, chained", MALFORMED, _chained(bytes(33)))
    yield of("of row 5 after any hash", "ok", _chained(bytes(32)))
    yield of("of row 1 after any hash, chained", MALFORMED, _chained(bytes(32), 1))
    yield edited("of version 2", "update_app", _0=2)
    yield edited("of version true", MALFORMED, _0=True)
    yield edited("first true", MALFORMED, _4=True)
    yield edited("first 0", MALFORMED, _4=0)
    yield edited("one row fewer than it says", MALFORMED, _5=3)
    yield edited("far fewer rows than it says", MALFORMED, _5=2**53 - 1)
    yield edited("before of 31 bytes", MALFORMED, _6=bytes(31))
    yield edited("does not start at the till's key", MALFORMED, _6=bytes(32))
    yield edited("after of 31 bytes", MALFORMED, _7=bytes(31))
    yield edited("after of another chain", MALFORMED, _7=bytes(32))
    yield edited("key of small order", "bad_key", _3=bytes(32))
    yield edited("a row of 15", MALFORMED, _8=[_rows()[0][:15]])
    yield edited("a row of 17", MALFORMED, _8=[[*_rows()[0], None]])
    yield edited("a map for a row", MALFORMED, _8=[{1: 1}])
    yield edited("rows exchanged", MALFORMED, _8=list(reversed(_rows())))
    yield of("row with kind 2", "ok", row(3, 2))
    yield of("row with kind 3", "update_app", row(3, 3))
    yield of("row with a negative time", MALFORMED, row(1, -1))
    yield of("row with a negative offset", "ok", row(11, -(2**53) + 1))
    yield of("row with true for a counter", MALFORMED, row(7, True))
    yield of("row with a null verdict", MALFORMED, row(4, None))


def _chained(before: bytes, first: int = 5) -> bytes:
    """An export of one row whose chain holds from any start."""
    row = make_row(first)
    after = journal.next_hash(before, journal.encode_row(row))
    return export_file(dataclasses.replace(make_export([row], first=first), before=before, after=after))


def _rows() -> list[Any]:
    return [cbor.loads(journal.encode_row(row)) for row in make_export().rows]


def _forms() -> Iterator[Scenario]:
    """The one form of CBOR and of base45, item by item."""
    taken = {
        "integers at each width": "8a001718181903e81a000100001b0000000100000000203738ff390100",
        "largest integers": "821b001fffffffffffff3b001ffffffffffffe",
        "map of all kinds of keys": "a5000018180120026003616104",
        "a map inside a list inside a map": "a10081a10080",
        "eight levels of maps": "a100a100a100a100a100a100a100a0",
        "eight levels": "8181818181818180",
        "text with a byte order mark": "64efbbbf61",
        "true, false, null": "83f5f4f6",
    }
    refused = {
        "integer 0 in two bytes": "1800",
        "integer 23 in two bytes": "1817",
        "integer 24 in three bytes": "190018",
        "integer 65535 in five bytes": "1a0000ffff",
        "integer 2^32-1 in nine bytes": "1b00000000ffffffff",
        "integer 2^53": "1b0020000000000000",
        "integer minus 2^53": "3b001fffffffffffff",
        "bytes with a long head": "580100",
        "text with a long head": "780161",
        "array with a long head": "980100",
        "map with a long head": "b8010000",
        "indefinite bytes": "5f4100ff",
        "indefinite text": "7f6161ff",
        "indefinite array": "9f00ff",
        "indefinite map": "bf0000ff",
        "half float": "f93c00",
        "double float": "fb3ff0000000000000",
        "undefined": "f7",
        "true in two bytes": "f8f5",
        "simple value 0": "e0",
        "break alone": "ff",
        "reserved head": "1c",
        "tag": "c100",
        "shared value": "d81c80",
        "keys not sorted": "a201000000",
        "keys twice": "a200000000",
        "keys shortest first, not bytewise": "a300006000181800",
        "key of bytes": "a14000",
        "key true": "a1f500",
        "key an array": "a18000",
        "trailing byte": "0000",
        "nothing": "",
        "array cut": "8200",
        "bytes cut": "4200",
        "head cut": "1900",
        "nine levels of maps": "a100a100a100a100a100a100a100a100a0",
        "nine levels": "818181818181818180",
        "text not UTF-8": "61ff",
        "text with half a pair": "63eda080",
        "text in a long form of UTF-8": "62c0af",
    }
    for expect, forms in (("ok", taken), (MALFORMED, refused)):
        for name, data in forms.items():
            yield Scenario(f"cbor {name}", "cbor", expect, {"data": data})
    texts = {"FGW": "ok", "GGW": MALFORMED, ":::": MALFORMED, "U5": "ok", "V5": MALFORMED, "0": MALFORMED}
    texts |= {"": "ok", "BB8": "ok", "bb8": MALFORMED, "BB\n": MALFORMED, "B\u0301B": MALFORMED}
    for number, (text, expect) in enumerate(texts.items()):
        yield Scenario(f"base45 {number} {text}", "base45", expect, {"text": text})


def _rest() -> Iterator[Scenario]:
    texts = list(frames.encode_frames(trust_file() + trust_file()))
    other = list(frames.encode_frames(trust_file()))
    sets = {
        "in order": ("ok", texts),
        "in another order": ("ok", texts[::-1]),
        "with one twice": ("ok", [*texts, texts[0]]),
        "one missing": ("ok", texts[1:]),
        "none": ("ok", []),
        "of two files": (MALFORMED, [texts[0], other[0]]),
        "and a voucher": ("not_ours", [texts[0], voucher_text()]),
        "lower case": (MALFORMED, [texts[0].lower().replace("cjt1:", "CJT1:")]),
        "number beyond the count": (MALFORMED, [_frame(b"abcd\x01\x01x")]),
        "count 65": (MALFORMED, [_frame(b"abcd\x00\x41x")]),
        "without content": (MALFORMED, [_frame(b"abcd\x00\x01")]),
        "without content, named as nothing is": (MALFORMED, [_frame(b"\xe3\xb0\xc4\x42\x00\x01")]),
        "of 600 bytes, damaged": (MALFORMED, [_frame(b"abcd\x00\x01" + bytes(600))]),
        "of 601 bytes": ("not_ours", [_frame(b"abcd\x00\x01" + bytes(601))]),
        "of 914 astral characters": (MALFORMED, ["CJT1:" + "\U0001f642" * 909]),
        "of 915 astral characters": ("not_ours", ["CJT1:" + "\U0001f642" * 910]),
    }
    for name, (expect, value) in sets.items():
        yield Scenario(f"frames {name}", "frames", expect, {"texts": value})
    grouped = activation.grouped(CODE)
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    typed = {
        "canonical": ("ok", CODE),
        "grouped": ("ok", grouped),
        "lower case in a message": ("ok", f"Voici votre code : {grouped.lower()}. Bonne route !"),
        "with dashes of a word processor": ("ok", grouped.replace("-", " \u2013 ")),
        "with narrow spaces": ("ok", grouped.replace("-", "\u202f")),
        "over two lines": ("ok", CODE[:10] + "\r\n" + CODE[10:]),
        "with one character wrong": (MALFORMED, wrong),
        "with two exchanged": (MALFORMED, CODE[1] + CODE[0] + CODE[2:]),
        "of 19": (MALFORMED, CODE[:19]),
        "of 21": (MALFORMED, CODE + "0"),
        "inside a word": (MALFORMED, "x" + CODE),
        "with a long s": (MALFORMED, CODE.replace("S", "\u017f") if "S" in CODE else "\u017f" + CODE[1:]),
        "with full width digits": (MALFORMED, CODE.translate({48 + i: 0xFF10 + i for i in range(10)})),
        "in 4096 characters": ("ok", " " * (4096 - 20) + CODE),
        "in 4097 characters": (MALFORMED, " " * (4097 - 20) + CODE),
        "in 4096 characters, half of them astral": ("ok", "\U0001f642" * 2048 + CODE.rjust(2048)),
        "in 4097 characters, half of them astral": (MALFORMED, "\U0001f642" * 2049 + CODE.rjust(2048)),
    }
    # Written out, not computed: a fault in the check's arithmetic would make and take the same wrong codes.
    for code in (
        "00000000000000000000",
        "00000000000000000012",
        "000000000000000000G5",
        "ZZZZZZZZZZZZZZZZZZZT",
    ):
        typed[f"of {code}"] = ("ok", code)
    for name, (expect, text) in typed.items():
        yield Scenario(f"activation {name}", "activation", expect, {"text": text})
    key = bytes(range(32))
    code = short_code.encode(key, 7, 202_640, short_code.tag_of(CTI))
    shorts = {
        "accepted": ("ok", code, 7, 202_640),
        "typed badly": ("ok", f" {code[:4].lower()}-{code[4:8]} {code[8:]}.", 7, 202_640),
        "of another offer": ("bad_signature", code, 8, 202_640),
        "of another week": ("bad_signature", code, 7, 202_641),
        "last character": ("bad_signature", code[:-1] + ("0" if code[-1] != "0" else "1"), 7, 202_640),
        "of 11": (MALFORMED, code[:-1], 7, 202_640),
        "with a U": (MALFORMED, "U" + code[1:], 7, 202_640),
        "of 64 characters": ("ok", " " * 52 + code, 7, 202_640),
        "of 65 characters": (MALFORMED, " " * 53 + code, 7, 202_640),
        "after an astral character": (MALFORMED, "\U0001f642" + code, 7, 202_640),
    }
    for name, (expect, text, number, week) in shorts.items():
        arguments = {"key": key.hex(), "offer": number, "period": week, "text": text}
        yield Scenario(f"short code {name}", "short_code", expect, arguments)
    claims = make_claims()
    assert claims.holder is not None
    for name, (expect, point) in {
        "honest": ("ok", claims.holder),
        "of 31 bytes": ("bad_key", claims.holder[:31]),
        "the identity": ("bad_key", b"\x01" + bytes(31)),
        "of mixed order": ("bad_key", _mixed_order()),
        "not canonical": ("bad_key", b"\xff" * 31 + b"\x7f"),
        "off the curve": ("bad_key", b"\x02" + bytes(31)),
    }.items():
        yield Scenario(f"key {name}", "check_key", expect, {"key": point.hex()})


def _frame(data: bytes) -> str:
    from voucher import base45

    return frames.PREFIX + base45.encode(data)


__all__ = ["Scenario", "armour", "every"]
