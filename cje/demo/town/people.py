"""People of an invented town and what they show at one partner's tills: real vouchers, real presentations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from nacl import bindings

from cje.demo.town.keys import Pair
from voucher import claims, presentation
from voucher.claims import Claims, Period
from voucher.ed25519 import kid


@dataclass(frozen=True, slots=True)
class TownOffer:
    """One offer. Money in cents; `percent` of an amount, or `cents` at each use."""

    number: int
    title: str
    uses: int
    period: Period
    percent: int = 0
    cents: int = 0
    paper: bool = False


class Held:
    """One person's voucher of one offer, with the phone's key and counter."""

    __slots__ = ("_secret", "claims", "data", "kid", "offer", "seq")

    def __init__(
        self, name: bytes, offer: TownOffer, key: Pair, start: int, end: int, *, bearer: bool = False
    ) -> None:
        drawn = hashlib.sha512(b"cje demo town voucher" + name).digest()
        public, self._secret = bindings.crypto_sign_seed_keypair(drawn[:32])
        holder = None if bearer else public
        self.offer, self.seq = offer, 0
        self.claims = Claims(start, end, drawn[32:48], offer.number, offer.uses, offer.period, holder)
        self.kid = kid(key.public)
        signature = key.sign(claims.signing_input(self.claims, self.kid))
        self.data = claims.encode_voucher(self.claims, self.kid, signature)

    def show(self, at: int, challenge: int | None = None) -> bytes:
        """Open the voucher at `at`, which raises its counter; return what the till reads."""
        self.seq += 1
        return self.again(at, challenge)

    def again(self, at: int, challenge: int | None = None) -> bytes:
        """Draw what is shown again, the counter unchanged; paper is always the same."""
        if self.claims.holder is None:
            return self.data
        content = presentation.encode_content(self.data, at, self.seq, challenge)
        signed = bindings.crypto_sign(presentation.signing_input(content), self._secret)[:64]
        return presentation.encode_presentation(content, signed)
