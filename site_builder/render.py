"""Templates to HTML: autoescape everywhere, an undefined name is an error, every address relative."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from catalogue import Catalogue
from catalogue.calendar_words import day_text
from locales import LANGUAGES, messages, text, typographic
from site_builder.assets import Assets
from site_builder.policy import content_policy
from site_builder.site_map import HOW, SitePage
from site_builder.structured import script_json
from site_builder.theme import Palette
from site_builder.trust_anchor import TrustAnchor
from site_builder.words import later_words, page_words

__all__ = ["Renderer", "environment"]

_NAV = (
    ("home", "", "home"),
    ("offers", "offres/", "tag"),
    ("favourites", "favoris/", "heart"),
    ("wallet", "carte/", "card"),
    ("how", f"{HOW}/", "check"),
    ("partners", "partenaires/", "store"),
)
_APPS = ("wallet", "till")


def environment() -> Environment:
    """The one Jinja environment of the room."""
    env = Environment(
        loader=PackageLoader("site_builder"),
        # Not select_autoescape: it skips .svg, .webmanifest and unknown endings.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["fr"] = typographic
    return env


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders pages of one site.

    Attributes:
        base_path: where the site stands on its host; only 404.html needs it, which is served at any depth.
    """

    env: Environment
    catalogue: Catalogue
    assets: Assets
    palette: Palette
    trust: TrustAnchor | None
    day: date
    base_path: str

    def html(self, page: SitePage) -> bytes:
        """One page as UTF-8 bytes."""
        root, asset = self._addresses(page)

        def url(path: str) -> str:
            return root(path if page.lang == "fr" else f"{page.lang}/{path}")

        def t(key: str, **values: Any) -> str:
            return text(f"site.{key}", page.lang, **values)

        template = self.env.get_template(page.template)
        addresses = {"url": url, "root": root, "asset": asset, "t": t}
        return template.render(**addresses, **self._shared(page, root), **page.context).encode()

    def _addresses(self, page: SitePage) -> tuple[Callable[[str], str], Callable[[str], str]]:
        up = self.base_path if page.file == "404.html" else "../" * page.file.count("/")

        def root(path: str) -> str:
            return f"{up}{path}" or "./"

        def asset(name: str) -> str:
            return root(self.assets.names[name])

        return root, asset

    def _shared(self, page: SitePage, root: Callable[[str], str]) -> dict[str, Any]:
        site = self.catalogue.site
        languages = [code for code in LANGUAGES if code in site.languages]
        twins = {
            code: root(SitePage(page.path, code, page.name, "", "", "").address)
            for code in languages
            if page.name != "missing" and len(languages) > 1
        }
        other = next((code for code in twins if code != page.lang), None)
        absolute = (
            f"{site.base_url.rstrip('/')}/{page.address}" if site.base_url and not page.noindex else None
        )
        return {
            "lang": page.lang,
            # Content is French whatever the page speaks (WCAG 2.2, 3.1.2).
            "in_french": "" if page.lang == "fr" else Markup(' lang="fr"'),
            "site": site,
            "day_iso": self.day.isoformat(),
            "built_text": day_text(self.day, page.lang),
            "palette": self.palette,
            "policy": content_policy(page.kind, wasm=self.assets.has_wasm, meta=True),
            "nav": _NAV,
            "footer_pages": [p for p in self.catalogue.pages if p.slug != HOW],
            "browser_messages": script_json(self._messages(page)),
            **self._app_files(page.name, page.lang),
            "trust": self.trust,
            "root_file": base64.b64encode(self.trust.root_file).decode() if self.trust else "",
            "page": {
                "name": page.name,
                "section": page.section,
                "title": page.title,
                "heading": page.heading,
                "description": page.description,
                "body_class": page.body_class,
                "noindex": page.noindex,
                "alternates": tuple(twins.items()),
                "absolute": absolute,
                "card": f"{site.base_url.rstrip('/')}/icons/icon-512.png" if site.base_url else None,
                "other_language": other
                and {"code": other, "href": twins[other], "name": text("site.language_name", other)},
            },
        }

    def _app_files(self, app: str, lang: str) -> dict[str, Any]:
        if app not in _APPS:
            return {"preloads": self.assets.preloaded_by("site.js")}
        names = self.assets.names
        return {
            "style": self.assets.style_of(app),
            "script": f"{app}.js" if f"{app}.js" in names else None,
            "preloads": self.assets.preloaded_by(f"{app}.js") if f"{app}.js" in names else [],
            "worker": f"{app}-worker.js" if f"{app}-worker.js" in names else None,
            "words": later_words(lang) if app == "till" else None,
            "symbol": "icons/icon.svg" if app == "wallet" else "icons/till.svg",
            "manifest": "manifest.webmanifest" if app == "wallet" else "caisse/manifest.webmanifest",
        }

    def _messages(self, page: SitePage) -> dict[str, str]:
        if page.name in _APPS:
            # An app whose script is not in the bundle yet has nothing to say either.
            if f"{page.name}.js" not in self.assets.names:
                return {}
            return page_words(page.name, page.lang)
        found = messages("site", page.lang).items()
        return {key.removeprefix("js."): sentence for key, sentence in found if key.startswith("js.")}
