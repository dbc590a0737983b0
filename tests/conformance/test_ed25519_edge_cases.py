"""The public edge cases of C2SP/CCTV: under the rule of voucher-v1 §5 all engines say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from engines import ask_node, node_is_there
from nacl import bindings, exceptions

from voucher.ed25519 import SMALL_ORDER, check_key, verify
from voucher.errors import BadKey

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "ed25519-cctv.json"
L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19

pytestmark = [
    pytest.mark.promise("P4"),
    pytest.mark.skipif(
        not PUBLISHED.is_file(), reason="shared/vectors/ed25519-cctv.json is not beside the checkout"
    ),
]


def cases() -> list[tuple[bytes, bytes, bytes]]:
    rows = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert len(rows) == 914
    return [(bytes.fromhex(r["key"]), r["msg"].encode("ascii"), bytes.fromhex(r["sig"])) for r in rows]


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


def passes_rule(key: bytes, signature: bytes) -> bool:
    """The rule, written a second time and by numbers, for engines that do not have it inside."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    canonical = all(int.from_bytes(point, "little") & (2**255 - 1) < P for point in (key, r))
    return s < L and canonical and not {key, r} & SMALL_ORDER


def under_the_rule() -> list[bool]:
    return [may_be_trusted(key) and verify(key, message, signature) for key, message, signature in cases()]


def test_some_are_accepted_and_most_are_not() -> None:
    accepted = sum(under_the_rule())
    assert 0 < accepted < 457


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
