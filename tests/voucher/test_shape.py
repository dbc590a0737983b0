"""Reading the fields of a map: the shortest values are values."""

from __future__ import annotations

from voucher.shape import Fields


def test_reads_a_slug_of_one_character() -> None:
    assert Fields({1: "a"}, required=[1]).slug(1) == "a"
