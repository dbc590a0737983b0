"""Templates to HTML: autoescape everywhere, an undefined name is an error, every address relative."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from catalogue import Catalogue
from cje.locales import LANGUAGES, language, messages, text, typographic
from site_builder.files.assets import Assets
from site_builder.files.policy import content_policy
from site_builder.pages.partner_kit import BECOME
from site_builder.pages.share_cards import ShareCards
from site_builder.pages.site_map import HOW
from site_builder.pages.site_page import SitePage
from site_builder.pages.structured import script_json
from site_builder.pages.theme import Palette
from site_builder.pages.words import later_words, page_words
from site_builder.rendering.compiled import CompiledTemplates
from site_builder.rendering.frames import HERE, UP, FastEnvironment, Frame, frame_of

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
_HERE = Path(__file__).parent


def environment(kind: type[Environment] = FastEnvironment) -> Environment:
    """The one Jinja environment of the room; another kind is what its pages are compared with."""
    env = kind(
        loader=PackageLoader("site_builder"),
        # Not select_autoescape: it skips .svg, .webmanifest and unknown endings.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(_HERE, _HERE / "frames.py") if kind is FastEnvironment else None,
    )
    env.filters["fr"] = typographic
    env.filters["levelled"] = _levelled
    return env


@lru_cache(1_024)  # neighbours are shown on each other's pages, and those are made one after another
def _levelled(html: str, level: int) -> Markup:
    """Drawn once, a ticket stands below headings of any level; no text of an editor holds a `<`."""
    return Markup(str(html).replace("<h0 ", f"<h{level} ").replace("</h0>", f"</h{level}>"))  # noqa: S704 - a macro's


@dataclass(slots=True)
class Renderer:
    """Renders pages of one site.

    Attributes:
        base_path: where the site stands on its host; only 404.html needs it, which is served at any depth.
        cards: pictures for shared links, when the site knows its address.
    """

    env: Environment
    catalogue: Catalogue
    assets: Assets
    palette: Palette
    base_path: str
    cards: ShareCards | None = None
    _frames: dict[tuple[object, ...], Frame] = field(default_factory=dict)

    def html(self, page: SitePage) -> bytes:
        """One page as UTF-8 bytes, in the frame that it shares with pages of its kind."""
        words = self._words(page)
        key = (page.template, *self._place(page), *_kind(page), *map(bool, words.values()))
        frame = self._frames.get(key)
        if frame is None:
            shared = self._shared(page)
            frame = frame_of(self.env, page.template, shared, lambda mark: _page_value(page, words, mark))
            self._frames[key] = frame
        own = _page_value(page, words, lambda name: words[name])
        return frame.fill(words, {"page": own, **page.values})

    def plain_html(self, page: SitePage) -> bytes:
        """The same bytes from the template alone: what `html` is compared with."""
        words = self._words(page)
        own = _page_value(page, words, lambda name: words[name])
        template = self.env.get_template(page.template)
        return template.render(**self._shared(page), page=own, **page.values).encode()

    def _place(self, page: SitePage) -> tuple[str, str]:
        """What addresses and words depend on: the language, and the way up to the site's root."""
        return page.lang, self.base_path if page.file == "404.html" else "../" * page.file.count("/")

    def _words(self, page: SitePage) -> dict[str, str | None]:
        """What stands in the frame and differs from page to page."""
        site = self.catalogue.site
        base = site.base_url.rstrip("/") if site.base_url else None
        words = {
            "title": page.title,
            "heading": page.heading,
            "description": page.description,
            "absolute": f"{base}/{page.address}" if base and not page.noindex else None,
            "card": f"{base}/{self.cards.path(page.card)}" if base and self.cards else None,
        }
        if page.name != "missing" and len(site.languages) > 1:
            _, up = self._place(page)
            for code in LANGUAGES:
                if code in site.languages:
                    twin = SitePage(page.path, code, page.name, "", "", "").address
                    words[f"twin_{code}"] = f"{up}{twin}" or "./"
                    # Search engines want these absolute or not at all.
                    words[f"full_{code}"] = f"{base}/{twin}" if base and not page.noindex else None
        return words

    def _shared(self, page: SitePage) -> dict[str, Any]:
        site, place = self.catalogue.site, self._place(page)

        def root(path: str) -> str:
            return f"{place[1]}{path}" or "./"

        def unplaced(path: str) -> Markup:
            return Markup(f"{UP}{escape(path)}") if path else HERE  # noqa: S704 - escaped here

        @cache
        def sentence(key: str) -> Markup:
            return escape(text(f"site.{key}", page.lang))

        def t(key: str, **values: Any) -> str:
            return text(f"site.{key}", page.lang, **values) if values else sentence(key)

        return {
            "place": place,
            **self._addresses(root, page.lang),
            "unplaced": self._addresses(unplaced, page.lang),
            "t": t,
            "lang": page.lang,
            "locale": language(page.lang).locale,
            "direction": text("site.direction", page.lang),
            # Content is French whatever the page speaks (WCAG 2.2, 3.1.2).
            "in_french": "" if page.lang == "fr" else Markup(' lang="fr"'),
            "site": site,
            "palette": self.palette,
            "policy": content_policy(page.kind, wasm=self.assets.has_wasm, meta=True),
            "nav": _NAV,
            "footer_pages": [p for p in self.catalogue.pages if p.slug not in {HOW, BECOME}],
            "browser_messages": script_json(self._messages(page)),
            **self._app_files(page),
        }

    def _addresses(self, root: Callable[[str], str], lang: str) -> dict[str, Callable[[str], str]]:
        """What templates make addresses with."""

        def asset(name: str) -> str:
            return root(self.assets.names[name])

        def url(path: str) -> str:
            return root(path if lang == "fr" else f"{lang}/{path}")

        return {"root": root, "asset": asset, "url": url}

    def _app_files(self, page: SitePage) -> dict[str, Any]:
        app, trust = page.name, page.values.get("trust")
        if app not in _APPS:
            return {"preloads": self.assets.preloaded_by("site.js")}
        names = self.assets.names
        return {
            "style": self.assets.style_of(app),
            "script": f"{app}.js" if f"{app}.js" in names else None,
            "preloads": self.assets.preloaded_by(f"{app}.js") if f"{app}.js" in names else [],
            "worker": f"{app}-worker.js" if f"{app}-worker.js" in names else None,
            "words": later_words(page.lang) if app == "till" else None,
            "trust": trust,
            "root_file": base64.b64encode(trust.root_file).decode() if trust else "",
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


def _kind(page: SitePage) -> tuple[object, ...]:
    return page.name, page.section, page.kind, page.body_class, page.noindex


def _page_value(
    page: SitePage, words: Mapping[str, str | None], word: Callable[[str], str | None]
) -> SimpleNamespace:
    """What templates read as `page`; `word` gives each of the words, or the mark of its hole."""
    held = {name: word(name) if words[name] is not None else None for name in words}
    twins = {name[5:]: held.pop(name) for name in words if name.startswith("twin_")}
    full = {name[5:]: held.pop(name) for name in words if name.startswith("full_")}
    return SimpleNamespace(
        name=page.name,
        section=page.section,
        body_class=page.body_class,
        noindex=page.noindex,
        alternates=tuple((code, address) for code, address in full.items() if address),
        other_languages=tuple(
            SimpleNamespace(code=code, href=href, name=language(code).name)
            for code, href in twins.items()
            if code != page.lang
        ),
        **held,
    )
