"""The next root: tills walk to it, the old trust key is worth nothing, a stopped ceremony goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, VOUCHER, list_of, people, run

from catalogue import Catalogue
from cje.files import Disk
from issuer.decisions.root_rotation import _trust_key, rotate_trust
from issuer.errors import KeyRefused
from issuer.keys import keyfile
from issuer.publishing import renewal, trust_lists
from issuer.register import vault
from issuer.register.vault import State
from voucher import root, trust
from voucher.errors import UnknownKey


def rotate(made: State, now: int = NOW + 1) -> State:
    return rotate_trust(made, passphrase=PHRASE, now=now, cost=keyfile.NOMINAL)


@pytest.mark.promise("P12")
def test_a_till_walks_to_the_next_root_and_the_old_trust_key_is_worth_nothing(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    partner = catalogue.offer(VOUCHER).partner
    run(made, catalogue, tmp_path, people(1))
    anchor, stolen = made.root, made.trust_signer(PHRASE)
    old_list = (tmp_path / "trust" / f"{partner}.cbor").read_bytes()

    rotated = rotate(made)
    renewal.publish(rotated, catalogue, out=tmp_path, passphrase=PHRASE, now=NOW + 2)
    walked = root.decode_successor((tmp_path / "trust" / "root.2.cbor").read_bytes(), anchor)
    assert walked == rotated.root and walked.version == 2 and walked.root == anchor.root
    listed = trust.decode_trust((tmp_path / "trust" / f"{partner}.cbor").read_bytes(), walked)
    assert (listed.version, listed.root_version) == (2, 2)
    with pytest.raises(UnknownKey):
        trust.decode_trust(old_list, walked)
    with pytest.raises(UnknownKey):
        trust_lists.sign(listed, stolen, walked)
    rotated.close()


def test_a_chain_of_roots_opens_again(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    for turn in range(1, 4):
        made = rotate(made, NOW + turn)
    assert made.root.version == 4
    run(made, catalogue, tmp_path, people(1), now=NOW + 9)
    assert sorted(path.name for path in (tmp_path / "trust").glob("root.*")) == [
        f"root.{n}.cbor" for n in range(1, 5)
    ]
    made.close()


def test_one_root_key_is_not_enough(made: State) -> None:
    for name in ("root-1", "root-3"):
        (made.keys / f"{name}.key").unlink()
    before = sorted(path.name for path in made.keys.iterdir())
    with pytest.raises(KeyRefused) as refused:
        rotate(made)
    assert refused.value.code == "root_quorum" and refused.value.sentence
    assert sorted(path.name for path in made.keys.iterdir()) == before
    assert vault.open_state(made.folder).root.version == 1


def test_any_two_root_keys_are_enough(made: State) -> None:
    (made.keys / "root-1.key").unlink()
    rotated = rotate(made)
    assert rotated.root.version == 2
    rotated.close()


def test_a_ceremony_that_was_stopped_takes_up_the_key_it_made(made: State) -> None:
    key = _trust_key(made, "trust-2", PHRASE, keyfile.NOMINAL, os.urandom, Disk())
    rotated = rotate(made)
    assert rotated.root.trust.keys == (key.public_key,)
    rotated.close()


def test_lists_are_of_the_root_that_the_state_has(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    rotated = rotate(made)
    run(rotated, catalogue, tmp_path, people(1), now=NOW + 5)
    anchor = root.decode_anchor((tmp_path / "trust" / "root.1.cbor").read_bytes())
    with pytest.raises(UnknownKey):
        list_of(tmp_path, catalogue.offer(VOUCHER).partner)  # under root 1 alone
    assert anchor.version == 1
    rotated.close()
