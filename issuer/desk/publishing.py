"""Making the cards that wait, and putting every card and list beside the site: what `cje issuer` does too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalogue import Catalogue
from issuer.desk.listing import search
from issuer.publishing import issue, renewal
from issuer.register import campaign, people
from issuer.register.campaign import Campaign
from issuer.register.vault import State

_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Published:
    """How many cards were made for people who had none, and how many stand beside the site now."""

    made: int
    cards: int


def campaigns_running(state: State, now: int) -> list[Campaign]:
    """Campaigns of the register that are not over, the last to end first."""
    with state.register.reading() as connection:
        known = campaign.read(connection).values()
    return sorted((one for one in known if one.end > now), key=lambda one: (-one.end, one.name))


def publish(
    state: State,
    catalogue: Catalogue,
    name: str | None,
    *,
    out: Path,
    base_url: str | None,
    passphrase: bytes,
    now: int,
) -> Published:
    """Issue a campaign to those who wait for a card, then publish everything. Run again, it changes nothing.

    Args:
        name: of a campaign of the register; None publishes only.

    Raises:
        IssuerError: nothing was handed out that the register does not know.
    """
    chosen = next((one for one in campaigns_running(state, now) if one.name == name), None)
    waiting = [one.person.number for one in search(state, "", "waiting", 1, now, _EVERYBODY).items]
    made = 0
    if chosen is not None and waiting:
        with state.register.reading() as connection:
            found = people.find(connection, waiting)
        wanted = [found[number].enrolment for number in waiting]
        report = issue.issue(
            state, catalogue, chosen, wanted, out=out, passphrase=passphrase, now=now, base_url=base_url
        )
        made = len(report.cards)
    return Published(made, renewal.publish(state, catalogue, out=out, passphrase=passphrase, now=now))
