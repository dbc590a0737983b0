"""A till that is not known yet, as one of its exports presents it."""

from __future__ import annotations

from reconcile.errors import ExportRefused
from reconcile.rows.export import read_head, verify
from reconcile.rows.registry import KnownTill, is_partner
from voucher.errors import VoucherError


def till_of(data: bytes, territory: str = "") -> KnownTill:
    """Return who signed an export, by its own words; a person must compare the fingerprint.

    Raises:
        ExportRefused: not an export that its till has signed, or of what cannot be a partner's name.
    """
    try:
        head = read_head(data)
        verify(data, head)
    except VoucherError:
        raise ExportRefused("head_damaged") from None
    if not is_partner(head.partner):
        raise ExportRefused("no_partner")
    return KnownTill(head.key, head.partner, head.till, territory)
