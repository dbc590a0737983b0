"""The Markdown subset of descriptions and pages: paragraphs, headings, lists, emphasis, https links.

No raw HTML, no image, no other link: an editor's text can only become the elements above (promise P24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup

from cje.locales import typographic

if TYPE_CHECKING:  # most rebuilds render no Markdown, and the import takes as long as 30 pages
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Prose", "is_https", "markdown"]


def is_https(url: str) -> bool:
    """Return whether an address is absolute https: a host, no user name, no character that browsers drop."""
    if any(char.isspace() or ord(char) < 32 or char in "\\<>\"'`" for char in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _link_open(tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    from markdown_it.renderer import RendererHTML

    tokens[index].attrSet("rel", "noopener external")
    return RendererHTML().renderToken(tokens, index, options, env)


@cache
def _engine() -> MarkdownIt:
    from markdown_it import MarkdownIt

    engine = MarkdownIt("zero", {"html": False, "linkify": False})
    engine.enable(["heading", "list", "emphasis", "link", "escape", "newline", "entity"])
    engine.validateLink = is_https  # type: ignore[method-assign]
    engine.renderer.rules["link_open"] = _link_open  # type: ignore[attr-defined]
    return engine


@lru_cache(1_024)  # the text is the same in each language
def markdown(source: str, lang: str = "fr") -> Markup:
    """Render Markdown to HTML. `#` and `##` both become h2, because the page has an h1 already."""
    engine = _engine()
    tokens = engine.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(int(token.tag[1:]), 2)}"
        for child in token.children or ():
            if child.type == "text":
                child.content = typographic(child.content, lang)
    return Markup(engine.renderer.render(tokens, engine.options, {}))  # noqa: S704 - html is off, links are https


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown that is rendered when a page is written."""

    source: str

    def __html__(self) -> str:
        return markdown(self.source)
