"""What is kept from one report to the next: never another answer than a look at every row."""

from __future__ import annotations

import os
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_findings import USE, WHEN, histories
from till_world import trust_file
from tills import NOON, Shop, Till, in_folder, make_claims, make_list

from reconcile.findings import candidates
from reconcile.findings.report import Report
from reconcile.importing.importing import import_exports
from reconcile.rows.sources import find

KEPT = "suspects/kept"
# Lists that come one after another, each with something that the rows of weeks before are judged by anew.
LATER = (
    {"version": 6, "revoked": (make_claims(1).cti[:6],)},
    {"version": 7, "revoked": ()},
)


def afresh(shop: Shop) -> Report:
    """Look at every row."""
    if shop.store.exists(KEPT):
        shop.store.fs.rm_file(shop.store.path(KEPT))
    return shop.report()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each report went."""
    ways: list[str] = []
    for name in ("_all", "_more"):
        real = getattr(candidates, name)

        def follow(*given: Any, name: str = name, real: Any = real) -> None:
            ways.append(name)
            real(*given)

        monkeypatch.setattr(candidates, name, follow)
    return ways


@pytest.mark.promise("P18")
@settings(
    max_examples=200 if os.environ.get("CJE_NIGHTLY") else 3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    uses=st.lists(USE, min_size=2, max_size=14),
    voids=st.lists(st.integers(0, 50), max_size=3),
    seed=st.integers(0, 2**32),
)
def test_week_after_week_gives_what_a_look_at_every_row_gives(
    uses: list[tuple[int, int, int, int]], voids: list[int], seed: int
) -> None:
    tills, _ = histories(uses, voids)
    chance, shop, parts = random.Random(seed), Shop(), []
    shop.know(*tills)
    for till in tills:
        cuts = sorted({0, len(till.rows), *(chance.randint(0, len(till.rows)) for _ in range(2))})
        parts += [till.export(a + 1, b) for a, b in pairwise(cuts)]
    chance.shuffle(parts)
    for number, part in enumerate(parts):
        if number < len(LATER):
            shop.learn(trust_file(make_list(issued=WHEN[1] + number, **LATER[number])))
        shop.take(part)
        weekly = shop.report()
        kept = shop.store.get(KEPT)
        assert afresh(shop) == weekly
        shop.store.put(KEPT, kept)  # go on from what the weeks before have left


def test_only_what_is_new_is_looked_at_and_nothing_when_nothing_is(counted: list[str]) -> None:
    shop, one, other = Shop(), Till("Guichet 1"), Till("Guichet 2")
    shop.know(one, other)
    one.accept(make_claims(1))
    shop.take(one.export())
    assert shop.report() == shop.report()
    assert counted == ["_all"]
    other.accept(make_claims(1))
    shop.take(other.export())
    assert [str(found.kind) for found in shop.report().findings] == ["same_use"]
    assert shop.report().findings == afresh(shop).findings
    assert counted == ["_all", "_more", "_all"]


def test_what_is_wanted_no_more_or_was_kept_by_another_version_is_made_again(
    counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, till = Shop(), Till("Guichet 1")
    shop.know(till)
    till.accept(make_claims(1), offer=999)
    shop.take(till.export())
    before = shop.report()
    monkeypatch.setattr(candidates, "_LAYOUT", b"0")
    assert shop.report() == before
    whole = shop.store.get(KEPT)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for damaged in (b"", b"PAR1" + bytes(20), whole[:-9], bytes(flipped)):
        shop.store.put(KEPT, damaged)
        assert shop.report() == before
    assert counted == ["_all"] * 6


def test_a_store_that_loses_a_batch_is_looked_at_anew(tmp_path: Path, counted: list[str]) -> None:
    shop, till = Shop(str(tmp_path / "store")), Till("Guichet 1")
    shop.know(till)
    for number in range(2):
        till.accept(make_claims(1), NOON + 60 * number)
        path = in_folder(tmp_path / str(number), a=till.export(number + 1))
        import_exports(shop.store, find([str(path)]))
    assert len(shop.report().findings) == 1
    (tmp_path / "store" / shop.store.names("exports")[0]).unlink()
    assert shop.report().findings == ()
    assert counted == ["_all", "_all"]


def test_the_comparison_catches_a_touch_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seeded bug: old rows that share a use with new ones are not looked at."""
    monkeypatch.setattr(candidates, "_SEQ", "hi")
    real = candidates._more

    def blind(query: Any, kept: Any, wanted: Any) -> None:
        monkeypatch.setattr(candidates, "_BUCKET", "n::UBIGINT")
        real(query, kept, wanted)

    monkeypatch.setattr(candidates, "_more", blind)
    shop, one, other = Shop(), Till("Guichet 1"), Till("Guichet 2")
    shop.know(one, other)
    one.accept(make_claims(1))
    one.accept(make_claims(4))
    shop.take(one.export())
    shop.report()
    other.accept(make_claims(4), seq=2)
    shop.take(other.export())
    weekly = shop.report()
    monkeypatch.undo()
    assert weekly != afresh(shop)
