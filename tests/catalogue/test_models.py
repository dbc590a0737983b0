"""Offers, savings, territories and barcodes behave as the field expects."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from catalogue import CatalogueError, InvalidContent, Partner, read_catalogue
from catalogue.model.barcodes import expected_check_digit, gs1_check_digit, has_shape
from catalogue.model.field_types import money_text, parse_money
from catalogue.problems.did_you_mean import find_nearest_word, make_slug

FIRST, LAST = date(2026, 9, 1), date(2027, 6, 30)


@pytest.fixture
def offer(content: Any) -> Any:
    return read_catalogue(content.root).offer(12)


def test_both_days_are_included(offer: Any) -> None:
    day = timedelta(days=1)
    assert [offer.is_current(at) for at in (FIRST - day, FIRST, LAST, LAST + day)] == [
        False,
        True,
        True,
        False,
    ]
    assert offer.is_upcoming(FIRST - day) and not offer.is_upcoming(FIRST)


def test_ends_soon_counts_the_last_day_in(offer: Any) -> None:
    ends = [offer.ends_soon(LAST - timedelta(days=left)) for left in (11, 10, 1, 0, -1)]
    assert ends == [False, True, True, True, False]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_not_published_is_never_current(offer: Any, status: str) -> None:
    hidden = offer.model_copy(update={"status": status})
    assert not (hidden.is_current(FIRST) or hidden.is_upcoming(date(2020, 1, 1)) or hidden.ends_soon(LAST))


def test_days_are_told_in_words(offer: Any) -> None:
    assert offer.valid_until_text() == "jusqu'au 30 juin 2027"
    assert offer.valid_until_text("en") == "until 30 June 2027"
    first = offer.model_copy(update={"valid_until": date(2027, 3, 1)})
    assert first.valid_until_text() == "jusqu'au 1er mars 2027"


def test_nothing_of_an_offer_can_be_changed(offer: Any) -> None:
    with pytest.raises(ValidationError):
        offer.number = 13


def test_a_contact_is_in_no_dump_and_no_repr() -> None:
    partner = Partner.model_validate(
        {
            "slug": "a",
            "name": "A",
            "summary": "B",
            "contact": {"name": "Zoé Secret", "phone": "01 99 00 12 34"},
        }
    )
    shown = f"{partner!r} {partner} {partner.model_dump()} {partner.model_dump_json()}"
    assert "Secret" not in shown and "01 99" not in shown
    assert partner.contact is not None and partner.contact.name == "Zoé Secret"


@pytest.mark.parametrize(
    ("text", "cents"), [("40 €", 4000), ("6,95 €", 695), ("1 300 €", 130_000), ("0,05€", 5)]
)
def test_amounts_are_cents(text: str, cents: int) -> None:
    assert parse_money(text) == cents
    assert parse_money(money_text(cents)) == cents


@pytest.mark.parametrize(
    "text", ["40", 40, "40.00 €", "6,9 €", "6,955 €", "-3 €", "€ 40", "4 0 €", "１ €", "", None, True]
)
def test_an_amount_that_could_be_misread_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="money"):
        parse_money(text)


# From the GS1 General Specifications, figure 7.9, and published examples.
@pytest.mark.parametrize(
    ("symbology", "value"),
    [("ean13", "6291041500213"), ("ean8", "96385074"), ("upca", "036000291452"), ("itf14", "10012345678902")],
)
def test_check_digits_are_those_of_gs1(symbology: Any, value: str) -> None:
    assert has_shape(symbology, value)
    assert expected_check_digit(symbology, value) == value[-1]
    for place in range(len(value) - 1):
        for digit in set("0123456789") - {value[place]}:
            changed = value[:place] + digit + value[place + 1 :]
            assert expected_check_digit(symbology, changed) != value[-1], "one wrong digit is always seen"


@pytest.mark.parametrize(
    ("symbology", "value"),
    [
        *(
            ("ean13", "629104150021"),
            ("ean13", "62910415002133"),
            ("ean13", "629104150021３"),
            ("ean8", "9638507a"),
        ),
        *(
            ("code39", "minuscule"),
            ("code39", ""),
            ("codabar", "1234"),
            ("code128", "é"),
            ("code128", "x" * 49),
        ),
    ],
)
def test_a_barcode_that_no_till_can_carry_is_refused(symbology: Any, value: str) -> None:
    assert not has_shape(symbology, value)


def test_a_check_digit_may_be_zero() -> None:
    assert gs1_check_digit("123456789050") == "0" or gs1_check_digit("000000000000") == "0"


def test_a_territory_covers_its_communes(offer: Any) -> None:
    assert offer.territory.covers("95277") and not offer.territory.covers("95280")
    val_d_oise = offer.territory.model_copy(update={"kind": "departments", "codes": ("95",)})
    assert val_d_oise.covers("95277") and not val_d_oise.covers("75101")
    assert offer.territory.model_copy(update={"kind": "national", "codes": ()}).covers("75101")


def test_reading_raises_one_error_with_everything_in_it(content: Any) -> None:
    content.replace("offers/place.yaml", ("number: 12", "number: 0"), ("channel: store", "channel: x"))
    with pytest.raises(InvalidContent) as caught:
        read_catalogue(content.root)
    assert isinstance(caught.value, CatalogueError) and caught.value.exit_code == 1
    assert [problem.code for problem in caught.value.problems] == ["number-too-small", "value-unknown"]
    assert "cje offers check" in caught.value.sentence and "2 erreurs" in caught.value.sentence


def test_lookups(content: Any) -> None:
    catalogue = read_catalogue(content.root)
    assert catalogue.partner_of(catalogue.offer(12)).name == "Le Grand Lampion"
    assert catalogue.offers_of("le-grand-lampion") == catalogue.published() == catalogue.current(FIRST)
    assert catalogue.category("loisirs").short == "Sortir" and catalogue.programme("cej").name == "CEJ"
    for look in (catalogue.category, catalogue.programme, catalogue.page):
        with pytest.raises(KeyError):
            look("rien")


@pytest.mark.parametrize(
    ("word", "meant"), [("mobilité", "mobilite"), ("Mobilite", "mobilite"), ("xyz", None)]
)
def test_likeness_sees_past_accents_and_case(word: str, meant: str | None) -> None:
    assert find_nearest_word(word, ["mobilite", "logement"]) == meant
    assert find_nearest_word("m" * 10_000, ["m" * 10_000]) is None


@pytest.mark.parametrize(
    ("words", "slug"), [("L'Été & œufs !", "l-ete-oeufs"), ("−−", ""), ("a" * 80, "a" * 60)]
)
def test_slugs_are_made_of_any_words(words: str, slug: str) -> None:
    assert make_slug(words) == slug
