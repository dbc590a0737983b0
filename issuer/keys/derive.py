"""Everything that issuing draws, derived from one secret: issuing again gives the same bytes.

HKDF-SHA256 (RFC 5869) with salt `cje-issuer-v1`. Each info string is a name, then fields of fixed width (the
campaign's name goes last, the only one of variable length), so that no two contexts are one string.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

from issuer.keys import leaving
from voucher import activation
from voucher.claims import CTI_SIZE
from voucher.short_code import KEY_SIZE as SHORT_KEY_SIZE

SECRET_SIZE: Final = 32
IDENTITY_SIZE: Final = 16
MAX_PERSON: Final = 2**40
MAX_CARD: Final = 2**16 - 1
_SALT: Final = b"cje-issuer-v1"
_SPARE_BITS: Final = 96 - activation.SECRET_BITS


class CampaignSecret:
    """The secret of one state: no readable field, no useful repr; pickled only where keys may leave."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_SIZE:
            raise ValueError("campaign secret: 32 bytes")
        self._key = hmac.digest(_SALT, secret, "sha256")

    def __reduce__(self) -> tuple[Any, ...]:
        leaving.refuse()
        return _restore, (self._key,)

    def identity(self) -> bytes:
        """16 bytes that name this secret and tell nothing of it: a register knows which state it is of."""
        return self._expand(b"cje/identity", IDENTITY_SIZE)

    def activation_code(self, person: int, card: int) -> str:
        """The canonical 20 characters of a person's card; `card` counts from 1, +1 for each replacement."""
        drawn = self._expand(b"cje/activation" + _card(person, card), 12)
        return activation.from_secret(int.from_bytes(drawn) >> _SPARE_BITS)

    def cti(self, campaign: str, person: int, card: int, offer: int) -> bytes:
        """The 16 bytes that name one voucher of a card."""
        context = b"cje/cti" + _card(person, card) + offer.to_bytes(4) + campaign.encode()
        return self._expand(context, CTI_SIZE)

    def paper_cti(self, campaign: str, offer: int, serial: int) -> bytes:
        """The 16 bytes that name one bearer voucher, printed for nobody in particular."""
        context = b"cje/paper" + serial.to_bytes(5) + offer.to_bytes(4) + campaign.encode()
        return self._expand(context, CTI_SIZE)

    def short_code_key(self, partner: str) -> bytes:
        """The 32 bytes under which a partner's short codes are made (voucher-v1 §6)."""
        return self._expand(b"cje/short" + partner.encode(), SHORT_KEY_SIZE)

    def audit_seed(self) -> bytes:
        """The 32 bytes of the Ed25519 key that signs the audit log."""
        return self._expand(b"cje/audit", 32)

    def _expand(self, info: bytes, size: int) -> bytes:
        return hmac.digest(self._key, info + b"\x01", "sha256")[:size]


def _restore(key: bytes) -> CampaignSecret:
    restored = CampaignSecret.__new__(CampaignSecret)
    restored._key = key
    return restored


def _card(person: int, card: int) -> bytes:
    if not 1 <= person <= MAX_PERSON or not 1 <= card <= MAX_CARD:
        raise ValueError("person 1..2^40, card 1..65535")
    return person.to_bytes(6) + card.to_bytes(2)
