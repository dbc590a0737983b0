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
    """Base of the room; `code` is stable and the same in every language of the project.

    A person reads it in a verdict, or in a sentence of the command line (`command.refused_object`).
    """

    code: ClassVar[str] = "malformed"


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
