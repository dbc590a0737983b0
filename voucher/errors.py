"""What can be wrong with an object on the wire. A decoder of this room raises nothing else, on any input.

VoucherError
├── NotOurs          another application's text: never opened, never printed
├── UpdateApp        a newer version of one of our formats
├── Malformed        ours, but not in its one byte form, or out of bounds
├── TooBig           over its cap: refused unread
├── UnknownKey       signed by a key that is not trusted here
├── BadSignature     the signature does not hold
└── BadKey           a public key that must not be trusted (not 32 bytes, or outside the prime-order subgroup)
"""

from __future__ import annotations

from typing import ClassVar


class VoucherError(Exception):
    """Base of the room; `code` is stable and the same in every language of the project."""

    code: ClassVar[str] = "malformed"

    @property
    def sentence(self) -> str:
        """What a person reads when the command line meets it outside of a verdict, in French."""
        return self.said("fr")

    def said(self, lang: str) -> str:
        """The same in French, or else in English."""
        return (
            f"Objet refusé ({self.code}) : {self}."
            if lang == "fr"
            else f"Object refused ({self.code}): {self}."
        )


class NotOurs(VoucherError):
    code = "not_ours"


class UpdateApp(VoucherError):
    code = "update_app"


class Malformed(VoucherError):
    code = "malformed"


class TooBig(VoucherError):
    code = "too_big"


class UnknownKey(VoucherError):
    code = "unknown_key"


class BadSignature(VoucherError):
    code = "bad_signature"


class BadKey(VoucherError):
    code = "bad_key"
