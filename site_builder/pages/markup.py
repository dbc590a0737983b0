"""The small Markdown of descriptions and pages: paragraphs, headings, lists, strong, emphasis, https links.

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

if TYPE_CHECKING:  # most rebuilds have none to render, and its import takes as long as thirty pages
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Prose", "is_https", "markdown"]


def is_https(url: str) -> bool:
    """True for an absolute https address: a host, no user name, no character that a browser would drop."""
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


@lru_cache(1_024)  # the same words stand in each language
def markdown(source: str, lang: str = "fr") -> Markup:
    """Render to HTML. The page has its h1 already: `#` and `##` both give an h2."""
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
    """Words that become HTML when a page is written."""

    source: str

    def __html__(self) -> str:
        return markdown(self.source)
