"""Signing keys inside a PKCS#11 token: SoftHSM2 of Debian, with a token store of the test's own."""

from __future__ import annotations

import os
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from issuer_world import NOW, PHRASE, VOUCHER, card_of, make_state, people, run, tree

from catalogue import Catalogue
from cje.files import Disk
from issuer.decisions import withdrawal
from issuer.decisions.key_making import make_in_token, new_issuing_key
from issuer.decisions.root_rotation import rotate_trust
from issuer.errors import KeyRefused
from issuer.keys import keyfile, token
from issuer.keys.quarter import Quarter
from issuer.keys.token import TokenPlace, TokenSigner, make_token_key
from issuer.publishing import renewal
from issuer.register import issuing_keys
from issuer.register import vault as state
from issuer.register.vault import State
from voucher import ed25519, root, trust
from voucher.claims import decode_voucher

pytestmark = pytest.mark.journey

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "48151623"
LABEL = "coffre"


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The module reads its configuration once a process, so one store serves this file's tests."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    init = ("softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN)
    subprocess.run(init, check=True, capture_output=True, timeout=30)
    yield MODULE
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def vault(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[State]:
    """Each test's state draws keys of its own, since they share a token."""
    made = make_state(tmp_path / "vault", seed=request.node.name.encode())
    made.close()
    opened = state.open_state(made.folder, lambda _token: PIN)
    yield opened
    opened.close()


def test_a_token_signs_what_every_reader_takes(module: str) -> None:
    place = TokenPlace(module, LABEL, "one")
    public = make_token_key(place, lambda _token: PIN)
    assert make_token_key(place, lambda _token: PIN) == public, "a stopped run finds its key again"
    signer = TokenSigner(place, lambda _token: PIN)
    assert signer.public_key == public
    for message in (b"", b"x", bytes(10_000)):
        signature = signer.sign(message)
        assert ed25519.verify(public, message, signature) and signature == signer.sign(message)
        assert not ed25519.verify(public, message + b"!", signature)
    with pytest.raises(TypeError):
        pickle.dumps(signer)
    assert PIN not in repr(signer)


def test_a_key_never_leaves_its_token(module: str) -> None:
    place = TokenPlace(module, LABEL, "kept")
    make_token_key(place, lambda _token: PIN)
    key = TokenSigner(place, lambda _token: PIN)._key
    assert key[pkcs11.Attribute.SENSITIVE] and not key[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.PKCS11Error):
        key[pkcs11.Attribute.VALUE]


def test_a_campaign_is_issued_by_a_key_in_a_token(
    vault: State, few: Catalogue, tmp_path: Path, module: str
) -> None:
    with vault.register.reading() as connection:
        [first] = issuing_keys.read(connection)
    withdrawal.revoke_key(vault, first.kid, NOW)
    made = new_issuing_key(vault, Quarter.of(NOW), passphrase=PHRASE, now=NOW, token=(module, LABEL))
    rotated = rotate_trust(vault, passphrase=PHRASE, now=NOW, cost=keyfile.NOMINAL, token=(module, LABEL))
    report = run(rotated, few, tmp_path / "out", people(2), now=NOW + 1)
    again = tree(tmp_path / "out")
    run(rotated, few, tmp_path / "out", people(2), now=NOW + 1)
    assert tree(tmp_path / "out") == again, "Ed25519 in a token is deterministic too"
    anchor = root.decode_anchor((tmp_path / "out" / "trust" / "root.1.cbor").read_bytes())
    walked = root.decode_successor((tmp_path / "out" / "trust" / "root.2.cbor").read_bytes(), anchor)
    partner = few.offer(VOUCHER).partner
    listed = trust.decode_trust((tmp_path / "out" / "trust" / f"{partner}.cbor").read_bytes(), walked)
    [entry] = [e for e in card_of(tmp_path / "out", report.cards[0].code).entries if e.offer == VOUCHER]
    assert entry.voucher is not None
    assert decode_voucher(entry.voucher, listed.keyring()).key == made.public
    for path in (*vault.keys.glob("trust-2.key"), vault.keys / f"{made.name}.key"):
        assert path.stat().st_mode & 0o077 == 0 and "sealed" not in path.read_text()
        assert PIN not in path.read_text()
    renewal.renew_lists(rotated, few, out=tmp_path / "out", passphrase=PHRASE, now=NOW + 2)


def test_a_key_made_before_the_run_was_stopped_is_taken(vault: State, module: str) -> None:
    public = make_in_token(vault, "issuing-common-2027-Q1", "issuing", (module, LABEL), Disk())
    (vault.keys / "issuing-common-2027-Q1.key").unlink()  # stopped before the file was there
    record = new_issuing_key(vault, Quarter(2027, 1), passphrase=PHRASE, now=NOW, token=(module, LABEL))
    assert record.public == public


@pytest.mark.parametrize(
    ("change", "pin", "code"),
    [
        ({}, "0000", "token_pin"),
        ({"module": "/nowhere.so"}, PIN, "token_module"),
        ({"token": "autre"}, PIN, "token_absent"),
        ({"label": "absente"}, PIN, "token_key_absent"),
    ],
)
def test_each_mistake_with_a_token_is_one_sentence(
    module: str, change: dict[str, str], pin: str, code: str
) -> None:
    fields = {"module": module, "token": LABEL, "label": "mistakes"}
    make_token_key(TokenPlace(**fields), lambda _token: PIN)
    pkcs11.lib(module).reinitialize()  # ends the sessions of other tests, under which no PIN is asked again
    with pytest.raises(KeyRefused) as refused:
        TokenSigner(TokenPlace(**{**fields, **change}), lambda _token: pin)
    assert refused.value.code == code and pin not in refused.value.sentence


def test_another_key_under_the_same_label_is_refused(vault: State, module: str) -> None:
    record = new_issuing_key(vault, Quarter(2027, 1), passphrase=PHRASE, now=NOW, token=(module, LABEL))
    path = vault.keys / f"{record.name}.key"
    found = token.read_token_key(path)
    assert found is not None
    place = TokenPlace(module, LABEL, "somebody-else")
    make_token_key(place, vault.pins)
    path.unlink()
    token.write_token_key(Disk(), vault.keys, found[0], place)
    with pytest.raises(KeyRefused) as refused:
        vault.signer(record.name, "issuing", PHRASE)
    assert refused.value.code == "token_key_other"
    with pytest.raises(KeyRefused) as refused:
        vault.signer(record.name, "trust", PHRASE)
    assert refused.value.code == "key_of_another_role"
    without = state.open_state(vault.folder)
    with pytest.raises(KeyRefused) as refused:
        without.signer(record.name, "issuing", PHRASE)
    assert refused.value.code == "token_pin_absent"
    without.close()
