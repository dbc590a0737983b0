"""Months that the demo's offers could have had: an invented town's journals, reconciled as real ones are.

Import, count, cut and publication are an operator's own; only the town is invented. Its lists say that they
are a demonstration, and so do the pages that show its figures.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from catalogue import AmountSaving, Catalogue, Offer, PercentSaving, VoucherUse
from cje.demo.town import build
from cje.demo.town.build import Town, TownPartner
from cje.demo.town.people import TownOffer
from site_builder.pages.statistics import read_statistics
from voucher.claims import Period
from voucher.statistics import Published

MONTHS: Final = 4
_USES: Final = 3_000
_PEOPLE: Final = 12_000
_TILLS_OF_ONE: Final = 2


def publish(catalogue: Catalogue, folder: Path, day: date) -> tuple[Published, ...]:
    """Write the last whole months before `day` into `folder` and return them: none without DuckDB."""
    if find_spec("duckdb") is None or not _partners(catalogue):
        return ()
    from reconcile.figures import figures
    from reconcile.figures.public import publication
    from reconcile.findings import reference_data
    from reconcile.importing.importing import import_exports
    from reconcile.rows.sources import find
    from reconcile.rows.store import Store

    months = _months(day)
    place = folder / "town"
    build.build(_town(catalogue, months[0], day), place)
    (place / "known" / "catalogue.json").write_text(json.dumps(_facts(catalogue)), encoding="utf-8")
    store = Store.create(str(folder / "store"))
    reference_data.begin(store, (place / "root.1.cbor").read_bytes())
    store.put("tills.toml", (place / "tills.toml").read_bytes())
    for path in sorted((place / "known").iterdir()):
        reference_data.learn(store, str(path), path.read_bytes())
    import_exports(store, find([str(place / "exports")]), processes=1)
    with figures.open_figures(store) as opened:
        for month in months:
            after = _first_after(month) + timedelta(days=4)
            publication.publish(folder / "statistics", opened.month(f"{month:%Y-%m}"), min(after, day))
    return read_statistics(folder / "statistics")


def _town(catalogue: Catalogue, first: date, day: date) -> Town:
    partners = _partners(catalogue)
    weeks = -(-((day - first).days + 7) // 7)
    return Town(
        seed=1,
        tills=_TILLS_OF_ONE * len(partners),
        people=_PEOPLE,
        weeks=weeks,
        rows=_USES,
        fraud=0,
        first=first,
        parts=(1.0,),
        troubled=False,
        partners=partners,
    )


def _partners(catalogue: Catalogue) -> tuple[TownPartner, ...]:
    """Return the partners that take vouchers, the same for the same catalogue; some are dearer to people."""
    by_partner: dict[str, list[Offer]] = {}
    for offer in catalogue.published():
        if isinstance(offer.use, VoucherUse):
            by_partner.setdefault(offer.partner, []).append(offer)
    chance = random.Random(1)  # noqa: S311  a simulation
    return tuple(
        TownPartner(
            slug,
            catalogue.partners[slug].name,
            tuple(map(_offer, offers)),
            _departments(offers),
            chance.randrange(1, 6),
        )
        for slug, offers in sorted(by_partner.items())
    )


def _offer(offer: Offer) -> TownOffer:
    percent = offer.saving.percent if isinstance(offer.saving, PercentSaving) else 0
    cents = offer.saving.amount if isinstance(offer.saving, AmountSaving) else 0
    period = Period(offer.limit.period_number)
    return TownOffer(offer.number, offer.title, offer.limit.uses, period, percent, cents)


def _departments(offers: list[Offer]) -> tuple[str, ...]:
    codes = [code[:2] for offer in offers for code in offer.territory.codes]
    return tuple(dict.fromkeys(codes)) or ("95", "75", "93")


def _facts(catalogue: Catalogue) -> dict[str, object]:
    """The part of `catalogue.json` that reconciliation reads."""
    return {
        "format": "cje-catalogue",
        "categories": [{"slug": need.slug, "name": need.name} for need in catalogue.categories],
        "programmes": [{"slug": one.slug, "name": one.name} for one in catalogue.programmes],
        "offers": [
            {
                "number": offer.number,
                "title": offer.title,
                "partner": offer.partner,
                "categories": list(offer.categories),
            }
            for offer in catalogue.published()
        ],
    }


def _months(day: date) -> list[date]:
    """Return the first days of the last whole months, oldest first."""
    months = [day.replace(day=1)]
    for _ in range(MONTHS):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[:0:-1]


def _first_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
