"""One security policy for all ways of serving: `_headers` file, `cje site serve`, meta in each page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from cje.locales import CONTENT_LANGUAGE, LANGUAGES

__all__ = [
    "BUILT",
    "SERVERS",
    "Kind",
    "WebServer",
    "content_policy",
    "headers_file",
    "page_headers",
    "parse_headers_file",
]

# The folder of the page that says on which day the site was built.
BUILT = "mise-a-jour/"
Kind = Literal["page", "wallet", "till", "framed"]
WebServer = Literal["nginx", "apache"]
SERVERS: tuple[WebServer, ...] = get_args(WebServer)

# Folders of the languages that addresses name.
_PREFIXES = frozenset(LANGUAGES) - {CONTENT_LANGUAGE}

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "media-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    # The one policy that web/ui/trusted.ts makes; nobody can add a second.
    "trusted-types": "cje",
}
# Browsers ignore this one in <meta> and say so on the console.
_HEADER_ONLY = frozenset({"frame-ancestors"})
_FEATURES: dict[Kind, tuple[str, ...]] = {
    "page": (),
    "framed": (),
    "wallet": ("camera", "screen-wake-lock"),
    "till": ("camera", "screen-wake-lock"),
}
_REFUSED = ("geolocation", "microphone", "payment", "usb", "interest-cohort", "browsing-topics")


def content_policy(kind: Kind, *, wasm: bool = False, meta: bool = False) -> str:
    """The Content-Security-Policy of one kind of page.

    Args:
        kind: what the page is; `framed` is the one that other pages of the site may show inside themselves.
        wasm: the till brings a WebAssembly decoder; its page alone may compile it.
        meta: leave out what only a header can say.
    """
    sources = dict(_SOURCES)
    if kind == "till" and wasm:
        sources["script-src"] += " 'wasm-unsafe-eval'"
    if kind == "page":
        sources["frame-src"] = "'self'"
    if kind == "framed":
        sources |= {"script-src": "'none'", "connect-src": "'none'", "frame-ancestors": "'self'"}
    return "; ".join(
        f"{name} {value}" for name, value in sources.items() if not (meta and name in _HEADER_ONLY)
    )


def page_headers(kind: Kind, *, wasm: bool = False) -> dict[str, str]:
    """All security headers of one kind of page."""
    allowed = _FEATURES[kind]
    features = [f"{name}=(self)" for name in allowed]
    features += [f"{name}=()" for name in ("camera", "screen-wake-lock") if name not in allowed]
    # Chromium warns on the console about names it has dropped, so only living ones are refused by name.
    features += [f"{name}=()" for name in _REFUSED if name not in {"interest-cohort", "browsing-topics"}]
    return {
        "Content-Security-Policy": content_policy(kind, wasm=wasm),
        "Permissions-Policy": ", ".join(features),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "Cache-Control": "no-cache",
    }


def _kind_of(top: str) -> Kind:
    first, _, rest = top.removeprefix("/").partition("/")
    page = rest if first in _PREFIXES else top.removeprefix("/")
    if page.startswith("caisse"):
        return "till"
    if page.startswith(BUILT):
        return "framed"
    return "wallet" if page.startswith("carte") else "page"


def headers_file(paths: Iterable[str], *, wasm: bool = False) -> str:
    """The `_headers` file of Netlify and Cloudflare Pages for a site made of `paths`.

    Hosts join the rules that match one address, and two joined policies are intersected: a looser rule for
    the till under a general one would have no effect. So each top folder gets its own rule and none overlap.
    """
    lines = ["# Written by cje site build from one policy; each address matches one rule only."]
    for rule in sorted({*map(_rule, paths), "/w/*", "/trust/*"}):
        headers = page_headers(_kind_of(rule), wasm=wasm)
        if rule == "/assets/*":
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        lines += [rule, *(f"  {name}: {value}" for name, value in headers.items())]
    return "\n".join(lines) + "\n"


def _rule(path: str) -> str:
    first, _, rest = path.partition("/")
    if not rest:
        return "/" if path == "index.html" else f"/{path}"
    if first not in _PREFIXES:
        return f"/{first}/*"
    second, _, deeper = rest.partition("/")
    if second == "index.html":
        return f"/{first}/"
    return f"/{first}/{second}/*" if deeper else f"/{first}/{second}"


def parse_headers_file(text: str) -> list[tuple[str, dict[str, str]]]:
    """Read a `_headers` file back: (rule, headers), in order. `cje site serve` sends these."""
    rules: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line[0].isspace():
            rules.append((line.strip(), {}))
        elif rules:
            name, _, value = line.strip().partition(":")
            rules[-1][1][name] = value.strip()
    return rules
