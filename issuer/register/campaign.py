"""A campaign: which offers go to which programmes, from when to when. A TOML file, checked before use.

name = "rentree-2026"
from = 2026-09-01
until = 2027-06-30          # last day, included
programmes = "all"          # or ["cej", "epide"]
offers = "all"              # or numbers and slugs: [101, "cars-du-plateau-aller-retour"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from catalogue import Catalogue
from issuer.errors import InputProblem, InputRefused, problem
from issuer.register import schema
from issuer.text_file import read_text
from voucher import civil

# Less than the 400 days of voucher-v1 §2.2, even when the span loses an hour to summer time.
MAX_DAYS: Final = 399
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_NAME: Final = 60
_KEYS: Final = ("name", "from", "until", "programmes", "offers")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign whose references resolve.

    Attributes:
        first, last: days, both included, Europe/Paris.
        programmes: slugs; empty means all.
        offers: numbers, sorted; "all" was resolved when the file was read.
    """

    name: str
    first: date
    last: date
    programmes: tuple[str, ...]
    offers: tuple[int, ...]

    @property
    def start(self) -> int:
        return civil.start_of(self.first)

    @property
    def end(self) -> int:
        """The first second after it."""
        return civil.end_of(self.last)

    def definition(self) -> str:
        """Its one text, for the register."""
        fields = {
            "from": self.first.isoformat(),
            "until": self.last.isoformat(),
            "programmes": self.programmes,
            "offers": self.offers,
        }
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def recorded(cls, name: str, definition: str) -> Campaign:
        """Read back what the register holds."""
        fields = json.loads(definition)
        first, last = (date.fromisoformat(fields[key]) for key in ("from", "until"))
        return cls(name, first, last, tuple(fields["programmes"]), tuple(fields["offers"]))


def read_campaign(path: Path, catalogue: Catalogue) -> Campaign:
    """Read a campaign's file.

    Raises:
        InputRefused: with all of its problems.
    """
    shown = str(path)
    try:
        tree = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(shown, (problem(0, "broken_toml", reason=str(error)),)) from error
    return build_campaign(tree, catalogue, shown)


def build_campaign(tree: dict[str, Any], catalogue: Catalogue, shown: str = "campaign") -> Campaign:
    """Check a campaign that was read or made; `shown` names it in messages.

    Raises:
        InputRefused: with all of its problems.
    """
    problems: list[InputProblem] = []

    def refuse(code: str, **values: object) -> None:
        problems.append(problem(0, code, **values))

    for key in tree:
        if key not in _KEYS:
            refuse("campaign_key", key=key, keys=", ".join(_KEYS))
    for key in _KEYS:
        if key not in tree:
            refuse("campaign_key_missing", key=key)
    name = tree.get("name", "x")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        refuse("campaign_name", found=name)
    first, last = (_day(tree, key, refuse) for key in ("from", "until"))
    if first and last and not 0 <= (last - first).days < MAX_DAYS:
        refuse("campaign_days", limit=MAX_DAYS)
    programmes = _programmes(tree.get("programmes", "all"), catalogue, refuse)
    offers = _offers(tree.get("offers", "all"), catalogue, refuse)
    if problems or first is None or last is None:
        raise InputRefused(shown, tuple(problems))
    return Campaign(name, first, last, programmes, offers)


def record(connection: Connection, campaign: Campaign) -> bool:
    """Enter a campaign or its new definition; return whether anything changed."""
    known = connection.execute(
        select(schema.campaigns.c.definition).where(schema.campaigns.c.name == campaign.name)
    ).scalar_one_or_none()
    if known == campaign.definition():
        return False
    row = {"name": campaign.name, "definition": campaign.definition()}
    if known is None:
        connection.execute(insert(schema.campaigns), row)
    else:
        connection.execute(
            update(schema.campaigns).where(schema.campaigns.c.name == campaign.name).values(row)
        )
    return True


def read(connection: Connection) -> dict[str, Campaign]:
    """All recorded campaigns, by name."""
    rows = connection.execute(select(schema.campaigns).order_by(schema.campaigns.c.name))
    return {row.name: Campaign.recorded(row.name, row.definition) for row in rows}


Refuse = Callable[..., None]


def _day(tree: dict[str, Any], key: str, refuse: Refuse) -> date | None:
    value = tree.get(key)
    if type(value) is date:
        return value
    if key in tree:
        refuse("campaign_day", key=key, found=value if not isinstance(value, datetime) else value.isoformat())
    return None


def _programmes(value: Any, catalogue: Catalogue, refuse: Refuse) -> tuple[str, ...]:
    if value == "all":
        return ()
    known = {programme.slug for programme in catalogue.programmes}
    if not isinstance(value, list) or not value:
        refuse("campaign_list", key="programmes")
        return ()
    for slug in value:
        if slug not in known:
            refuse("campaign_programme", found=slug, known=", ".join(sorted(known)))
    return tuple(sorted({str(slug) for slug in value}))


def _offers(value: Any, catalogue: Catalogue, refuse: Refuse) -> tuple[int, ...]:
    published = catalogue.published()
    if value == "all":
        return tuple(offer.number for offer in published)
    if not isinstance(value, list) or not value:
        refuse("campaign_list", key="offers")
        return ()
    names: dict[object, int] = {offer.slug: offer.number for offer in published}
    names |= {offer.number: offer.number for offer in published}
    for wanted in value:
        if type(wanted) not in (int, str) or wanted not in names:
            refuse("campaign_offer", found=wanted)
    return tuple(
        sorted({names[wanted] for wanted in value if type(wanted) in (int, str) and wanted in names})
    )
