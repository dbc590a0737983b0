"""What one use saved, in cents."""

from __future__ import annotations

from voucher.trust import AmountSaving, NoSaving, PercentSaving, Saving


def saving_of(saving: Saving, amount: int | None) -> int | None:
    """Return the saving in cents; None when a till cannot know it.

    Args:
        saving: what the offer says: the same at each use, or a share of the amount, half a cent rounded up.
        amount: what the cashier typed, in cents.
    """
    match saving:
        case AmountSaving(cents):
            return cents
        case PercentSaving(percent) if amount is not None:
            return (amount * percent + 50) // 100
        case PercentSaving() | NoSaving():
            return None
