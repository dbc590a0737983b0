"""Pictures are judged by their bytes; campaign cards name offers that are there; hints never miss a word."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Drawing

from catalogue import examine_content, read_catalogue
from catalogue.model.images import (
    FORMATS,
    LOGO,
    MAX_READ,
    PICTURE,
    Budget,
    ImageFile,
    image_breaches,
    image_file,
)
from catalogue.model.offer import Offer
from catalogue.reading.cache import OfferCache
from catalogue.rules.plain_language import _KINDS, MAX_WORDS, offer_hints

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[2]
OFFER = "offers/place.yaml"


def drawn(form: str, size: tuple[int, int] = (640, 360), **options: Any) -> bytes:
    stream = io.BytesIO()
    Drawing.new("RGB", size, "#336699").save(stream, form, **options)
    return stream.getvalue()


def exif() -> Any:
    tags = Drawing.Exif()
    tags[0x0110] = "a camera"
    return tags


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (drawn("PNG"), "png"),
        (drawn("JPEG"), "jpeg"),
        (drawn("JPEG", progressive=True), "jpeg"),
        (drawn("WEBP"), "webp"),
        (drawn("WEBP", lossless=True), "webp"),
        (drawn("WEBP", exif=exif()), "webp"),
    ],
    ids=["png", "jpeg", "progressive", "webp", "lossless", "extended"],
)
def test_a_picture_is_known_by_its_bytes(raw: bytes, kind: str) -> None:
    found = image_file(raw)
    assert (found.kind, found.width, found.height, found.size) == (kind, 640, 360, len(raw))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_a_camera_writes_is_seen(form: str) -> None:
    assert image_file(drawn(form, exif=exif())).tagged
    assert not image_file(drawn(form)).tagged


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_cut_anywhere_never_stops_the_check(form: str) -> None:
    raw = drawn(form)
    assert all(
        image_file(raw[:end]).kind in (None, FORMATS[form.lower().replace("jpeg", "jpg")])
        for end in range(80)
    )
    assert image_file(b"").kind is None and image_file(b"<svg/>").kind is None
    assert image_file(b"GIF89a" + bytes(40)).kind is None


def codes(file: ImageFile | None, budget: Budget = PICTURE, name: str = "a.webp") -> list[str]:
    return [found.code for found in image_breaches("image", name, budget, {name: file} if file else {})]


@pytest.mark.parametrize("budget", [LOGO, PICTURE])
def test_each_budget_holds_to_the_byte_and_to_the_pixel(budget: Budget) -> None:
    most, side = budget.kib * 1024, budget.least
    assert codes(ImageFile("webp", most, side, 1), budget) == []
    assert codes(ImageFile("webp", most + 1, side, 1), budget) == ["image-too-heavy"]
    assert codes(ImageFile("webp", 1, side - 1, side - 1), budget) == ["image-size"]
    assert codes(ImageFile("webp", 1, 1, budget.most), budget) == []
    assert codes(ImageFile("webp", 1, 1, budget.most + 1), budget) == ["image-size"]
    assert codes(ImageFile("webp", 1, side, 0), budget) == ["image-size"]


def test_a_name_does_not_make_a_format() -> None:
    assert codes(ImageFile("jpeg", 1, 640, 360)) == ["image-format"]
    assert codes(ImageFile(None, 1)) == ["image-format"]
    assert codes(ImageFile("webp", 1, 640, 360, tagged=True)) == ["image-tagged"]
    assert codes(None) == ["image-missing"]


@pytest.fixture
def pictured(content: Any) -> Any:
    content.write("images/salle.webp", drawn("WEBP"))
    content.replace(OFFER, ("Un film.", "Un film.\nimage: {file: salle.webp, alt: Une salle}"))
    return content


def told(content: Any) -> list[tuple[str, str]]:
    problems = examine_content(content.root, TODAY).problems
    for _ in range(2):
        memory = OfferCache.beside(content.root)
        memory.now_ns = lambda: 10**19
        assert examine_content(content.root, TODAY, memory).problems == problems
    return [(problem.code, problem.path.removeprefix(f"{content.root.as_posix()}/")) for problem in problems]


def test_a_good_picture_is_read_with_its_words(pictured: Any) -> None:
    assert told(pictured) == []
    image = read_catalogue(pictured.root).offer(12).image
    assert image is not None and (image.file, image.alt) == ("salle.webp", "Une salle")


def test_a_change_of_the_picture_reaches_a_remembered_offer(pictured: Any) -> None:
    assert told(pictured) == []
    pictured.write("images/salle.webp", drawn("PNG"))
    assert told(pictured) == [("image-format", OFFER)]
    pictured.write("images/salle.webp", bytes(MAX_READ + 1))
    assert told(pictured) == [("image-too-heavy", OFFER)]
    (pictured.root / "images/salle.webp").unlink()
    (pictured.root / "images/salle.webp").symlink_to("/etc/passwd")
    assert told(pictured) == [("image-format", OFFER)]
    pictured.write("images/autre.webp", drawn("WEBP"))
    assert ("image-unused", "images/autre.webp") in told(pictured)


@pytest.mark.parametrize("alt", ['""', "é" * 126])
def test_a_picture_without_words_or_with_too_many_is_refused(alt: str, pictured: Any) -> None:
    pictured.replace(OFFER, ("Un film.", f"Un film.\nimage: {{file: salle.webp, alt: {alt}}}"))
    assert next(code for code, _ in told(pictured)) in ("text-empty", "text-too-long")
    pictured.replace(OFFER, ("Un film.", "Un film.\nimage: {file: salle.webp}"))
    assert ("field-missing", OFFER) in told(pictured)


def test_a_logo_has_its_own_budget(pictured: Any) -> None:
    pictured.write(
        "partners/le-grand-lampion.yaml",
        "name: Le Grand Lampion\nsummary: Un cinéma.\nlogo: {file: salle.webp, alt: Une salle}\n",
    )
    assert told(pictured) == [("image-size", "partners/le-grand-lampion.yaml")]


CARD = """\
title: Sortir
summary: Tout pour sortir.
colour: azur
offers: [place]
valid_from: 2026-11-01
valid_until: 2027-02-28
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[place]", "[plase]", "offer-unknown"),
        ("[place]", "[place, place]", "list-repeats"),
        ("[place]", "[]", "list-too-short"),
        ("azur", "rouge", "colour-unknown"),
        ("2027-02-28", "2026-10-31", "dates-reversed"),
        ("2026-11-01\nvalid_until: 2027-02-28", "2027-07-01\nvalid_until: 2027-07-02", "offer-not-shown"),
    ],
)
def test_a_campaign_card_says_what_is_so(old: str, new: str, code: str, content: Any) -> None:
    content.write("campaigns/sortir.yaml", CARD)
    assert told(content) == []
    card = read_catalogue(content.root).campaigns[0]
    assert (
        card.slug == "sortir" and card.is_current(date(2027, 2, 28)) and not card.is_current(date(2027, 3, 1))
    )
    content.write("campaigns/sortir.yaml", CARD.replace(old, new))
    assert {found for found, _ in told(content)} == {code, "colour-unknown"} & {code}
    assert {path for _, path in told(content)} == {"campaigns/sortir.yaml"}


def test_a_card_of_a_faulty_offer_is_not_faulty_too(content: Any) -> None:
    content.write("campaigns/sortir.yaml", CARD)
    content.replace(OFFER, ("title: Une", "title Une"))
    assert told(content) == [("yaml-missing-colon", OFFER)]


@cache
def any_offer() -> Offer:
    return read_catalogue(ROOT / "content").offers[0]


def hints(text: str) -> list[tuple[str, str]]:
    offer = any_offer().model_copy(update={"description": text})
    return [(found.code, found.values.get("found", "")) for found in offer_hints(offer)]


@pytest.mark.parametrize(
    "frame", ["{}", "Oui, {}.", "« {} »", "({}) !", "Voilà **{}**", "D'abord : {}, puis"]
)
def test_no_listed_word_is_missed_whatever_touches_it(frame: str) -> None:
    for code, words in _KINDS:
        for word in words:
            for written in (word, word.capitalize(), word.replace("'", "’")):
                assert (code, word) in hints(frame.format(written)), written


@pytest.mark.parametrize(
    "text", ["Un store-banne", "freelance", "les vôtres", "rendez-vous", "Le mailing", "usagère"]
)
def test_a_word_that_holds_a_listed_one_is_left_alone(text: str) -> None:
    assert hints(text) == []


@pytest.mark.parametrize(("words", "told"), [(MAX_WORDS, False), (MAX_WORDS + 1, True)])
def test_a_sentence_is_long_from_one_word_more(words: int, told: bool) -> None:
    text = "Voici. " + " ".join(["chose"] * words) + ". Fin."
    assert [code for code, _ in hints(text)] == (["hint-long-sentence"] if told else [])


def test_the_demo_catalogue_needs_no_hint() -> None:
    offers: tuple[Offer, ...] = read_catalogue(ROOT / "content").offers
    assert [(offer.slug, found.values) for offer in offers for found in offer_hints(offer)] == []
