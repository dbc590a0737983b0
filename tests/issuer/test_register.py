"""The register: durable on the live connection, closed to others, and of this state only."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from issuer_world import PHRASE, make_state, people, run
from sqlalchemy import text

from catalogue import Catalogue
from issuer.errors import StateRefused
from issuer.register import vault
from issuer.register.address import Place
from issuer.register.transactions import Register
from issuer.register.vault import State


@pytest.mark.promise("P14")
def test_a_commit_waits_for_the_disk(made: State) -> None:
    assert made.register.pragma("synchronous") == 2
    assert made.register.pragma("journal_mode") == "wal"
    assert made.register.pragma("foreign_keys") == 1
    with made.register.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_a_transaction_that_fails_leaves_nothing(made: State) -> None:
    with pytest.raises(ZeroDivisionError), made.register.writing() as connection:
        connection.execute(text("insert into meta values ('x', 'y')"))
        raise ZeroDivisionError
    with made.register.reading() as connection:
        assert connection.execute(text("select count(*) from meta where name = 'x'")).scalar_one() == 0


def test_a_writer_holds_the_lock_from_the_start(made: State) -> None:
    with made.register.writing():
        other = sqlite3.connect(made.folder / "register.sqlite", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_refuses_a_register_that_others_may_read(made: State, mode: int) -> None:
    made.close()
    (made.folder / "register.sqlite").chmod(mode)
    with pytest.raises(StateRefused) as refused:
        vault.open_state(made.folder)
    assert refused.value.code == "register_open_to_others"


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_refuses_a_state_folder_that_others_may_enter(made: State, mode: int) -> None:
    made.folder.chmod(mode)
    with pytest.raises(StateRefused) as refused:
        vault.open_state(made.folder)
    assert refused.value.code == "state_open_to_others"


@pytest.mark.parametrize(
    ("found", "code", "mend"),
    [
        ("1", "register_older", "cje issuer migrate"),
        ("99", "register_newer", "mettez"),
        ("x", "register_newer", "à jour"),
    ],
)
def test_refuses_a_register_of_another_schema(made: State, found: str, code: str, mend: str) -> None:
    with made.register.writing() as connection:
        connection.execute(text("update meta set value = :found where name = 'schema'"), {"found": found})
    made.close()
    with pytest.raises(StateRefused) as refused:
        vault.open_state(made.folder)
    assert refused.value.code == code and mend in refused.value.sentence


@pytest.mark.parametrize("content", [b"", b"not a database at all, and longer than a header" * 9])
def test_refuses_a_file_that_is_no_register(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "register.sqlite"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StateRefused) as refused:
        Register(Place(path))
    assert refused.value.code == "register_foreign"


def test_refuses_the_register_of_another_state(catalogue: Catalogue, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_state(tmp_path / name, seed=name.encode()).close()
    shutil.copy(tmp_path / "two" / "register.sqlite", tmp_path / "one" / "register.sqlite")
    mixed = vault.open_state(tmp_path / "one")
    with pytest.raises(StateRefused) as refused:
        run(mixed, catalogue, tmp_path / "out", people(1))
    mixed.close()
    assert refused.value.code == "register_of_another_state" and not (tmp_path / "out").exists()


def test_refuses_a_folder_that_is_no_state(tmp_path: Path) -> None:
    for folder in (tmp_path / "absent", tmp_path):
        with pytest.raises(StateRefused) as refused:
            vault.open_state(folder)
        assert refused.value.code == "state_absent"


def test_refuses_a_damaged_root(made: State) -> None:
    path = made.public / "root.1.cbor"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(StateRefused) as refused:
        made.signer("trust-1", "trust", PHRASE)
        vault.open_state(made.folder)
    assert refused.value.code == "root_damaged"


def test_a_full_or_read_only_register_is_one_sentence_and_decides_nothing(made: State) -> None:
    for statement, reason in (("PRAGMA max_page_count=1", "full"), ("PRAGMA query_only=ON", "readonly")):
        made.register.engine.dispose()
        with pytest.raises(StateRefused) as refused, made.register.writing() as connection:
            connection.exec_driver_sql(statement)
            rows = [{"name": f"x{i}", "value": "y" * 2000} for i in range(50)]
            connection.execute(text("insert into meta values (:name, :value)"), rows)
        assert refused.value.code == "register_unwritable" and reason in refused.value.sentence
    made.register.engine.dispose()
    with made.register.reading() as connection:
        assert connection.execute(text("select count(*) from meta where name like 'x%'")).scalar_one() == 0
