"""The same decisions on SQLite and on PostgreSQL: made, migrated, forgotten, interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from issuer_world import (
    DAY,
    IMPORTED,
    NOW,
    PHRASE,
    VOUCHER,
    card_of,
    make_campaign,
    make_state,
    people,
    person,
    tree,
)
from issuer_world import run as issue_for
from sqlalchemy import Connection, event, inspect, select, text

from catalogue import Catalogue
from issuer.decisions import enrolment, erasure, withdrawal
from issuer.decisions import person as dossier
from issuer.errors import AuditBroken, IssuerError, StateRefused
from issuer.publishing import issue, renewal
from issuer.register import audit, audit_seal, grants, imported_codes, migrations, schema
from issuer.register import people as enrolled
from issuer.register import vault as state
from issuer.register.address import MODE, Place
from issuer.register.vault import State

if TYPE_CHECKING:
    from tools.postgresql import PostgreSQL

OLDER = Path(__file__).with_name("register_v1.sql")
LATER = NOW + 400 * DAY
Make = Callable[..., State]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make states whose registers are of this kind."""
    opened: list[State] = []

    def one(name: str = "vault", **options: object) -> State:
        url = request.getfixturevalue("postgresql").database() if kind == "postgresql" else None
        opened.append(make_state(tmp_path / name, database=url, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield one
    for each in opened:
        each.close()


@pytest.fixture
def vault(make: Make) -> State:
    return make()


def check(opened: State) -> int:
    """The audit as the command does it: chain, total of grants, signatures; return the rows."""
    with opened.register.reading() as connection:
        rows = list(audit.read(connection))
        head = audit.verify(rows, opened.identity)
        assert audit.last_total(rows) in (None, grants.recount(connection))
        audit_seal.verify(connection, rows, opened.campaign_secret(PHRASE))
    return head.number


def decide_everything(opened: State, few: Catalogue, out: Path) -> dict[str, bytes]:
    campaign = make_campaign(few, offers=[VOUCHER, IMPORTED])
    imported_codes.import_codes(opened, few.offer(IMPORTED), [f"C-{i}" for i in range(6)], NOW)
    issue_for(opened, few, out, people(4), campaign)
    dossier.correct(opened, 2, {"prenom": "Zoé"}, programmes=["cej"], today=date(2026, 11, 21), now=NOW + 1)
    withdrawal.revoke_person(opened, 3, NOW + 2)
    withdrawal.revoke_voucher(opened, 2, VOUCHER, NOW + 2)
    withdrawal.replace_card(opened, 4, NOW + 2)
    issue_for(opened, few, out, people(5), campaign, now=NOW + 3)
    renewal.publish(opened, few, out=out, passphrase=PHRASE, now=NOW + 4)
    check(opened)
    return tree(out)


def test_every_decision_gives_the_same_bytes_on_both(vault: State, few: Catalogue, tmp_path: Path) -> None:
    twin = make_state(tmp_path / "twin")  # always SQLite, from the same seed
    expected = decide_everything(twin, few, tmp_path / "expected")
    twin.close()
    assert decide_everything(vault, few, tmp_path / "out") == expected and len(expected) > 6


def test_who_asks_to_be_forgotten_is_nameless_at_once_and_gone_after_the_campaign(
    vault: State, few: Catalogue, tmp_path: Path
) -> None:
    campaign = make_campaign(few, offers=[VOUCHER, IMPORTED])
    imported_codes.import_codes(vault, few.offer(IMPORTED), ["C-1", "C-2", "C-3"], NOW)
    cards = issue_for(vault, few, tmp_path / "out", people(2), campaign).cards
    enrolment.enrol(vault, [person(2, reference="ML 2"), person(9)], NOW)
    assert erasure.erase(vault, 9, NOW).gone == (9,), "nothing was granted: nothing is left"
    assert erasure.erase(vault, 2, NOW) == erasure.Erased((), (2,))
    with vault.register.reading() as connection:
        left = enrolled.find(connection, [2])[2]
    assert left.closed == NOW
    assert left.enrolment == person(2, department=None, commune=None, first_name=None)
    renewal.publish(vault, few, out=tmp_path / "out", passphrase=PHRASE, now=NOW + 1)
    assert card_of(tmp_path / "out", cards[1].code).first_name is None
    check(vault)

    assert erasure.retain(vault, NOW + 2).gone == (), "a till may still meet the voucher"
    over = campaign.end
    assert erasure.retain(vault, over, dry_run=True).gone == (2,)
    assert erasure.retain(vault, over).gone == (2,) and erasure.retain(vault, over).gone == ()
    check(vault)
    with vault.register.reading() as connection:
        assert list(enrolled.find(connection, [1, 2, 9])) == [1]
        assert [grant.person for grant in grants.every(connection)] == [1]
        # What was given is never given again, and is not told as left.
        assert [(level.total, level.left) for level in imported_codes.levels(connection)] == [(3, 1)]
    with pytest.raises(IssuerError):
        erasure.erase(vault, 2, over)


def test_an_erased_number_comes_back_with_another_code(vault: State, few: Catalogue, tmp_path: Path) -> None:
    [old] = issue_for(vault, few, tmp_path / "out", people(1)).cards
    erasure.erase(vault, 1, NOW)
    assert erasure.retain(vault, LATER).gone == (1,)
    enrolment.enrol(vault, [person(1, right_until=date(2029, 1, 1))], LATER)
    with vault.register.reading() as connection:
        back = enrolled.find(connection, [1])[1]
    assert back.card == 2 and back.closed is None
    secret = vault.campaign_secret(PHRASE)
    assert secret.activation_code(1, back.card) != old.code.replace("-", "")


def test_retention_forgets_those_whose_right_ended_long_ago_and_nobody_else(vault: State) -> None:
    ended = [person(n, right_until=date(2026, 1, n)) for n in range(1, 31)]
    enrolment.enrol(vault, [*ended, person(40)], NOW - 300 * DAY)
    today = NOW + 181 * DAY - 310 * DAY  # 15 July 2026: 180 days before it is 16 January
    done = erasure.retain(vault, today)
    assert done.gone == tuple(range(1, 16)) and done.nameless == ()
    assert check(vault) == 3
    assert erasure.retain(vault, today, days=0).gone == tuple(range(16, 31))


def test_an_edited_register_cannot_be_signed_again(vault: State, few: Catalogue, tmp_path: Path) -> None:
    issue_for(vault, few, tmp_path / "out", people(2))
    withdrawal.revoke_person(vault, 1, NOW)
    renewal.renew_lists(vault, few, out=tmp_path / "out", passphrase=PHRASE, now=NOW + 1)
    rows = check(vault)
    log, seals = schema.audit, schema.audit_seals
    with vault.register.writing() as connection:
        kept = list(audit.read(connection))
        head = audit.start(vault.identity)
        for row in kept:  # the whole log again, one decision changed, every hash right
            detail = row.detail.replace('"person":1', '"person":2')
            head = audit.chain(head, row.number, row.at, row.kind, detail)
            same = log.update().where(log.c.number == row.number)
            connection.execute(same.values(detail=detail, hash=head))
        assert audit.verify(audit.read(connection), vault.identity).number == rows
        with pytest.raises(AuditBroken) as refused:
            audit_seal.verify(connection, audit.read(connection), vault.campaign_secret(PHRASE))
        assert refused.value.code == "audit_seal"
        connection.execute(seals.delete())
        with pytest.raises(AuditBroken) as refused:
            audit_seal.verify(connection, audit.read(connection), vault.campaign_secret(PHRASE))
        assert refused.value.code == "audit_unsealed"


def test_an_older_register_is_refused_then_migrated_with_all_it_holds(
    make: Make, few: Catalogue, tmp_path: Path
) -> None:
    campaign = make_campaign(few, offers=[VOUCHER, IMPORTED])
    now, old = make("now"), make("old")
    imported_codes.import_codes(now, few.offer(IMPORTED), ["C-1", "C-2"], NOW)
    issue_for(now, few, tmp_path / "out", people(2), campaign)
    withdrawal.revoke_voucher(now, 1, VOUCHER, NOW + 1)
    _make_older(now, old)
    with pytest.raises(StateRefused) as refused:
        state.open_state(old.folder)
    assert refused.value.code == "register_older"

    place = state.register_place(old.folder)
    assert migrations.migrate(place, NOW + 2) == ("1", schema.VERSION)
    assert migrations.migrate(place, NOW + 3) == (schema.VERSION, schema.VERSION)
    assert _shape(place) == _shape(now.register.place)
    migrated = state.open_state(old.folder)
    for each, out in ((now, "one"), (migrated, "two")):
        renewal.publish(each, few, out=tmp_path / out, passphrase=PHRASE, now=NOW + 4)
        check(each)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    migrated.close()
    copies = [path.name for path in old.folder.iterdir() if path.name.endswith(".v1")]
    assert copies == ([] if place.is_remote else ["register.sqlite.v1"])
    assert all((old.folder / name).stat().st_mode & 0o077 == 0 for name in copies)


def _make_older(source: State, target: State) -> None:
    """Give `target` a register of version 1 that holds what the one of `source` does."""
    target.close()
    place = target.register.place
    engine = place.connect()
    sqlite = engine.dialect.name == "sqlite"
    names = {"bytes": "BLOB", "counter": "INTEGER"} if sqlite else {"bytes": "BYTEA", "counter": "SERIAL"}
    with engine.connect().execution_options(**{MODE: "making"}) as connection, connection.begin():
        for table in reversed(schema.metadata.sorted_tables):
            connection.exec_driver_sql(f"DROP TABLE {table.name}")
        for statement in OLDER.read_text().partition("\n")[2].split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.format(**names))
        older = {
            name: {c["name"] for c in inspect(connection).get_columns(name)} for name in _tables(connection)
        }
        with source.register.reading() as reading:
            for table in schema.metadata.sorted_tables:
                if table.name in older:
                    rows = [dict(row._mapping) for row in reading.execute(select(table))]
                    kept = [{k: v for k, v in row.items() if k in older[table.name]} for row in rows]
                    if kept:
                        connection.execute(table.insert(), kept)
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'schema'"))
    engine.dispose()


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _shape(place: Place) -> dict[str, object]:
    """Columns, keys and indexes of every table, as the database tells them."""
    engine = place.connect()
    with engine.connect() as connection:
        asked = inspect(connection)
        shape = {
            name: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in asked.get_columns(name)),
                asked.get_pk_constraint(name)["constrained_columns"],
                sorted((i["name"], tuple(i["column_names"])) for i in asked.get_indexes(name)),
            )
            for name in _tables(connection)
        }
    engine.dispose()
    return shape


@pytest.mark.promise("P15")
def test_issuers_at_once_on_one_postgresql_decide_the_exact_union(
    postgresql: PostgreSQL, few: Catalogue, tmp_path: Path
) -> None:
    made = make_state(tmp_path / "vault", database=postgresql.database())
    imported_codes.import_codes(made, few.offer(IMPORTED), [f"C-{i:03d}" for i in range(90)], NOW)
    made.close()
    campaign = make_campaign(few, offers=[VOUCHER, IMPORTED])
    children = []
    for index in range(8):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mine = state.open_state(made.folder)
                for half in range(2):
                    with mine.register.writing() as connection:
                        batch = people(10, first=index * 10 + half * 10 + 1)
                        issue.decide(connection, mine, few, campaign, batch, NOW)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    opened = state.open_state(made.folder)
    with opened.register.reading() as connection:
        assert [grant.person for grant in grants.every(connection)] == list(range(1, 91))
        codes = imported_codes.held(connection, range(1, 91))
        rows = list(audit.read(connection))
        audit.verify(rows, opened.identity)
        assert audit.last_total(rows) == grants.recount(connection)
    assert len(codes) == len(set(codes.values())) == 90
    opened.close()


@pytest.mark.journey
@pytest.mark.promise("P13")
def test_a_postgresql_that_stops_in_the_middle_is_one_sentence_and_running_again_gives_exactly_n(
    few: Catalogue, tmp_path: Path
) -> None:
    from tools.postgresql import PostgreSQL

    with PostgreSQL() as server:
        made = make_state(tmp_path / "vault", database=server.database())
        for moment in ("before_cursor_execute", "commit"):
            left = 12 if moment == "before_cursor_execute" else 1

            def count(*_arguments: object) -> None:
                nonlocal left
                left -= 1
                if left == 0:
                    server.stop()

            event.listen(made.register.engine, moment, count)
            with pytest.raises(StateRefused) as refused:
                issue_for(made, few, tmp_path / "out", people(3), links=tmp_path / "links.csv")
            event.remove(made.register.engine, moment, count)
            assert refused.value.code == "register_unreachable" and left <= 0
            assert not (tmp_path / "links.csv").exists() and not list((tmp_path / "out").glob("*"))
            with pytest.raises(StateRefused) as refused:
                state.open_state(made.folder)
            assert refused.value.code == "register_unreachable"
            server.start()
            with made.register.reading() as connection:
                assert not list(grants.every(connection))
        issue_for(made, few, tmp_path / "out", people(3), links=tmp_path / "links.csv")
        check(made)
        made.close()
    alone = make_state(tmp_path / "alone")
    issue_for(alone, few, tmp_path / "again", people(3), links=tmp_path / "again.csv")
    alone.close()
    assert tree(tmp_path / "out") == tree(tmp_path / "again")
    assert (tmp_path / "links.csv").read_bytes() == (tmp_path / "again.csv").read_bytes()


def test_a_database_is_named_by_an_address_without_a_password_and_holds_one_register(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.database()
    for wrong, code in (
        ("mysql://x/y", "register_url"),
        ("nonsense", "register_url"),
        ("postgresql://me:secret@db/cje", "register_url_password"),
        ("postgresql://db/cje?password=secret", "register_url_password"),
    ):
        with pytest.raises(StateRefused) as refused:
            Place.parse(wrong)
        assert refused.value.code == code and "secret" not in refused.value.sentence
    made = make_state(tmp_path / "one", database=url)
    assert (made.folder / "register.url").stat().st_mode & 0o077 == 0
    made.close()
    with pytest.raises(StateRefused) as refused:
        make_state(tmp_path / "two", database=url, seed=b"two")
    assert refused.value.code == "register_taken" and not (tmp_path / "two").exists()
    empty = make_state(tmp_path / "three", database=postgresql.database(), seed=b"three")
    empty.close()
    (empty.folder / "register.url").write_text(postgresql.database())
    with pytest.raises(StateRefused) as refused:
        state.open_state(empty.folder)
    assert refused.value.code == "register_foreign"
    (empty.folder / "register.url").write_text(url)
    mixed = state.open_state(empty.folder)
    with pytest.raises(StateRefused) as refused:
        mixed.campaign_secret(PHRASE)
    assert refused.value.code == "register_of_another_state"
    mixed.close()
