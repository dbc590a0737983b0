"""Cards put on a built site, and a phone's browser that opens them."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from nacl import bindings

from issuer.cards.seal import seal
from site_builder.preview.serve import SiteServer
from tools.line import LineServer
from voucher import activation, civil, claims
from voucher.bundle import Bundle, Entry, encode_bundle
from voucher.claims import Claims, Period
from voucher.ed25519 import kid

DAY = 86_400
KEY = hashlib.sha256(b"wallet tests: issuing key").digest()
PUBLIC, SECRET = bindings.crypto_sign_seed_keypair(KEY)
PHONE = {"width": 360, "height": 740}
SETTINGS = {"viewport": PHONE, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


def code_named(name: str) -> str:
    """Return a well-formed activation code, always the same for one name."""
    return activation.from_secret(int.from_bytes(hashlib.sha256(name.encode()).digest()) >> (256 - 95))


def with_paper(code: str, item: Entry) -> Entry:
    """Return the entry with the same right on paper."""
    return replace(item, paper=voucher_for(code, item, paper=True))


def now() -> int:
    return int(time.time())


def last_day(days: int) -> int:
    """Return the end (exclusive) of the day in Paris that lies `days` ahead."""
    return civil.end_of(civil.day_of(now() + days * DAY))


def voucher_for(code: str, entry: Entry, *, secret: bytes = SECRET, paper: bool = False) -> bytes:
    """Return a signed voucher of an entry, bound to the holder's key of a code or, on paper, to nobody's."""
    cti = hashlib.sha256(f"{code}/{entry.offer}".encode()).digest()[:16]
    holder, _ = bindings.crypto_sign_seed_keypair(activation.holder_seed(code, cti))
    said = Claims(
        entry.valid_from,
        entry.valid_until,
        cti,
        entry.offer,
        entry.uses,
        entry.period,
        None if paper else holder,
    )
    key_id = kid(PUBLIC)
    signature = bindings.crypto_sign(claims.signing_input(said, key_id), secret)[:64]
    return claims.encode_voucher(said, key_id, signature)


def entry(offer: int, **facts: object) -> Entry:
    """Return an offer; without `voucher` in its facts, a voucher is signed when it is put into a card."""
    plain = Entry(
        offer=offer,
        title="−30 % sur ton panier de fruits et légumes",
        partner="Les Deux Mains",
        category="alimentation-hygiene",
        way="voucher",
        conditions=("Dès 3 € d'achat de fruits et légumes.",),
        not_allowed=("Les produits déjà en promotion.",),
        steps=("Remplis ton panier.", "Ouvre ton bon à la caisse.", "Montre le QR."),
        valid_from=now() - 30 * DAY,
        valid_until=last_day(60),
        uses=2,
        period=Period.MONTH,
        headline="−30 %",
        saving=450,
        url=None,
        voucher=None,
        code=None,
        symbology=None,
        channel="store",
        slug=f"offre-{offer}",
        colour="#1f7a3d",
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def drawer() -> tuple[Entry, ...]:
    """One offer of each way of use, at several distances from their end."""
    return (
        entry(101, valid_until=last_day(3)),
        entry(
            102,
            title="Une place de cinéma à 6,95 € au lieu de 9,85 €",
            partner="Le Grand Lampion",
            category="loisirs",
            headline="6,95 €",
            saving=290,
            colour="#8a2be2",
            uses=4,
            valid_until=last_day(40),
        ),
        entry(
            103,
            title="−15 % sur un aller-retour en car",
            partner="Les Cars du Plateau",
            category="mobilite",
            way="code",
            headline="−15 %",
            code="PLATEAU15",
            url="https://carsduplateau.example/reserver",
            channel="online",
            colour="#0a62b5",
            valid_until=last_day(12),
        ),
        entry(
            104,
            title="Un mois de forfait offert",
            partner="Libellule",
            category="equipement",
            way="link",
            headline="1 mois offert",
            url="https://libellule.example/jeune?r=42",
            channel="online",
            colour="#ffc02e",
            uses=1,
            period=Period.TOTAL,
            valid_until=last_day(200),
        ),
        entry(
            105,
            title="−20 % au rayon hygiène",
            partner="Mousse et Galet",
            way="barcode",
            headline="−20 %",
            code="2012345678903",
            symbology="ean13",
            colour="#0f9d94",
            uses=0,
            period=Period.TOTAL,
            valid_until=last_day(90),
        ),
        entry(
            106,
            title="Première séance à l'essai",
            partner="Grimpelune",
            category="loisirs",
            way="card",
            headline="Offert",
            saving=None,
            colour="#d1345b",
            valid_until=last_day(120),
        ),
        entry(
            107,
            title="Révision de ton vélo",
            partner="La Roue Voilée",
            category="mobilite",
            headline="15 €",
            colour="#ff8f66",
            valid_from=now() + 9 * DAY,
            valid_until=last_day(80),
        ),
    )


@dataclass
class Site:
    """A built site, served on loopback, on which cards can be put, changed and taken away."""

    public: Path
    server: SiteServer
    thread: threading.Thread = field(repr=False)

    @classmethod
    def serve(cls, public: Path, port: int = 0) -> Site:
        server = LineServer(public, port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        return cls(public, server, thread)

    @property
    def wallet(self) -> str:
        return f"{self.server.url}carte/"

    def link(self, code: str) -> str:
        return f"{self.wallet}#{activation.grouped(code)}"

    def file_of(self, code: str) -> Path:
        return self.public / activation.file_name(activation.bundle_path(code))

    def put(self, code: str, *entries: Entry, keys: tuple[bytes, ...] = (PUBLIC,), **facts: object) -> Bundle:
        """Seal a card and publish it; entries of the way "voucher" get theirs."""
        signed = tuple(
            replace(item, voucher=voucher_for(code, item))
            if item.way == "voucher" and item.voucher is None
            else item
            for item in entries
        )
        bundle = Bundle(
            issued=now() - 60,
            expires=last_day(300),
            first_name="Inès",
            programme="Contrat d'Engagement Jeune",
            operator="Association Le Bon Élan",
            demo=False,
            entries=signed,
            keys=keys,
        )
        bundle = replace(bundle, **facts)  # type: ignore[arg-type]
        name, data = seal(code, encode_bundle(bundle))
        path = self.public / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return bundle

    def stop(self) -> None:
        """From here on nothing answers on the port."""
        self.server.shutdown()
        self.server.server_close()
