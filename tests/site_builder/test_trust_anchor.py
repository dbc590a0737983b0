"""The anchor of the till's page comes from the newest root, its floor from the lists beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from nacl import bindings

from site_builder.errors import SiteError
from site_builder.files.trust_anchor import read_trust_anchor
from voucher import root, trust
from voucher.cosign import Quorum
from voucher.root import Root
from voucher.trust import TrustList

NOON = 1_795_262_400
SEEDS = {name: bytes([number]) * 32 for number, name in enumerate(("root", "trust", "stranger"), 1)}


def public(name: str) -> bytes:
    return bindings.crypto_sign_seed_keypair(SEEDS[name])[0]


def sign(name: str, message: bytes) -> bytes:
    return bindings.crypto_sign(message, bindings.crypto_sign_seed_keypair(SEEDS[name])[1])[:64]


def root_file(version: int, *, demo: bool = False, signer: str = "root") -> bytes:
    quorum = {name: Quorum((public(name),), 1) for name in ("root", "trust")}
    payload = root.encode_root(
        Root(version, NOON + 86_400 * 700, quorum["root"], quorum["trust"], demo, "Le Bon Élan")
    )
    return root.assemble(payload, {public(signer): sign(signer, root.signing_input(payload, public(signer)))})


def list_file(version: int, issued: int, signer: str = "trust") -> bytes:
    payload = trust.encode_trust(
        TrustList(
            version=version,
            issued=issued,
            expires=issued + 30 * 86_400,
            fresh_for=86_400,
            refuse_after=20 * 86_400,
            min_app=1,
            root_version=1,
            demo=False,
            partner="cars-du-plateau",
            partner_name="Les Cars du Plateau",
            keys=(),
            offers=(),
        )
    )
    return trust.assemble(
        payload, {public(signer): sign(signer, trust.signing_input(payload, public(signer)))}
    )


def test_no_root_is_no_anchor(tmp_path: Path) -> None:
    assert read_trust_anchor(tmp_path) is None
    assert read_trust_anchor(tmp_path / "nothing") is None


def test_takes_the_newest_root_by_number_and_not_by_name(tmp_path: Path) -> None:
    for version in (2, 10, 9):
        (tmp_path / f"root.{version}.cbor").write_bytes(root_file(version, demo=version == 10))
    for decoy in ("root.11.cbor.new", "root.012.cbor", "root.x.cbor"):
        (tmp_path / decoy).write_bytes(b"decoy")
    anchor = read_trust_anchor(tmp_path)
    assert anchor and anchor.root_file == root_file(10, demo=True)
    assert (anchor.demo, anchor.floor_version, anchor.floor_time) == (True, 0, 0)


def test_the_floor_is_the_lowest_version_and_the_newest_time(tmp_path: Path) -> None:
    (tmp_path / "root.1.cbor").write_bytes(root_file(1))
    (tmp_path / "a.cbor").write_bytes(list_file(12, NOON))
    (tmp_path / "b.cbor").write_bytes(list_file(5, NOON + 3_600))
    (tmp_path / "forged.cbor").write_bytes(list_file(1, NOON + 86_400 * 300, signer="stranger"))
    anchor = read_trust_anchor(tmp_path)
    assert anchor and (anchor.floor_version, anchor.floor_time) == (5, NOON + 3_600)


@pytest.mark.parametrize("data", [b"", b"\xa0", root_file(1, signer="stranger"), root_file(1)[:-1]])
def test_a_root_that_its_own_keys_did_not_sign_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "root.1.cbor").write_bytes(data)
    with pytest.raises(SiteError, match=r"root\.1\.cbor"):
        read_trust_anchor(tmp_path)
