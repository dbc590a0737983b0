"""A whole card in one folder, made as an operator would: keys, site, people, vouchers, trust lists."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from catalogue import Catalogue, read_catalogue
from cje.demo import past
from cje.demo.evergreen import evergreen
from cje.demo.partner_codes import invented_codes
from issuer.cards.shards import Card
from issuer.keys import keyfile
from issuer.publishing import issue
from issuer.register import campaign as campaigns
from issuer.register import imported_codes
from issuer.register import vault as state
from issuer.register.campaign import Campaign
from issuer.register.people import Enrolment
from issuer.register.vault import State
from site_builder.build import build
from site_builder.files.trust_anchor import TrustAnchor
from site_builder.preview.serve import SiteServer, open_server
from voucher import civil

# Invented people, one for each kind of phone a newcomer may want to try.
FIRST_NAMES = ("Lina", "Sami", "Inès")
_CAMPAIGN_DAYS = 180

Say = Callable[[str], None]


@dataclass
class World:
    """What the demo made, served on loopback.

    Attributes:
        passphrase: opens the demo's keys; drawn for this run and written nowhere.
    """

    folder: Path
    catalogue: Catalogue
    campaign: Campaign
    state: State
    cards: tuple[Card, ...]
    server: SiteServer
    passphrase: bytes

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def site(self) -> str:
        return self.server.url

    @property
    def wallet(self) -> str:
        return self.cards[0].link

    @property
    def till(self) -> str:
        return self.server.url + "caisse/"


def make(content: Path, folder: Path, *, now: int, port: int, say: Say, figures: bool = False) -> World:
    """Make everything in `folder` (empty or absent) and bind the server; it answers once it is told to serve.

    Args:
        now: seconds since 1970.
        port: on 127.0.0.1; 0 takes a free one.
        say: told, in French, what was done.
        figures: show months of invented uses on the page of statistics.

    Raises:
        CatalogueError, IssuerError, SiteError: each with its sentence.
    """
    day = civil.day_of(now)
    catalogue = evergreen(read_catalogue(content), day)
    say(f"{len(catalogue.offers)} offres de {len(catalogue.partners)} partenaires, lues et vérifiées")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    passphrase = secrets.token_hex(16).encode()
    made = state.create(
        folder / "issuer",
        operator=catalogue.site.operator,
        passphrase=passphrase,
        now=now,
        demo=True,
        cost=keyfile.NOMINAL,
    )
    say("clés de démonstration créées : racine 2 sur 3, liste de confiance, émission")

    months = past.publish(catalogue, folder / "past", day) if figures else ()
    if months:
        say(f"{len(months)} mois de chiffres inventés : journaux simulés, rapprochés, comptés, publiés")

    public = folder / "public"
    anchor = TrustAnchor(made.root_file, floor_version=0, floor_time=now, demo=True)
    report = build(catalogue, public, day=day, trust=anchor, statistics=months)
    say(f"{report.pages} pages construites, carte et caisse comprises")

    server = open_server(public, port)
    for offer in filter(imported_codes.needs_stock, catalogue.published()):
        imported_codes.import_codes(made, offer, invented_codes(offer, len(FIRST_NAMES)), now)
    chosen = _campaign(catalogue, now)
    issued = issue.issue(
        made, catalogue, chosen, _people(now), out=public, passphrase=passphrase, now=now, base_url=server.url
    )
    made_of = f"{len(issued.cards)} cartes, {len(issued.partners)} listes de confiance"
    say(f"{issued.vouchers} bons signés : {made_of}")
    return World(folder, catalogue, chosen, made, issued.cards, server, passphrase)


def _campaign(catalogue: Catalogue, now: int) -> Campaign:
    first = civil.day_of(now)
    terms = {
        "name": "demonstration",
        "from": first,
        "until": first + timedelta(days=_CAMPAIGN_DAYS),
        "programmes": "all",
        "offers": "all",
    }
    return campaigns.build_campaign(terms, catalogue)


def _people(now: int) -> list[Enrolment]:
    until = civil.day_of(now) + timedelta(days=_CAMPAIGN_DAYS)
    return [
        Enrolment(number, "cej", until, department="95", commune="95585", first_name=name)
        for number, name in enumerate(FIRST_NAMES, 1)
    ]
