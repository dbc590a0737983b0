"""An invented operator, two partners and their keys, all from fixed seeds: whatever signs, for tests only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from nacl import bindings

from verifier.views import TillProfile, TrustView, Use
from voucher import armour, claims, presentation, root, trust
from voucher.civil import end_of, start_of
from voucher.claims import Claims, Period
from voucher.cosign import Quorum
from voucher.ed25519 import kid
from voucher.root import Root
from voucher.trust import AmountSaving, IssuingKey, NoSaving, PercentSaving, TrustedOffer, TrustList

DAY = 86_400
NOON = start_of(date(2026, 10, 14)) + DAY // 2  # a Wednesday, summer time
PARTNER = "cars-du-plateau"


@dataclass(frozen=True)
class Signer:
    """A key pair made from a name."""

    name: str

    @property
    def seed(self) -> bytes:
        return hashlib.sha256(b"cje tests: " + self.name.encode()).digest()

    @property
    def public(self) -> bytes:
        return bindings.crypto_sign_seed_keypair(self.seed)[0]

    def sign(self, message: bytes) -> bytes:
        secret = bindings.crypto_sign_seed_keypair(self.seed)[1]
        return bindings.crypto_sign(message, secret)[:64]


ROOTS = tuple(Signer(f"root {n}") for n in (1, 2, 3))
TRUSTS = tuple(Signer(f"trust {n}") for n in (1, 2))
ISSUER, OLD_ISSUER, STRANGER, HOLDER = (Signer(n) for n in ("issuer", "old issuer", "stranger", "holder"))


def quorum(signers: Iterable[Signer], threshold: int) -> Quorum:
    return Quorum(tuple(sorted(signer.public for signer in signers)), threshold)


def make_root(version: int = 1, **changes: Any) -> Root:
    base = Root(version, NOON + 700 * DAY, quorum(ROOTS, 2), quorum(TRUSTS, 1), False, "La Boussole")
    return replace(base, **changes)


def root_file(value: Root, signers: Iterable[Signer] = ROOTS[:2]) -> bytes:
    payload = root.encode_root(value)
    return root.assemble(payload, {s.public: s.sign(root.signing_input(payload, s.public)) for s in signers})


def make_offer(number: int, **changes: Any) -> TrustedOffer:
    base = TrustedOffer(
        number=number,
        title=f"Offre {number}",
        headline="-15 %",
        terms=("Sur un aller-retour.",),
        not_allowed=("Pas les jours fériés.",),
        valid_from=NOON - 100 * DAY,
        valid_until=end_of(date(2026, 12, 31)),
        paper=False,
        short_code=False,
        identity_check=False,
        amount_asked=False,
        saving=NoSaving(),
    )
    return replace(base, **changes)


PLAIN, PAPER, IDENTITY, PAPER_IDENTITY, SHORT, AMOUNT, ELSEWHERE = 1, 2, 3, 4, 5, 6, 99
OFFERS = (
    make_offer(PLAIN),
    make_offer(PAPER, paper=True, saving=AmountSaving(500)),
    make_offer(IDENTITY, identity_check=True),
    make_offer(PAPER_IDENTITY, paper=True, identity_check=True),
    make_offer(SHORT, valid_from=NOON - 2 * DAY, valid_until=NOON + 2 * DAY),
    make_offer(AMOUNT, amount_asked=True, saving=PercentSaving(15)),
)


def issuing(signer: Signer, **changes: Any) -> IssuingKey:
    numbers = (*(offer.number for offer in OFFERS), ELSEWHERE)
    base = IssuingKey(signer.public, NOON - 120 * DAY, NOON + 60 * DAY, NOON + 460 * DAY, numbers)
    return replace(base, **changes)


def make_list(version: int = 5, **changes: Any) -> TrustList:
    base = TrustList(
        version=version,
        issued=NOON - DAY,
        expires=NOON + 60 * DAY,
        fresh_for=7 * DAY,
        refuse_after=30 * DAY,
        min_app=1,
        root_version=1,
        demo=False,
        partner=PARTNER,
        partner_name="Les Cars du Plateau",
        keys=tuple(
            sorted(
                (issuing(ISSUER), issuing(OLD_ISSUER, offers=(PLAIN,))),
                key=lambda entry: entry.key,
            )
        ),
        offers=OFFERS,
    )
    return replace(base, **changes)


def trust_file(value: TrustList, signers: Iterable[Signer] = TRUSTS[:1]) -> bytes:
    payload = trust.encode_trust(value)
    return trust.assemble(
        payload, {s.public: s.sign(trust.signing_input(payload, s.public)) for s in signers}
    )


def make_claims(number: int = 1, **changes: Any) -> Claims:
    base = Claims(
        not_before=NOON - 10 * DAY,
        expires=NOON + 30 * DAY,
        cti=hashlib.sha256(b"voucher %d" % number).digest()[:16],
        offer=PLAIN,
        uses=1,
        period=Period.TOTAL,
        holder=HOLDER.public,
    )
    return replace(base, **changes)


def voucher_bytes(value: Claims, signer: Signer = ISSUER) -> bytes:
    key_id = kid(signer.public)
    return claims.encode_voucher(value, key_id, signer.sign(claims.signing_input(value, key_id)))


def presentation_bytes(
    value: Claims,
    at: int = NOON,
    seq: int = 1,
    challenge: int | None = None,
    signer: Signer = ISSUER,
    holder: Signer = HOLDER,
) -> bytes:
    content = presentation.encode_content(voucher_bytes(value, signer), at, seq, challenge)
    return presentation.encode_presentation(content, holder.sign(presentation.signing_input(content)))


def live(value: Claims, at: int = NOON, seq: int = 1, challenge: int | None = None, **keys: Signer) -> str:
    """Return the text that a phone shows."""
    return armour.encode(armour.PRESENTATION, presentation_bytes(value, at, seq, challenge, **keys))


def paper(value: Claims, signer: Signer = ISSUER) -> str:
    """Return the text printed on paper."""
    return armour.encode(armour.VOUCHER, voucher_bytes(value, signer))


TILL = TillProfile(PARTNER, "Guichet 1", False)


LIST, ROOT = make_list(), make_root()


@dataclass(frozen=True)
class Scenario:
    """One decision and what it must be."""

    name: str
    verdict: str
    text: str
    list: TrustList | None = LIST
    root: Root = ROOT
    floor: int = NOON - DAY
    till: TillProfile = TILL
    uses: tuple[Use, ...] = ()
    now: int = NOON
    challenge: int | None = None
    checks: tuple[str, ...] = ()

    @property
    def trust(self) -> TrustView:
        return TrustView(self.root, self.list, self.floor)

    def accepted(self, kid: bytes, cti: bytes) -> Sequence[Use]:
        """The scenario is its own view of the uses: all of the one voucher that it shows."""
        return self.uses
