"""Templates filled with the counsellor's words. Every value is escaped; no script runs in a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from catalogue.problems.calendar_words import day_text
from cje.colours import colour_tokens
from cje.locales import LANGUAGES, language, text
from cje.qr import modules, svg_path

_PARIS = ZoneInfo("Europe/Paris")


@cache
def _environment() -> Environment:
    folder = files("desk.pages") / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"qr": qr, "languages": [language(code) for code in LANGUAGES]}
    return environment


def render(name: str, lang: str, values: Mapping[str, Any]) -> str:
    """Return a page in a language."""

    def say(key: str, **filled: object) -> str:
        return text(f"desk.{key}", lang, **filled)

    def day(value: date) -> str:
        return day_text(value, lang)

    def moment(seconds: int) -> str:
        local = datetime.fromtimestamp(seconds, _PARIS)
        return say("moment", day=day_text(local.date(), lang), time=local.strftime("%H:%M"))

    template = _environment().get_template(f"{name}.html")
    return template.render(say=say, day=day, moment=moment, lang=lang, **values)


def stylesheet() -> str:
    """Return the desk's one stylesheet: the product's colours, then the desk's own rules."""
    return colour_tokens() + (files("desk.pages") / "desk.css").read_text(encoding="utf-8")


def qr(link: str, label: str) -> Markup:
    """A QR code as inline SVG with its words; plain square modules, quiet zone of 4."""
    rows = modules(link)
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path class="qr-ground" d="M0 0h{}v{}H0z"/><path class="qr-ink" d="{}"/></svg>'
    ).format(label, len(rows[0]), len(rows), len(rows[0]), len(rows), svg_path(rows))
