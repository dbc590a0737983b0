"""The site's pages for Hugo and Eleventy: the same offers, the same HTML, in each one's own way of writing.

What our builder computes (French spaces, dates in words, neighbours) is handed to the peers ready-made, and
addresses are not relative: they have less to do than we have.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from catalogue import Catalogue
from cje.locales import text
from site_builder.pages.site_map import content_pages
from site_builder.pages.site_page import SitePage
from site_builder.pages.views import Views
from site_builder.rendering.render import environment

HERE = Path(__file__).with_name("peers")
PLACE = {"place": ("fr", "/"), "url": "", "root": "", "asset": "", "t": "", "in_french": "", "lang": "fr"}
_TOKEN = re.compile(r"\[\[(icon|t) ([a-z_.]+)\]\]")


def write_peers(catalogue: Catalogue, day: date, built: Path, hugo: Path, eleventy: Path) -> int:
    """Write both peers' folders for this catalogue; return how many offers they hold.

    Args:
        built: our own site of it, which the frame of a page is taken from.
    """
    views = Views(catalogue, day, "fr")
    pages = [page for page in content_pages(catalogue, views) if page.name == "offer"]
    offers = [offer_tree(page) for page in pages]
    frame = frame_of_page((built / pages[0].file).read_text(encoding="utf-8"))
    partners = {
        slug: {
            "name": one.name,
            "summary": one.summary,
            "website": one.website,
            "colour": one.colour,
            "on_colour": one.on_colour,
            "initials": one.initials,
            "shape": one.shape,
        }
        for slug, one in views.partners.items()
    }
    _write_hugo(hugo, offers, partners, frame)
    _write_eleventy(eleventy, offers, partners, frame)
    return len(offers)


def offer_tree(page: SitePage) -> dict[str, Any]:
    """What an offer's page says, in finished words."""
    values = page.values
    offer = values["offer"]
    return {
        "slug": offer.slug,
        "path": f"/{offer.path}",
        "title": page.title,
        "name": offer.title,
        "description": offer.summary,
        "weight": offer.number,
        "headline": offer.headline,
        "size": offer.headline_size,
        "tint": offer.partner.tint,
        "partner": offer.partner.name,
        "partner_slug": offer.partner.slug,
        "partenaires": [offer.partner.slug],
        "besoins": [offer.need.slug],
        "etiquettes": [group.slug for group in offer.tags],
        "need": offer.need.name,
        "until": offer.until_iso,
        "until_text": offer.until_text,
        "when_chip": offer.when_chip,
        "upcoming": offer.upcoming_text,
        "channel": offer.channel,
        "channel_chip": offer.channel_chip,
        "limit_text": offer.limit_text,
        "steps": list(offer.steps),
        "conditions": list(offer.conditions),
        "not_allowed": list(offer.not_allowed),
        "places": [
            {
                "name": place.name,
                "address": place.address,
                "postcode": place.postcode,
                "commune": place.commune,
                "hours": place.hours,
            }
            for place in offer.places
        ],
        "validity": offer.validity,
        "who": offer.who,
        "territory": offer.territory,
        "saving": offer.saving,
        "reviewed": offer.reviewed,
        "groups": [{"path": group.path, "name": group.name} for group in (*offer.tags, *offer.territories)],
        "similar": [f"/offres/{one.slug}" for one in values["similar"]],
        "structured": json.loads(str(values["structured"])),
        "body": offer.source.description or "",
    }


def frame_of_page(html: str) -> dict[str, str]:
    """The parts of one of our pages that stand on all of them."""
    html = html.replace("../../", "/")
    head = html[html.index('<meta http-equiv="Content') : html.index("<title>")]
    head += html[html.index('<meta name="referrer"') : html.index('<meta property="og:title"')]
    head += html[html.index('<link rel="modulepreload"') : html.index("</head>")]
    top = html[html.index('<a class="skip"') : html.index('<main id="contenu">')]
    foot = html[html.index('<footer class="foot') : html.index('<script type="application/ld+json"')]
    choices = '<nav aria-label="Par besoin" class="scroller"><a class="chip" href="/offres/">Tout</a></nav>\n'
    return {"head.html": head, "top.html": top, "foot.html": foot, "choices.html": choices}


def expanded(template: str) -> str:
    """A template with its drawings and words in place."""
    icons = environment().get_template("icons.html").make_module(PLACE)

    def word(match: re.Match[str]) -> str:
        kind, name = match.groups()
        return str(icons.icon(name)) if kind == "icon" else text(f"site.{name}", "fr").replace("'", "&#39;")  # type: ignore[attr-defined]

    return _TOKEN.sub(word, template)


def _front_matter(offer: dict[str, Any], *without: str) -> str:
    kept = {name: value for name, value in offer.items() if name not in {"body", *without} and value}
    return yaml.dump(kept, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)


def _write_hugo(
    out: Path, offers: list[dict[str, Any]], partners: dict[str, Any], frame: dict[str, str]
) -> None:
    shutil.copytree(HERE / "hugo", out)
    for path in (out / "layouts").rglob("*.html"):
        path.write_text(expanded(path.read_text(encoding="utf-8")), encoding="utf-8")
    for name, part in frame.items():
        (out / "layouts" / "_partials" / name).write_text(part, encoding="utf-8")
    (out / "data").mkdir()
    (out / "data" / "partners.json").write_text(json.dumps(partners), encoding="utf-8")
    folder = out / "content" / "offres"
    folder.mkdir(parents=True)
    (folder / "_index.md").write_text("---\ntitle: Toutes les offres\n---\n", encoding="utf-8")
    for offer in offers:
        page = f"---\n{_front_matter(offer, 'slug', 'path')}---\n{offer['body']}\n"
        (folder / f"{offer['slug']}.md").write_text(page, encoding="utf-8")


def _write_eleventy(
    out: Path, offers: list[dict[str, Any]], partners: dict[str, Any], frame: dict[str, str]
) -> None:
    (out / "includes").mkdir(parents=True)
    folder = out / "pages" / "offres"
    folder.mkdir(parents=True)
    for path in (HERE / "eleventy").iterdir():
        place = {"list.njk": out / "pages", "eleventy.config.js": out}.get(path.name, out / "includes")
        (place / path.name).write_text(expanded(path.read_text(encoding="utf-8")), encoding="utf-8")
    for name, part in frame.items():
        (out / "includes" / name).write_text(part, encoding="utf-8")
    (out / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
    (out / "node_modules").symlink_to(HERE / "node_modules")
    tickets = [{**offer, "slug": f"/offres/{offer['slug']}"} for offer in offers]
    (out / "offers.json").write_text(json.dumps(tickets), encoding="utf-8")
    (out / "partners.json").write_text(json.dumps(partners), encoding="utf-8")
    (out / "lists.json").write_text(json.dumps(list(_lists(offers, partners))), encoding="utf-8")
    data = {"layout": "offer.njk", "permalink": "/offres/{{ page.fileSlug }}/"}
    (folder / "offres.11tydata.json").write_text(json.dumps(data), encoding="utf-8")
    for offer in offers:
        page = f"---\n{_front_matter(offer, 'slug', 'path')}---\n{offer['body']}\n"
        (folder / f"{offer['slug']}.md").write_text(page, encoding="utf-8")


def _lists(offers: list[dict[str, Any]], partners: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _cut("/offres/", "Toutes les offres", offers)
    for need in sorted({offer["besoins"][0] for offer in offers}):
        yield from _cut(f"/besoins/{need}/", need, [one for one in offers if one["besoins"][0] == need])
    for slug, partner in partners.items():
        own = [one for one in offers if one["partner_slug"] == slug]
        yield from _cut(f"/partenaires/{slug}/", partner["name"], own, len(own) or 1)


def _cut(path: str, title: str, offers: list[dict[str, Any]], size: int = 60) -> Iterator[dict[str, Any]]:
    for at in range(0, max(1, len(offers)), size):
        slugs = [f"/offres/{one['slug']}" for one in offers[at : at + size]]
        place = path if at == 0 else f"{path}page-{at // size + 1}/"
        yield {"path": place, "title": title, "total": len(offers), "offers": slugs}
