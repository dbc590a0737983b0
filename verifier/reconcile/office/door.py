"""Who may ask: one browser on this machine, from this page's own forms.

The printed address holds a token that opens once and becomes a cookie. Every request names this host, which
ends DNS rebinding; every form comes from this origin and carries a key that no other site can read.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Final

COOKIE: Final = "cje_office"
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Under no-referrer a browser sends `Origin: null` with every form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Door:
    """One run of the page, for one browser."""

    def __init__(self, port: int) -> None:
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self.form_key = secrets.token_urlsafe(32)

    @property
    def token(self) -> str | None:
        """What the printed address holds; None once it was used."""
        return self._token

    def enter(self, token: str) -> str | None:
        """Take the token, once; return the cookie that stands for it, or None."""
        if self._token is None or not _same(token, self._token):
            return None
        self._token = None
        return self._cookie

    def is_here(self, host: str) -> bool:
        """Whether a request names this page."""
        return host in self._hosts

    def is_mine(self, cookie: str | None) -> bool:
        """Whether a request comes from the browser that entered."""
        return cookie is not None and _same(cookie, self._cookie)

    def is_own_form(self, host: str, origin: str | None) -> bool:
        """Whether a form was sent from this page's origin."""
        return self.is_here(host) and origin == f"http://{host}"

    def is_form_key(self, sent: str) -> bool:
        """Whether a form is one that this run has made."""
        return _same(sent, self.form_key)


def _same(sent: str, wanted: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "replace"), wanted.encode())
