"""Names for what a page is made from: the same name, the same bytes.

A page depends on what all pages share (`frame_key`), and on its own context: of an offer in it the digest of
its file stands for everything but the words that change with the day, other values are told in full. What
cannot be told has no name and is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from catalogue import Catalogue, rules_digest
from site_builder.files.assets import Assets
from site_builder.pages.catalogue_parts import digest_of
from site_builder.pages.groups import Group
from site_builder.pages.offer_views import TicketView
from site_builder.pages.site_page import SitePage
from site_builder.pages.theme import Palette
from site_builder.pages.views import NeedView, PartnerView

__all__ = ["forget", "frame_key", "made_key", "page_key"]

# What `_tell_all` tells without a closer look.
_PLAIN = frozenset({type(None), str, int, bool, bytes})
# What markupsafe does to text is settled; to ask what it is called would take longer than to import it.
_LIBRARIES = f"jinja2 {jinja2.__version__} msgspec {msgspec.__version__}"
_SOURCES = (".py", ".toml", ".html", ".svg", ".json", ".txt")


class _Untold(Exception):
    """A value that has no name."""


def page_key(page: SitePage) -> str | None:
    """The name of what a page is made from, besides what all share; None when it cannot be told."""
    try:
        if page.made_from is not None:
            return _hashed(_told_offer(page, page.made_from))
        parts: list[str] = []
        _tell_all([getattr(page, name) for name in _names(SitePage)], parts)
        return made_key(parts)
    except _Untold:
        return None


def frame_key(
    catalogue: Catalogue,
    assets: Assets,
    palette: Palette,
    *settings: str,
) -> str:
    """The name of what every page depends on: our code and words, and the operator's settings."""
    programmes = "".join(programme.model_dump_json() for programme in catalogue.programmes)
    categories = "".join(category.model_dump_json() for category in catalogue.categories)
    pages = repr([(page.slug, page.title) for page in catalogue.pages])
    shared = (catalogue.site.model_dump_json(), programmes, categories, pages, repr(palette))
    names = repr(sorted(assets.names.items()))
    return made_key((_code(), rules_digest(), names, assets.worker, *shared, *settings))


def forget() -> None:
    """Let go of the views of a build that has ended: one that watches builds again and again."""
    for told in (_ticket, _groups, _counted, _need, _partner):
        told.cache_clear()


@cache
def _code() -> str:
    sources = [
        f"{path}\0{source.read_text(encoding='utf-8')}"
        for room in ("site_builder", "cje.locales")
        for path, source in sorted(_sources(files(room), room))
    ]
    return made_key((_LIBRARIES, _markdown_version(), *sources))


def _markdown_version() -> str:
    """Of a library that is imported only when there is something to render; its first file says it."""
    found = find_spec("markdown_it")
    if found is not None and found.origin is not None:
        with suppress(OSError, UnicodeDecodeError):  # it is in an archive, or compiled
            return Path(found.origin).read_text(encoding="utf-8")
    from importlib.metadata import version

    return version("markdown-it-py")


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in {"assets", "__pycache__"}:
            yield from _sources(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(_SOURCES):
            yield f"{path}/{entry.name}", entry


def made_key(parts: Iterable[str]) -> str:
    """One name for all these parts, in this order."""
    return _hashed("\0".join(parts))


def _hashed(told: str) -> str:
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _told_offer(page: SitePage, offers: Sequence[TicketView]) -> str:
    own, tickets = offers[0], "".join(map(_ticket, offers))
    groups = _groups(own.territories, own.tags)
    return f"{page.address} {page.name} {page.template} {tickets} {own.published_picture} {groups}"


@lru_cache(16_384)
def _groups(places: tuple[Group, ...], words: tuple[Group, ...]) -> str:
    """What an offer's page shows besides its text and its partner: words and places that have a page."""
    return repr([(group.path, group.name) for group in places + words])


@lru_cache(16_384)
def _ticket(ticket: TicketView) -> str:
    digest = digest_of(ticket.source)
    if not digest:
        raise _Untold("an offer that was not remembered")
    return f"{digest} {_partner(ticket.partner)} {ticket.need.path} {ticket.said_today}"


def _tell_all(values: Iterable[object], parts: list[str]) -> None:
    for value in values:
        if type(value) in _PLAIN:
            parts.append(repr(value))
        else:
            _tell(value, parts)


def _tell(value: object, parts: list[str]) -> None:
    if isinstance(value, str | int | bytes):
        parts.append(repr(value))
    elif isinstance(value, TicketView):
        parts.append(_ticket(value))
    elif isinstance(value, PartnerView):
        parts.append(f"{_partner(value)} {value.count}")
    elif isinstance(value, NeedView):
        parts.append(_need(value))
    elif isinstance(value, Group):
        parts.append(_counted(value))
    elif isinstance(value, Mapping):
        parts.append(repr([*value]))
        _tell_all(value.values(), parts)
    elif isinstance(value, tuple | list):
        parts.append(f"[{len(value)}")
        if value and type(value[0]) is TicketView:
            parts += map(_ticket, value)
        elif value and type(value[0]) is NeedView:
            parts += map(_need, value)
        else:
            _tell_all(value, parts)
    elif is_dataclass(value) and not isinstance(value, type):
        parts.append(f"{type(value).__name__}(")
        _tell_all([getattr(value, name) for name in _names(type(value))], parts)
    else:
        parts.append(_model(value))


@cache
def _counted(group: Group) -> str:
    return repr((group.slug, group.name, group.path, group.is_content, len(group.numbers)))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))


def _model(value: object) -> str:
    try:
        return str(value.model_dump_json())  # type: ignore[attr-defined]
    except AttributeError:
        raise _Untold(type(value).__name__) from None


@lru_cache(256)
def _need(need: NeedView) -> str:
    return repr(need)


@lru_cache(4_096)
def _partner(partner: PartnerView) -> str:
    """A partner without the count of its offers, which only lists of partners show."""
    told = repr([getattr(partner, name) for name in _names(PartnerView) if name != "count"])
    return made_key([told])
