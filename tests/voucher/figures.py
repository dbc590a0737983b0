"""A month's figures for these tests, and its files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from voucher.statistics import Cell, Others, Publication, Reason, Table, Total, digest, encode_publication

MOBILITY = Table(
    (
        Cell("601", "Carnet de dix trajets", 120, 44_900, partner="cars-du-plateau"),
        Cell("602", "Vélo au mois", 30, 30_000, partner="la-roue-libre"),
    ),
    Others(10, 2),
)
FOOD = Table((Cell("610", "Panier de légumes", 45, 13_500, partner="le-potager"),))
NEEDS = Table(
    (
        Cell("mobilite", "Mobilité", 160, 74_900, offers=MOBILITY),
        Cell("alimentation", "Alimentation", 45, 13_500, offers=FOOD),
    ),
    Others(15, 3),
)
OCTOBER = Publication(
    month="2026-10",
    revision=1,
    published=date(2026, 11, 3),
    before=None,
    reason=None,
    demo=False,
    heard=42,
    silent=3,
    total=Total(220, 88_400),
    needs=NEEDS,
    territories=Table((Cell("95", "Val-d'Oise", 150), Cell("93", "Seine-Saint-Denis", 55)), Others(15, 2)),
    programmes=Table((Cell("cej", "Contrat d'Engagement Jeune", 220),)),
)
EMPTY = replace(OCTOBER, month="2026-09", total=None, needs=Table(), territories=Table(), programmes=Table())


def chain(*publications: Publication) -> list[tuple[str, bytes]]:
    """Return the files of publications, each put behind the one before."""
    files: list[tuple[str, bytes]] = []
    for publication in publications:
        before = digest(files[-1][1]) if files else None
        files.append((publication.name, encode_publication(replace(publication, before=before))))
    return files


def revised(publication: Publication, uses: int = 125) -> Publication:
    """Return the next revision of a month, in which one offer was used more often."""
    offers = replace(MOBILITY, cells=(replace(MOBILITY.cells[0], uses=uses), *MOBILITY.cells[1:]))
    need = replace(NEEDS.cells[0], uses=offers.uses, saving=offers.saving, offers=offers)
    needs = replace(NEEDS, cells=(need, *NEEDS.cells[1:]))
    return replace(
        publication,
        revision=publication.revision + 1,
        reason=Reason("late_journals", "Une caisse a envoyé son journal après la publication."),
        needs=needs,
        total=Total(needs.uses, needs.saving),
    )
