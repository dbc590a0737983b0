"""The rules that a scanned voucher and a typed code share: the till, windows of time, uses. Pure.

The same as `web/verifier/rules.ts`.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.decision import Details
from verifier.limits import next_period, used_in_period
from verifier.list_age import Age, age_of
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, Use
from voucher.caps import CLOCK_SLACK
from voucher.claims import Claims
from voucher.trust import TrustedOffer, TrustList

Finding = tuple[Verdict, Details]
"""A verdict and the facts for its sentence."""


def till_unready(trust: TrustView, till: TillProfile, now: int, effective: int) -> Finding | None:
    """What keeps this till from deciding anything, whoever stands before it."""
    if trust.list is None:
        return Verdict.NO_LIST, {}
    if now < trust.floor - CLOCK_SLACK:
        return Verdict.CLOCK_WRONG, {"shown": now, "floor": trust.floor}
    if (trust.list.demo or trust.root.demo) and not till.demo:
        return Verdict.DEMO, {}
    # trust-v1 §2.2: an expired root verifies its successor and nothing else, so its list is worth nothing.
    if age_of(trust.list, effective) is Age.TOO_OLD or effective >= trust.root.expires:
        return Verdict.LIST_TOO_OLD, _age_details(trust.list, effective)
    return None


def window_of(what: str, start: int, end: int, effective: int) -> Finding | None:
    """Return why a moment is outside `start ≤ effective < end`."""
    if effective < start:
        return Verdict.NOT_YET_VALID, {"what": what, "from": start}
    return (Verdict.EXPIRED, {"what": what, "until": end}) if effective >= end else None


def already_accepted(same: Sequence[Use], effective: int) -> Finding | None:
    """Return the refusal for uses that are this very one."""
    if not same:
        return None
    first = min(same, key=lambda use: use.at)
    details: dict[str, int | str] = {
        "at": first.at,
        "since": max(0, effective - first.at),
        "row": first.n,
    }
    if first.till:
        details["till"] = first.till
    return Verdict.ALREADY_ACCEPTED, details


def used_up(claims: Claims, offer: TrustedOffer, uses: Sequence[Use], effective: int) -> Finding | None:
    """Return the refusal once a voucher's uses of its period are all taken."""
    used = used_in_period(claims, uses, effective)
    if claims.uses == 0 or used < claims.uses:
        return None
    last = max(use.at for use in uses)
    again = next_period(effective, claims.period)
    details: dict[str, int | str] = {"used": used, "limit": claims.uses, "period": claims.period.name.lower()}
    details |= {"at": last, "since": max(0, effective - last)}
    # A use that opens again only after the voucher has ended is no use.
    if again is not None and again < min(claims.expires, offer.valid_until):
        details["again"] = again
    return Verdict.USED_UP, details


def accepted_details(claims: Claims | None, uses: Sequence[Use], trust: TrustList, effective: int) -> Details:
    """Facts for a green or amber screen: which use this is, of how many, and how old the list is."""
    details: dict[str, int | str] = dict(_age_details(trust, effective))
    if claims is not None:
        details |= {
            "used": used_in_period(claims, uses, effective),
            "limit": claims.uses,
            "period": claims.period.name.lower(),
        }
    if uses:
        details["since"] = max(0, effective - max(use.at for use in uses))
    return details


def _age_details(trust: TrustList, effective: int) -> Details:
    return {"issued": trust.issued, "age": effective - trust.issued}
