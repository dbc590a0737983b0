"""A till that knows the partner's short-code key: a typed code is journaled, counted, merged and kept."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import walks
from test_till_processes import start
from till_world import DAY, ISSUER, NOON, PARTNER, STRANGER, TRUSTS, live, make_list, paper, trust_file
from typed_scenarios import (
    CODED,
    CODED_LIST,
    NEXT_MONDAY,
    OTHER_KEY,
    SHORT_KEY,
    WEEK,
    claims_of,
    code,
    pairing_text,
)

from tools.postgresql import PostgreSQL
from verifier import TillProfile, Verdict
from verifier.errors import KeyExposed, PairingRefused
from verifier.proof import prove_typed
from verifier.till import pairing
from verifier.till.folder import TillFolder
from verifier.till.repair import repair
from verifier.till.scan_stream import watch_lines
from verifier.till.till import Till, make_till
from verifier.trust_store import Outcome
from voucher import short_code
from voucher.caps import MAX_PAIRING_TEXT, MAX_REFUSE_AFTER, MAX_VALIDITY
from voucher.journal import Kind, Row, decode_export, encode_row

WEB = Path(__file__).parents[3] / "web"
Open = Callable[..., Till]
LONG = replace(
    CODED_LIST,
    expires=NOON + 300 * DAY,
    fresh_for=MAX_REFUSE_AFTER,
    refuse_after=MAX_REFUSE_AFTER,
    offers=tuple(replace(offer, valid_until=NOON + 300 * DAY) for offer in CODED_LIST.offers),
)


class Clock:
    """A clock that a test moves."""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Open]:
    """Open the till of a name, made and paired when it is new; with `url`, on the shop's journal."""
    tills: list[Till] = []

    def open_(name: str = "Guichet 1", url: str | None = None, text: str | None = pairing_text()) -> Till:
        path = tmp_path / name
        if not path.exists():
            profile = TillProfile(PARTNER, name, False)
            make_till(path, profile, walks.ANCHOR, trust_file(LONG), NOON, url, text)
        tills.append(Till.open(path, clock))
        return tills[-1]

    yield open_
    for till in tills:
        till.close()


def typed(till: Till, number: int = 1, **changes: Any) -> Any:
    return till.accept(code(claims_of(number), **changes), confirmed=True)


def test_a_typed_code_is_amber_and_journaled_as_the_page_does(opened: Open, url: str | None) -> None:
    till, text = opened(url=url), code()
    asked = till.accept(text.lower())
    assert (asked.decision.verdict, asked.green) == (Verdict.SHORT_CODE, False)
    done = till.accept(f"{text[:4]} {text[4:8]}-{text[8:]}", confirmed=True, amount=1250)
    assert done.green and till.status().paired
    assert list(till.rows()) == [
        Row(
            n=1,
            time=NOON,
            effective=NOON,
            kind=Kind.ACCEPTED,
            verdict="short_code",
            kid=None,
            cti=None,
            seq=WEEK,
            offer=CODED,
            amount=1250,
            saving=None,
            offset=None,
            list_version=5,
            evidence=text.encode(),
        )
    ]
    assert till.journal.check() == 1


def test_a_code_serves_once_in_its_week_and_again_when_it_was_taken_back(
    opened: Open, clock: Clock, url: str | None
) -> None:
    till = opened(url=url)
    assert typed(till).green
    again = typed(till)
    assert (again.decision.verdict, again.decision.details["row"]) == (Verdict.ALREADY_ACCEPTED, 1)
    assert typed(till, 2).green
    till.void(1, "erreur")
    assert typed(till).green
    clock.now = NEXT_MONDAY + DAY
    assert typed(till).decision.verdict is Verdict.SHORT_UNKNOWN
    assert typed(till, week=WEEK + 1).green


def test_typed_then_scanned_scanned_then_typed_is_one_right(
    opened: Open, clock: Clock, url: str | None
) -> None:
    till = opened(url=url)
    assert typed(till).green
    assert till.check(live(claims_of())).verdict is Verdict.USED_UP
    assert till.check(live(claims_of(2))).verdict is Verdict.ACCEPTED
    assert till.accept(live(claims_of(2))).green
    assert typed(till, 2).decision.verdict is Verdict.ALREADY_ACCEPTED
    till.void(1, "erreur")
    assert till.accept(live(claims_of())).green
    # A week later the code is another one; the voucher, known from its scan, was for one use in all.
    clock.now = NEXT_MONDAY + DAY
    assert typed(till, 2, week=WEEK + 1).decision.verdict is Verdict.USED_UP
    assert typed(till, 3, week=WEEK + 1).green


def test_the_outermost_ids_of_a_tag_are_its_vouchers_and_their_neighbours_are_not(opened: Open) -> None:
    till = opened()
    low, high = bytes.fromhex("abcde0") + bytes(13), bytes.fromhex("abcdef") + b"\xff" * 13
    before, after = bytes.fromhex("abcddf") + b"\xff" * 13, bytes.fromhex("abcdf0") + bytes(13)
    for cti, verdict in ((before, "short_code"), (after, "short_code"), (low, "already_accepted")):
        assert till.accept(live(replace(claims_of(), cti=cti))).green
        assert till.check(code(replace(claims_of(), cti=high))).verdict == verdict
    till.void(3, "erreur")
    assert till.accept(live(replace(claims_of(), cti=high))).green
    assert till.check(code(replace(claims_of(), cti=low))).verdict == "already_accepted"


def test_a_refusal_that_is_kept_says_what_was_typed(opened: Open, url: str | None) -> None:
    till = opened(url=url)
    typed(till)
    _, n = till.keep_refusal(code(), "déjà vu")
    *_, row = till.rows()
    assert (row.n, row.kind, row.verdict) == (n, Kind.REFUSED, "already_accepted")
    assert (row.seq, row.offer, row.evidence, row.cti) == (WEEK, CODED, code().encode(), None)
    _, n = till.keep_refusal(code(week=WEEK - 1))
    *_, row = till.rows()
    assert (row.verdict, row.seq, row.offer, row.evidence) == ("short_unknown", None, None, None)


@pytest.mark.promise("P17")
def test_eight_processes_that_type_the_same_codes_accept_each_once(
    opened: Open, tmp_path: Path, url: str | None
) -> None:
    names = [f"Guichet {n if url else 1}" for n in range(1, 9)]
    tills = [opened(name, url) for name in (names if url else names[:1])]
    running = [start("type", tmp_path / name, process) for process, name in enumerate(names)]
    greens = 0
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        greens += int(out)
    accepted = [row.evidence for till in tills for row in till.rows()]
    assert greens == len(accepted) == len(set(accepted)) == 20


# Neighbours.


def test_a_paired_neighbour_counts_it_an_unpaired_one_keeps_it(opened: Open, clock: Clock) -> None:
    here, paired, other = opened("Entrée"), opened("Sortie"), opened("Cour", text=None)
    typed(here)
    assert (paired.merge(here.export()).unproven, other.merge(here.export()).unproven) == (0, 1)
    told = typed(paired).decision
    assert (told.verdict, told.details["till"]) == (Verdict.ALREADY_ACCEPTED, "Entrée")
    assert paired.check(live(claims_of())).verdict is Verdict.USED_UP
    assert other.check(live(claims_of())).verdict is Verdict.ACCEPTED
    # What was not proven may be now.
    other.pair(pairing_text())
    assert (other.merge(here.export()).unproven, typed(other).green) == (0, False)
    here.void(1, "erreur")
    assert paired.merge(here.export()).new == 1 and typed(paired).green


def test_a_neighbour_s_row_tells_what_a_voucher_allows(opened: Open, clock: Clock) -> None:
    here, there = opened("Entrée"), opened("Sortie")
    assert here.accept(live(claims_of())).green and here.accept(live(claims_of(2, uses=2))).green
    there.merge(here.export())
    clock.now = NEXT_MONDAY + DAY
    assert typed(there, week=WEEK + 1).decision.verdict is Verdict.USED_UP
    assert typed(there, 2, week=WEEK + 1).decision.details["used"] == 1


@pytest.mark.promise("P18")
def test_what_was_accepted_at_two_tills_is_found_when_they_meet(opened: Open, clock: Clock) -> None:
    here, there, scanning = opened("Entrée"), opened("Sortie"), opened("Cour")
    for till in (here, there):
        assert typed(till).green and typed(till, 2 if till is here else 3).green
    assert scanning.accept(live(claims_of(2))).green and scanning.accept(live(claims_of(4))).green
    for till in (there, scanning):
        here.merge(till.export())
    found = {(double.reason, len(double.cti), len(double.rows)) for double in here.double_uses()}
    assert found == {("same_use", 3, 2), ("over_limit", 16, 2)}
    scanning.void(1, "erreur")
    here.merge(scanning.export())
    assert [double.reason for double in here.double_uses()] == ["same_use"]


def test_no_row_counts_whose_code_does_not_hold() -> None:
    row = Row(
        *(1, NOON, NOON, Kind.ACCEPTED, "short_code", None, None, WEEK, CODED, None, None, None, 5),
        code().encode(),
    )
    assert prove_typed(row, SHORT_KEY) == short_code.tag_of(claims_of().cti)
    assert prove_typed(row, None) is prove_typed(row, OTHER_KEY) is None
    wrong: dict[str, list[Any]] = {
        "verdict": ["accepted", "paper"],
        "kid": [bytes(4)],
        "cti": [bytes(16)],
        "seq": [None, 0, WEEK + 1, 2**32 + WEEK, 2**64 - 1],
        "offer": [None, 0, CODED + 1, 2**32 + CODED],
        "evidence": [None, b"", code().encode()[:-1], code().encode() + b" ", b"\xff" * 12, b"7" * 12],
    }
    for name, values in wrong.items():
        for value in values:
            assert prove_typed(replace(row, **{name: value}), SHORT_KEY) is None, (name, value)


@pytest.mark.skipif(not (WEB / "node_modules" / "tsx").is_dir(), reason="Node or web/node_modules is absent")
def test_the_page_takes_a_python_till_s_export_and_the_reverse(opened: Open) -> None:
    """The till's own TypeScript, on an IndexedDB in Node: journal, export and merge."""
    here = opened()
    typed(here)
    typed(here, 2)
    here.void(2, "erreur")
    question = {
        "partner": PARTNER,
        "export": here.export().hex(),
        "key": SHORT_KEY.hex(),
        "now": NOON,
        "week": WEEK,
        "tags": [short_code.tag_of(claims_of(n).cti) for n in (1, 2)],
        "mine": {"offer": CODED, "code": code(claims_of(3)), "tag": short_code.tag_of(claims_of(3).cti)},
    }
    command = ["node", "--no-warnings", "--import", "tsx", "test/verifier/typedExchange.ts"]
    done = subprocess.run(
        command, cwd=WEB, input=json.dumps(question), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["merged"] == {"till": "Guichet 1", "fresh": 3, "unproven": 0, "conflicts": []}
    assert answer["uses"] == [[{"n": 1, "seq": -WEEK, "at": NOON, "till": "Guichet 1"}], []]
    file = bytes.fromhex(answer["export"])
    merged = here.merge(file)
    assert (merged.till, merged.new, merged.unproven, merged.conflicts) == ("Page", 1, 0, ())
    told = typed(here, 3).decision
    assert (told.verdict, told.details["till"]) == (Verdict.ALREADY_ACCEPTED, "Page")
    # One row, one byte form: what Python would have written.
    (row,) = decode_export(file).rows
    assert typed(here, 4).green
    *_, own = here.rows()
    wanted = replace(own, n=1, seq=WEEK, evidence=code(claims_of(3)).encode(), saving=row.saving)
    assert encode_row(row) == encode_row(wanted)


# What is kept.


def test_a_typed_use_outlives_its_row_until_no_voucher_of_its_time_lives(opened: Open, clock: Clock) -> None:
    till = opened()
    typed(till)
    data = decode_export(till.export())
    till.exported(data.first, data.last)
    clock.now = NOON + 60 * DAY
    assert till.accept(live(claims_of(2, expires=NOON + 90 * DAY), clock.now)).green
    assert till.purge(31).rows == 1
    assert till.check(live(claims_of(expires=NOON + 90 * DAY), clock.now)).verdict is Verdict.USED_UP
    for at, left in ((NOON + MAX_VALIDITY - 1, 1), (NOON + MAX_VALIDITY, 0)):
        clock.now = at
        with till.journal.deciding():
            till.journal.database.write("UPDATE till SET floor = ?", at)
        till.purge(31)
        assert till.journal.database.read("SELECT count(*) FROM use WHERE seq < 0") == [(left,)]


def test_a_repaired_journal_goes_on_refusing_what_was_typed(opened: Open, tmp_path: Path) -> None:
    till = opened()
    typed(till)
    typed(till, 2)
    till.journal.database.connection.execute("UPDATE own_row SET bytes = x'00' WHERE n = 2")  # type: ignore[attr-defined]
    till.close()
    assert repair(TillFolder(tmp_path / "Guichet 1"), NOON).rows == 1
    again = opened()
    assert [typed(again, n).decision.verdict for n in (1, 2)] == [Verdict.ALREADY_ACCEPTED] * 2
    assert typed(again, 3).green


def test_a_journal_from_before_typed_codes_is_opened_as_it_is(opened: Open) -> None:
    """No table changed: a typed use has its place in the table of uses."""
    till = opened(text=None)
    assert till.accept(live(claims_of())).green
    till.pair(pairing_text())
    assert typed(till).decision.verdict is Verdict.ALREADY_ACCEPTED


# Pairing.


@pytest.mark.parametrize(
    "reason, text",
    [
        ("untrusted", "CJS1:"),
        ("untrusted", ""),
        ("untrusted", pairing_text()[:-1]),
        ("untrusted", pairing_text() + " "),
        ("untrusted", pairing_text(STRANGER)),
        ("untrusted", pairing_text(ISSUER)),
        ("untrusted", paper(claims_of())),
        ("demo", pairing_text(demo=True)),
        ("other", pairing_text(partner="cinema-le-rex")),
        ("older", pairing_text(issued=NOON - DAY - 1)),
    ],
)
def test_a_pairing_that_is_not_for_this_till_changes_nothing(opened: Open, reason: str, text: str) -> None:
    till = opened()
    kept = till.folder.pairing.read_bytes()
    with pytest.raises(PairingRefused) as refused:
        till.pair(text)
    assert (refused.value.code, till.folder.pairing.read_bytes()) == (reason, kept)
    assert refused.value.sentence and refused.value.exit_code == 1


def test_a_later_pairing_replaces_the_key_at_once(opened: Open) -> None:
    till, same = opened(), opened()
    till.pair(pairing_text() + "\r\n")
    till.pair(pairing_text(TRUSTS[1], issued=NOON, short_key=OTHER_KEY))
    assert typed(same).decision.verdict is Verdict.SHORT_UNKNOWN
    assert typed(same, key=OTHER_KEY).green


@pytest.mark.promise("P21")
@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_the_key_is_its_owner_s_alone(opened: Open) -> None:
    till = opened()
    path = till.folder.pairing
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SHORT_KEY.hex() not in repr(pairing.open_pairing(pairing_text(), till.profile, till.trust.root))
    path.chmod(0o640)
    for action in (lambda: till.check(code()), lambda: till.pair(pairing_text())):
        with pytest.raises(KeyExposed):
            action()
    assert till.accept(live(claims_of())).green  # what is scanned needs no such key


def test_a_damaged_key_asks_for_a_new_pairing(opened: Open) -> None:
    till = opened()
    for data in (b"", b"{}", b"[]", b'{"issued": 1, "short_key": "00"}', b"\xff", b'{"issued": null}'):
        till.folder.pairing.write_bytes(data)
        assert till.check(code()).verdict is Verdict.SHORT_NO_KEY
    till.pair(pairing_text())
    assert till.check(code()).verdict is Verdict.SHORT_CODE


def test_no_till_is_made_with_a_pairing_that_is_not_for_it(tmp_path: Path) -> None:
    path, profile = tmp_path / "caisse", TillProfile(PARTNER, "Guichet 1", False)
    with pytest.raises(PairingRefused):
        make_till(path, profile, walks.ANCHOR, None, NOON, None, pairing_text(partner="autre"))
    assert not path.exists()
    assert make_till(path, profile, walks.ANCHOR, None, NOON, None, pairing_text()) is Outcome.INSTALLED
    assert len(pairing_text()) <= MAX_PAIRING_TEXT


# At the counter.


def test_a_stream_takes_a_typed_code_and_the_yes_after_it(opened: Open) -> None:
    lines = "\n".join((code(), "oui", code().lower(), "annuler erreur", code(), "oui"))
    answers = [
        json.loads(line) for line in watch_lines(opened(), io.BytesIO(lines.encode()), "fr", as_json=True)
    ]
    verdicts = [answer.get("verdict") for answer in answers]
    assert verdicts == ["short_code", "short_code", "already_accepted", None, "short_code", "short_code"]
    assert [answer["green"] for answer in answers] == [False, True, False, False, False, True]


def test_a_list_without_typed_codes_says_nothing_of_pairing(opened: Open) -> None:
    from verifier.till import printing

    plain, coded = opened("A", text=None), opened("B", text=None)
    plain.update(trust_file(make_list(6)))
    said = [" ".join(printing.status_lines(till.status(), "fr")) for till in (plain, coded)]
    assert ["cje till pair" in lines for lines in said] == [False, True]
    coded.pair(pairing_text())
    assert "sait les vérifier" in " ".join(printing.status_lines(coded.status(), "fr"))
    assert printing.status_json(coded.status())["paired"] is True
    done = " ".join(printing.receipt_lines(typed(coded), "fr"))
    assert "Un code tapé sert une fois par semaine" in done and code() not in done
