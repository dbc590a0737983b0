"""What the operator reads: import and what became of each file, tills, findings, totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from reconcile.figures.statement import month_words
from reconcile.figures.totals import DIMENSIONS, Line, Totals
from reconcile.findings.finding import Finding
from reconcile.findings.health import Health
from reconcile.findings.proof import PROVABLE
from reconcile.findings.proposal import is_proposable
from reconcile.findings.report import Report
from reconcile.page.actions import Handed, Unknown
from reconcile.page.frame import Asked, form, page
from reconcile.page.uploads import MAX_UPLOAD
from reconcile.printing import report_page
from reconcile.printing.printing import day, euros, number, say, worries
from reconcile.printing.report_page import said
from verifier.till.key import fingerprint
from verifier.till.printing import plain
from voucher.journal import MAX_EXPORT

_DAY: Final = 86_400


def home(
    asked: Asked, report: Report, handed: Sequence[Handed], unknown: Sequence[Unknown], *, took_up: int
) -> str:
    """Where journals are handed in, and what became of them."""
    lang = asked.lang
    body = [
        *(_took_up(took_up, lang) if not handed else ()),
        *_answers(handed, lang),
        *(_unknown(asked, one) for one in unknown),
        form(asked, "/import", _upload(lang), files=True),
        *report_page.summary(report, lang),
    ]
    return page(asked, say(lang, "serve.title.import"), body)


def _took_up(count: int, lang: str) -> Iterator[str]:
    if count:
        yield f'<p class="note" role="status">{said("serve.took_up", lang, count=count)}</p>'


def _upload(lang: str) -> str:
    facts = {"file": MAX_EXPORT // 2**20, "all": MAX_UPLOAD // 2**30}
    return (
        f'<div class="panel"><label for="files">{said("serve.choose", lang)}</label>'
        f'<p class="soft" id="about">{said("serve.choose_text", lang, **facts)}</p>'
        '<input id="files" type="file" name="files" multiple required aria-describedby="about">'
        f'<button class="button">{said("serve.import", lang)}</button></div>'
    )


def _answers(handed: Sequence[Handed], lang: str) -> Iterator[str]:
    if not handed:
        return
    rows = sum(one.outcome.new for one in handed if one.outcome)
    refused = sum(one.outcome is None or one.outcome.refusal is not None for one in handed)
    css = "note stop" if refused else "note"
    yield f'<section class="{css}" aria-labelledby="done" role="status"><h2 id="done">'
    yield f"{said('serve.done', lang, count=len(handed))}</h2>"
    yield f"<p>{said('serve.rows', lang, count=rows)} {said('serve.refused', lang, count=refused)}</p>"
    yield '<ol class="files">'
    for one in sorted(handed, key=lambda one: one.outcome is not None and one.outcome.refusal is None):
        state, sentence = _answer(one, lang)
        yield (
            f'<li class="{state}"><strong>{escape(plain(one.name))}</strong> '
            f'<span class="chip {state}">{said(f"serve.state.{state}", lang)}</span>'
            f"<p>{escape(plain(sentence))}</p></li>"
        )
    yield "</ol></section>"


def _answer(one: Handed, lang: str) -> tuple[str, str]:
    """A file's state and its sentence."""
    outcome = one.outcome
    if outcome is None:
        return "no", say(lang, "serve.file_too_big", size=one.size // 2**20, cap=MAX_EXPORT // 2**20)
    if outcome.refusal is not None and outcome.refusal.code == "unknown_till":
        facts = outcome.refusal.facts
        return "wait", say(lang, "serve.unknown_file", till=facts["till"], partner=facts["partner"])
    if outcome.refusal is not None:
        return "no", outcome.refusal.said(lang)
    if outcome.accepted is None or not outcome.new:
        return "known", say(lang, "serve.known_file")
    head = outcome.accepted.head
    if outcome.accepted.other_story:
        return "no", say(lang, "import.other_story", till=head.till)
    facts = {"till": head.till, "partner": head.partner, "first": head.first, "last": head.last}
    return "yes", say(lang, "serve.taken_file", count=outcome.new, **facts)


def _unknown(asked: Asked, one: Unknown) -> str:
    lang, name = asked.lang, one.file[:16]
    facts = {"till": one.till.name, "partner": one.till.partner, "count": one.files}
    accept = (
        f'<p class="fingerprint">{escape(fingerprint(one.till.key))}</p>'
        f"<p>{said('serve.compare', lang)}</p>"
        f'<input type="hidden" name="file" value="{escape(one.file)}">'
        f'<div class="fields"><div><label for="t{name}">{said("serve.territory", lang)}</label>'
        f'<input id="t{name}" name="territory" autocomplete="off" maxlength="5"></div>'
        '<label class="tick"><input type="checkbox" name="same" value="yes" required>'
        f"{said('serve.same', lang)}</label></div>"
        f'<button class="button">{said("serve.accept", lang)}</button>'
    )
    aside = (
        f'<input type="hidden" name="file" value="{escape(one.file)}">'
        f'<button class="button quiet">{said("serve.aside", lang)}</button>'
    )
    return (
        f'<section class="note wait" aria-labelledby="u{name}"><h2 id="u{name}">'
        f"{said('serve.unknown', lang, **facts)}</h2>"
        f"{form(asked, '/accept', accept)}{form(asked, '/aside', aside)}</section>"
    )


def findings(asked: Asked, report: Report) -> str:
    """All that was found, with its evidence, proofs to take away and revocations to agree to."""
    lang = asked.lang
    agreeable = any(is_proposable(finding) for finding in report.findings)
    body = [
        f'<p class="downloads"><a class="button quiet" href="/report.html">{said("serve.get.html", lang)}</a>'
        f'<a class="button quiet" href="/findings.csv">{said("serve.get.csv", lang)}</a>'
        f'<a class="button quiet" href="/report.json">{said("serve.get.json", lang)}</a></p>',
        *report_page.kinds(report, lang, lambda finding: _tools(finding, lang)),
        *([form(asked, "/proposals", _agree(lang), name="agree")] if agreeable else ()),
    ]
    return page(asked, say(lang, "serve.title.findings"), body)


def _tools(finding: Finding, lang: str) -> str:
    """What can be done with one finding."""
    made = ""
    if finding.kind in PROVABLE and finding.uses and finding.uses[0].kid is not None:
        made = f'<a href="/proof/{finding.id}.json">{said("serve.proof", lang, id=finding.id)}</a>'
    if is_proposable(finding):
        made += (
            f'<label class="tick"><input type="checkbox" form="agree" name="agreed" value="{finding.id}">'
            f"{said('serve.agree', lang)}</label>"
        )
    return f'<div class="tools">{made}</div>' if made else ""


def _agree(lang: str) -> str:
    return (
        f'<section class="panel" aria-labelledby="revoke"><h2 id="revoke">{said("serve.revoke", lang)}</h2>'
        f"<p>{said('serve.revoke_text', lang)}</p>"
        f'<button class="button">{said("serve.get.proposals", lang)}</button></section>'
    )


def tills(asked: Asked, report: Report) -> str:
    """How each known till is, those to look at first."""
    lang = asked.lang
    listed = [(worries(till, report, lang), till) for till in report.tills]
    rows = "".join(_till_row(till, found, lang) for found, till in sorted(listed, key=lambda one: not one[0]))
    twins = [
        said("tills.same_name", lang, partner=group[0].partner, till=group[0].name, count=len(group))
        for group in report.same_names
    ]
    shown = _table(
        ("till", "state", "newest", "list", "rows", "territory"), rows, say(lang, "tills.title"), lang
    )
    empty = f'<p class="soft">{said("serve.no_tills", lang)}</p>'
    warned = [f'<p class="warn">{twin}</p>' for twin in twins]
    return page(asked, say(lang, "tills.title"), [*warned, shown if rows else empty])


def _till_row(till: Health, found: Sequence[str], lang: str) -> str:
    version = said("serve.list_version", lang, version=till.list_version) if till.list_version else "–"
    age = "" if till.list_age is None else said("serve.list_age", lang, count=max(0, till.list_age) // _DAY)
    well = f'<span class="chip yes">{said("serve.well", lang)}</span>'
    listed = "".join(f"<li>{escape(worry)}</li>" for worry in found)
    stopped = f" {said('till.stopped', lang)}" if till.till.stopped is not None else ""
    return (
        f'<tr><th scope="row">{escape(plain(till.till.name))}<span class="soft">{escape(till.till.partner)}'
        f"{stopped}</span><code>{escape(fingerprint(till.till.key))}</code></th>"
        f"<td>{f'<ul>{listed}</ul>' if found else well}</td>"
        f"<td>{escape(day(till.newest, lang)) if till.newest else '–'}</td>"
        f'<td>{version}<span class="soft">{age}</span></td>'
        f"<td>{number(till.rows, lang)}</td><td>{escape(till.till.territory) or '–'}</td></tr>"
    )


def totals(asked: Asked, counted: Totals, month: str | None, months: Sequence[str]) -> str:
    """Uses, vouchers, amounts and savings by everything, and each partner's statement."""
    lang = asked.lang
    options = "".join(
        f'<option value="{one}"{" selected" * (one == month)}>{escape(month_words(one, lang))}</option>'
        for one in months
    )
    chosen = (
        f'<form class="filter" action="/totals"><label for="month">{said("serve.month", lang)}</label>'
        f'<select id="month" name="month"><option value="">{said("serve.all_months", lang)}</option>{options}'
        f'</select><button class="button quiet">{said("serve.show", lang)}</button></form>'
    )
    struck = (
        f'<p class="soft">{said("totals.struck", lang, count=counted.struck)}</p>' if counted.struck else ""
    )
    body = [chosen, _all(counted.total, lang), struck]
    body += [_dimension(name, counted.by[name], month, lang) for name in DIMENSIONS]
    return page(asked, say(lang, "serve.title.totals"), body)


def _all(line: Line, lang: str) -> str:
    told = (
        ("uses", number(line.uses, lang)),
        ("vouchers", number(line.vouchers, lang)),
        ("amount", euros(line.amount, lang)),
        ("saving", euros(line.saving, lang)),
    )
    tiles = "".join(
        f"<div><dt>{said(f'serve.column.{key}', lang)}</dt><dd>{value}</dd></div>" for key, value in told
    )
    return f'<dl class="tiles">{tiles}</dl>'


def _dimension(name: str, lines: Iterable[Line], month: str | None, lang: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(plain(line.label))}{_statement(name, line.key, month, lang)}</th>'
        f"<td>{number(line.uses, lang)}</td><td>{number(line.vouchers, lang)}</td>"
        f"<td>{euros(line.amount, lang)}</td><td>{euros(line.saving, lang)}</td></tr>"
        for line in lines
    )
    if not rows:
        return ""
    title = say(lang, f"totals.by.{name}")
    shown = _table(("what", "uses", "vouchers", "amount", "saving"), rows, title, lang)
    return f'<div class="part"><h2>{escape(title)}</h2>{shown}</div>'


def _statement(name: str, partner: str, month: str | None, lang: str) -> str:
    if name != "partner" or month is None:
        return ""
    links = (
        f'<a href="/settle/{partner}/{month}.{kind}">{said("serve.statement", lang, kind=kind.upper())}</a>'
        for kind in ("csv", "pdf")
    )
    return f'<span class="tools">{" ".join(links)}</span>'


def _table(columns: Sequence[str], rows: str, title: str, lang: str) -> str:
    """A table that scrolls by itself where the screen is narrow, by keyboard too."""
    heads = "".join(f'<th scope="col">{said(f"serve.column.{name}", lang)}</th>' for name in columns)
    css = ' class="numbers"' if "saving" in columns else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(title)}"><table{css}>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def entered(asked: Asked) -> str:
    """What answers the printed address: a page of ours, from which the first one is opened.

    A redirect would still count as coming from elsewhere, and the strict cookie would stay behind.
    """
    lang = asked.lang
    go = f'<p><a class="button" href="/">{said("serve.go", lang)}</a></p>'
    return page(asked, say(lang, "serve.name"), [go])


def closed(asked: Asked) -> str:
    """What whoever is not inside sees."""
    lang = asked.lang
    body = [f"<p>{said('serve.closed_why', lang)}</p>", f"<p>{said('serve.closed_what', lang)}</p>"]
    return page(asked, say(lang, "serve.closed"), body)


def refused(asked: Asked, sentence: str) -> str:
    """Something could not be done."""
    back = f'<p><a class="button quiet" href="/">{said("serve.back", asked.lang)}</a></p>'
    return page(asked, say(asked.lang, "serve.refused_title"), [back], alert=sentence)
