"""What a person or a program reads of an import and of a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cje.locales import numbers, text
from reconcile.findings.finding import Finding
from reconcile.findings.health import SHIFT, Health
from reconcile.findings.report import Report
from reconcile.importing.batch import Outcome
from reconcile.importing.importing import Imported
from reconcile.rows.registry import KnownTill
from verifier.till.key import fingerprint
from verifier.till.printing import plain
from verifier.wording import day_words, moment_words
from voucher.caps import MAX_TIME

_DAY = 86_400
_SHOWN = 20  # lines of one kind on a terminal; `--json` has them all


def say(lang: str, key: str, **values: object) -> str:
    """Return one of the room's sentences, its values made harmless (P26)."""
    safe = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    return text(f"reconcile.{key}", lang, **safe)


def moment(seconds: int, lang: str) -> str:
    """A row's time as one says it, or its seconds where they are of no year: a till may write anything."""
    return (
        moment_words(seconds, lang) if 0 <= seconds <= MAX_TIME else say(lang, "finding.no_time", at=seconds)
    )


def day(seconds: int, lang: str) -> str:
    """A row's day as one says it."""
    return day_words(seconds, lang) if 0 <= seconds <= MAX_TIME else say(lang, "finding.no_time", at=seconds)


def number(value: int, lang: str) -> str:
    """A whole number as one writes it."""
    return numbers.whole_number(value, lang)


def euros(cents: int, lang: str) -> str:
    """An amount as one writes it."""
    return numbers.euros(cents, lang)


def till_line(till: KnownTill, lang: str) -> str:
    """A known till, with what two people compare."""
    line = say(lang, "till.line", partner=till.partner, till=till.name, fingerprint=fingerprint(till.key))
    return line if till.stopped is None else f"{line} {say(lang, 'till.stopped')}"


def till_json(till: KnownTill) -> dict[str, Any]:
    """A known till for a program."""
    return {
        "till": f"{till.number:016x}",
        "key": till.key.hex(),
        "partner": till.partner,
        "name": till.name,
        "territory": till.territory or None,
        "stopped": till.stopped,
    }


def imported_lines(done: Imported, lang: str) -> Iterator[str]:
    """Yield a sentence for each file that was refused, then the count."""
    for outcome in done.refused:
        yield f"✗ {plain(outcome.place)} : {_refusal(outcome, lang)}"
    for outcome in done.outcomes:
        if outcome.accepted is not None and outcome.accepted.other_story:
            head = outcome.accepted.head
            yield f"✗ {plain(outcome.place)} : {say(lang, 'import.other_story', till=head.till)}"
    taken = sum(outcome.accepted is not None and outcome.new > 0 for outcome in done.outcomes)
    facts = {"rows": done.rows, "known": done.known, "refused": len(done.refused)}
    yield say(lang, "import.done", taken=taken, **facts)


def imported_json(done: Imported, lang: str) -> dict[str, Any]:
    """What became of each file, with its sentence and a code that never changes."""
    return {
        "rows": done.rows,
        "files": len(done.outcomes),
        "known": done.known,
        "refused": len(done.refused),
        "outcomes": [
            {
                "place": outcome.place,
                "rows": outcome.new,
                "refused": outcome.refusal.code if outcome.refusal else None,
                "sentence": _refusal(outcome, lang) if outcome.refusal else None,
                "other_story": bool(outcome.accepted and outcome.accepted.other_story),
            }
            for outcome in done.outcomes
        ],
    }


def _refusal(outcome: Outcome, lang: str) -> str:
    assert outcome.refusal is not None
    return plain(outcome.refusal.said(lang))


def report_lines(report: Report, lang: str) -> Iterator[str]:
    """Yield the report, worst first."""
    yield say(lang, "report.title", at=moment_words(report.now, lang))
    yield say(lang, "report.rows", rows=report.rows, tills=len(report.tills))
    if not report.known.lists:
        yield click.style(say(lang, "report.no_lists"), fg="yellow")
    for kind, count in report.counts.items():
        yield ""
        yield click.style(say(lang, f"kind.{kind}", count=count), bold=True)
        found = [finding for finding in report.findings if finding.kind is kind]
        for finding in found[:_SHOWN]:
            yield f"  {finding_line(finding, report, lang)}"
        if len(found) > _SHOWN:
            yield "  " + say(lang, "report.more", count=len(found) - _SHOWN)
    if not report.findings:
        yield say(lang, "report.nothing")
    yield from typed_lines(report, lang)
    yield from _till_lines(report, lang)


def typed_lines(report: Report, lang: str) -> list[str]:
    """Return what was typed, and what that can show and cannot; nothing when nothing was."""
    if not report.typed.accepted:
        return []
    lines = [say(lang, "typed.about"), say(lang, "typed.count", count=report.typed.accepted)]
    if report.typed.unchecked:
        lines.append(say(lang, "typed.unchecked", count=report.typed.unchecked))
    return [*lines, say(lang, "typed.seen"), say(lang, "typed.unseen")]


def finding_line(finding: Finding, report: Report, lang: str) -> str:
    """One finding: its name, its offer, and each row."""
    rows = [
        say(
            lang,
            "finding.row",
            till=report.by_number[use.till].name,
            partner=report.by_number[use.till].partner,
            n=use.n,
            at=moment(use.effective, lang),
        )
        for use in finding.uses[:4]
    ]
    more = [say(lang, "report.more", count=len(finding.uses) - 4)] if len(finding.uses) > 4 else []
    words = [finding.id, *([str(finding.offer)] if finding.offer is not None else []), "; ".join(rows + more)]
    if "age" in finding.facts:
        words.append(say(lang, "finding.age", days=finding.facts["age"] // _DAY))
    if finding.facts.get("knew"):
        words.append(say(lang, "finding.knew"))
    return " · ".join(word for word in words if word)


def _till_lines(report: Report, lang: str) -> Iterator[str]:
    yield ""
    yield click.style(say(lang, "tills.title"), bold=True)
    worried = [till for till in report.tills if worries(till, report, lang)]
    for till in worried[:_SHOWN]:
        who = f"{plain(till.till.partner)} · {plain(till.till.name)}"
        yield f"  {who} : {'; '.join(worries(till, report, lang))}"
    if len(worried) > _SHOWN:
        yield "  " + say(lang, "report.more", count=len(worried) - _SHOWN)
    for group in report.same_names:
        yield "  " + say(
            lang, "tills.same_name", partner=group[0].partner, till=group[0].name, count=len(group)
        )
    if not worried and not report.same_names:
        yield "  " + say(lang, "tills.well")


def worries(till: Health, report: Report, lang: str) -> list[str]:
    """Return what is wrong with a till, a clause each."""
    found = []
    if till.silent(report.now):
        last = day(till.newest, lang) if till.newest else None
        found.append(say(lang, "tills.silent", day=last) if last else say(lang, "tills.never"))
    if till.gaps:
        found.append(say(lang, "tills.gaps", rows=", ".join(f"{a}–{b}" for a, b in till.gaps[:5])))
    if till.jumps:
        found.append(say(lang, "tills.jumps", rows=", ".join(map(str, till.jumps[:5]))))
    if till.shift is not None and abs(till.shift) > SHIFT:
        found.append(say(lang, "tills.shift", seconds=till.shift))
    if till.behind:
        found.append(say(lang, "tills.behind", count=till.behind))
    if till.list_old:
        found.append(say(lang, "tills.old_list", days=(till.list_age or 0) // _DAY))
    if till.two_stories:
        found.append(say(lang, "tills.two_stories"))
    faults = report.faulty_tills().get(till.till.number)
    if faults:
        found.append(say(lang, "tills.faults", count=sum(faults.values())))
    return found


def report_json(report: Report, lang: str) -> dict[str, Any]:
    """The whole report; words in `lang`, codes that never change beside them."""
    return {
        "format": "cje-reconcile-report",
        "version": 1,
        "now": report.now,
        "rows": report.rows,
        "counts": {str(kind): count for kind, count in report.counts.items()},
        "typed": {"accepted": report.typed.accepted, "unchecked": report.typed.unchecked},
        "findings": [finding_json(finding, report) for finding in report.findings],
        "tills": [_health_json(till, report, lang) for till in report.tills],
        "same_names": [[till_json(till) for till in group] for group in report.same_names],
    }


def finding_json(finding: Finding, report: Report) -> dict[str, Any]:
    """A finding and its rows for a program."""
    return {
        "id": finding.id,
        "kind": str(finding.kind),
        "partners": list(finding.partners),
        "offer": finding.offer,
        "cti": finding.cti.hex() if finding.cti else None,
        "facts": dict(finding.facts),
        "till_knew": finding.till_knew,
        "rows": [
            {
                "till": f"{use.till:016x}",
                "name": report.by_number[use.till].name,
                "n": use.n,
                "effective": use.effective,
                "seq": use.seq,
                "kid": None if use.kid is None else f"{use.kid:08x}",
                "list": use.list_version,
            }
            for use in finding.uses
        ],
    }


def _health_json(till: Health, report: Report, lang: str) -> dict[str, Any]:
    return {
        **till_json(till.till),
        "rows": till.rows,
        "newest": till.newest or None,
        "silent": till.silent(report.now),
        "gaps": [list(gap) for gap in till.gaps],
        "clock": {
            "off": till.clock_off,
            "shift": till.shift,
            "jumps": list(till.jumps),
            "behind": till.behind,
        },
        "list": {"version": till.list_version, "age": till.list_age, "old": till.list_old},
        "two_stories": till.two_stories,
        "sentences": worries(till, report, lang),
    }
