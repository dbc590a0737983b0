"""One person's card: every entry that the phone shows offline, its vouchers signed for its holder. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from nacl import bindings

from catalogue import BarcodeUse, CodeUse, Offer
from issuer.cards.card_content import Own, pack_card
from issuer.cards.card_template import Shelf, Slot
from issuer.keys.derive import CampaignSecret
from issuer.keys.signer import Signer
from issuer.register.grants import Grant
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.people import Person
from voucher import civil, claims, envelope, short_code
from voucher.claims import Claims
from voucher.keyring import protected_header
from voucher.root import Root


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """An issuing key that is open: its record, and who signs with it."""

    record: IssuingKeyRecord
    signer: Signer


@dataclass(frozen=True, slots=True)
class PackedCard:
    """A card: its canonical activation code, its content (bundle-v1 §4), how many entries and vouchers."""

    code: str = field(repr=False)
    content: bytes = field(repr=False)
    entries: int
    vouchers: int


class Holder:
    """The holder's keys of one card (bundle-v1 §2); HKDF's first step is done once for all of them."""

    __slots__ = ("_key",)

    def __init__(self, code: str) -> None:
        self._key = hmac.digest(b"cje-v1", code.encode("ascii"), "sha256")

    def public_key(self, cti: bytes) -> bytes:
        """The public key of one voucher.

        A clamped scalar times the base point is in the prime-order subgroup (RFC 8032 §5.1.5): a key that
        we derive ourselves needs no check of voucher-v1 §5.2.
        """
        seed = hmac.digest(self._key, b"cje/holder" + cti + b"\x01", "sha256")
        public, _ = bindings.crypto_sign_seed_keypair(seed)
        return public


@dataclass(frozen=True)
class Press:
    """What all cards of one run share.

    Attributes:
        keys: open issuing keys by kid (8 hexadecimal digits).
        revoked: (person, card, offer) of single vouchers that were revoked.
    """

    root: Root
    shelf: Shelf
    secret: CampaignSecret
    keys: Mapping[str, IssuingKey]
    revoked: frozenset[tuple[int, int, int | None]] = frozenset()

    def code_of(self, person: Person) -> str:
        """The canonical activation code of the person's card."""
        return self.secret.activation_code(person.number, person.card)

    def closed_card(self, person: Person) -> PackedCard:
        """What stands at the place of a card that is no longer one: nothing but that it is closed."""
        nameless = replace(person.enrolment, first_name=None)
        return self.card(replace(person, enrolment=nameless, closed=self.shelf.now), (), {})

    def card(
        self, person: Person, grants: Iterable[Grant], codes: Mapping[tuple[int, int], str]
    ) -> PackedCard:
        """Return a person's card.

        Args:
            grants: the person's; those of earlier cards are passed over.
            codes: imported codes by (person, offer).
        """
        code = self.code_of(person)
        holder = Holder(code)
        chosen = {} if person.closed is not None else self._choose(person, grants)
        entries, used, vouchers = [], set(), 0
        for number in sorted(chosen):
            slot, grant = chosen[number]
            cti = self.secret.cti(grant.campaign, person.number, person.card, number) if slot.named else b""
            short_codes = self._short_codes(slot.offer, cti) if slot.short_codes else ()
            if slot.plate is not None:
                key = self.keys[grant.kid]
                voucher = slot.plate.strike(cti, holder.public_key(cti), key.signer)
                # The same id, so that tills count both as the one right that they are (bundle-v1 §4.4).
                paper = slot.paper.strike(cti, b"", key.signer) if slot.paper is not None else None
                own = Own(voucher, None, short_codes, paper)
                used.add(key.record.public)
                vouchers += 1
            else:
                own = Own(
                    None, self._code(slot.offer, short_codes, codes.get((person.number, number))), short_codes
                )
            entries.append(slot.entry.fill(slot.end, own))
        enrolment = person.enrolment
        head = {
            2: self.shelf.now,
            3: civil.end_of(enrolment.right_until),
            4: enrolment.first_name,
            5: self.shelf.programme(enrolment.programme),
            6: self.root.operator,
            7: self.root.demo,
        }
        tail = {9: sorted(used), 10: int(person.closed is not None), 11: None}
        return PackedCard(code, pack_card(head, entries, tail), len(entries), vouchers)

    def _choose(self, person: Person, grants: Iterable[Grant]) -> dict[int, tuple[Slot, Grant]]:
        """Where campaigns share an offer: one that runs before one to come, then the one that ends last."""
        found: dict[int, tuple[Slot, Grant]] = {}
        of_card = [grant for grant in grants if grant.card == person.card]
        for grant in sorted(of_card, key=self.shelf.rank) if len(of_card) > 1 else of_card:
            granted = set(grant.offers)
            for number, slot in self.shelf.slots(person.enrolment, grant).items():
                if number in granted and number not in found and self._may_have(person, slot, grant):
                    found[number] = (slot, grant)
        return found

    def _may_have(self, person: Person, slot: Slot, grant: Grant) -> bool:
        """A voucher of a revoked key is not issued again under it: the next run grants it under another."""
        if self.revoked and (person.number, person.card, slot.offer.number) in self.revoked:
            return False
        return slot.plate is None or grant.kid in self.keys

    def _short_codes(self, offer: Offer, cti: bytes) -> tuple[str, ...]:
        key, tag = self.secret.short_code_key(offer.partner), short_code.tag_of(cti)
        return tuple(short_code.encode(key, offer.number, week, tag) for week in self.shelf.weeks)

    def _code(self, offer: Offer, short_codes: tuple[str, ...], own_code: str | None) -> str | None:
        match offer.use:
            case CodeUse(source="shared", code=shared):
                return shared
            case BarcodeUse(source="fixed", value=fixed):
                return fixed
            case CodeUse(source="derived"):
                return short_codes[0]
        return own_code


def sign_voucher(key: IssuingKey, said: Claims) -> bytes:
    """Return a voucher's bytes; its payload is encoded once for signing and for the envelope."""
    header, payload = protected_header(bytes.fromhex(key.record.kid)), claims.encode_claims(said)
    return envelope.assemble(header, payload, key.signer.sign(envelope.to_sign(header, payload)))
