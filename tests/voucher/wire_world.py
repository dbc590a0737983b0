"""One of each signed object, from fixed seeds: whatever signs, for tests only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nacl import bindings

from voucher import activation, armour, claims, journal, pairing, presentation, root, trust
from voucher.bundle import Bundle, Entry
from voucher.claims import Claims, Period
from voucher.cosign import Quorum
from voucher.journal import Export, Kind, Row
from voucher.keyring import Keyring
from voucher.pairing import Pairing
from voucher.root import Root
from voucher.trust import AmountSaving, IssuingKey, NoSaving, PercentSaving, TrustedOffer, TrustList

NOW = 1_790_000_000
DAY = 86_400


@dataclass(frozen=True)
class Signer:
    """A key pair from a seed of 32 bytes."""

    seed: bytes

    @classmethod
    def named(cls, name: str) -> Signer:
        return cls(hashlib.sha256(b"wire tests: " + name.encode()).digest())

    @property
    def public(self) -> bytes:
        return bindings.crypto_sign_seed_keypair(self.seed)[0]

    def sign(self, message: bytes) -> bytes:
        return bindings.crypto_sign(message, bindings.crypto_sign_seed_keypair(self.seed)[1])[:64]


ROOTS = tuple(Signer.named(f"root {n}") for n in range(5))
TRUSTS = tuple(Signer.named(f"trust {n}") for n in range(3))
ISSUER, STRANGER, TILL = (Signer.named(name) for name in ("issuer", "stranger", "till"))
CODE = activation.from_secret(0x0123456789ABCDEF01234567)
CTI = bytes(range(16))
HOLDER = Signer(activation.holder_seed(CODE, CTI))
KEYRING = Keyring([ISSUER.public])


def make_claims(**changes: Any) -> Claims:
    base = Claims(NOW, NOW + 30 * DAY, CTI, 7, 1, Period.MONTH, HOLDER.public)
    return replace(base, **changes)


def voucher_of(value: Claims | None = None, signer: Signer = ISSUER) -> bytes:
    value = value or make_claims()
    kid = claims_kid(signer)
    return claims.encode_voucher(value, kid, signer.sign(claims.signing_input(value, kid)))


def claims_kid(signer: Signer) -> bytes:
    return hashlib.sha256(signer.public).digest()[:4]


def signed_payload(payload: bytes, signer: Signer = ISSUER) -> bytes:
    """A voucher around any payload of 24..255 bytes, honestly signed: a hostile issuer."""
    from voucher.envelope import assemble, to_sign
    from voucher.keyring import protected_header

    header = protected_header(claims_kid(signer))
    return assemble(header, payload, signer.sign(to_sign(header, payload)))


def presentation_of(
    voucher: bytes | None = None,
    timestamp: int = NOW + 5,
    seq: int = 3,
    challenge: int | None = None,
    holder: Signer = HOLDER,
) -> bytes:
    content = presentation.encode_content(voucher or voucher_of(), timestamp, seq, challenge)
    return signed_content(content, holder)


def signed_content(content: bytes, holder: Signer = HOLDER) -> bytes:
    """A presentation around any content of 24..255 bytes, signed by a hostile phone."""
    return presentation.encode_presentation(content, holder.sign(presentation.signing_input(content)))


def voucher_text(data: bytes | None = None) -> str:
    return armour.encode(armour.VOUCHER, data or voucher_of())


def presentation_text(data: bytes | None = None) -> str:
    return armour.encode(armour.PRESENTATION, data or presentation_of())


def quorum(signers: Iterable[Signer], threshold: int) -> Quorum:
    return Quorum(tuple(sorted(signer.public for signer in signers)), threshold)


def make_root(version: int = 1, **changes: Any) -> Root:
    base = Root(
        version, NOW + 700 * DAY, quorum(ROOTS[:3], 2), quorum(TRUSTS[:2], 1), False, "La Boussole 🙂"
    )
    return replace(base, **changes)


def root_file(value: Root | bytes | None = None, signers: Sequence[Signer] = ROOTS[:2]) -> bytes:
    payload = value if isinstance(value, bytes) else root.encode_root(value or make_root())
    return root.assemble(payload, {s.public: s.sign(root.signing_input(payload, s.public)) for s in signers})


def make_offer(number: int = 7, **changes: Any) -> TrustedOffer:
    base = TrustedOffer(
        number=number,
        title=f"Offre {number}",
        headline="−15 %",
        terms=("Sur un aller-retour.",),
        not_allowed=("Pas les jours fériés.",),
        valid_from=NOW - DAY,
        valid_until=NOW + 90 * DAY,
        paper=False,
        short_code=True,
        identity_check=False,
        amount_asked=True,
        saving=PercentSaving(15),
    )
    return replace(base, **changes)


def make_issuing(signer: Signer = ISSUER, **changes: Any) -> IssuingKey:
    base = IssuingKey(signer.public, NOW - DAY, NOW + 90 * DAY, NOW + 200 * DAY, (7, 8, 9))
    return replace(base, **changes)


def make_trust(version: int = 5, **changes: Any) -> TrustList:
    base = TrustList(
        version=version,
        issued=NOW - 100,
        expires=NOW + 40 * DAY,
        fresh_for=7 * DAY,
        refuse_after=30 * DAY,
        min_app=0,
        root_version=1,
        demo=False,
        partner="cars-du-plateau",
        partner_name="Cars du Plateau",
        keys=tuple(sorted((make_issuing(), make_issuing(STRANGER, offers=())), key=lambda entry: entry.key)),
        offers=(make_offer(7), make_offer(8, saving=AmountSaving(250)), make_offer(9, saving=NoSaving())),
        prefix=6,
        revoked=(b"\x01" * 6, b"\xfe" * 6),
        batches=((b"\0\0\0\1", NOW),),
    )
    return replace(base, **changes)


def trust_file(value: TrustList | bytes | None = None, signers: Sequence[Signer] = TRUSTS[:1]) -> bytes:
    payload = value if isinstance(value, bytes) else trust.encode_trust(value or make_trust())
    return trust.assemble(
        payload, {s.public: s.sign(trust.signing_input(payload, s.public)) for s in signers}
    )


def make_entry(offer: int = 7, **changes: Any) -> Entry:
    base = Entry(
        offer=offer,
        title="Aller-retour à −15 %",
        partner="Cars du Plateau",
        category="transport",
        way="voucher",
        conditions=("Pour un entretien.",),
        not_allowed=(),
        steps=("Montre le QR.",),
        valid_from=NOW,
        valid_until=NOW + 30 * DAY,
        uses=1,
        period=Period.MONTH,
        headline="−15 %",
        saving=750,
        url=None,
        voucher=voucher_of(),
        code=None,
        symbology=None,
        channel="store",
        slug="aller-retour",
        colour="#0a7c66",
    )
    return replace(base, **changes)


def make_bundle(**changes: Any) -> Bundle:
    entries = (make_entry(7), make_entry(9, way="code", voucher=None, code="OISEAU", channel="online"))
    base = Bundle(
        NOW, NOW + 60 * DAY, "Zoé", "Contrat d'engagement", "La Boussole", False, entries, (ISSUER.public,)
    )
    return replace(base, **changes)


def make_row(n: int = 1, **changes: Any) -> Row:
    kid = claims_kid(ISSUER)
    evidence = presentation_of()
    base = Row(n, NOW, NOW, Kind.ACCEPTED, "accepted", kid, CTI, n, 7, 1990, 298, -5, 5, evidence)
    return replace(base, **changes)


def make_export(rows: Sequence[Row] | None = None, first: int = 1, signer: Signer = TILL) -> Export:
    rows = (make_row(1), make_row(2, kind=Kind.VOID, voids=1, reason="Erreur")) if rows is None else rows
    before = journal.first_hash(signer.public) if first == 1 else bytes(32)
    after = before
    for row in rows:
        after = journal.next_hash(after, journal.encode_row(row))
    last = first + len(rows) - 1
    return Export("cars-du-plateau", "Guichet 1", signer.public, first, last, before, after, tuple(rows))


def export_file(value: Export | bytes | None = None, signer: Signer = TILL) -> bytes:
    payload = value if isinstance(value, bytes) else journal.encode_export(value or make_export())
    signature = signer.sign(journal.signing_input(payload, signer.public))
    return journal.assemble(payload, signer.public, signature)


def make_pairing(**changes: Any) -> Pairing:
    return replace(Pairing(NOW, False, "cars-du-plateau", "Cars du Plateau", bytes(range(32))), **changes)


def pairing_text(value: Pairing | bytes | None = None, signer: Signer | None = None) -> str:
    payload = value if isinstance(value, bytes) else pairing.encode_pairing(value or make_pairing())
    signer = signer or TRUSTS[0]
    signature = signer.sign(pairing.signing_input(payload, signer.public))
    return pairing.assemble(payload, {signer.public: signature})


def sealed(content: bytes, code: str = CODE) -> bytes:
    """A bundle's file, by the recipe of bundle-v1 §3.2."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from voucher import bundle

    padded = bundle.pad(content)
    nonce = bundle.nonce(activation.nonce_key(code), padded)
    place = activation.bundle_path(code)
    return b"CJEB1" + nonce + AESGCM(activation.bundle_key(code)).encrypt(nonce, padded, b"CJEB1" + place)
