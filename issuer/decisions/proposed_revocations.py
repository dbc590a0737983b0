"""Revocations that reconciliation proposes and a person has agreed to: from voucher ids back to cards.

The register holds no id: they are derived. Every grant is walked once, as when lists are signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from issuer.errors import IssuerError
from issuer.keys.derive import CampaignSecret
from issuer.register import audit, grants, people, revocation
from issuer.register.vault import State
from issuer.text_file import read_text

FORMAT: Final = "cje-revocations"
_CTI: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file. Attributes:

    revoked, already: vouchers, now and before. waiting: nobody has agreed to. unknown: of no card here.
    """

    revoked: int
    already: int
    waiting: int
    unknown: int


def read_proposed(path: Path) -> tuple[dict[bytes, int], int]:
    """Return {voucher id: offer} of what was agreed to, and how many were not.

    Raises:
        IssuerError: not a file of proposed revocations. InputRefused: it cannot be read.
    """
    try:
        tree = json.loads(read_text(path))
        if tree["format"] != FORMAT or tree["version"] != 1:
            raise IssuerError("proposed_file", path=path)
        entries = [_entry(entry) for entry in tree["vouchers"]]
    except (ValueError, KeyError, TypeError):
        raise IssuerError("proposed_file", path=path) from None
    agreed = {cti: offer for cti, offer, yes in entries if yes}
    return agreed, sum(not yes for _, _, yes in entries)


def revoke_proposed(
    state: State, agreed: Mapping[bytes, int], waiting: int, secret: CampaignSecret, now: int
) -> Done:
    """Revoke the vouchers that were agreed to, all or none, with a line of the audit log for each."""
    revoked = already = 0
    found: set[bytes] = set()
    offers = set(agreed.values())
    with state.register.writing() as connection:
        for grant in list(grants.every(connection)) if agreed else ():
            for offer in offers.intersection(grant.offers):
                cti = secret.cti(grant.campaign, grant.person, grant.card, offer)
                if agreed.get(cti) != offer:
                    continue
                found.add(cti)
                person = people.find(connection, (grant.person,)).get(grant.person)
                # A voucher of a card that was replaced is revoked since then.
                if person is None or person.card != grant.card:
                    already += 1
                elif revocation.revoke_card(connection, person, offer, now):
                    revoked += 1
                    detail = {"person": person.number, "card": person.card, "offer": offer, "proposed": True}
                    audit.append(connection, state.identity, now, "revoke", detail)
                else:
                    already += 1
    return Done(revoked, already, waiting, len(agreed.keys() - found))


def _entry(entry: Mapping[str, Any]) -> tuple[bytes, int, bool]:
    cti, offer, agreed = entry["cti"], entry["offer"], entry["agreed"]
    if not _CTI.fullmatch(cti) or type(offer) is not int or type(agreed) is not bool:
        raise ValueError("entry")
    return bytes.fromhex(cti), offer, agreed
