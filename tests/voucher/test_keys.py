"""P6: keys are checked where they enter, and two keys with one kid are never both trusted."""

from __future__ import annotations

import pytest
from nacl import bindings
from wire_world import ISSUER, KEYRING, STRANGER, Signer, make_root, make_trust, quorum, root_file, trust_file

from voucher import ed25519, keyring, root, trust
from voucher.ed25519 import SMALL_ORDER, check_key, kid, verify
from voucher.errors import BadKey, Malformed, UnknownKey

P = 2**255 - 19
MINUS_ONE = (P - 1).to_bytes(32, "little")
BAD_POINTS = {
    "empty": b"",
    "31 bytes": ISSUER.public[:31],
    "33 bytes": ISSUER.public + b"\0",
    "not canonical": (P + 3).to_bytes(32, "little"),
    "not canonical, negative": (P + 3 | 1 << 255).to_bytes(32, "little"),
    "not on the curve": b"\x02" + bytes(31),
    "of mixed order": bindings.crypto_core_ed25519_add(ISSUER.public, MINUS_ONE),
    **{f"small order {point.hex()[:6]}{point.hex()[-2:]}": point for point in sorted(SMALL_ORDER)},
}


@pytest.mark.promise("P6")
@pytest.mark.parametrize("name", BAD_POINTS)
def test_refuses_a_point_that_must_not_be_trusted(name: str) -> None:
    with pytest.raises(BadKey):
        check_key(BAD_POINTS[name])


def test_takes_honest_keys() -> None:
    for n in range(50):
        public = Signer.named(f"honest {n}").public
        assert check_key(public) == public


@pytest.mark.promise("P6")
@pytest.mark.parametrize("name", [name for name, point in BAD_POINTS.items() if len(point) == 32])
def test_refuses_it_in_a_root_and_in_a_trust_list(name: str) -> None:
    point = BAD_POINTS[name]
    with pytest.raises(BadKey):
        root.decode_anchor(root_file(make_root(trust=type(make_root().trust)((point,), 1))))
    entry = make_trust().keys[0]
    listed = make_trust(keys=(type(entry)(point, entry.use_from, entry.use_until, entry.accept_until, ()),))
    with pytest.raises(BadKey):
        trust.decode_trust(trust_file(listed), make_root())


def test_there_are_fourteen_encodings_of_small_order() -> None:
    order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    minus_order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    written = {"00" * 32, "01" + "00" * 31, order_8, minus_order_8}
    written |= {first + "ff" * 30 + "7f" for first in ("ec", "ed", "ee")}
    both = {point[:62] + f"{int(point[62:], 16) | sign:02x}" for point in written for sign in (0, 0x80)}
    assert {point.hex() for point in SMALL_ORDER} == both
    assert len(SMALL_ORDER) == 14
    valid = [point for point in SMALL_ORDER if int.from_bytes(point, "little") & (2**255 - 1) < P]
    assert len(valid) == 10  # eight points; those with x = 0 also with the other sign


@pytest.mark.promise("P6")
def test_a_signature_of_small_order_points_never_holds() -> None:
    """R and A of small order with S = 0 verify any message where nobody refuses them."""
    for a in SMALL_ORDER:
        for r in SMALL_ORDER:
            assert not verify(a, b"anything", r + bytes(32))


@pytest.mark.promise("P4")
def test_the_rule_does_not_rely_on_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """libsodium refuses these too, today: another release, or another engine, may not."""
    asked = []
    monkeypatch.setattr(bindings, "crypto_sign_open", lambda signed, key: asked.append(signed))
    for r in SMALL_ORDER:
        assert not verify(ISSUER.public, b"anything", r + bytes(32))
    assert not asked
    assert verify(ISSUER.public, b"anything", bytes(range(64))) and asked == [bytes(range(64)) + b"anything"]


def test_verify_takes_honest_signatures_and_nothing_else() -> None:
    signature = ISSUER.sign(b"bonjour")
    assert verify(ISSUER.public, b"bonjour", signature)
    assert not verify(ISSUER.public, b"bonsoir", signature)
    assert not verify(STRANGER.public, b"bonjour", signature)
    for length in (0, 63, 65):
        assert not verify(ISSUER.public, b"bonjour", (signature + b"\0")[:length])
    for length in (0, 31, 33):
        assert not verify((ISSUER.public + b"\0")[:length], b"bonjour", signature)


@pytest.mark.promise("P6")
def test_two_keys_with_one_kid_are_never_both_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collision of 4 bytes costs 2^32 tries: made here by shortening the kid to one byte."""
    pool = [Signer.named(f"pool {n}").public for n in range(200)]
    first = next(a for a in pool for b in pool if a != b and kid(a)[:1] == kid(b)[:1])
    second = next(b for b in pool if b != first and kid(b)[:1] == kid(first)[:1])
    monkeypatch.setattr(keyring, "kid", lambda key: ed25519.kid(key)[:1] * 4)
    with pytest.raises(BadKey):
        keyring.Keyring([first, second])
    keyring.Keyring([first, first])


def test_a_key_is_found_by_its_whole_header_only() -> None:
    header = keyring.protected_header(kid(ISSUER.public))
    assert KEYRING.find(header) == ISSUER.public
    for other in (header[:-1], header + b"\0", header.replace(b"\x32", b"\x27", 1), kid(ISSUER.public), b""):
        with pytest.raises(UnknownKey):
            KEYRING.find(other)


@pytest.mark.promise("P6")
@pytest.mark.parametrize("threshold", [-1, 0, 4])
def test_a_quorum_that_cannot_be_reached_is_none(threshold: int) -> None:
    with pytest.raises(Malformed):
        quorum([ISSUER, STRANGER, Signer.named("third")], threshold)


def test_a_quorum_counts_a_key_once() -> None:
    with pytest.raises(Malformed):
        quorum([ISSUER, ISSUER], 1)
