"""The small Markdown of descriptions and pages: paragraphs, headings, lists, strong, emphasis, https links.

No raw HTML, no image, no other link: an editor's text can only become the elements above (promise P24).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from locales import typographic

__all__ = ["is_https", "markdown"]


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
    tokens[index].attrSet("rel", "noopener external")
    return RendererHTML().renderToken(tokens, index, options, env)


def _engine() -> MarkdownIt:
    engine = MarkdownIt("zero", {"html": False, "linkify": False})
    engine.enable(["heading", "list", "emphasis", "link", "escape", "newline", "entity"])
    engine.validateLink = is_https  # type: ignore[method-assign]
    engine.renderer.rules["link_open"] = _link_open  # type: ignore[attr-defined]
    return engine


_ENGINE = _engine()


@lru_cache(1_024)  # the same words stand in each language
def markdown(source: str, lang: str = "fr") -> Markup:
    """Render to HTML. The page has its h1 already: `#` and `##` both give an h2."""
    tokens = _ENGINE.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(int(token.tag[1:]), 2)}"
        for child in token.children or ():
            if child.type == "text":
                child.content = typographic(child.content, lang)
    return Markup(_ENGINE.renderer.render(tokens, _ENGINE.options, {}))  # noqa: S704 - html is off, links are https
