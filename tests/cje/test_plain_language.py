"""Our own French is plain: short sentences, no administrative nor English word, « tu » to young people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import read_catalogue
from catalogue.rules.plain_language import ADMINISTRATIVE, ENGLISH
from cje.locales import messages

ROOT = Path(__file__).resolve().parents[2]

# What young people read says « tu »; what partners, counsellors and editors read says « vous ».
YOUNG = {"wallet"}
OLDER = {"till", "verdicts"}
READ_BY_PEOPLE = {"site", "wallet", "till", "verdicts", "desk", "letters"}
# Of the site's messages, what speaks to partners and to operators.
TO_PARTNERS = re.compile(r"(?:kit|become|till|cli|errors)\.|kit\.")
LONGEST = 25  # words; the same bound as for editors' texts
SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n+")
WORD = re.compile(r"\w[\w'’-]*")
FORBIDDEN = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, {*ADMINISTRATIVE, *ENGLISH}))})(?![\w-])")
# Each with its reason.
ALLOWED = {
    "bénéficiaire": {"desk", "letters"},  # a counsellor's own word for the person
    "bénéficiaires": {"desk", "letters"},
}
TU = re.compile(r"(?<![\w-])(?:tu|ton|ta|tes|toi)(?![\w-])", re.IGNORECASE)
VOUS = re.compile(r"(?<![\w-])(?:vous|votre|vos)(?![\w-])", re.IGNORECASE)


def own_texts() -> Iterator[tuple[str, str, str]]:
    """Room, key and text of all that people read, in French."""
    for room in sorted(READ_BY_PEOPLE):
        yield from ((room, key, words) for key, words in messages(room, "fr").items())
    for page in read_catalogue(ROOT / "content").pages:
        for number, line in enumerate((page.title, page.summary, *page.body.split("\n\n"))):
            yield "content", f"{page.slug}, {number}", " ".join(line.split())


def faults(room: str, words: str) -> Iterator[str]:
    words = re.sub(r"\{\w+\}", "", words)
    for sentence in SENTENCE_END.split(words):
        if len(WORD.findall(sentence)) > LONGEST:
            yield f"long: {sentence}"
    for found in FORBIDDEN.findall(words.casefold().replace("’", "'")):
        if room not in ALLOWED.get(found, ()):
            yield f"{found}: {words}"


def test_our_own_texts_are_plain() -> None:
    texts = list(own_texts())
    assert len(texts) > 500
    found = [f"{room}.{key}: {fault}" for room, key, words in texts for fault in faults(room, words)]
    assert found == []


def test_young_people_are_told_tu_and_partners_vous() -> None:
    wrong = []
    for room, key, words in own_texts():
        partner = room in OLDER or (room == "site" and TO_PARTNERS.match(key))
        young = room in YOUNG or (room == "site" and not partner)
        if (young and VOUS.search(words)) or (partner and TU.search(words)):
            wrong.append(f"{room}.{key}: {words}")
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    [
        "Le bénéficiaire doit effectuer une demande.",
        "Checker son wallet.",
        "Un mot " * 13 + "de plus.",
    ],
)
def test_the_check_sees_what_is_not_plain(words: str) -> None:
    assert list(faults("site", words))
