"""An invented town: hundreds of tills, thousands of people, weeks of real signed journals, planted faults.

TOWN/
├── root.1.cbor                 the operator's root
├── known/                      signed lists week by week, keys.json, catalogue.json, what was issued
├── tills.toml                  the tills as an operator knows them
├── exports/part-K/PARTNER/     the tills' exports
└── planted.json                what was planted: what reconciliation must find, and nothing else
"""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from cje.demo.town.keys import Pair
from cje.demo.town.people import TownOffer
from cje.demo.town.shop import DAY, WEEK, Made, Plan, Shop, offers_of
from reconcile.rows.registry import HEADER, KnownTill, written
from voucher import root, trust
from voucher.civil import start_of
from voucher.cosign import Quorum
from voucher.ed25519 import kid
from voucher.root import Root
from voucher.trust import AmountSaving, IssuingKey, NoSaving, PercentSaving, Saving, TrustedOffer, TrustList

Progress = Callable[[int, int], None]
_TILLS_OF_ONE = 20  # of one partner, about
_NEEDS = ("manger", "mobilite", "loisirs")


@dataclass(frozen=True)
class TownPartner:
    """A partner of the town: its offers, its tills' departments in turn, its weight among the others."""

    slug: str
    name: str
    offers: tuple[TownOffer, ...]
    territories: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Town:
    """What to simulate. Attributes:

    rows: honest uses. fraud: planted faults as a share of them; they need invented partners.
    parts: shares of the time after which tills export. partners: who they are; by default invented ones.
    """

    seed: int
    tills: int
    people: int
    weeks: int
    rows: int
    fraud: float
    first: date
    parts: tuple[float, ...]
    troubled: bool = True
    partners: tuple[TownPartner, ...] = ()

    @property
    def start(self) -> int:
        """The Monday of the first week, 0:00 in Paris."""
        return start_of(self.first - timedelta(days=self.first.weekday()))

    def plans(self) -> list[Plan]:
        """One plan for each partner."""
        if self.partners:
            return self._plans_of_partners()
        count = max(1, round(self.tills / _TILLS_OF_ONE))
        plans = []
        for number in range(1, count + 1):
            tills = self.tills // count + (number <= self.tills % count)
            odd = frozenset({tills - 1}) if self.troubled and tills >= 8 else frozenset()
            plans.append(
                Plan(
                    seed=self.seed,
                    partner=f"partenaire-{number}",
                    number=number,
                    offers=offers_of(number),
                    foreign=offers_of(number % count + 1)[0] if count > 1 else offers_of(2)[0],
                    tills=tills,
                    people=max(1, self.people // count),
                    rows=self.rows // count + (number <= self.rows % count),
                    weeks=self.weeks,
                    fraud=self.fraud,
                    start=self.start,
                    parts=self.parts,
                    wrong_clock=odd,
                    old_list=frozenset(till - 1 for till in odd) if number % 3 == 0 else frozenset(),
                    silent=frozenset(till - 2 for till in odd) if number % 2 else frozenset(),
                    gap=frozenset(till - 3 for till in odd) if len(self.parts) > 2 else frozenset(),
                    forked=frozenset(till - 4 for till in odd) if len(self.parts) > 1 else frozenset(),
                )
            )
        return plans

    def _plans_of_partners(self) -> list[Plan]:
        whole = sum(partner.weight for partner in self.partners)
        return [
            Plan(
                seed=self.seed,
                partner=partner.slug,
                number=number,
                offers=partner.offers,
                foreign=partner.offers[0],
                tills=max(1, self.tills // len(self.partners)),
                people=max(1, self.people * partner.weight // whole),
                rows=self.rows * partner.weight // whole,
                weeks=self.weeks,
                fraud=0,
                start=self.start,
                parts=self.parts,
                name=partner.name,
                territories=partner.territories,
            )
            for number, partner in enumerate(self.partners, 1)
        ]


def build(
    town: Town, folder: Path, *, processes: int = 1, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """Write a town into a new folder; return what `planted.json` says.

    The same town gives the same bytes, in however many processes.
    """
    plans, made = town.plans(), []
    folder.mkdir(parents=True, exist_ok=True)
    exports = folder / "exports"
    if processes > 1:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            for number, one in enumerate(pool.map(_work, plans, [exports] * len(plans)), 1):
                made.append(one)
                progress(number, len(plans))
    else:
        for number, plan in enumerate(plans, 1):
            made.append(_work(plan, exports))
            progress(number, len(plans))
    _write_tills(folder / "tills.toml", plans)
    _write_known(town, folder, plans, made)
    planted = _key(town, plans, made)
    (folder / "planted.json").write_text(json.dumps(planted, indent=1) + "\n")
    return planted


def _work(plan: Plan, folder: Path) -> Made:
    return Shop(plan).work(folder)


def _write_tills(path: Path, plans: Sequence[Plan]) -> None:
    entries = [
        KnownTill(
            plan.till(number).public,
            plan.partner,
            f"Caisse {number + 1}",
            plan.territories[(plan.number + number) % len(plan.territories)],
        )
        for plan in plans
        for number in range(plan.tills)
    ]
    path.write_text(HEADER + "".join(map(written, entries)))


def _write_known(town: Town, folder: Path, plans: Sequence[Plan], made: Sequence[Made]) -> None:
    known = folder / "known"
    known.mkdir(exist_ok=True)
    roots = sorted((Pair(town.seed, f"root {n}") for n in (1, 2, 3)), key=lambda pair: pair.public)
    signer = Pair(town.seed, "trust")
    quorum = Quorum(tuple(pair.public for pair in roots), 2)
    anchor = Root(1, town.start + 700 * DAY, quorum, Quorum((signer.public,), 1), True, "La ville inventée")
    payload = root.encode_root(anchor)
    signed = {pair.public: pair.sign(root.signing_input(payload, pair.public)) for pair in roots[:2]}
    (folder / "root.1.cbor").write_bytes(root.assemble(payload, signed))
    for plan, one in zip(plans, made, strict=True):
        for week in range(town.weeks):
            listed = _list(town, plan, one, week)
            payload = trust.encode_trust(listed)
            by_key = {signer.public: signer.sign(trust.signing_input(payload, signer.public))}
            path = known / f"{plan.partner}.{listed.version}.cbor"
            path.write_bytes(trust.assemble(payload, by_key))
    keys = [
        {"kid": kid(pair.public).hex(), "programme": name, "revoked": None}
        for pair, name in zip(plans[0].issuing(), ("cej", "service-civique"), strict=True)
    ]
    (known / "keys.json").write_text(json.dumps(keys))
    (known / "catalogue.json").write_text(json.dumps(_catalogue(plans)))
    issued = sum((one.issued for one in made), Counter[int]())
    (known / "issued.json").write_text(json.dumps({"issued": dict(sorted(issued.items()))}))


def _list(town: Town, plan: Plan, made: Made, week: int) -> TrustList:
    numbers = tuple(sorted(offer.number for offer in plan.offers))
    start, end = town.start - 2 * WEEK, town.start + 40 * WEEK
    keys = [IssuingKey(pair.public, start, end, end, numbers) for pair in plan.issuing()]
    offers = tuple(
        TrustedOffer(
            offer.number,
            offer.title,
            offer.title[:40].strip(),
            (),
            (),
            start,
            end,
            offer.paper,
            False,
            False,
            offer.percent > 0,
            _saving(offer),
        )
        for offer in plan.offers
    )
    issued = town.start + week * WEEK
    revoked = tuple(sorted({bytes.fromhex(cti)[:6] for cti, since in made.revoked if since <= week}))
    return TrustList(
        version=week + 1,
        issued=issued,
        expires=issued + 60 * DAY,
        fresh_for=8 * DAY,
        refuse_after=30 * DAY,
        min_app=1,
        root_version=1,
        demo=True,
        partner=plan.partner,
        partner_name=plan.name or f"Partenaire {plan.number}",
        keys=tuple(sorted(keys, key=lambda entry: entry.key)),
        offers=offers,
        revoked=revoked,
    )


def _saving(offer: TownOffer) -> Saving:
    if offer.percent:
        return PercentSaving(offer.percent)
    return AmountSaving(offer.cents) if offer.cents else NoSaving()


def _catalogue(plans: Sequence[Plan]) -> dict[str, Any]:
    return {
        "format": "cje-catalogue",
        "categories": [{"slug": need, "name": need.capitalize()} for need in _NEEDS],
        "programmes": [
            {"slug": "cej", "name": "Contrat d'engagement jeune"},
            {"slug": "service-civique", "name": "Service civique"},
        ],
        "offers": [
            {"number": offer.number, "title": offer.title, "partner": plan.partner, "categories": [need]}
            for plan in plans
            for offer, need in zip(plan.offers, cycle(_NEEDS), strict=False)
        ],
    }


def _key(town: Town, plans: Sequence[Plan], made: Sequence[Made]) -> dict[str, Any]:
    """What was planted, with tills by their public keys."""
    planted = [
        {**entry, "rows": [[plan.till(till).public.hex(), n] for till, n in entry["rows"]]}
        for plan, one in zip(plans, made, strict=True)
        for entry in one.planted
    ]

    def keys(name: str) -> list[str]:
        return [plan.till(number).public.hex() for plan in plans for number in sorted(getattr(plan, name))]

    return {
        "format": "cje-planted",
        "version": 1,
        "rows": sum(one.rows for one in made),
        "files": sum(one.files for one in made),
        "end": town.start + town.weeks * WEEK,
        "findings": planted,
        "tills": {name: keys(name) for name in ("wrong_clock", "old_list", "silent", "gap", "forked")},
    }


def compare(planted: dict[str, Any], report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return what was planted and not found, then what was found and not planted.

    Args:
        report: of `cje reconcile report --json`.
    """
    tills = {till["till"]: till["key"] for till in report["tills"]}
    found = {
        (entry["kind"], tuple(sorted((tills[row["till"]], row["n"]) for row in entry["rows"])))
        for entry in report["findings"]
    }
    wanted = {
        (entry["kind"], tuple(sorted((key, n) for key, n in entry["rows"]))) for entry in planted["findings"]
    }
    return sorted(map(str, wanted - found)), sorted(map(str, found - wanted))
