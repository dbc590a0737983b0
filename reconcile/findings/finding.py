"""A finding: what should not have happened, and the rows that show it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What happened; the values are stable codes."""

    SAME_USE = "same_use"  # one showing of a voucher, accepted twice
    OVER_LIMIT = "over_limit"  # more uses in a period than the voucher allows
    RENEWED_KEY = (
        "renewed_key"  # within the limit under each key, above it in all: issued again after a theft
    )
    TYPED_TOO = "typed_too"  # a code typed beside scanned uses, beyond what the voucher allows
    FALSE_CODE = "false_code"  # typed, and made by nobody who holds the partner's key
    REVOKED = "revoked"  # accepted after a list revoked it
    COMPROMISED_KEY = "compromised_key"  # signed by a key that had been revoked
    OUT_OF_TIME = "out_of_time"  # before or after the voucher's or the offer's dates
    NOT_LIVE = "not_live"  # too old or too new a code, without the four digits
    UNPROVEN = "unproven"  # no evidence that shows this use
    BARE = "bare"  # a phone's voucher without the phone's proof
    FORBIDDEN = "forbidden"  # under a verdict that nobody may confirm
    WRONG_OFFER = "wrong_offer"  # an offer that is not this partner's
    PAPER = "paper"  # on paper where the offer takes none
    KEY_MISUSE = "key_misuse"  # by a key that is unknown or may not sign this
    AFTER_STOP = "after_stop"  # by a till that the operator had stopped
    TWO_STORIES = "two_stories"  # two different rows under one number, both signed


DOUBLE = frozenset({Kind.SAME_USE, Kind.OVER_LIMIT})
"""What an honest till can do while it has not met the others: the voucher was copied."""

BY_TILL = frozenset(
    {
        Kind.FALSE_CODE,
        Kind.OUT_OF_TIME,
        Kind.NOT_LIVE,
        Kind.UNPROVEN,
        Kind.BARE,
        Kind.FORBIDDEN,
        Kind.WRONG_OFFER,
        Kind.PAPER,
        Kind.KEY_MISUSE,
        Kind.AFTER_STOP,
        Kind.TWO_STORIES,
    }
)
"""What an honest till never writes, whatever it is shown."""


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One row of a finding. Attributes:

    till: its number in the store. n: of the row. effective: seconds since 1970. list_version: that decided.
    """

    till: int
    n: int
    effective: int
    seq: int | None
    kid: int | None
    list_version: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened, to which voucher, in which rows.

    Attributes:
        cti: the voucher's id, 16 bytes, or None when it is about a till alone.
        facts: numbers for the sentence: `limit`; `age` of the till's list in seconds; `since`, when a list
            first said so; `knew` 1 when the till's own list said so.
    """

    kind: Kind
    partners: tuple[str, ...]
    offer: int | None
    cti: bytes | None
    uses: tuple[Use, ...]
    facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Names this finding, the same in every run over the same rows: 12 hexadecimal digits."""
        rows = ",".join(f"{use.till:016x}:{use.n}" for use in self.uses)
        said = f"{self.kind}|{(self.cti or b'').hex()}|{rows}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def till_knew(self) -> bool:
        """Tell whether the till could have refused with what it had."""
        return self.kind in BY_TILL or bool(self.facts.get("knew"))
