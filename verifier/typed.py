"""Twelve typed characters where nothing can be scanned (trust-v1 §8.3).

The same order of checks as for a voucher, and the same in `web/verifier/typed.ts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from verifier.decision import Decision, Typed
from verifier.list_age import Age, age_of
from verifier.rules import Finding, accepted_details, already_accepted, till_unready, used_up, window_of
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, TypedUses, TypedUsesView, Use
from voucher import short_code
from voucher.civil import period_start, week_of
from voucher.claims import Period
from voucher.ed25519 import kid
from voucher.errors import VoucherError
from voucher.trust import TrustedOffer, TrustList

# A code changes on Monday at midnight: the phone's clock and the till's may differ by this many seconds.
_SLACK: Final = 300


def is_short_code(text: str) -> bool:
    """Tell whether a text is one that `decide_typed` is for: twelve characters once it is folded."""
    try:
        short_code.fold(text)
    except VoucherError:
        return False
    return True


def decide_typed(
    text: str, *, trust: TrustView, till: TillProfile, uses: TypedUsesView, now: int, short_key: bytes | None
) -> Decision:
    """Return the verdict on typed characters. Never raises, whatever the text, unless `uses` does.

    Args:
        text: what was typed.
        trust: root, trust list and floor in force.
        till: who decides.
        uses: the uses that this till knows.
        now: the device's clock, seconds since 1970.
        short_key: the partner's short-code key, 32 bytes; None before this till was paired.
    """
    effective = max(now, trust.floor)
    unready = till_unready(trust, till, now, effective)
    if unready is not None or trust.list is None:
        verdict, details = unready or (Verdict.NO_LIST, {})
        version = 0 if trust.list is None else trust.list.version
        return Decision(verdict, effective, details=details, list_version=version)
    known = Decision(Verdict.SHORT_NO_KEY, effective, list_version=trust.list.version)
    if short_key is None:
        return known
    found = _find(text, trust.list, short_key, effective)
    if found is None:
        return replace(known, verdict=Verdict.SHORT_UNKNOWN)
    typed, offer = found
    told = uses.typed(typed.tag, [kid(entry.key) for entry in trust.list.keys])
    evidence = short_code.fold(text).encode("ascii")
    known = replace(known, typed=typed, offer=offer, seq=typed.week, evidence=evidence)
    refused = _refusal(typed, offer, trust.list, told, effective)
    if refused is not None:
        return replace(known, verdict=refused[0], details=refused[1])
    details = accepted_details(told.claims, told.uses, trust.list, effective)
    checks = _checks(offer, trust.list, effective)
    return replace(known, verdict=Verdict.SHORT_CODE, checks=checks, details=details)


def _find(text: str, trust: TrustList, key: bytes, effective: int) -> tuple[Typed, TrustedOffer] | None:
    """Return which of the list's offers, and which week, this code is for."""
    weeks = dict.fromkeys((week_of(effective - _SLACK), week_of(effective + _SLACK)))
    for offer in trust.offers:
        for week in weeks if offer.short_code else ():
            try:
                return Typed(short_code.decode(key, offer.number, week, text), week), offer
            except VoucherError:
                continue
    return None


def _refusal(
    typed: Typed, offer: TrustedOffer, trust: TrustList, told: TypedUses, effective: int
) -> Finding | None:
    # Twenty bits may be another's: the sentence asks for the whole code instead of naming a culprit.
    if any(short_code.tag_of(prefix) == typed.tag for prefix in trust.revoked):
        return Verdict.SHORT_REVOKED, {}
    claims = told.claims
    ended = None if claims is None else window_of("voucher", claims.not_before, claims.expires, effective)
    spent = None if claims is None else used_up(claims, offer, told.uses, effective)
    return (
        window_of("offer", offer.valid_from, offer.valid_until, effective)
        or ended
        or already_accepted(uses_of_week(told.uses, typed.week, effective), effective)
        or spent
    )


def uses_of_week(uses: Sequence[Use], week: int, effective: int) -> list[Use]:
    """Return the uses that stand in the way of a typed code: of its week, or by that very code."""
    late = week < week_of(effective)  # the code of the week that ended less than five minutes ago
    start = period_start(effective - _SLACK if late else effective, Period.WEEK)
    return [use for use in uses if use.seq == -week or use.at >= start]


def _checks(offer: TrustedOffer, trust: TrustList, effective: int) -> tuple[Verdict, ...]:
    checks = [Verdict.SHORT_CODE]
    if offer.identity_check:
        checks.append(Verdict.IDENTITY_CHECK)
    if age_of(trust, effective) is Age.AGEING:
        checks.append(Verdict.LIST_AGEING)
    return tuple(checks)
