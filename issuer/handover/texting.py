"""The text for one person's telephone: the whole address (no shortener sees it), in one SMS where it fits.

An SMS holds 160 characters of the GSM alphabet (3GPP TS 23.038 §6.2.1), or 70 when one is not of it; so
the sentence uses that alphabet, and a first name that does not fit it is left out.
"""

from __future__ import annotations

from typing import Final

from cje.locales import text
from issuer.handover.opening import Opening

# The basic table; `^{}\[~]|€` cost two.
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€")
_ONE: Final = 160
_PART: Final = 153  # of several: seven characters go into the header that joins them


def septets(sentence: str) -> int | None:
    """Length in the GSM alphabet; None when a character is not of it."""
    if not set(sentence) <= _BASIC | _EXTENDED:
        return None
    return sum(2 if letter in _EXTENDED else 1 for letter in sentence)


def messages_of(sentence: str) -> int:
    """How many SMS an operator counts for a sentence of the GSM alphabet."""
    length = septets(sentence)
    assert length is not None
    return 1 if length <= _ONE else -(-length // _PART)


def text_of(opening: Opening, lang: str) -> str:
    """The text that a person receives, in the GSM alphabet."""
    name = opening.first_name
    if name and septets(name) is not None:
        sentence = text("letters.sms.named", lang, name=name, link=opening.link)
        if messages_of(_plain(sentence)) == 1:
            return _plain(sentence)
    return _plain(text("letters.sms.nameless", lang, link=opening.link))


def _plain(sentence: str) -> str:
    """No-break spaces are not of the alphabet."""
    return sentence.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")
