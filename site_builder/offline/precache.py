"""The files that the service workers cache for use without network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cje.locales import CONTENT_LANGUAGE
from site_builder.files.assets import Assets
from site_builder.files.staging import Made
from site_builder.offline.worker import Precache
from site_builder.pages.site_page import SitePage
from site_builder.pages.views import Views
from site_builder.pages.words import later_words

__all__ = ["kept_pages", "site_precache", "till_precache"]

# Bytes that a phone downloads for offline use, about 600 kB with gzip. Pages of offers beyond this limit need
# the network; search, favourites and wallet work offline from catalogue.json.
PRECACHE_BYTES = 3_000_000
# Bytes of pictures, which do not compress. Beyond this limit, pages show alternative texts offline.
PRECACHE_PICTURES = 300_000


def kept_pages(pages: Sequence[SitePage], made: Mapping[str, Made]) -> list[str]:
    """Return the pages that the site's worker keeps: tools in every language, then French pages that fit."""

    def rank(page: SitePage) -> int:
        if page.name in {"home", "wallet", "search", "favourites", "offline"}:
            return 0
        return {"offer": 2, "tag": 3, "territory": 3}.get(page.name, 1)

    wanted = [page for page in pages if page.name not in {"till", "missing", "month", "built"}]
    wanted = [page for page in wanted if page.lang == "fr" or rank(page) == 0]
    kept, room = [], PRECACHE_BYTES
    for page in sorted(wanted, key=rank):
        room -= made[page.file].size
        if room < 0 and rank(page) > 0:
            break
        kept.append(page.file)
    return kept


def _kept_pictures(views: Views) -> list[str]:
    """Return the pictures that fit: marks first, then campaigns, then offers."""
    kept, room = [], PRECACHE_PICTURES
    for name in views.picture_names:
        path = views.pictures.found[name][0]
        room -= len(views.pictures.files[path])
        if room < 0:
            break
        kept.append(path)
    return kept


def site_precache(kept: Sequence[str], views: Mapping[str, Views], assets: Assets, day: date) -> Precache:
    """Return what the site's worker keeps; `kept` is from `kept_pages`, `views` by language."""
    data = [f"{views_of_language.prefix}catalogue.json" for views_of_language in views.values()]
    own = [path for name in ("site", "wallet") for path in assets.loaded_by(name)]
    pictures = _kept_pictures(views["fr"])
    # The worker takes the first that fits an address, and "" fits all.
    prefixes = sorted((one.prefix for one in views.values()), key=len, reverse=True)
    return Precache(
        folder="",
        family="cje-site",
        paths=[*kept, *data, *own, *pictures, "manifest.webmanifest", "icons/icon.svg"],
        fallback=[(prefix, f"{prefix}hors-ligne/") for prefix in prefixes],
        day=day,
    )


def till_precache(pages: Iterable[SitePage], assets: Assets) -> Precache:
    """Return what the till's worker keeps: its page in each language, and what that page loads."""
    tills = [page for page in pages if page.name == "till"]
    own = [page.file for page in tills]
    words = [assets.names[later_words(page.lang)] for page in tills]
    folders = [f"{page.lang}/" for page in tills if page.lang != CONTENT_LANGUAGE]
    return Precache(
        folder="caisse/",
        family="cje-till",
        paths=[*own, *assets.loaded_by("till"), *words, "caisse/manifest.webmanifest", "icons/till.svg"],
        fallback=[*((folder, folder) for folder in folders), ("", "./")],
    )
