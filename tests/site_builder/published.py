"""A year and a half of published months of the real offers, with small cells, a hole and a correction."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from catalogue import Catalogue, Offer
from voucher.statistics import (
    Cell,
    Others,
    Publication,
    Published,
    Reason,
    Table,
    Total,
    digest,
    encode_publication,
    read_history,
)

NOTE = "Deux caisses de Goussainville étaient restées éteintes : leur journal est arrivé en novembre."


def _offers(offers: list[Offer], rng: random.Random, size: int) -> Table:
    """Of each need the last two offers are told together, when there are that many."""
    cells = [
        Cell(str(o.number), o.title, uses, uses * rng.randrange(100, 2500, 20), partner=o.partner)
        for o in offers
        if (uses := 5 * rng.randrange(1, size))
    ]
    if len(cells) < 4:
        return Table(tuple(sorted(cells, key=lambda cell: (-cell.uses, cell.key))))
    return Table(
        tuple(sorted(cells[:-2], key=lambda cell: (-cell.uses, cell.key))), Others(10, len(cells[-2:]))
    )


def _split(uses: int, names: list[tuple[str, str]]) -> Table:
    shares = [uses * part // 15 // 5 * 5 for part in (8, 4, 2)]
    cells = [
        Cell(key, label, share) for (key, label), share in zip(names, shares, strict=False) if share >= 5
    ]
    rest = uses - sum(cell.uses for cell in cells)
    return Table(tuple(cells), Others(rest, 2) if rest >= 5 else None)


def publication(catalogue: Catalogue, month: str, size: int, demo: bool = False) -> Publication:
    rng = random.Random(month)
    needs = []
    for category in catalogue.categories:
        offers = [offer for offer in catalogue.offers if offer.categories[0] == category.slug]
        table = _offers(offers, rng, size)
        if table.uses:
            needs.append(Cell(category.slug, category.name, table.uses, table.saving, offers=table))
    table = Table(tuple(sorted(needs, key=lambda cell: (-cell.uses, cell.key))))
    year, number = map(int, month.split("-"))
    return Publication(
        month=month,
        revision=1,
        published=date(year + number // 12, number % 12 + 1, 4),
        before=None,
        reason=None,
        demo=demo,
        heard=41,
        silent=2,
        total=Total(table.uses, table.saving),
        needs=table,
        territories=_split(table.uses, [("95", "Val-d'Oise"), ("93", "Seine-Saint-Denis"), ("60", "Oise")]),
        programmes=_split(table.uses, [(p.slug, p.name) for p in catalogue.programmes]),
    )


def history(catalogue: Catalogue, *, demo: bool = False) -> tuple[Published, ...]:
    """Return May 2025 to October 2026 without August; September was corrected, May was too small to tell."""
    months = [f"2025-{n:02}" for n in range(5, 13)] + [f"2026-{n:02}" for n in range(1, 11) if n != 8]
    files: list[tuple[str, bytes]] = []

    def add(one: Publication) -> None:
        before = digest(files[-1][1]) if files else None
        files.append((one.name, encode_publication(replace(one, before=before))))

    for index, month in enumerate(months):
        made = publication(catalogue, month, 3 + index * 2, demo)
        if not index:
            made = replace(
                made, total=None, needs=Table(), territories=Table(), programmes=Table(), heard=1, silent=0
            )
        add(made)
    corrected = publication(catalogue, "2026-09", 44, demo)
    reason = Reason("late_journals", NOTE)
    add(replace(corrected, revision=2, published=date(2026, 11, 9), reason=reason, silent=0))
    return read_history(files)
