"""The secret from which codes come: closed until the passphrase is typed, and again when unused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from issuer.keys.derive import CampaignSecret
from issuer.register.vault import State

OPEN_SECONDS: Final = 900  # a counsellor's visit; then whoever sits down at the machine types it again


class Lock:
    """One secret, in memory only. `clock` gives seconds."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock
        self._secret: CampaignSecret | None = None
        self._until = 0.0
        self._guard = threading.Lock()

    def open(self, passphrase: bytes) -> None:
        """Open with the passphrase.

        Raises:
            KeyRefused: it is another one, or the key file is not as it should be.
        """
        secret = self._state.campaign_secret(passphrase)
        with self._guard:
            self._secret, self._until = secret, self._clock() + OPEN_SECONDS

    def close(self) -> None:
        """Forget the secret."""
        with self._guard:
            self._secret = None

    @property
    def secret(self) -> CampaignSecret | None:
        """The secret while it is open; each use keeps it open."""
        with self._guard:
            if self._clock() >= self._until:
                self._secret = None
            elif self._secret is not None:
                self._until = self._clock() + OPEN_SECONDS
            return self._secret
