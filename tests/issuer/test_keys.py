"""Secrets at rest and in use: encrypted, closed to others, never printed (promise P21)."""

from __future__ import annotations

import base64
import json
import os
import pickle
import stat
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, make_state, people, run, seeded, tree

from catalogue import Catalogue
from cje.errors import OutputRefused
from cje.files import Disk
from issuer.decisions import key_making
from issuer.errors import KeyRefused, StateRefused
from issuer.keys import keyfile
from issuer.keys.derive import CampaignSecret
from issuer.keys.keyfile import MODERATE, NOMINAL, Cost, KeyHeader
from issuer.keys.quarter import Quarter
from issuer.keys.signer import SeedSigner
from issuer.register import vault
from issuer.register.vault import State

SEED = bytes(range(32))
HEADER = KeyHeader("trust-1", "trust", SeedSigner(SEED).public_key.hex(), False)


def key_file(folder: Path, cost: Cost = NOMINAL) -> Path:
    keyfile.write_key(Disk(), folder, HEADER, SEED, PHRASE, cost, seeded())
    return folder / "trust-1.key"


def test_a_key_opens_with_its_passphrase_and_no_other(tmp_path: Path) -> None:
    path = key_file(tmp_path)
    assert keyfile.open_key(path, PHRASE) == (HEADER, SEED)
    for other in (b"", PHRASE + b" ", PHRASE[:-1], PHRASE.upper()):
        with pytest.raises(KeyRefused) as refused:
            keyfile.open_key(path, other)
        assert refused.value.code == "wrong_passphrase"


def test_a_real_key_costs_a_quarter_of_a_gigabyte_a_try(tmp_path: Path) -> None:
    fields = json.loads(key_file(tmp_path, MODERATE).read_bytes())
    assert fields["kdf"]["name"] == "argon2id"
    assert (fields["kdf"]["passes"], fields["kdf"]["memory"]) == (3, 256 * 1024 * 1024)
    assert keyfile.open_key(tmp_path / "trust-1.key", PHRASE) == (HEADER, SEED)


@pytest.mark.promise("P21")
@pytest.mark.parametrize(
    "mode", [m for m in range(0o400, 0o1000) if m & 0o400 and (m & 0o7 in (0, 4)) and not m & 0o111]
)
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path)
    path.chmod(mode)
    if mode & 0o077:
        with pytest.raises(KeyRefused) as refused:
            keyfile.read_header(path)
        assert refused.value.code == "key_open_to_others" and f"{mode:04o}" in refused.value.sentence
    else:
        assert keyfile.read_header(path) == HEADER


@pytest.mark.promise("P21")
def test_everything_secret_is_closed_to_others_whatever_the_umask(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        made = make_state(tmp_path / "vault")
        run(made, catalogue, tmp_path / "out", people(1), links=tmp_path / "links.csv")
        key_making.new_issuing_key(
            made, Quarter(2027, 1), passphrase=PHRASE, now=NOW, cost=NOMINAL, randomness=seeded(b"more")
        )
        open_to_others = [
            path
            for path in ((tmp_path / "vault"), *(tmp_path / "vault").rglob("*"), tmp_path / "links.csv")
            if stat.S_IMODE(path.stat().st_mode) & 0o077 and path.parent.name != "public"
        ]
        made.close()
    finally:
        os.umask(before)
    assert open_to_others == []


@pytest.mark.promise("P21")
@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "issuing"), ("demo", True), ("public", "00" * 32), ("name", "trust-2"), ("role", "nobody")],
)
def test_a_header_that_was_edited_is_refused(tmp_path: Path, field: str, value: object) -> None:
    path = key_file(tmp_path)
    fields = json.loads(path.read_bytes())
    path.write_text(json.dumps({**fields, field: value}))
    with pytest.raises(KeyRefused) as refused:
        keyfile.open_key(path, PHRASE)
    assert refused.value.code == "key_damaged"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"format":"cje-key-1"}', b"x" * 5000, b'{"format":"cje-key-2"}'],
)
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trust-1.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRefused) as refused:
        keyfile.open_key(path, PHRASE)
    assert refused.value.code == "key_damaged"


@pytest.mark.parametrize(
    "kdf",
    [
        {"passes": 5},
        {"memory": 2**30 + 1},
        {"passes": 0},
        {"memory": 0},
        {"passes": -1},
        {"salt": "00"},
        {"salt": "zz"},
        {"passes": None},
    ],
)
def test_a_header_that_asks_for_absurd_work_is_refused(tmp_path: Path, kdf: dict[str, object]) -> None:
    path = key_file(tmp_path)
    fields = json.loads(path.read_bytes())
    path.write_text(json.dumps({**fields, "kdf": {**fields["kdf"], **kdf}}))
    with pytest.raises(KeyRefused) as refused:
        keyfile.open_key(path, PHRASE)
    assert refused.value.code == "key_damaged"


def test_a_key_reached_through_a_link_is_refused(tmp_path: Path) -> None:
    path = key_file(tmp_path)
    (tmp_path / "other.key").symlink_to(path)
    with pytest.raises(KeyRefused) as refused:
        keyfile.read_header(tmp_path / "other.key")
    assert refused.value.code == "key_unreadable"


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    before = key_file(tmp_path).read_bytes()
    with pytest.raises(OutputRefused) as refused:
        keyfile.write_key(Disk(), tmp_path, HEADER, bytes(32), PHRASE, NOMINAL)
    assert refused.value.code == "exists"
    assert tree(tmp_path) == {"trust-1.key": before}


@pytest.mark.promise("P21")
def test_no_seed_stands_readable_in_any_file_of_the_state(tmp_path: Path) -> None:
    drawn: list[bytes] = []
    draw = seeded()

    def recording(size: int) -> bytes:
        drawn.append(draw(size))
        return drawn[-1]

    made = vault.create(
        tmp_path / "vault", operator="X", passphrase=PHRASE, now=NOW, randomness=recording, cost=NOMINAL
    )
    seeds = [made._open(h.name, h.role, PHRASE) for h in vault.key_headers(made)]
    made.close()
    assert len(seeds) == 6 and set(seeds) <= set(drawn)
    for name, data in tree(tmp_path / "vault").items():
        for seed in seeds:
            for form in (seed, seed.hex().encode(), base64.b64encode(seed), PHRASE):
                assert form not in data, name


@pytest.mark.promise("P21")
@pytest.mark.parametrize("secret", [SeedSigner(SEED), CampaignSecret(SEED)], ids=["signer", "campaign"])
def test_a_secret_in_use_is_not_printed_and_not_pickled(secret: object) -> None:
    shown = repr(secret) + str(secret) + repr(getattr(secret, "__dict__", ""))
    assert SEED.hex() not in shown and repr(SEED)[2:-1] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_demo_key_does_not_open_in_a_real_state(tmp_path: Path) -> None:
    real, demo = make_state(tmp_path / "real"), make_state(tmp_path / "demo", demo=True, seed=b"demo")
    (tmp_path / "real" / "keys" / "trust-1.key").unlink()
    (tmp_path / "demo" / "keys" / "trust-1.key").rename(tmp_path / "real" / "keys" / "trust-1.key")
    with pytest.raises(KeyRefused) as refused:
        real.signer("trust-1", "trust", PHRASE)
    assert refused.value.code == "key_of_another_role"
    real.close()
    demo.close()


def test_a_key_in_another_role_is_refused(made: State) -> None:
    with pytest.raises(KeyRefused) as refused:
        made.signer("trust-1", "issuing", PHRASE)
    assert refused.value.code == "key_of_another_role"


def test_a_quarter_has_one_good_key(made: State) -> None:
    with pytest.raises(KeyRefused) as refused:
        key_making.new_issuing_key(made, Quarter.of(NOW), passphrase=PHRASE, now=NOW, cost=NOMINAL)
    assert refused.value.code == "key_exists"


def test_a_key_whose_making_was_stopped_is_recorded_at_the_next_try(made: State) -> None:
    before = key_making._make(made, "issuing-common-2027-Q1", PHRASE, NOMINAL, os.urandom, Disk())
    record = key_making.new_issuing_key(made, Quarter(2027, 1), passphrase=PHRASE, now=NOW, cost=NOMINAL)
    assert record.public == before.public_key
    assert record.kid in (made.public / "keys.json").read_text()


def test_a_state_is_never_made_over_another(made: State, tmp_path: Path) -> None:
    before = tree(tmp_path / "vault" / "keys")
    with pytest.raises(StateRefused) as refused:
        make_state(tmp_path / "vault")
    assert refused.value.code == "state_exists"
    assert tree(tmp_path / "vault" / "keys") == before
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


def test_the_root_is_two_of_three_and_says_whose_it_is(made: State) -> None:
    assert (made.root.root.threshold, len(made.root.root.keys)) == (2, 3)
    assert (made.root.trust.threshold, len(made.root.trust.keys)) == (1, 1)
    assert (made.root.version, made.root.demo, made.root.operator) == (1, False, "Le Bon Élan")
    assert made.root.expires - NOW == 730 * 86_400


@pytest.mark.parametrize("operator", ["", " x", "x ", "a\nb", "é" * 81])
def test_an_operators_name_that_is_none_is_refused(tmp_path: Path, operator: str) -> None:
    with pytest.raises(StateRefused):
        vault.create(tmp_path / "v", operator=operator, passphrase=PHRASE, now=NOW, cost=NOMINAL)
    assert not list(tmp_path.iterdir())
