"""The trust list of one partner: keys, offers and revocations in one signed file (trust-v1 §3)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from voucher import cbor, cosign
from voucher.caps import MAX_OFFER, MAX_REFUSE_AFTER, MAX_TIME, MAX_TRUST, MIN_PREFIX, MIN_TIME
from voucher.cbor import Value
from voucher.claims import CTI_SIZE, Claims, Voucher
from voucher.cosign import CosignedFile
from voucher.ed25519 import check_key, kid
from voucher.errors import Malformed
from voucher.keyring import Keyring
from voucher.root import Root
from voucher.shape import Fields

KID_SIZE = 4


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """What a key may sign: vouchers of its offers, use_from <= nbf < use_until, exp <= accept_until."""

    key: bytes
    use_from: int
    use_until: int
    accept_until: int
    offers: tuple[int, ...]

    def may_sign(self, claims: Claims) -> bool:
        """Tell whether a voucher is within this key's window and offers (trust-v1 §3.3)."""
        in_window = (
            self.use_from <= claims.not_before < self.use_until and claims.expires <= self.accept_until
        )
        return in_window and claims.offer in self.offers


@dataclass(frozen=True, slots=True)
class NoSaving:
    """The offer has no saving that a till could compute."""


@dataclass(frozen=True, slots=True)
class PercentSaving:
    """`percent` (1..100) of the amount that the cashier types."""

    percent: int


@dataclass(frozen=True, slots=True)
class AmountSaving:
    """The same saving at each use, in cents."""

    cents: int


Saving = NoSaving | PercentSaving | AmountSaving


@dataclass(frozen=True, slots=True)
class TrustedOffer:
    """What a till must know of an offer, and what its cashier must read."""

    number: int
    title: str
    headline: str
    terms: tuple[str, ...]
    not_allowed: tuple[str, ...]
    valid_from: int
    valid_until: int
    paper: bool
    short_code: bool
    identity_check: bool
    amount_asked: bool
    saving: Saving


@dataclass(frozen=True, slots=True)
class TrustList:
    """One version of one partner's list. Times and ages in seconds.

    Attributes:
        revoked: sorted prefixes of revoked cti, all `prefix` bytes long.
        batches: (kid, nbf_before): all vouchers of that key with nbf below it are revoked.
    """

    version: int
    issued: int
    expires: int
    fresh_for: int
    refuse_after: int
    min_app: int
    root_version: int
    demo: bool
    partner: str
    partner_name: str
    keys: tuple[IssuingKey, ...]
    offers: tuple[TrustedOffer, ...]
    prefix: int = MIN_PREFIX
    revoked: tuple[bytes, ...] = ()
    batches: tuple[tuple[bytes, int], ...] = ()

    def keyring(self) -> Keyring:
        """Return the table of this list's issuing keys."""
        return Keyring(entry.key for entry in self.keys)

    def offer(self, number: int) -> TrustedOffer | None:
        """Return this partner's offer, or None when it is not this partner's."""
        return next((offer for offer in self.offers if offer.number == number), None)

    def issuing_key(self, key: bytes) -> IssuingKey:
        """Return the entry of a key that this list's keyring found."""
        return next(entry for entry in self.keys if entry.key == key)

    def revokes(self, voucher: Voucher) -> bool:
        """Tell whether a voucher is revoked by its id or with its batch (trust-v1 §3.4)."""
        wanted = voucher.claims.cti[: self.prefix]
        at = bisect_left(self.revoked, wanted)
        listed = at < len(self.revoked) and self.revoked[at] == wanted
        issuer = kid(voucher.key)
        return listed or any(issuer == k and voucher.claims.not_before < before for k, before in self.batches)


def encode_trust(trust: TrustList) -> bytes:
    """Return the payload that the trust keys sign."""
    return cbor.dumps(
        {
            1: trust.version,
            2: trust.issued,
            3: trust.expires,
            4: trust.fresh_for,
            5: trust.refuse_after,
            6: trust.min_app,
            7: trust.root_version,
            8: trust.demo,
            9: trust.partner,
            10: trust.partner_name,
            11: [_encode_key(entry) for entry in sorted(trust.keys, key=lambda entry: entry.key)],
            12: [_encode_offer(offer) for offer in sorted(trust.offers, key=lambda offer: offer.number)],
            13: [trust.prefix, b"".join(sorted(set(trust.revoked)))],
            14: [[key_id, before] for key_id, before in sorted(trust.batches)],
        }
    )


def signing_input(payload: bytes, public_key: bytes) -> bytes:
    """Return what one trust key signs."""
    return cosign.to_sign(cosign.TRUST, kid(public_key), payload)


def assemble(payload: bytes, signatures: Mapping[bytes, bytes]) -> bytes:
    """Return the trust list's file; `signatures` by public key."""
    return cosign.assemble(cosign.TRUST, payload, {kid(key): value for key, value in signatures.items()})


def decode_trust(data: bytes, root: Root) -> TrustList:
    """Verify a trust list under a root's trust quorum, then read it; installing it is the verifier's matter.

    Raises:
        TooBig, Malformed, UnknownKey, BadSignature, BadKey, UpdateApp: the first check that fails.
    """
    payload = CosignedFile(data, cosign.TRUST, MAX_TRUST).open(root.trust)
    fields = Fields(cbor.loads(payload), required=range(1, 15))
    prefix, revoked = _read_revoked(fields.items(13))
    trust = TrustList(
        version=fields.integer(1, 1, MAX_TIME),
        issued=fields.integer(2, MIN_TIME, MAX_TIME),
        expires=fields.integer(3, MIN_TIME, MAX_TIME),
        fresh_for=fields.integer(4, 1, MAX_REFUSE_AFTER),
        refuse_after=fields.integer(5, 1, MAX_REFUSE_AFTER),
        min_app=fields.integer(6, 0, MAX_TIME),
        root_version=fields.integer(7, 1, MAX_TIME),
        demo=fields.boolean(8),
        partner=fields.slug(9),
        partner_name=fields.text(10, 1, 80),
        keys=tuple(_read_key(item) for item in fields.items(11)),
        offers=tuple(_read_offer(item) for item in fields.items(12)),
        prefix=prefix,
        revoked=revoked,
        batches=tuple(_read_batch(item) for item in fields.items(14)),
    )
    _check_order(trust)
    trust.keyring()  # raises BadKey when two keys share a kid
    return trust


def _check_order(trust: TrustList) -> None:
    rising = (
        [entry.key for entry in trust.keys],
        [offer.number for offer in trust.offers],
        list(trust.revoked),
        list(trust.batches),
    )
    if not all(a < b for column in rising for a, b in pairwise(column)):  # type: ignore[operator]
        raise Malformed("trust list: not sorted and distinct")
    if trust.issued >= trust.expires or trust.fresh_for > trust.refuse_after:
        raise Malformed("trust list: times")


def _encode_key(entry: IssuingKey) -> object:
    times = {2: entry.use_from, 3: entry.use_until, 4: entry.accept_until}
    return {1: entry.key, **times, 5: sorted(entry.offers)}


def _read_key(item: Value) -> IssuingKey:
    fields = Fields(item, required=range(1, 6))
    offers = fields.list_of(5, int)
    if offers != sorted(set(offers)) or not all(1 <= number <= MAX_OFFER for number in offers):
        raise Malformed("issuing key: offers")
    use_from, use_until, accept_until = (fields.integer(key, MIN_TIME, MAX_TIME) for key in (2, 3, 4))
    if not use_from < use_until <= accept_until:
        raise Malformed("issuing key: times")
    return IssuingKey(check_key(fields.data(1, 32, 32)), use_from, use_until, accept_until, tuple(offers))


def _encode_offer(offer: TrustedOffer) -> object:
    return {
        1: offer.number,
        2: offer.title,
        3: list(offer.terms),
        4: list(offer.not_allowed),
        5: offer.valid_from,
        6: offer.valid_until,
        7: offer.paper,
        8: offer.short_code,
        9: offer.identity_check,
        10: offer.amount_asked,
        11: _encode_saving(offer.saving),
        12: offer.headline,
    }


def _read_offer(item: Value) -> TrustedOffer:
    fields = Fields(item, required=range(1, 13))
    offer = TrustedOffer(
        number=fields.integer(1, 1, MAX_OFFER),
        title=fields.text(2, 1, 120),
        terms=tuple(fields.list_of(3, str)),
        not_allowed=tuple(fields.list_of(4, str)),
        valid_from=fields.integer(5, MIN_TIME, MAX_TIME),
        valid_until=fields.integer(6, MIN_TIME, MAX_TIME),
        paper=fields.boolean(7),
        short_code=fields.boolean(8),
        identity_check=fields.boolean(9),
        amount_asked=fields.boolean(10),
        saving=_read_saving(fields.items(11)),
        headline=fields.text(12, 0, 40),
    )
    if offer.valid_from >= offer.valid_until:
        raise Malformed("offer: times")
    return offer


def _encode_saving(saving: Saving) -> object:
    match saving:
        case PercentSaving(percent):
            return [1, percent]
        case AmountSaving(cents):
            return [2, cents]
        case _:
            return [0]


def _read_saving(items: list[Value]) -> Saving:
    match items:
        case [0] if items[0] is not False:
            return NoSaving()
        case [1, int(percent)] if items[0] is not True and type(percent) is int and 1 <= percent <= 100:
            return PercentSaving(percent)
        case [2, int(cents)] if type(cents) is int and 0 <= cents <= MAX_TIME:
            return AmountSaving(cents)
    raise Malformed("offer: saving")


def _read_revoked(items: list[Value]) -> tuple[int, tuple[bytes, ...]]:
    match items:
        case [int(prefix), bytes(joined)] if MIN_PREFIX <= prefix <= CTI_SIZE and len(joined) % prefix == 0:
            return prefix, tuple(joined[i : i + prefix] for i in range(0, len(joined), prefix))
    raise Malformed("trust list: revocations")


def _read_batch(item: Value) -> tuple[bytes, int]:
    match item:
        case [bytes(key_id), int(before)] if len(key_id) == KID_SIZE and MIN_TIME <= before <= MAX_TIME:
            return key_id, before
    raise Malformed("trust list: batch")
