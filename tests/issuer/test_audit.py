"""The audit log: any later edit is detected by whoever kept an earlier end of it (promise P16)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from issuer_world import NOW, people, run
from sqlalchemy import text

from catalogue import Catalogue
from issuer.errors import AuditBroken
from issuer.register import audit, grants
from issuer.register.audit import Checkpoint, Row
from issuer.register.vault import State

IDENTITY = "ab" * 16


def log(count: int) -> list[Row]:
    rows: list[Row] = []
    head = audit.start(IDENTITY)
    for number in range(1, count + 1):
        detail = f'{{"person":{number}}}'
        head = audit.chain(head, number, NOW + number, "issue", detail)
        rows.append(Row(number, NOW + number, "issue", detail, head))
    return rows


def flipped(row: Row) -> list[Row]:
    """The row with each byte of each of its fields changed in turn."""
    found = [replace(row, number=row.number ^ 1 << bit) for bit in range(0, 24, 8)]
    found += [replace(row, at=row.at ^ 1 << bit) for bit in range(0, 32, 8)]
    for i in range(32):
        found.append(replace(row, hash=row.hash[:i] + bytes([row.hash[i] ^ 0x01]) + row.hash[i + 1 :]))
    for i, character in enumerate(row.detail):
        found.append(replace(row, detail=row.detail[:i] + chr(ord(character) ^ 1) + row.detail[i + 1 :]))
    for i, character in enumerate(row.kind):
        found.append(replace(row, kind=row.kind[:i] + chr(ord(character) ^ 1) + row.kind[i + 1 :]))
    return found


@pytest.mark.promise("P16")
def test_each_byte_that_is_flipped_in_a_thousand_rows_is_detected() -> None:
    """Each row is checked against the one before it, so that one pass over pairs covers the whole log."""
    rows = log(1000)
    assert audit.verify(rows, IDENTITY) == Checkpoint(1000, rows[-1].hash)
    tried = 0
    heads = [audit.start(IDENTITY), *(row.hash for row in rows)]
    for before, row in zip(heads, rows, strict=False):
        for bad in flipped(row):
            expected = audit.chain(before, row.number, bad.at, bad.kind, bad.detail)
            assert (bad.number, bad.hash) != (row.number, expected)
            tried += 1
    assert tried > 50_000
    for index in (0, 1, 499, 998, 999):
        for bad in flipped(rows[index]):
            with pytest.raises(AuditBroken):
                audit.verify([*rows[:index], bad, *rows[index + 1 :]], IDENTITY)


@pytest.mark.promise("P16")
def test_rows_taken_out_put_in_or_exchanged_are_detected() -> None:
    rows = log(20)
    for index in range(19):
        with pytest.raises(AuditBroken):
            audit.verify([*rows[:index], *rows[index + 1 :]], IDENTITY)
        with pytest.raises(AuditBroken):
            audit.verify([*rows[:index], rows[index + 1], rows[index], *rows[index + 2 :]], IDENTITY)
        with pytest.raises(AuditBroken):
            audit.verify([*rows[: index + 1], *rows[index:]], IDENTITY)


@pytest.mark.promise("P16")
def test_a_log_written_anew_is_detected_by_a_witness() -> None:
    kept = log(20)[14]
    witness = Checkpoint(kept.number, kept.hash)
    other = [Row(1, NOW, "init", "{}", audit.chain(audit.start(IDENTITY), 1, NOW, "init", "{}"))]
    for before, number in pairwise(range(1, 21)):
        digest = audit.chain(other[-1].hash, number, NOW, "issue", "{}")
        other.append(Row(before + 1, NOW, "issue", "{}", digest))
    audit.verify(other, IDENTITY)
    with pytest.raises(AuditBroken) as broken:
        audit.verify(other, IDENTITY, witness)
    assert broken.value.code == "audit_witness"
    with pytest.raises(AuditBroken) as broken:
        audit.verify(log(14), IDENTITY, witness)
    assert broken.value.code == "audit_shorter"


def test_a_log_of_another_state_is_detected() -> None:
    with pytest.raises(AuditBroken):
        audit.verify(log(3), "cd" * 16)


def test_each_decision_is_in_the_log_and_the_log_agrees_with_the_register(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(made, catalogue, tmp_path / "out", people(3))
    with made.register.reading() as connection:
        rows = list(audit.read(connection))
        audit.verify(rows, made.identity)
        assert [row.kind for row in rows] == ["init", "enrol", "issue", "lists"]
        assert audit.last_total(rows) == grants.recount(connection)


@pytest.mark.promise("P16")
@pytest.mark.parametrize(
    "edit",
    [
        "delete from grants where person = 2",
        "update grants set offers = '101' where person = 1",
        "insert into grants select campaign, person, 2, kid, offers from grants where person = 3",
        "update grants set kid = kid, card = 9 where person = 1",
    ],
)
def test_grants_edited_behind_the_logs_back_are_detected(
    made: State, catalogue: Catalogue, tmp_path: Path, edit: str
) -> None:
    run(made, catalogue, tmp_path / "out", people(3))
    with made.register.writing() as connection:
        connection.execute(text(edit))
    with made.register.reading() as connection:
        assert audit.last_total(audit.read(connection)) != grants.recount(connection)


@pytest.mark.parametrize(
    "wrong", ["", "1", "1:", "x:" + "0" * 64, "1:" + "0" * 63, "1:" + "g" * 64, "²:" + "0" * 64]
)
def test_a_witness_that_is_none_is_no_witness(wrong: str) -> None:
    assert Checkpoint.parse(wrong) is None
    assert Checkpoint.parse(str(Checkpoint(3, bytes(32)))) == Checkpoint(3, bytes(32))
