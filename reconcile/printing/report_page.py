"""The operator's report as one page, to open from the disk or print: it loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from html import escape
from importlib.resources import files
from typing import Final

from cje.colours import colour_tokens
from reconcile.findings.finding import Finding, Kind
from reconcile.findings.health import Health
from reconcile.findings.report import Report
from reconcile.printing.printing import moment, number, say, typed_lines, worries
from verifier.till.key import fingerprint
from verifier.till.printing import plain
from verifier.wording import moment_words

_SHOWN: Final = 500  # findings of one kind; a page of a hundred thousand lines helps nobody, `--json` has all
_DAY: Final = 86_400
Beside = Callable[[Finding], str]


def stylesheet() -> str:
    """Return the product's colours and the report's own rules."""
    return colour_tokens() + (files("reconcile.printing") / "report_page.css").read_text(encoding="utf-8")


def page(report: Report, lang: str) -> bytes:
    """Return the report as HTML. Whatever a till or a list has named is text in it, never markup."""
    style = stylesheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = said("report.title", lang, at=moment_words(report.now, lang))
    body = "\n".join([*summary(report, lang), *kinds(report, lang), *_tills(report, lang)])
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{title}</h1></header>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


def said(key: str, lang: str, **values: object) -> str:
    """A sentence, as HTML text."""
    return escape(say(lang, key, **values))


def summary(report: Report, lang: str) -> Iterator[str]:
    """Yield the four numbers that come first."""
    uneasy = sum(1 for till in report.tills if worries(till, report, lang))
    yield '<dl class="tiles">'
    for name, value in (
        ("rows", report.rows),
        ("findings", len(report.findings)),
        ("tills", len(report.tills)),
        ("uneasy", uneasy),
    ):
        css = "worry" if name in ("findings", "uneasy") and value else "well"
        yield (
            f'<div class="{css}"><dt>{said(f"page.{name}", lang)}</dt><dd>{number(value, lang)}</dd></div>'
        )
    yield "</dl>"
    if not report.known.lists:
        yield f'<p class="warn">{said("report.no_lists", lang)}</p>'


def kinds(report: Report, lang: str, beside: Beside = lambda finding: "") -> Iterator[str]:
    """Yield all that was found, by kind. `beside` makes HTML that stands with a finding."""
    if report.counts:
        yield f'<nav aria-labelledby="sommaire"><h2 id="sommaire">{said("page.summary", lang)}</h2><ul>'
        for kind, count in report.counts.items():
            yield f'<li><a href="#{kind}">{said(f"kind.{kind}", lang, count=count)}</a></li>'
        yield "</ul></nav>"
    else:
        yield f'<p class="calm">{said("report.nothing", lang)}</p>'
    for kind, count in report.counts.items():
        found = [finding for finding in report.findings if finding.kind is kind]
        yield from _kind(kind, count, found, report, lang, beside)
    yield from _typed(report, lang)


def _kind(
    kind: Kind, count: int, found: list[Finding], report: Report, lang: str, beside: Beside
) -> Iterator[str]:
    yield f'<section aria-labelledby="{kind}"><h2 id="{kind}">{said(f"kind.{kind}", lang, count=count)}</h2>'
    yield f'<p class="soft">{said(f"page.about.{kind}", lang)}</p><ol>'
    yield from (_finding(finding, report, lang, beside(finding)) for finding in found[:_SHOWN])
    yield "</ol>"
    if len(found) > _SHOWN:
        yield f"<p>{said('report.more', lang, count=len(found) - _SHOWN)}</p>"
    yield "</section>"


def _finding(finding: Finding, report: Report, lang: str, beside: str) -> str:
    offer = report.known.offers.get(finding.offer) if finding.offer is not None else None
    named = offer.title if offer else ""
    if offer is None and finding.offer is not None:
        named = say(lang, "page.offer", number=finding.offer)
    marks = []
    if "age" in finding.facts:
        marks.append(said("finding.age", lang, days=finding.facts["age"] // _DAY))
    if finding.facts.get("knew"):
        marks.append(said("finding.knew", lang))
    uses = "".join(
        "<li>"
        + said(
            "finding.row",
            lang,
            till=report.by_number[use.till].name,
            partner=report.by_number[use.till].partner,
            n=use.n,
            at=moment(use.effective, lang),
        )
        + "</li>"
        for use in finding.uses
    )
    head = f"<p><strong>{escape(plain(named))}</strong> " if named else "<p>"
    chips = "".join(f' <span class="chip">{mark}</span>' for mark in marks)
    return f"<li>{head}<code>{finding.id}</code>{chips}</p><ul>{uses}</ul>{beside}</li>"


def _typed(report: Report, lang: str) -> Iterator[str]:
    lines = typed_lines(report, lang)
    if lines:
        yield f'<section aria-labelledby="tapes"><h2 id="tapes">{said("typed.title", lang)}</h2><ul>'
        yield from (f"<li>{escape(line)}</li>" for line in lines)
        yield "</ul></section>"


def _tills(report: Report, lang: str) -> Iterator[str]:
    uneasy = [till for till in report.tills if worries(till, report, lang)]
    yield f'<section aria-labelledby="caisses"><h2 id="caisses">{said("tills.title", lang)}</h2>'
    for group in report.same_names:
        facts = {"partner": group[0].partner, "till": group[0].name, "count": len(group)}
        yield f'<p class="warn">{said("tills.same_name", lang, **facts)}</p>'
    if not uneasy and not report.same_names:
        yield f'<p class="calm">{said("tills.well", lang)}</p>'
    if uneasy:
        yield "<ol>"
        yield from (_till(till, worries(till, report, lang)) for till in uneasy)
        yield "</ol>"
    yield "</section>"


def _till(till: Health, found: Iterable[str]) -> str:
    who = f"{plain(till.till.partner)} · {plain(till.till.name)}"
    listed = "".join(f"<li>{escape(worry)}</li>" for worry in found)
    print_of = fingerprint(till.till.key)
    return f"<li><p><strong>{escape(who)}</strong> <code>{escape(print_of)}</code></p><ul>{listed}</ul></li>"
