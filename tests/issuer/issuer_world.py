"""A small issuing world: a state whose keys come from a seed, a campaign, people; how to look at results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from catalogue import Catalogue
from issuer.cards.seal import open_sealed
from issuer.keys import keyfile
from issuer.publishing import issue
from issuer.publishing.issue import Report
from issuer.register import vault
from issuer.register.address import Place
from issuer.register.campaign import Campaign, build_campaign
from issuer.register.people import Enrolment
from issuer.register.vault import State
from voucher import activation, root, trust
from voucher.bundle import Bundle
from voucher.trust import TrustList

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = 1_795_255_200  # 21 November 2026, 11:20 in Paris
DAY = 86_400
PHRASE = "pâquerette sous la pluie".encode()
RIGHT = date(2027, 8, 31)
VOUCHER, WEEKLY, SHARED, IMPORTED = 102, 101, 201, 202  # offers of content/ that these tests use


def seeded(seed: bytes = b"issuer") -> Callable[[int], bytes]:
    """Randomness that is the same at each run."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(seed + count.to_bytes(4)).digest(size)

    return draw


def make_state(
    folder: Path,
    *,
    demo: bool = False,
    now: int = NOW,
    seed: bytes = b"issuer",
    database: str | None = None,
) -> State:
    return vault.create(
        folder,
        operator="Le Bon Élan",
        passphrase=PHRASE,
        now=now,
        demo=demo,
        randomness=seeded(seed),
        cost=keyfile.NOMINAL,
        database=None if database is None else Place.parse(database),
    )


def make_campaign(catalogue: Catalogue, **changes: object) -> Campaign:
    tree: dict[str, object] = {
        "name": "rentree-2026",
        "from": date(2026, 9, 1),
        "until": date(2027, 6, 30),
        "programmes": "all",
        "offers": [VOUCHER, WEEKLY, SHARED],
    }
    return build_campaign({**tree, **changes}, catalogue)


def person(number: int, **changes: object) -> Enrolment:
    fields: dict[str, object] = {
        "number": number,
        "programme": "cej",
        "right_until": RIGHT,
        "department": "95",
        "commune": "95585",
        "first_name": "Lina",
    }
    return Enrolment(**{**fields, **changes})  # type: ignore[arg-type]


def people(count: int, first: int = 1) -> list[Enrolment]:
    return [person(number) for number in range(first, first + count)]


def run(
    made: State,
    catalogue: Catalogue,
    out: Path,
    enrolments: Sequence[Enrolment],
    campaign: Campaign | None = None,
    now: int = NOW,
    links: Path | None = None,
) -> Report:
    return issue.issue(
        made,
        catalogue,
        campaign or make_campaign(catalogue),
        enrolments,
        out=out,
        passphrase=PHRASE,
        now=now,
        links=links,
        base_url="https://carte.example",
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def card_of(out: Path, code: str) -> Bundle:
    canonical = activation.normalise(code)
    return open_sealed(
        (out / activation.file_name(activation.bundle_path(canonical))).read_bytes(), canonical
    )


def list_of(out: Path, partner: str) -> TrustList:
    anchor = root.decode_anchor((out / "trust" / "root.1.cbor").read_bytes())
    return trust.decode_trust((out / "trust" / f"{partner}.cbor").read_bytes(), anchor)
