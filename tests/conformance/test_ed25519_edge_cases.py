"""Crafted keys and signatures: under the rule of voucher-v1 §5 all engines say the same."""

from __future__ import annotations

from typing import Any

import ed25519_edges
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from ed25519_edges import L, P
from engines import ask_node, node_is_there
from nacl import bindings, exceptions

from voucher.ed25519 import SMALL_ORDER, check_key, verify
from voucher.errors import BadKey

pytestmark = pytest.mark.promise("P4")


def cases() -> list[tuple[bytes, bytes, bytes]]:
    return [(case.key, case.message, case.signature) for case in ed25519_edges.cases()]


def may_be_trusted(key: bytes) -> bool:
    try:
        return check_key(key) == key
    except BadKey:
        return False


def raw_openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def raw_libsodium(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        bindings.crypto_sign_open(signature + message, key)
    except (exceptions.BadSignatureError, exceptions.CryptoError):
        return False
    return True


def raw_y(point: bytes) -> int:
    return int.from_bytes(point, "little") & (2**255 - 1)


def passes_rule(key: bytes, signature: bytes) -> bool:
    """The rule, written a second time and by numbers, for engines that do not have it inside."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    canonical = all(raw_y(point) < P for point in (key, r))
    return s < L and canonical and not {key, r} & SMALL_ORDER


def under_the_rule() -> list[bool]:
    return [may_be_trusted(key) and verify(key, message, signature) for key, message, signature in cases()]


def test_what_a_good_signer_made_is_accepted_and_nothing_else() -> None:
    made = [case.honest for case in ed25519_edges.cases()]
    assert sum(made) == 16 and len(made) == 1518
    assert under_the_rule() == made


def test_each_kind_of_edge_is_there() -> None:
    """All 14 encodings of small order as key and as R, other points written y + p, and S ≥ L."""
    keys, firsts = {key for key, _, _ in cases()}, {signature[:32] for _, _, signature in cases()}
    assert keys >= SMALL_ORDER and firsts >= SMALL_ORDER
    assert all(any(raw_y(point) >= P and point not in SMALL_ORDER for point in one) for one in (keys, firsts))
    assert sum(int.from_bytes(signature[32:], "little") >= L for _, _, signature in cases()) == 158


def test_without_the_rule_both_kinds_of_mixed_order_are_there() -> None:
    """Some hold without the cofactor and some only with it: an engine that multiplies would be found out."""
    kinds = {raw_openssl(*case) for case in cases() if not {case[0], case[2][:32]} & SMALL_ORDER}
    assert kinds == {False, True}


def test_engines_alone_differ() -> None:
    """Without the rule the comparison does find differences: it can fail."""
    assert sum(raw_openssl(*case) != raw_libsodium(*case) for case in cases()) > 0


def test_openssl_says_the_same() -> None:
    found = [may_be_trusted(k) and passes_rule(k, s) and raw_openssl(k, m, s) for k, m, s in cases()]
    assert found == under_the_rule()


@pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent")
@pytest.mark.parametrize("engine", ["webcrypto", "fallback"])
def test_typescript_says_the_same(engine: str) -> None:
    questions: list[dict[str, Any]] = []
    for key, message, signature in cases():
        parts = {"key": key.hex(), "message": message.hex(), "signature": signature.hex()}
        questions += [{"op": "check_key", "key": key.hex()}, {"op": "verify", "engine": engine, **parts}]
    answers = ask_node(questions)
    keys, verified = answers[::2], answers[1::2]
    assert all(answer == {"error": "bad_key"} or "ok" in answer for answer in keys)
    found = ["ok" in key and done["ok"] for key, done in zip(keys, verified, strict=True)]
    assert found == under_the_rule()


def test_the_rule_alone_settles_what_verify_says() -> None:
    """Before any key is checked at load, `verify` already refuses what the rule refuses."""
    for key, message, signature in cases():
        assert verify(key, message, signature) <= passes_rule(key, signature)


@pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent")
def test_typescript_refuses_the_same_keys() -> None:
    keys = sorted({key for key, _, _ in cases()})
    answers = ask_node([{"op": "check_key", "key": key.hex()} for key in keys])
    assert ["ok" in answer for answer in answers] == [may_be_trusted(key) for key in keys]
