"""A journal is walked page by page and exported up to a cap: no row is lost at an edge."""

from __future__ import annotations

from pathlib import Path

import pytest
import walks
from till_world import NOON, PARTNER, live, make_claims, make_list, trust_file

from verifier import TillProfile
from verifier.errors import BadInput
from verifier.till import journal as journal_file
from verifier.till import merge
from verifier.till.till import Till, make_till
from voucher.journal import decode_export


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Till:
    """A till with five accepted uses, whose journal is read two rows at a time."""
    monkeypatch.setattr(journal_file, "_PAGE", 2)
    folder = tmp_path / "caisse"
    make_till(folder, TillProfile(PARTNER, "Guichet 1", False), walks.ANCHOR, trust_file(make_list()), NOON)
    opened = Till.open(folder, lambda: NOON)
    for number in range(5):
        assert opened.accept(live(make_claims(number))).green
    return opened


def test_every_walk_meets_every_row(till: Till) -> None:
    assert [n for n, _, _ in till.journal.stored()] == [1, 2, 3, 4, 5]
    assert [n for n, _, _ in till.journal.stored(3)] == [3, 4, 5]
    assert till.journal.check() == 5
    assert [row.n for row in decode_export(till.export()).rows] == [1, 2, 3, 4, 5]


def test_an_export_is_never_longer_than_a_till_takes(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the cap: all rows within it, or a refusal that names the last row that fits."""
    whole = len(till.export())
    outcomes = set()
    for cap in range(whole - 500, whole + 2 * merge._ENVELOPE, 100):
        monkeypatch.setattr(merge, "MAX_EXPORT", cap)
        try:
            exported = till.export()
        except BadInput as refused:
            fits = int(str(refused.facts["last"]))
            assert fits == 0 or len(till.export(1, fits)) <= cap
            outcomes.add("refused")
        else:
            assert len(exported) == whole <= cap
            outcomes.add("whole")
    assert outcomes == {"refused", "whole"}
