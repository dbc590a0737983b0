"""The language that a request asks for, and where a form leads."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cje.locales import LANGUAGES, preferred_language

LANGUAGE_COOKIE: Final = "cje_desk_lang"


def language_of(request: Request) -> str:
    """Return the language chosen on the page, else the browser's, else French."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return preferred_language(request.headers.get("accept-language", ""))


def redirect(path: str, **query: str) -> Response:
    """Lead to another page after a form; loading that page again does not send the form again."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def local_path(path: str) -> str:
    """Return a path of this desk, or its first page: never the address of another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
