"""Five tills that meet in any order: merging is a union, and every double use is found."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from till_world import (
    LIST,
    NOON,
    PAPER,
    PARTNER,
    ROOT,
    STRANGER,
    TILL,
    Signer,
    live,
    make_claims,
    paper,
    presentation_bytes,
    voucher_bytes,
)
from typed_scenarios import SHORT_KEY, code

from verifier import TrustView, Verdict, decide
from verifier.decision import Decision
from verifier.errors import BadInput
from verifier.proof import prove
from verifier.till import merge
from verifier.till.journal import Journal, typed_name
from verifier.till.merge import DoubleUse, double_uses, export_rows, import_rows
from verifier.till.sqlite import Sqlite
from verifier.till.till import Named
from verifier.typed import decide_typed
from voucher import ed25519
from voucher.errors import VoucherError
from voucher.journal import Kind, Row, decode_export
from voucher.short_code import tag_of

TILLS, VOUCHERS = 5, 4
TRUST = TrustView(ROOT, replace(LIST, offers=tuple(replace(o, short_code=True) for o in LIST.offers)), NOON)
KEYRING = LIST.keyring()


@dataclass
class Shop:
    """One till in memory."""

    number: int
    journal: Journal = field(init=False)
    signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        self.signer = Signer(f"till {self.number}")
        self.journal = Journal.begin(Sqlite.create(":memory:"), self.signer.public, f"Guichet {self.number}")

    def scan(self, text: str) -> tuple[Decision, int | None]:
        with self.journal.deciding():
            found = decide(text, trust=TRUST, till=TILL, uses=self.journal, now=NOON)
            return found, self.journal.accept(found, NOON, None, None) if found.can_confirm else None

    def type(self, text: str) -> tuple[Decision, int | None]:
        with self.journal.deciding():
            uses = Named(self.journal, KEYRING)
            found = decide_typed(text, trust=TRUST, till=TILL, uses=uses, now=NOON, short_key=SHORT_KEY)
            return found, self.journal.accept(found, NOON, None, None) if found.can_confirm else None

    def void(self, n: int) -> None:
        with self.journal.deciding():
            self.journal.void(n, "erreur", NOON, NOON, 1)

    def export(self, first: int = 1) -> bytes:
        return export_rows(self.journal, PARTNER, f"Guichet {self.number}", self.signer.sign, first)

    def take(self, data: bytes) -> Any:
        return import_rows(self.journal, data, PARTNER, KEYRING, SHORT_KEY)

    def state(self) -> tuple[object, ...]:
        """Everything that merging wrote."""
        tables = ("till WHERE local = 0", "neighbour_row", "use", "void")
        query = self.journal.database.connection.execute
        return tuple(frozenset(query(f"SELECT * FROM {table}").fetchall()) for table in tables)  # noqa: S608

    def doubles(self) -> list[DoubleUse]:
        return list(double_uses(self.journal))


@pytest.fixture
def shops() -> Iterator[list[Shop]]:
    made = [Shop(number) for number in range(3)]
    yield made
    for shop in made:
        shop.journal.close()


@cache
def _claims(number: int) -> Any:
    """Voucher 0 once, 1 twice, 2 without limit, 3 twice on paper."""
    if number == 3:
        return make_claims(3, uses=2, holder=None, offer=PAPER)
    return make_claims(number, uses=(1, 2, 0)[number])


@cache
def _shown(number: int, seq: int) -> str:
    """Return what is scanned: every phone and every copy of it shows the same bytes."""
    claims = _claims(number)
    return paper(claims) if claims.holder is None else live(claims, NOON, seq)


@cache
def _typed(number: int) -> str:
    return code(_claims(number))


class Tills(RuleBasedStateMachine):
    """Phones, their copies and paper are shown at five tills, which export, import and take back at will."""

    @initialize()
    def start(self) -> None:
        self.shops = [Shop(number) for number in range(TILLS)]
        self.exports: list[bytes] = []
        # What truly happened: (till, n) -> (voucher, seq), taken back left out.
        self.truth: dict[tuple[int, int], tuple[int, int]] = {}

    @rule(shop=st.integers(0, TILLS - 1), number=st.integers(0, VOUCHERS - 1), seq=st.integers(1, 4))
    def show(self, shop: int, number: int, seq: int) -> None:
        decision, n = self.shops[shop].scan(_shown(number, seq))
        if n is not None:
            assert decision.seq is not None
            self.truth[shop, n] = (number, decision.seq)

    @rule(shop=st.integers(0, TILLS - 1), number=st.integers(0, VOUCHERS - 1))
    def type(self, shop: int, number: int) -> None:
        decision, n = self.shops[shop].type(_typed(number))
        if n is not None:
            assert decision.seq is not None
            self.truth[shop, n] = (number, -decision.seq)

    @rule(shop=st.integers(0, TILLS - 1), pick=st.randoms(use_true_random=False))
    def take_back(self, shop: int, pick: Any) -> None:
        own = sorted(n for till, n in self.truth if till == shop)
        if own:
            n = pick.choice(own)
            self.shops[shop].void(n)
            del self.truth[shop, n]

    @rule(shop=st.integers(0, TILLS - 1), skip=st.integers(0, 3))
    def export(self, shop: int, skip: int) -> None:
        last, _ = self.shops[shop].journal.last()
        if last:
            self.exports.append(self.shops[shop].export(max(1, last - skip)))

    @rule(shop=st.integers(0, TILLS - 1), pick=st.randoms(use_true_random=False))
    def take(self, shop: int, pick: Any) -> None:
        if self.exports:
            self.shops[shop].take(pick.choice(self.exports))

    @invariant()
    def no_till_accepts_more_than_it_knows_to_be_allowed(self) -> None:
        if not hasattr(self, "shops"):
            return
        own = Counter((till, number) for (till, _), (number, _) in self.truth.items())
        assert all(count <= (_claims(number).uses or count) for (_, number), count in own.items())

    def teardown(self) -> None:
        if not hasattr(self, "shops"):
            return
        exports = [shop.export() for shop in self.shops if shop.journal.last()[0]]
        one, other, twice = Shop(101), Shop(101), Shop(101)
        for data in exports:
            one.take(data)
        for data in reversed(exports + self.exports):
            other.take(data)
        for data in (*self.exports, *exports, *self.exports, *exports):
            twice.take(data)
        assert one.state() == other.state() == twice.state()
        # Exports of a part, before and after a void: nothing whole comes afterwards to set things right.
        parts, turned = Shop(101), Shop(101)
        for data in self.exports:
            parts.take(data)
        for data in reversed(self.exports):
            turned.take(data)
        assert parts.state() == turned.state() and parts.doubles() == turned.doubles()
        assert one.doubles() == other.doubles() == twice.doubles()
        # Every till that has met all others finds exactly the double uses that truly happened.
        expected = self._true_doubles()
        for shop in (one, *self.shops):
            for data in exports:
                shop.take(data)
            assert {double.cti for double in shop.doubles()} == expected
        for shop in (one, other, twice, parts, turned, *self.shops):
            shop.journal.close()

    def _true_doubles(self) -> set[bytes]:
        uses: dict[int, list[int]] = defaultdict(list)
        for number, seq in self.truth.values():
            uses[number].append(seq)
        found = set()
        for number, seqs in uses.items():
            claims = _claims(number)
            scanned = [seq for seq in seqs if seq > 0]
            same = claims.holder is not None and len(set(scanned)) < len(scanned)
            if same or (scanned and claims.uses and len(seqs) > claims.uses):
                found.add(claims.cti)
            if len(seqs) - len(scanned) > 1:
                found.add(typed_name(tag_of(claims.cti)))
        return found


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check each signature once: histories show the same few vouchers, and hand the same exports round."""
    monkeypatch.setattr(ed25519, "verify", cache(ed25519.verify))


def _run(**changes: Any) -> None:
    quiet = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(
        Tills, settings=settings(**quiet, **{"max_examples": 40, "stateful_step_count": 40, **changes})
    )


@pytest.mark.promise("P18")
def test_merging_is_a_union_and_finds_every_double_use(known: None) -> None:
    """A sample of 40 histories; 2,000 with CJE_NIGHTLY=1."""
    _run(max_examples=2000 if os.environ.get("CJE_NIGHTLY") else 40)


def _forgets_early_voids(database: Any, till: bytes, n: int, *, local: bool) -> None:
    database.write("UPDATE use SET voided = 1 WHERE till = ? AND n = ? AND local = ?", till, n, int(local))


@pytest.mark.parametrize(
    ("name", "bug"),
    [
        ("mark_void", _forgets_early_voids),
        ("_over_limit", lambda *_: False),
        ("_over_limit_with_typed", lambda *_: iter(())),
        ("prove_typed", lambda *_: None),
    ],
)
def test_the_machine_catches_a_seeded_bug(
    monkeypatch: pytest.MonkeyPatch, known: None, name: str, bug: Any
) -> None:
    monkeypatch.setattr(merge, name, bug)
    with pytest.raises(AssertionError):
        _run(phases=[Phase.generate], max_examples=200, derandomize=True, database=None)


@pytest.mark.promise("P18")
def test_a_copy_is_accepted_once_per_till_that_has_not_met_and_refused_afterwards(shops: list[Shop]) -> None:
    """What offline cannot do, and what merging does about it."""
    here, there, third = shops
    text = live(make_claims())
    assert here.scan(text)[1] == there.scan(text)[1] == 1
    third.take(here.export())
    assert third.scan(text)[0].verdict is Verdict.ALREADY_ACCEPTED
    there.take(here.export())
    (double,) = there.doubles()
    assert (double.reason, double.cti) == ("same_use", make_claims().cti)
    assert sorted(double.rows) == sorted((shop.signer.public, 1) for shop in (here, there))


def test_a_clone_that_counts_on_is_over_the_limit(shops: list[Shop]) -> None:
    here, there, _ = shops
    here.scan(live(make_claims(), NOON, 1))
    there.scan(live(make_claims(), NOON, 2))
    there.take(here.export())
    assert [double.reason for double in there.doubles()] == ["over_limit"]


def test_two_uses_of_a_paper_for_two_are_no_double(shops: list[Shop]) -> None:
    here, there, _ = shops
    text = paper(make_claims(3, uses=2, holder=None, offer=PAPER))
    here.scan(text)
    there.scan(text)
    there.take(here.export())
    assert there.doubles() == []
    assert there.scan(text)[0].verdict is Verdict.USED_UP


def test_a_void_counts_in_whatever_order_it_comes(shops: list[Shop]) -> None:
    here, there, third = shops
    here.scan(live(make_claims()))
    here.void(1)
    both, second = here.export(), here.export(2)
    there.take(both)
    third.take(second)
    third.take(both)
    assert there.state() == third.state()
    assert there.scan(live(make_claims()))[1] == 1


def test_a_file_cannot_use_up_a_voucher_that_was_never_shown(shops: list[Shop]) -> None:
    """An export is believed only as far as its evidence proves."""
    here, liar, _ = shops
    claims = make_claims()
    honest, _ = liar.scan(live(make_claims(2)))
    other = replace(honest, voucher=replace(honest.voucher, claims=claims))
    with liar.journal.deciding():
        liar.journal.accept(other, NOON, None, None)
    merged = here.take(liar.export())
    assert (merged.new, merged.unproven) == (2, 1)
    assert here.scan(live(claims))[1] == 1


def _row(**changes: Any) -> Row:
    claims = make_claims()
    found = decide(live(claims), trust=TRUST, till=TILL, uses=Shop(9).journal, now=NOON)
    base = Row(
        1,
        NOON,
        NOON,
        Kind.ACCEPTED,
        "accepted",
        found.kid,
        claims.cti,
        1,
        claims.offer,
        None,
        None,
        0,
        5,
        found.evidence,
    )
    return replace(base, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": None},
        {"evidence": b""},
        {"evidence": b"\xd2\x84\x43"},
        {"evidence": presentation_bytes(make_claims(), seq=2)},
        {"evidence": presentation_bytes(make_claims(2))},
        {"evidence": presentation_bytes(make_claims(), signer=STRANGER)},
        {"evidence": presentation_bytes(make_claims(), holder=STRANGER)},
        {"evidence": voucher_bytes(make_claims())},
        {"seq": 2},
        {"seq": None},
        {"offer": 2},
        {"kid": b"\x00\x00\x00\x00"},
        {"cti": b"\x00" * 16},
    ],
)
def test_evidence_proves_its_own_row_only(changes: dict[str, Any]) -> None:
    assert prove(_row(), KEYRING) == make_claims()
    assert prove(_row(**changes), KEYRING) is None


def test_two_stories_of_one_till_are_reported(shops: list[Shop]) -> None:
    here, _, there = shops
    copy_of_here = Shop(here.number)
    here.scan(live(make_claims(1)))
    copy_of_here.scan(live(make_claims(2)))
    assert there.take(here.export()).conflicts == ()
    assert there.take(copy_of_here.export()).conflicts == (1,)
    assert here.take(copy_of_here.export()).conflicts == (1,)
    copy_of_here.journal.close()
    # Both count: it fails closed.
    assert {there.scan(live(make_claims(n)))[0].verdict for n in (1, 2)} == {Verdict.ALREADY_ACCEPTED}


def test_a_tills_own_export_brings_nothing_back(shops: list[Shop]) -> None:
    here = shops[0]
    here.scan(live(make_claims()))
    before = here.state()
    assert here.take(here.export()).new == 0
    assert here.state()[1:] == before[1:]


def test_takes_all_of_an_export_or_nothing(shops: list[Shop]) -> None:
    here, there, _ = shops
    here.scan(live(make_claims()))
    data, before = here.export(), there.state()
    for wrong in (b"", data[:-1], data + b"\x00", data[:100] + b"\x00" + data[101:]):
        with pytest.raises(VoucherError):
            there.take(wrong)
    with pytest.raises(BadInput):
        import_rows(there.journal, data, "epicerie", KEYRING)
    assert there.state() == before
    assert decode_export(data).till == "Guichet 0"
