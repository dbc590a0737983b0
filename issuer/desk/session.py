"""Who may ask: this machine's counsellor, from this page.

The address that `cje desk` prints holds a token that opens once; it becomes a cookie that no script and no
other site sees. Every request must name this host (DNS rebinding); every form must come from this origin and
hold this session's key (CSRF).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Final

COOKIE: Final = "cje_desk"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: the browser would send `Origin: null` with every form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Session:
    """One run of the desk, for one browser."""

    def __init__(self, hosts: frozenset[str]) -> None:
        """Take the hosts, with their port, under which the desk answers."""
        self._hosts = hosts
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._key = secrets.token_bytes(32)

    @property
    def token(self) -> str:
        """The token of the address, until it was used.

        Raises:
            LookupError: it was.
        """
        if self._token is None:
            raise LookupError("used")
        return self._token

    def enter(self, token: str) -> str | None:
        """Take the token, once; return the cookie that stands for it from now on."""
        if self._token is None or not hmac.compare_digest(token.encode(), self._token.encode()):
            return None
        self._token = None
        return self._cookie

    def is_host(self, host: str) -> bool:
        """Whether a request names this desk."""
        return host in self._hosts

    def is_mine(self, cookie: str | None) -> bool:
        """Whether a request comes from the browser that entered."""
        return cookie is not None and hmac.compare_digest(cookie.encode(), self._cookie.encode())

    def is_from_here(self, host: str, origin: str | None) -> bool:
        """Whether a form was sent from a page of this desk."""
        return self.is_host(host) and origin == f"http://{host}"

    @property
    def form_key(self) -> str:
        """What every form of this session holds."""
        return hmac.digest(self._key, self._cookie.encode(), "sha256").hex()

    def is_form_key(self, sent: str) -> bool:
        """Whether a form is one of this session's."""
        return hmac.compare_digest(sent.encode(), self.form_key.encode())
