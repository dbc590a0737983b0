"""Hints for plain language: long sentences, English or administrative words, « vous » instead of « tu ».

Hints are warnings, never errors. The word lists are short, because editors ignore hints that are often wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogue.model.offer import Offer
from catalogue.problems.breach import Breach

MAX_WORDS = 25  # plain-language guides ask for 15 to 20; the margin avoids disputed hints
_SHORT = 110  # characters: sentences are not counted in a text of at most this length

ENGLISH = {
    "booking": "réservation",
    "cashback": "remboursement",
    "challenge": "défi",
    "check-in": "arrivée",
    "checker": "vérifier",
    "click and collect": "retrait en magasin",
    "deal": "offre",
    "discount": "remise",
    "e-mail": "courriel",
    "email": "courriel",
    "flyer": "prospectus",
    "free": "gratuit",
    "loyalty": "fidélité",
    "mail": "courriel",
    "newsletter": "lettre d'information",
    "online": "en ligne",
    "shop": "boutique",
    "shopping": "courses",
    "smartphone": "téléphone",
    "store": "magasin",
    "voucher": "bon",
    "wallet": "carte",
    "workshop": "atelier",
}

ADMINISTRATIVE = {
    "à l'issue de": "après",
    "afférent": "lié",
    "au titre de": "pour",
    "bénéficiaire": "tu",
    "bénéficiaires": "jeunes",
    "conformément à": "selon",
    "dans le cadre de": "pour",
    "dans le cadre du": "pour",
    "effectuer": "faire",
    "éligible": "tu y as droit si…",
    "éligibles": "tu y as droit si…",
    "en vue de": "pour",
    "le cas échéant": "si besoin",
    "ledit": "ce",
    "modalités": "comment faire",
    "nonobstant": "malgré",
    "préalablement": "avant",
    "procéder à": "faire",
    "s'acquitter de": "payer",
    "se munir de": "prendre",
    "solliciter": "demander",
    "sous réserve de": "si",
    "susmentionné": "déjà cité",
    "ultérieurement": "plus tard",
    "usager": "personne",
    "usagers": "personnes",
}
FORMAL = {"vous": "tu", "votre": "ton, ta", "vos": "tes"}

_KINDS = (("hint-english", ENGLISH), ("hint-administrative", ADMINISTRATIVE), ("hint-formal", FORMAL))
_BETTER = {word: (code, better) for code, words in _KINDS for word, better in words.items()}
_WORDS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, _BETTER), key=len, reverse=True))})(?![\w-])"
)
# The longest word of each phrase, with the punctuation that may touch it. To search 10,000 offers with the
# pattern takes 330 ms; comparing their words with this set takes 50 ms and rules out nearly all of them.
_TELLING = frozenset(
    f"{sign}{elided}{max(phrase.replace(chr(39), ' ').split(), key=len)}{after}"
    for phrase in _BETTER
    for sign in ("", "(", "«", "*", "**")
    for elided in ("", "l'", "l’", "d'", "d’", "s'", "s’")
    for after in ("", ".", ",", ";", ":", "!", "?", ")", "»", "…", "*", "**")
)
_SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n+")
_WORD = re.compile(r"\w[\w'’-]*")

# Fields that young people read. Texts for cashiers use « vous », and sources are not published.
_TEXTS = ("title", "headline", "summary", "description", "steps", "conditions", "not_allowed")


def offer_hints(offer: Offer) -> Iterator[Breach]:
    """Yield hints for the texts of an offer, in the order of its fields."""
    texts = _texts(offer)
    if not _TELLING.isdisjoint("\n".join([words for _, words in texts]).casefold().split()):
        for place, words in texts:
            yield from _words(place, words)
    for place, words in texts:
        if len(words) > _SHORT:
            yield from _sentences(place, words)


def _texts(offer: Offer) -> list[tuple[tuple[int | str, ...], str]]:
    found: list[tuple[tuple[int | str, ...], str]] = []
    for name in _TEXTS:
        value = getattr(offer, name)
        if isinstance(value, str):
            found.append(((name,), value))
        elif value:
            found += [((name, index), item) for index, item in enumerate(value)]
    return found


def _words(place: tuple[int | str, ...], words: str) -> Iterator[Breach]:
    told = set()
    for found in _WORDS.finditer(words.casefold().replace("’", "'")):
        if found[0] not in told:
            told.add(found[0])
            code, better = _BETTER[found[0]]
            yield Breach(place, code, {"found": found[0], "better": better}, warning=True)


def _sentences(place: tuple[int | str, ...], words: str) -> Iterator[Breach]:
    for sentence in _SENTENCE_END.split(words):
        count = len(_WORD.findall(sentence)) if len(sentence) > _SHORT else 0
        if count > MAX_WORDS:
            values = {"count": str(count), "limit": str(MAX_WORDS), "start": sentence[:40].strip()}
            yield Breach(place, "hint-long-sentence", values, warning=True)
