"""The verdict: a pure function of the text, the trust in force, the till, its uses and the clock.

Checks run in one fixed order, the same in Python and TypeScript, and the first that speaks is the verdict;
amber reasons are looked for only when nothing refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.decision import Decision, Details
from verifier.limits import bearer_seq
from verifier.list_age import Age, age_of
from verifier.rules import Finding, accepted_details, already_accepted, till_unready, used_up, window_of
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, Use, UsesView
from voucher import armour, frames, pairing
from voucher.caps import LIVE_FUTURE, LIVE_PAST
from voucher.claims import Voucher, decode_voucher
from voucher.ed25519 import kid
from voucher.errors import VoucherError
from voucher.presentation import Presentation, decode_presentation
from voucher.trust import TrustedOffer, TrustList


def decide(
    text: str, *, trust: TrustView, till: TillProfile, uses: UsesView, now: int, challenge: int | None = None
) -> Decision:
    """Return the verdict on a scanned or typed text. Never raises, whatever the text.

    Args:
        text: what was scanned, as it was scanned.
        trust: root, trust list and floor in force.
        till: who decides.
        uses: the uses that this till knows.
        now: the device's clock, seconds since 1970.
        challenge: the four digits that this till shows now, 0..9999, if it shows any.
    """
    effective = max(now, trust.floor)
    try:
        prefix, data = armour.decode(text)
    except VoucherError as fault:
        setting = _SETTINGS.get(text[:5])
        if setting is not None:
            return Decision(Verdict.NOT_OURS, effective, details={"what": setting})
        return Decision(_verdict_of(fault), effective)
    unready = till_unready(trust, till, now, effective)
    if unready is not None or trust.list is None:
        verdict, details = unready or (Verdict.NO_LIST, {})
        return Decision(verdict, effective, details=details, list_version=_version(trust.list))
    try:
        voucher, presentation = _open(prefix, data, trust.list)
    except VoucherError as fault:
        return Decision(_verdict_of(fault), effective, list_version=trust.list.version)
    known = uses.accepted(kid(voucher.key), voucher.claims.cti)
    return _judge(_Case(voucher, presentation, data, trust.list, known, now, effective, challenge))


@dataclass(frozen=True, slots=True)
class _Case:
    """A voucher whose signatures hold, and all that the later checks look at."""

    voucher: Voucher
    presentation: Presentation | None
    data: bytes
    list: TrustList
    uses: Sequence[Use]
    now: int
    effective: int
    challenge: int | None

    @property
    def offer(self) -> TrustedOffer | None:
        return self.list.offer(self.voucher.claims.offer)

    @property
    def seq(self) -> int:
        return self.presentation.seq if self.presentation else bearer_seq(self.uses)

    def decision(self, verdict: Verdict, details: Details, checks: tuple[Verdict, ...] = ()) -> Decision:
        return Decision(
            verdict,
            self.effective,
            checks=checks,
            details=details,
            voucher=self.voucher,
            offer=self.offer,
            seq=self.seq,
            offset=self.presentation.timestamp - self.now if self.presentation else None,
            evidence=self.data,
            list_version=self.list.version,
        )


def _open(prefix: str, data: bytes, trust: TrustList) -> tuple[Voucher, Presentation | None]:
    if prefix == armour.VOUCHER:
        return decode_voucher(data, trust.keyring()), None
    presentation = decode_presentation(data, trust.keyring())
    return presentation.voucher, presentation


def _judge(case: _Case) -> Decision:
    for refuses in _REFUSALS:
        finding = refuses(case)
        if finding is not None:
            return case.decision(*finding)
    reasons = tuple(verdict for verdict, holds in _AMBER if holds(case))
    verdict = reasons[0] if reasons else Verdict.ACCEPTED
    details = accepted_details(case.voucher.claims, case.uses, case.list, case.effective)
    return case.decision(verdict, details, reasons)


def _bare(case: _Case) -> Finding | None:
    shown_bare = case.presentation is None and case.voucher.claims.holder is not None
    return (Verdict.BARE, {}) if shown_bare else None


def _wrong_partner(case: _Case) -> Finding | None:
    return (Verdict.WRONG_PARTNER, {}) if case.offer is None else None


def _key_misuse(case: _Case) -> Finding | None:
    entitled = case.list.issuing_key(case.voucher.key).may_sign(case.voucher.claims)
    return None if entitled else (Verdict.KEY_MISUSE, {})


def _revoked(case: _Case) -> Finding | None:
    return (Verdict.REVOKED, {}) if case.list.revokes(case.voucher) else None


def _out_of_time(case: _Case) -> Finding | None:
    """The voucher's window, then the offer's; both half open."""
    claims, offer = case.voucher.claims, _known(case.offer)
    return window_of("voucher", claims.not_before, claims.expires, case.effective) or window_of(
        "offer", offer.valid_from, offer.valid_until, case.effective
    )


def _paper_not_allowed(case: _Case) -> Finding | None:
    allowed = case.presentation is not None or _known(case.offer).paper
    return None if allowed else (Verdict.PAPER_NOT_ALLOWED, {})


def _not_live(case: _Case) -> Finding | None:
    """voucher-v1 §4.4: one that carries a challenge is never live by its clock."""
    if case.presentation is None:
        return None
    answer, age = case.presentation.challenge, case.effective - case.presentation.timestamp
    if answer is None:
        live = -LIVE_FUTURE <= age <= LIVE_PAST
        return None if live else (Verdict.NOT_LIVE, {"age": age})
    if case.challenge is None:
        return Verdict.NOT_LIVE, {"age": age}
    return None if answer == case.challenge else (Verdict.WRONG_CHALLENGE, {})


def _accepted_before(case: _Case) -> Finding | None:
    return already_accepted([use for use in case.uses if use.seq == case.seq], case.effective)


def _used_before(case: _Case) -> Finding | None:
    return used_up(case.voucher.claims, _known(case.offer), case.uses, case.effective)


# Ours, and no voucher (trust-v1 §7, §8): each has its own sentence, or a cashier would look for a newer till.
_SETTINGS: Final = {pairing.PREFIX: "pairing", frames.PREFIX: "frame"}

_REFUSALS: Final[tuple[Callable[[_Case], Finding | None], ...]] = (
    _bare,
    _wrong_partner,
    _key_misuse,
    _revoked,
    _out_of_time,
    _paper_not_allowed,
    _not_live,
    _accepted_before,
    _used_before,
)

_AMBER: Final[tuple[tuple[Verdict, Callable[[_Case], bool]], ...]] = (
    (Verdict.PAPER, lambda case: case.presentation is None),
    (Verdict.IDENTITY_CHECK, lambda case: _known(case.offer).identity_check),
    (Verdict.LIST_AGEING, lambda case: age_of(case.list, case.effective) is Age.AGEING),
)


def _known(offer: TrustedOffer | None) -> TrustedOffer:
    """The offer after `_wrong_partner` has passed."""
    assert offer is not None
    return offer


def _version(trust: TrustList | None) -> int:
    return 0 if trust is None else trust.version


def _verdict_of(fault: VoucherError) -> Verdict:
    """A reader's error as a verdict; whatever has no verdict of its own is malformed: it fails closed."""
    try:
        return Verdict(fault.code)
    except ValueError:
        return Verdict.MALFORMED
