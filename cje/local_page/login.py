"""Who may ask: one browser on this machine, from this page's own forms.

The printed address holds a token that opens once and becomes a cookie, which no script and no other site
sees. Every request names this host, which ends DNS rebinding; every form comes from this origin and carries a
key that no other site can read (CSRF).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Under no-referrer a browser sends `Origin: null` with every form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Door:
    """One run of a page, for one browser."""

    def __init__(self, name: str, port: int) -> None:
        """Make the secrets of this run.

        Args:
            name: of the cookie; two pages of one machine share its cookies, whatever their ports.
        """
        self.cookie_name = name
        self.form_key = secrets.token_urlsafe(32)
        self._hosts = {f"{host}:{port}" for host in ("127.0.0.1", "localhost")}
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)

    @property
    def token(self) -> str | None:
        """What the printed address holds; None once it was used."""
        return self._token

    def enter(self, token: str, answer: Response) -> bool:
        """Take the token, once, and give the answer the cookie that stands for it; False: it is wrong."""
        if self._token is None or not _same(token, self._token):
            return False
        self._token = None
        answer.set_cookie(self.cookie_name, self._cookie, httponly=True, samesite="strict", path="/")
        return True

    def is_here(self, host: str) -> bool:
        """Whether a request names this page."""
        return host in self._hosts

    def is_inside(self, request: Request) -> bool:
        """Whether a request comes from the browser that entered."""
        cookie = request.cookies.get(self.cookie_name)
        return cookie is not None and _same(cookie, self._cookie)

    def is_own_form(self, request: Request) -> bool:
        """Whether it comes from that browser and from a page of this origin; its key is not looked at yet."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        return self.is_inside(request) and self.is_here(host) and origin == f"http://{host}"

    def is_form_key(self, sent: str) -> bool:
        """Whether a form is one that this run has made."""
        return _same(sent, self.form_key)


def _same(sent: str, wanted: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "replace"), wanted.encode())
