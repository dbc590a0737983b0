"""Files offered to a till one after the other, and what must become of each; run in Python and in Node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from till_world import (
    DAY,
    NOON,
    ROOTS,
    TRUSTS,
    Signer,
    make_list,
    make_root,
    quorum,
    root_file,
    trust_file,
)

from verifier.trust_store import Build
from voucher import cbor, root, trust
from voucher.caps import MAX_ROOT, MAX_TRUST
from voucher.root import encode_root
from voucher.trust import encode_trust

ANCHOR = root_file(make_root())
BUILD = Build(ANCHOR, floor_version=2, floor_time=NOON - 100 * DAY)


@dataclass(frozen=True)
class Walk:
    """A till, the files it meets with the device's clock, and the outcome of each."""

    name: str
    files: tuple[tuple[bytes, int], ...]
    outcomes: tuple[str, ...]
    build: Build = BUILD


def _walk(name: str, steps: Iterable[tuple[bytes, str]], now: int = NOON, build: Build = BUILD) -> Walk:
    pairs = tuple(steps)
    return Walk(name, tuple((data, now) for data, _ in pairs), tuple(outcome for _, outcome in pairs), build)


@cache
def chain(length: int) -> tuple[bytes, ...]:
    """Roots 1..length; each version brings a new third root key and retires the oldest."""
    keys = [Signer(f"root {n}") for n in range(1, length + 4)]
    files = []
    for version in range(1, length + 1):
        own = keys[version - 1 : version + 2]
        value = make_root(version, root=quorum(own, 2))
        # Two keys are in both quorums: their signatures count for both.
        files.append(root_file(value, own[:2] if version == 1 else keys[version - 1 : version + 1]))
    return tuple(files)


def every() -> list[Walk]:
    """Return all walks."""
    found = [*_order(), *_rules(), *_splices(), *_sizes(), *_roots()]
    assert len({walk.name for walk in found}) == len(found)
    return found


def _order() -> list[Walk]:
    five, six = trust_file(make_list(5)), trust_file(make_list(6, issued=NOON - 60))
    other_six = trust_file(make_list(6, issued=NOON - 59))
    earlier = trust_file(make_list(7, issued=NOON - 61))
    same_time = trust_file(make_list(7, issued=NOON - 60))
    resigned = trust_file(make_list(6, issued=NOON - 60), TRUSTS)
    return [
        _walk("newer installs", [(five, "installed"), (six, "installed")]),
        _walk("older is refused", [(six, "installed"), (five, "rollback")]),
        _walk("same again is nothing", [(six, "installed"), (six, "already")]),
        _walk(
            "same version, other bytes", [(six, "installed"), (other_six, "equivocation"), (six, "already")]
        ),
        _walk("same version, signed by more", [(six, "installed"), (resigned, "equivocation")]),
        _walk("newer version, issued earlier", [(six, "installed"), (earlier, "rollback")]),
        _walk("newer version, same second", [(six, "installed"), (same_time, "installed")]),
        _walk("the same forgery twice", [(six, "installed"), *[(other_six, "equivocation")] * 2]),
    ]


def _rules() -> list[Walk]:
    def one(name: str, outcome: str, build: Build = BUILD, now: int = NOON, **changes: object) -> Walk:
        version = changes.pop("version", 5)
        value = make_list(**{"version": version, **changes})  # type: ignore[arg-type]
        return _walk(name, [(trust_file(value), outcome)], now, build)

    demo_build = replace(BUILD, anchor=root_file(make_root(demo=True)), demo=True)
    return [
        one("below the build's floor", "rollback", version=1),
        one("at the build's floor", "installed", version=2),
        one("a demo list", "demo", demo=True),
        one("a demo list in a demo", "installed", demo_build, demo=True),
        one("a real list in a demo", "demo", demo_build),
        one("another partner's", "other_partner", partner="epicerie"),
        one("its last second", "installed", now=NOON - 1, expires=NOON),
        one("expired", "expired", expires=NOON),
        one(
            "expired by the build's floor", "expired", replace(BUILD, floor_time=NOON), NOON - 1, expires=NOON
        ),
        one("asks for this app", "installed", min_app=1),
        one("asks for a newer app", "update_app", min_app=2),
        one("asks for a newer app, but another partner's", "other_partner", min_app=2, partner="epicerie"),
        one("expired and older: older is said", "rollback", version=1, expires=NOON),
        _walk(
            "root in its last second",
            [(trust_file(make_list(5)), "installed")],
            NOON - 1,
            replace(BUILD, anchor=root_file(make_root(expires=NOON))),
        ),
        _walk(
            "root expired",
            [(trust_file(make_list(5)), "root_expired")],
            NOON,
            replace(BUILD, anchor=root_file(make_root(expires=NOON))),
        ),
    ]


def _splices() -> list[Walk]:
    """P9: keys, offers and revocations of two lists never make a third."""
    one, two = make_list(5), make_list(6, offers=(), revoked=(b"123456",))
    first, second = trust_file(one), trust_file(two)
    payload_one, payload_two = encode_trust(one), encode_trust(two)
    head = first.index(payload_one)
    other = first.replace(payload_one[:200], payload_two[:200])
    signatures = first[:head] + first[head : head + len(payload_one)] + second[-80:]
    cut = first[: head + 100] + second[head + 100 :]
    as_root = root_file(make_root(2), TRUSTS)
    stranger = trust_file(make_list(7), [Signer("stranger")])
    by_root = trust_file(make_list(7), ROOTS[:2])
    flipped = bytearray(first)
    flipped[head + 40] ^= 1
    grown = trust_file(make_list(5)) + b"\x00"
    newer = _newer_fields()
    forged = {
        "a spliced payload": (other, "untrusted"),
        "another list's signature": (signatures, "untrusted"),
        "two halves": (cut, "untrusted"),
        "a root signed by trust keys": (as_root, "untrusted"),
        "a list signed by a stranger": (stranger, "untrusted"),
        "a list signed by root keys": (by_root, "untrusted"),
        "one bit changed": (bytes(flipped), "untrusted"),
        "a byte too many": (grown, "untrusted"),
        "nothing": (b"", "untrusted"),
        "not CBOR": (b"<!doctype html>", "untrusted"),
        "fields of a newer version": (newer, "update_app"),
        "a slug of no length": (trust_file(make_list(8, partner="")), "malformed"),
    }
    return [_walk(f"splice: {name}", [(second, "installed"), step]) for name, step in forged.items()]


def _newer_fields() -> bytes:
    payload = cbor.dumps({**cbor.loads(encode_trust(make_list(8))), 15: True})  # type: ignore[dict-item]
    signer = TRUSTS[0]
    return trust.assemble(payload, {signer.public: signer.sign(trust.signing_input(payload, signer.public))})


def _sizes() -> list[Walk]:
    return [
        _walk(
            "sizes",
            [
                (b"\xd8" * MAX_TRUST, "untrusted"),
                (b"\xd8" * (MAX_TRUST + 1), "too_big"),
                (_padded_root(MAX_ROOT), "malformed"),
                (_padded_root(MAX_ROOT + 1), "too_big"),
            ],
        )
    ]


def _padded_root(size: int) -> bytes:
    """A file with the layout of a root, exactly `size` bytes long."""

    def padded(extra: int) -> bytes:
        payload = encode_root(make_root(2)) + bytes(extra)
        return root.assemble(
            payload, {s.public: s.sign(root.signing_input(payload, s.public)) for s in ROOTS[:2]}
        )

    data = padded(size - len(padded(1000)) + 1000)
    assert len(data) == size
    return data


def _roots() -> list[Walk]:
    """P12: ten roots walked one by one; skips, forks and reuses are kept out."""
    ten = chain(10)
    build = replace(BUILD, anchor=ten[0])
    keys = [Signer(f"root {n}") for n in range(1, 14)]
    fork = root_file(make_root(3, root=quorum(keys[2:5], 2), operator="La Fausse"), keys[2:4])
    skip = root_file(make_root(3, root=quorum(keys[1:4], 2)), keys[1:3])
    alone = root_file(make_root(2, root=quorum(keys[1:4], 2)), keys[1:2])
    only_old = root_file(make_root(2, root=quorum(keys[5:8], 2)), keys[:2])
    only_new = root_file(make_root(2, root=quorum(keys[5:8], 2)), keys[5:7])
    demo = root_file(make_root(2, root=quorum(keys[1:4], 2), demo=True), keys[1:3])
    reused = root_file(make_root(1, operator="Encore", root=quorum(keys[:3], 2)), keys[:2])
    expired = root_file(make_root(2, root=quorum(keys[1:4], 2), expires=NOON - DAY), keys[1:3])
    new_trust = root_file(make_root(2, root=quorum(keys[1:4], 2), trust=quorum(TRUSTS[1:], 1)), keys[1:3])
    listed, second = trust_file(make_list(5)), trust_file(make_list(6), TRUSTS[1:])
    more = [
        ("chain of ten", [(data, "installed") for data in ten[1:]]),
        (
            "chain seen again",
            [*((data, "installed") for data in ten[1:4]), *((d, "already") for d in ten[:4])],
        ),
        ("skip", [(ten[2], "untrusted"), (ten[1], "installed"), (ten[2], "installed")]),
        ("skip that this root signed", [(skip, "malformed")]),
        ("far skip", [(ten[9], "untrusted")]),
        ("fork", [(ten[1], "installed"), (ten[2], "installed"), (fork, "equivocation")]),
        ("fork of a root long passed", [*((d, "installed") for d in ten[1:9]), (fork, "equivocation")]),
        (
            "fork first, then it is the chain",
            [(ten[1], "installed"), (fork, "installed"), (ten[2], "equivocation")],
        ),
        ("reuse of a version", [(reused, "malformed")]),
        ("one signature of two", [(alone, "untrusted")]),
        ("signed by the old keys only", [(only_old, "untrusted")]),
        ("signed by the new keys only", [(only_new, "untrusted")]),
        ("demo grafted on real", [(demo, "malformed")]),
        ("an expired successor, then its list", [(expired, "installed"), (listed, "root_expired")]),
        (
            "new trust keys drop the list",
            [(listed, "installed"), (new_trust, "installed"), (listed, "untrusted"), (second, "installed")],
        ),
        (
            "same trust keys keep the list",
            [(listed, "installed"), (ten[1], "installed"), (listed, "already")],
        ),
    ]
    return [_walk(f"root: {name}", steps, build=build) for name, steps in more]
