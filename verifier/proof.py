"""What a journal's row proves by its evidence: the same as `web/till/store/proof.ts`."""

from __future__ import annotations

from verifier.verdict import Verdict
from voucher import short_code
from voucher.claims import Claims, Voucher, decode_voucher
from voucher.ed25519 import kid
from voucher.errors import VoucherError
from voucher.journal import Row
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation


def prove(row: Row, keyring: Keyring) -> Claims | None:
    """Return what an accepted row's voucher says, once its evidence shows that it was presented."""
    if row.evidence is None:
        return None
    try:
        voucher, seq = _evidence(row.evidence, keyring)
    except VoucherError:
        return None
    claims = voucher.claims
    if seq is None and claims.holder is not None:
        return None  # a holder's voucher without the holder's proof
    same = (kid(voucher.key), claims.cti, claims.offer) == (row.kid, row.cti, row.offer)
    return claims if same and (seq is None or seq == row.seq) else None


def prove_typed(row: Row, short_key: bytes | None) -> int | None:
    """Return the tag of an accepted row that was typed, once its code holds under the partner's key."""
    if row.verdict != Verdict.SHORT_CODE or row.kid is not None or row.cti is not None:
        return None
    if short_key is None or row.evidence is None or row.offer is None or row.seq is None:
        return None
    if len(row.evidence) != short_code.LENGTH:
        return None
    try:
        return short_code.decode(short_key, row.offer, row.seq, row.evidence.decode("latin-1"))
    except (VoucherError, OverflowError):  # not of this key, or numbers that no code is for
        return None


def _evidence(data: bytes, keyring: Keyring) -> tuple[Voucher, int | None]:
    """Open evidence: a presentation's header has three bytes, a voucher's nine."""
    if data[2:3] == b"\x43":
        shown = decode_presentation(data, keyring)
        return shown.voucher, shown.seq
    return decode_voucher(data, keyring), None
