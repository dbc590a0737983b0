"""A decision in words: the word on the screen, the sentence, what to do next (locales `verdicts`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cje.locales import text
from verifier.decision import Decision
from verifier.verdict import Verdict
from voucher.civil import day_of, offset

_MINUTE = 60
_HOUR = 3600
_DAY = 86_400
# P19: how long after an accepted use a cashier may still believe that the screen went dark before green.
DARK_SCREEN = 600


@dataclass(frozen=True, slots=True)
class Explained:
    """What a cashier reads."""

    word: str
    sentence: str
    next: str


def explain(decision: Decision, lang: str = "fr", digits: str | None = None) -> Explained:
    """Return the words of a decision; `digits` are the four that this till shows after `not_live`."""
    word = text(f"verdicts.word.{decision.severity}", lang)
    sentence, following = reason(decision, decision.verdict, lang, digits)
    return Explained(word, sentence, following)


def reason(decision: Decision, verdict: Verdict, lang: str, digits: str | None = None) -> tuple[str, str]:
    """Return the sentence and next step of one verdict of a decision, the first or another amber one."""
    details = decision.details
    values: dict[str, object] = {
        key: day_words(int(details[key]), lang) for key in ("from", "issued", "again") if key in details
    }
    values |= {key: moment_words(int(details[key]), lang) for key in ("shown", "floor") if key in details}
    if "until" in details:
        values["until"] = day_words(int(details["until"]) - 1, lang)  # half open: its last second's day
    if "since" in details:
        values["since"] = since_words(int(details["since"]), decision.effective, lang)
    values |= {key: details[key] for key in ("till", "limit") if key in details}
    if "used" in details:
        values |= {"count": details["used"], "period": text(f"verdicts.period.{details['period']}", lang)}
    values["digits"] = digits
    sentence, following = _keys(decision, verdict, digits)
    return (
        text(f"verdicts.{verdict}.{sentence}", lang, **values),
        text(f"verdicts.{verdict}.{following}", lang, **values),
    )


def _keys(decision: Decision, verdict: Verdict, digits: str | None) -> tuple[str, str]:
    """Choose among the variants of a verdict's sentence and next step."""
    details = decision.details
    match verdict:
        case Verdict.NOT_OURS if "what" in details:
            return f"sentence_{details['what']}", f"next_{details['what']}"
        case Verdict.NOT_YET_VALID if details["what"] == "offer":
            return "sentence_offer", "next"
        case Verdict.EXPIRED if details["what"] == "offer":
            return "sentence_offer", "next_offer"
        case Verdict.NOT_LIVE if digits is not None:
            return "sentence", "next_digits"
        case Verdict.ALREADY_ACCEPTED:
            late = "till" in details or int(details["since"]) > DARK_SCREEN
            return "sentence_till" if "till" in details else "sentence", "next_late" if late else "next"
        case Verdict.USED_UP:
            return "sentence", "next.again" if "again" in details else "next.total"
    return "sentence", "next"


def day_words(at: int, lang: str) -> str:
    """Return the Paris date of a moment: "31 mars 2027"."""
    day = day_of(at)
    number = text("verdicts.date.first", lang) if day.day == 1 else str(day.day)
    month = text(f"verdicts.date.month{day.month}", lang)
    return text("verdicts.date.day", lang, day=number, month=month, year=day.year)


def moment_words(at: int, lang: str) -> str:
    """Return the Paris date and time of a moment: "31 mars 2027 à 9 h 05"."""
    local = datetime.fromtimestamp(at + offset(at), UTC)
    return text(
        "verdicts.date.moment", lang, day=day_words(at, lang), hour=local.hour, minute=f"{local.minute:02}"
    )


def since_words(seconds: int, effective: int, lang: str) -> str:
    """Return how long ago, as one says it: "il y a 12 s"; from a day on, the date."""
    if seconds < 1:
        return text("verdicts.since.now", lang)
    if seconds >= _DAY:
        return text("verdicts.since.day", lang, day=day_words(effective - seconds, lang))
    units = (("hours", _HOUR), ("minutes", _MINUTE), ("seconds", 1))
    unit, size = next(pair for pair in units if seconds >= pair[1])
    return text(f"verdicts.since.{unit}", lang, count=seconds // size)
