"""Nobody can be found in what is published: not in a number, and not between two of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.figures.public import disclosure, publication
from reconcile.figures.public.disclosure import Blocks, Counted, cut, rounded, saving
from reconcile.figures.public.publication import Line, Month, OfferLine, draw_up
from voucher.statistics import LEAST, Publication, Table, decode_publication, encode_publication

DAY = date(2026, 11, 3)


def counts() -> st.SearchStrategy[Counted]:
    """Mostly small sets, where somebody could be found."""
    return st.builds(
        lambda people, more, cents: Counted(people + more if people else 0, people, people * cents),
        st.one_of(st.integers(0, 8), st.integers(0, 200)),
        st.integers(0, 20),
        st.integers(0, 5000),
    )


@st.composite
def months(draw: st.DrawFn) -> Month:
    offers = [
        OfferLine(str(number), f"Offre {number}", "partenaire", f"besoin-{need}", f"Besoin {need}", counted)
        for number, (need, counted) in enumerate(
            draw(st.lists(st.tuples(st.integers(0, 3), counts()), max_size=10)), 600
        )
    ]
    # The same uses by territory: each offer's go to one of three, so that offers nest in territories.
    places: dict[str, list[Counted]] = defaultdict(list)
    for line in offers:
        places[draw(st.sampled_from(["93", "95", "2A"]))].append(line.counted)
    lines = [Line(key, key, disclosure.together(found)) for key, found in places.items()]
    return Month("2026-10", offers, lines, lines, 3, 0)


def told(table: Table, offers: list[OfferLine]) -> list[frozenset[str]]:
    """Return the sets of offers whose number, exact or as a sum of others, a table tells."""
    sets = []
    for need in table.cells:
        of_need = {line.key: line for line in offers if line.need == need.key and line.counted.uses}
        assert need.offers is not None
        shown = [frozenset({offer.key}) for offer in need.offers.cells]
        rest = frozenset(of_need) - {key for one in shown for key in one}
        assert bool(rest) == (need.offers.others is not None)
        if need.offers.others is not None:
            assert need.offers.others.count == len(rest)
        sets += [*shown, *([rest] if rest else []), frozenset(of_need)]
    in_cells = {need.key for need in table.cells}
    rest = frozenset(line.key for line in offers if line.need not in in_cells and line.counted.uses)
    if table.others is not None:
        sets.append(rest)
    everything = frozenset(line.key for line in offers if line.counted.uses)
    return [*sets, *([everything] if table.uses else [])]


def smallest_reach(offers: list[OfferLine], sets: list[frozenset[str]]) -> int:
    """Return the fewest people that any intersection, union or difference of told sets isolates."""
    atoms: dict[frozenset[int], list[OfferLine]] = defaultdict(list)
    for line in offers:
        within = frozenset(index for index, one in enumerate(sets) if line.key in one)
        if within:
            atoms[within].append(line)
    return min((max(line.counted.people for line in atom) for atom in atoms.values()), default=LEAST)


def check(month: Month) -> Publication:
    drawn = draw_up(month, DAY)
    offers = list(month.offers)
    assert smallest_reach(offers, told(drawn.needs, offers)) >= LEAST
    for table, lines in ((drawn.territories, month.territories), (drawn.programmes, month.programmes)):
        by_key = {line.key: line.counted for line in lines}
        assert all(by_key[cell.key].people >= LEAST for cell in table.cells)
        hidden = [by_key[key] for key in by_key.keys() - {cell.key for cell in table.cells}]
        assert table.others is None or disclosure.together(hidden).people >= LEAST
    assert decode_publication(encode_publication(drawn)) == drawn
    return drawn


@settings(max_examples=150)
@given(months())
def test_no_sum_or_difference_of_what_is_told_reaches_fewer_than_five_people(month: Month) -> None:
    check(month)


def _one_alone(table: dict[str, Counted]) -> Blocks:
    """Hide small cells and nothing else: the sum gives the only one away."""
    small = frozenset(key for key, counted in table.items() if counted.uses > 0 and counted.people < LEAST)
    return Blocks(frozenset(key for key in table if table[key].uses) - small, small)


def test_that_check_catches_a_cell_that_is_hidden_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "cut", _one_alone)
    offers = [
        OfferLine("1", "Grande", "p", "mobilite", "Mobilité", Counted(100, 80)),
        OfferLine("2", "Petite", "p", "mobilite", "Mobilité", Counted(7, 3)),
    ]
    with pytest.raises(AssertionError):
        check(Month("2026-10", offers, [], [], 3, 0))


def test_one_person_who_comes_often_is_not_five_people() -> None:
    table = {"often": Counted(40, 1), "large": Counted(60, 50), "larger": Counted(90, 70)}
    assert cut(table) == Blocks(frozenset({"larger"}), frozenset({"often", "large"}))


def test_several_small_cells_are_not_five_people_either() -> None:
    """They may be the same four people."""
    assert cut({str(n): Counted(4, 4) for n in range(10)}) == Blocks()


def test_a_cell_without_uses_is_neither_told_nor_hidden() -> None:
    assert cut({"none": Counted(0, 0), "some": Counted(9, 9)}) == Blocks(frozenset({"some"}))


@pytest.mark.parametrize(("people", "alone"), [(4, False), (5, True), (6, True)])
def test_five_people_are_enough(people: int, alone: bool) -> None:
    blocks = cut({"a": Counted(people, people), "b": Counted(50, 50), "c": Counted(90, 90)})
    assert ("a" in blocks.cells) == alone


def test_rounding_leaves_three_small_numbers_between_two_tables() -> None:
    """All uses of an offer lie in a territory, and both are told: what else was used there, of 0 to 4?"""
    possible: dict[tuple[int, int], set[int]] = defaultdict(set)
    for offer in range(LEAST, 198):  # up to the last that is rounded to 195
        for rest in range(LEAST):
            possible[rounded(offer), rounded(offer + rest)].add(rest)
    assert min(map(len, possible.values())) == 3


@given(st.integers(5, 400), st.integers(0, 10_000))
def test_a_saving_of_one_price_tells_no_more_than_the_rounded_number(uses: int, price: int) -> None:
    told = {saving(Counted(n, n, n * price)) for n in range(5, 405) if rounded(n) == rounded(uses)}
    assert len(told) == 1
    assert abs(told.pop() - rounded(uses) * price) <= 50


def test_fewer_than_five_people_make_an_empty_month() -> None:
    offers = [OfferLine("1", "Petite", "p", "mobilite", "Mobilité", Counted(30, 4, 3000))]
    drawn = draw_up(Month("2026-10", offers, [Line("95", "Val-d'Oise", Counted(30, 4))], [], 3, 1), DAY)
    assert drawn.total is None
    assert drawn.needs == drawn.territories == drawn.programmes == Table()
