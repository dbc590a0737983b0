"""The frame of the operator's pages: head, navigation, what was refused. A value is text, never markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from cje.locales import LANGUAGES, language
from reconcile.printing.report_page import said

_PLACES: Final = (
    ("/", "serve.nav.import"),
    ("/tills", "serve.nav.tills"),
    ("/findings", "serve.nav.findings"),
    ("/totals", "serve.nav.totals"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What every page needs of a request. `form_key` is "" for whoever is not inside."""

    lang: str
    path: str
    form_key: str


def page(asked: Asked, title: str, body: Iterable[str], *, alert: str = "") -> str:
    """A whole page. `title` and `alert` are plain text, `body` is HTML."""
    lang = asked.lang
    here = [
        f'<a href="{path}"{_current(path == asked.path)}>{said(key, lang)}</a>' for path, key in _PLACES
    ] + [
        f'<a href="/language/{other}?next={quote(asked.path)}" lang="{other}" hreflang="{other}">'
        f"{language(other).name}</a>"
        for other in LANGUAGES
        if other != lang
    ]
    bar = f'<nav aria-label="{said("serve.nav.label", lang)}">{"".join(here)}</nav>' if asked.form_key else ""
    told = f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)} · {said('serve.name', lang)}</title>",
            '<link rel="stylesheet" href="/office.css">\n</head>\n<body>',
            f'<a class="skip" href="#main">{said("serve.nav.skip", lang)}</a>',
            f'<header><div class="bar"><p class="name">{said("serve.name", lang)}</p>{bar}</div></header>',
            f'<main id="main" tabindex="-1">\n<h1>{escape(title)}</h1>\n{told}',
            *body,
            "</main>\n</body>\n</html>\n",
        ]
    )


def form(asked: Asked, action: str, content: str, *, files: bool = False, name: str = "") -> str:
    """A form that only this run takes: its first field is the run's key."""
    kind = ' enctype="multipart/form-data"' if files else ""
    named = f' id="{name}"' if name else ""
    key = f'<input type="hidden" name="form_key" value="{escape(asked.form_key)}">'
    return f'<form method="post" action="{action}"{kind}{named}>{key}{content}</form>'


def _current(here: bool) -> str:
    return ' aria-current="page"' if here else ""
