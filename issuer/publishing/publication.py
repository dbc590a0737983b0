"""What is put in `public/`: cards, trust lists, roots. Every decision is in the register already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from catalogue import Catalogue, Partner
from cje.files import Staging
from issuer.cards.card import IssuingKey
from issuer.errors import StateRefused
from issuer.keys.derive import CampaignSecret
from issuer.keys.signer import Signer
from issuer.publishing import trust_lists
from issuer.publishing.trust_lists import Terms
from issuer.register import audit, audit_seal, grants, issuing_keys, revocation
from issuer.register import campaign as campaigns
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.vault import State
from voucher.trust import TrustList

T = TypeVar("T")
Progress = Callable[[Sequence[T]], Iterable[T]]


def silent(items: Sequence[T]) -> Iterable[T]:
    """The progress of a run that nobody watches."""
    return items


class IssuingKeys:
    """Issuing keys of a state, opened when first needed: each costs a try of the passphrase."""

    def __init__(self, state: State, records: Iterable[IssuingKeyRecord], passphrase: bytes) -> None:
        self._state = state
        self._records = {record.kid: record for record in records}
        self._passphrase = passphrase
        self.open: dict[str, IssuingKey] = {}

    def unlock(self, kids: Iterable[str]) -> Mapping[str, IssuingKey]:
        """Open the keys with these kids that are not revoked, and return all that are open.

        Raises:
            KeyRefused: a file is absent, damaged, open to others, or has another passphrase.
        """
        for kid in sorted(set(kids) - self.open.keys()):
            record = self._records[kid]
            if record.revoked is None:
                signer = self._state.signer(record.name, "issuing", self._passphrase)
                self.open[kid] = IssuingKey(record, signer)
        return self.open

    @property
    def records(self) -> Mapping[str, IssuingKeyRecord]:
        """All of them by kid, revoked ones too."""
        return self._records


def decide_lists(
    connection: Connection, state: State, catalogue: Catalogue, secret: CampaignSecret, now: int
) -> list[TrustList]:
    """Describe and number every partner's list, in the transaction that records the versions.

    Raises:
        StateRefused: the root has expired, or the clock went back.
    """
    if now >= state.root.expires:
        raise StateRefused("root_expired")
    partners = trust_lists.partners_with_till(catalogue, trust_lists.listed(connection))
    terms = Terms(state.root, issuing_keys.read(connection), now)
    offers = {partner.slug: trust_lists.voucher_offers(catalogue, partner.slug) for partner in partners}
    revoked = revocation.sort_out(
        revocation.read(connection),
        lambda: grants.every(connection),
        campaigns.read(connection),
        {offer.number: slug for slug, of_partner in offers.items() for offer in of_partner},
        secret,
        now,
    )
    none = revocation.Revoked()
    described = [
        trust_lists.build(partner, offers[partner.slug], revoked.get(partner.slug, none), terms)
        for partner in partners
    ]
    numbered = [trust_lists.number(connection, one) for one in described]
    _note_lists(connection, state, [one for one, is_new in numbered if is_new], now)
    audit_seal.seal(connection, secret)
    return [one for one, _ in numbered]


def _note_lists(connection: Connection, state: State, lists: Sequence[TrustList], now: int) -> None:
    if lists:
        together = b"".join(trust_lists.digest(one) for one in lists)
        detail = {"lists": len(lists), "digest": hashlib.sha256(together).hexdigest()}
        audit.append(connection, state.identity, now, "lists", detail)


def put_lists(
    staging: Staging, state: State, catalogue: Catalogue, lists: Sequence[TrustList], signer: Signer
) -> None:
    """Sign and put in place the lists, the roots that vouch for them, and their index."""
    for described in lists:
        staging.put(f"trust/{described.partner}.cbor", trust_lists.sign(described, signer, state.root))
    for version in range(1, state.root.version + 1):
        name = f"root.{version}.cbor"
        staging.put(f"trust/{name}", (state.public / name).read_bytes())
    partners: list[Partner] = [catalogue.partners[described.partner] for described in lists]
    text = json.dumps(trust_lists.index(state.root, partners), ensure_ascii=False, separators=(",", ":"))
    staging.put("trust/index.json", text.encode() + b"\n")
