"""A young person's phone, in Python: it opens a card with its code and shows vouchers, as the wallet does."""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl import bindings

from issuer.cards.seal import open_sealed
from voucher import activation, armour, claims, presentation
from voucher.bundle import Bundle, Entry
from voucher.keyring import Keyring


@dataclass
class Phone:
    """One card on one phone.

    Attributes:
        code: the canonical activation code; holder's keys are derived from it and never stored.
        bundle: what the card's file holds.
    """

    code: str
    bundle: Bundle
    _seq: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def activate(cls, code: str, file: bytes) -> Phone:
        """Open a card's file.

        Raises:
            VoucherError: a wrong code, or a file that is not that card's.
        """
        return cls(code, open_sealed(file, code))

    def vouchers(self) -> list[Entry]:
        """Return the entries that hold a signed voucher."""
        return [entry for entry in self.bundle.entries if entry.voucher is not None]

    def show(self, entry: Entry, now: int, challenge: int | None = None) -> str:
        """Open a voucher to be shown, which raises its counter; return its QR's text at `now` (seconds)."""
        assert entry.voucher is not None
        cti = claims.decode_voucher(entry.voucher, Keyring(self.bundle.keys)).claims.cti
        self._seq[cti] = self._seq.get(cti, 0) + 1
        content = presentation.encode_content(entry.voucher, now, self._seq[cti], challenge)
        _, secret = bindings.crypto_sign_seed_keypair(activation.holder_seed(self.code, cti))
        signature = bindings.crypto_sign(presentation.signing_input(content), secret)[:64]
        return armour.encode(armour.PRESENTATION, presentation.encode_presentation(content, signature))
