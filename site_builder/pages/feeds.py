"""Files for programs: Atom feed, sitemap, robots.txt, security.txt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from html import escape
from operator import attrgetter

from catalogue import Catalogue, Offer
from cje.locales import text
from site_builder.pages.site_page import SitePage
from site_builder.pages.views import Views

__all__ = ["feed_files"]

IN_FEED = 50
_text = partial(escape, quote=False)


def feed_files(catalogue: Catalogue, views: Views, pages: Sequence[SitePage], day: date) -> dict[str, bytes]:
    """Return the four files by path. Without `base_url` there is no sitemap: it needs absolute addresses."""
    base = catalogue.site.base_url
    files = {
        "offres.atom": _atom(catalogue, views, day),
        "robots.txt": _robots(base),
        ".well-known/security.txt": _security(catalogue, day),
    }
    if base:
        files["sitemap.xml"] = _sitemap(base.rstrip("/"), pages)
    return files


def _quoted(address: str) -> str:
    return f'"{escape(address)}"'


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _atom(catalogue: Catalogue, views: Views, day: date) -> bytes:
    """Return an Atom feed (RFC 4287).

    Ids are tag URIs (RFC 4151) on the operator's mail domain, so they survive a change of the site's address.
    """
    site = catalogue.site
    authority = f"tag:{site.contact_email.rpartition('@')[2]},2026"
    base = f"{site.base_url.rstrip('/')}/" if site.base_url else ""
    newest = sorted(views.sources, key=attrgetter("valid_from"), reverse=True)[:IN_FEED]  # then by number
    entries = "".join(
        _entry(offer, view.path, f"{authority}:offre:{offer.number}", base, catalogue)
        for offer, view in zip(newest, views.of(newest), strict=True)
    )
    updated = max((_changed(offer) for offer in newest), default=day)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">\n'
        f"<title>{_text(text('site.feed.title'))} · {_text(site.name)}</title>\n"
        f"<id>{_text(authority)}:offres</id><updated>{_moment(updated)}</updated>\n"
        f'<link href={_quoted(base or "./")}/><link rel="self" href={_quoted(base + "offres.atom")}/>\n'
        f"<author><name>{_text(site.operator)}</name></author>\n{entries}</feed>\n"
    ).encode()


def _changed(offer: Offer) -> date:
    return max(offer.valid_from, offer.reviewed or offer.valid_from)


def _entry(offer: Offer, path: str, identity: str, base: str, catalogue: Catalogue) -> str:
    partner = catalogue.partner_of(offer).name
    return (
        f"<entry><title>{_text(offer.title)} · {_text(partner)}</title><id>{_text(identity)}</id>"
        f"<link href={_quoted(base + path)}/><published>{_moment(offer.valid_from)}</published>"
        f"<updated>{_moment(_changed(offer))}</updated><summary>{_text(offer.summary)}</summary></entry>\n"
    )


def _sitemap(base: str, pages: Sequence[SitePage]) -> bytes:
    lines = "".join(
        f"<url><loc>{_text(f'{base}/{page.address}')}</loc></url>\n" for page in pages if not page.noindex
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
    ).encode()


def _robots(base: str | None) -> bytes:
    lines = ["User-agent: *", "Disallow: /w/", "Disallow: /trust/"]
    if base:
        lines.append(f"Sitemap: {base.rstrip('/')}/sitemap.xml")
    return ("\n".join(lines) + "\n").encode()


def _security(catalogue: Catalogue, day: date) -> bytes:
    """Return security.txt (RFC 9116). It expires within a year, so that an abandoned site shows it."""
    expires = date(day.year + 1, day.month, 1)
    return (
        f"Contact: mailto:{catalogue.site.contact_email}\n"
        f"Expires: {_moment(expires)}\n"
        "Preferred-Languages: fr, en\n"
    ).encode()
