"""Manifests and icons of the two installable apps: the site with the wallet, and the till."""

from __future__ import annotations

import json
from pathlib import Path

from catalogue import Catalogue
from cje.locales import text
from site_builder.pages.theme import Palette

__all__ = ["ICONS", "icon_files", "manifest_files"]

ICONS = Path(__file__).parents[1] / "icons"


def icon_files() -> dict[str, bytes]:
    """Return the icons by published path."""
    return {f"icons/{path.name}": path.read_bytes() for path in sorted(ICONS.iterdir())}


def manifest_files(catalogue: Catalogue, palette: Palette) -> dict[str, bytes]:
    """Return both web app manifests by path. All addresses are relative, so a site may have a base path."""
    site = catalogue.site
    colours = {"theme_color": palette.light["brand"], "background_color": palette.light["brand"]}
    wallet = {
        "id": "./",
        "name": site.name,
        "short_name": text("site.wallet.title"),
        "description": site.tagline,
        "lang": "fr",
        "dir": "ltr",
        "start_url": "carte/",
        "scope": "./",
        "display": "standalone",
        **colours,
        "categories": ["lifestyle", "shopping"],
        "icons": _icons("icons/icon", "icons/maskable"),
        "shortcuts": [
            {"name": text("site.wallet.title"), "url": "carte/"},
            {"name": text("site.nav.offers"), "url": "offres/"},
        ],
    }
    till = {
        "id": "./",
        "name": f"{text('site.till.title')} · {site.name}",
        "short_name": text("site.till.title"),
        "description": text("site.till.description"),
        "lang": "fr",
        "dir": "ltr",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        **colours,
        "categories": ["business", "shopping"],
        "icons": _icons("../icons/till", "../icons/till-maskable"),
    }
    return {
        "manifest.webmanifest": _json(wallet),
        "caisse/manifest.webmanifest": _json(till),
    }


def _icons(plain: str, maskable: str) -> list[dict[str, str]]:
    return [
        {"src": f"{plain}.svg", "sizes": "any", "type": "image/svg+xml"},
        {"src": f"{plain}-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": f"{plain}-512.png", "sizes": "512x512", "type": "image/png"},
        {"src": f"{maskable}-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]


def _json(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"
