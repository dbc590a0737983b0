"""Decisions, rows and states as a person or a program reads them on a terminal.

Nothing that was scanned is ever printed, and whatever a signed list says is stripped of control characters: a
terminal obeys them (P26).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cje.locales import text
from cje.locales.numbers import decimal_amount
from verifier.till.key import fingerprint
from verifier.till.till import Receipt, Status
from verifier.verdict import MEANINGS, Severity, Verdict
from verifier.wording import day_words, moment_words, reason
from voucher.journal import Kind, Row
from voucher.trust import TrustedOffer

if TYPE_CHECKING:
    from verifier.till.merge import DoubleUse

_COLOURS = {Severity.ACCEPT: "green", Severity.CHECK: "yellow", Severity.REFUSE: "red"}


def plain(value: str) -> str:
    """Return text without control, direction or surrogate characters, so that it can only be read."""
    return "".join(
        "\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in value
    )


def say(lang: str, key: str, **values: object) -> str:
    """Return one of the room's sentences, its values made harmless."""
    safe = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    return text(f"verifier.{key}", lang, **safe)


def euros(cents: int, lang: str) -> str:
    """Return cents as people write them: 12,50 or 12.50."""
    return decimal_amount(cents, lang)


def receipt_lines(receipt: Receipt, lang: str) -> Iterator[str]:
    """Yield the verdict, why, what to do, the offer and what the cashier must read."""
    decision, said = receipt.decision, receipt.explain(lang)
    severity = Severity.ACCEPT if receipt.green else decision.severity
    word = text(f"verdicts.word.{severity}", lang)
    yield click.style(
        f" {word} ",
        fg="black" if severity is not Severity.REFUSE else "white",
        bg=_COLOURS[severity],
        bold=True,
    )
    yield plain(said.sentence)
    if receipt.green:
        yield text("verdicts.accepted.next", lang)
    else:
        yield said.next
        yield from _other_checks(receipt, lang)
    if decision.offer is not None and decision.can_confirm:
        yield ""
        yield from offer_lines(decision.offer, lang)
    yield from _written(receipt, lang)


def _other_checks(receipt: Receipt, lang: str) -> Iterator[str]:
    for verdict in receipt.decision.checks[1:]:
        sentence, following = reason(receipt.decision, verdict, lang)
        yield say(lang, "verify.also", sentence=f"{sentence} {following}")
    if receipt.decision.can_confirm:
        yield say(lang, "verify.confirm")


def offer_lines(offer: TrustedOffer, lang: str) -> Iterator[str]:
    """Yield an offer's title, benefit and conditions."""
    yield say(lang, "verify.offer", title=offer.title)
    if offer.headline:
        yield say(lang, "verify.headline", headline=offer.headline)
    for key, lines in (("terms", offer.terms), ("not_allowed", offer.not_allowed)):
        if lines:
            yield say(lang, f"verify.{key}")
            yield from (f"  - {plain(line)}" for line in lines)


def _written(receipt: Receipt, lang: str) -> Iterator[str]:
    if receipt.row is None:
        return
    details = receipt.decision.details
    if details.get("limit"):
        period = text(f"verdicts.period.{details['period']}", lang)
        yield say(lang, "verify.use", use=int(details["used"]) + 1, limit=details["limit"], period=period)
    elif receipt.decision.typed is not None:
        yield say(lang, "verify.typed_use")
    if receipt.saving is not None:
        yield say(lang, "verify.saving", amount=euros(receipt.saving, lang))
    yield say(lang, "verify.row", n=receipt.row)


def receipt_json(receipt: Receipt, lang: str) -> dict[str, Any]:
    """Return what a point of sale needs; stable names."""
    decision, said = receipt.decision, receipt.explain(lang)
    return {
        "green": receipt.green,
        "verdict": decision.verdict.value,
        "severity": decision.severity.value,
        "word": said.word,
        "sentence": said.sentence,
        "next": said.next,
        "can_confirm": decision.can_confirm,
        "checks": [_check_json(receipt, verdict, lang) for verdict in decision.checks],
        "details": dict(decision.details),
        "offer": None if decision.offer is None else offer_json(decision.offer),
        "row": receipt.row,
        "seq": decision.seq,
        "saving": receipt.saving,
        "digits": receipt.digits,
        "effective": decision.effective,
        "list_version": decision.list_version,
    }


def _check_json(receipt: Receipt, verdict: Verdict, lang: str) -> dict[str, str]:
    sentence, following = reason(receipt.decision, verdict, lang)
    return {"verdict": verdict.value, "sentence": sentence, "next": following}


def offer_json(offer: TrustedOffer) -> dict[str, Any]:
    """Return what the cashier must read of an offer."""
    return {
        "number": offer.number,
        "title": offer.title,
        "headline": offer.headline,
        "terms": list(offer.terms),
        "not_allowed": list(offer.not_allowed),
        "amount_asked": offer.amount_asked,
        "identity_check": offer.identity_check,
    }


def exit_code(receipt: Receipt) -> int:
    """0 accepted, 1 refused, 3 not decided or not confirmed."""
    return 0 if receipt.green else MEANINGS[receipt.decision.verdict].exit_code


def status_lines(status: Status, lang: str) -> Iterator[str]:
    """Yield how a till is."""
    profile, trust = status.profile, status.trust
    yield say(lang, "status.till", name=profile.name, partner=profile.partner)
    yield say(lang, "status.key", fingerprint=fingerprint(status.key))
    if profile.demo:
        yield say(lang, "status.demo")
    if trust.list is None or status.age is None:
        yield say(lang, "status.list_none")
    else:
        issued, age = day_words(trust.list.issued, lang), say(lang, f"status.age_{status.age}")
        yield say(lang, "status.list", version=trust.list.version, issued=issued, age=age)
        counts = {"offers": len(trust.list.offers), "keys": len(trust.list.keys)}
        yield say(lang, "status.offers", **counts, revoked=len(trust.list.revoked))
    root, until = trust.root, day_words(trust.root.expires - 1, lang)
    yield say(lang, "status.root", version=root.version, operator=root.operator, until=until)
    yield say(lang, "status.rows", count=status.rows)
    if trust.list is not None and any(offer.short_code for offer in trust.list.offers):
        yield say(lang, "status.paired" if status.paired else "status.not_paired")
    yield from _warnings(status, lang)


def _warnings(status: Status, lang: str) -> Iterator[str]:
    if status.reports:
        yield say(lang, "status.reports", count=status.reports)
    if status.clock_wrong:
        yield say(lang, "status.clock_wrong", floor=moment_words(status.trust.floor, lang))
    elif status.clock_suspect:
        yield say(lang, "status.clock_suspect", minutes=round((status.phones or 0) / 60))


def status_json(status: Status) -> dict[str, Any]:
    """Return how a till is, for a program that watches over it."""
    trust = status.trust.list
    return {
        "partner": status.profile.partner,
        "name": status.profile.name,
        "demo": status.profile.demo,
        "key": status.key.hex(),
        "ready": status.ready,
        "list": None
        if trust is None
        else {"version": trust.version, "issued": trust.issued, "expires": trust.expires},
        "age": None if status.age is None else status.age.value,
        "root": {"version": status.trust.root.version, "expires": status.trust.root.expires},
        "rows": status.rows,
        "equivocations": status.reports,
        "floor": status.trust.floor,
        "now": status.now,
        "clock_wrong": status.clock_wrong,
        "clock_suspect": status.clock_suspect,
        "phones_offset": status.phones,
        "paired": status.paired,
    }


def row_line(row: Row, voided: frozenset[int], lang: str) -> str:
    """Return one row of the journal on one line."""
    kind = say(lang, f"journal.kind_{row.kind.name.lower()}", voids=row.voids)
    parts = [f"{row.n:>6}", moment_words(row.effective, lang), kind, row.verdict]
    if row.offer is not None:
        parts.append(f"#{row.offer}")
    if row.amount is not None:
        parts.append(f"{euros(row.amount, lang)} €")
    if row.reason:
        parts.append(plain(row.reason))
    if row.n in voided:
        parts.append(say(lang, "journal.taken_back"))
    return "  ".join(parts)


def row_json(row: Row, voided: frozenset[int]) -> dict[str, Any]:
    """Return one row; bytes in hexadecimal, times in seconds, money in cents."""
    names = (
        "n",
        "time",
        "effective",
        "verdict",
        "seq",
        "offer",
        "amount",
        "saving",
        "offset",
        "voids",
        "reason",
    )
    binary = {name: getattr(row, name) for name in ("kid", "cti", "evidence")}
    return {
        **{name: getattr(row, name) for name in names},
        "kind": row.kind.name.lower(),
        "list": row.list_version,
        **{name: None if value is None else value.hex() for name, value in binary.items()},
        "voided": row.kind is Kind.ACCEPTED and row.n in voided,
    }


def double_use_line(double: DoubleUse, lang: str) -> str:
    """Return one voucher that was accepted too often."""
    return say(lang, f"merge.{double.reason}", cti=double.cti.hex(), count=len(double.rows))
