"""The demonstration catalogue is valid, complete and worth showing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from catalogue import BarcodeUse, Catalogue, CodeUse, Offer, VoucherUse, examine_content, read_catalogue
from catalogue.model.ways_of_use import KINDS

CONTENT = Path(__file__).resolve().parents[2] / "content"
WRITTEN_ON = date(2026, 11, 21)
COMMUNES = {
    "95585": ("Sarcelles", "95200"),
    "95268": ("Garges-lès-Gonesse", "95140"),
    "95680": ("Villiers-le-Bel", "95400"),
    "95277": ("Gonesse", "95500"),
    "95280": ("Goussainville", "95190"),
}
NEEDS = ("alimentation-hygiene", "mobilite", "logement", "sante", "loisirs", "equipement")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(CONTENT)


def test_nothing_is_wrong_and_nothing_is_forgotten() -> None:
    assert [problem.render() for problem in examine_content(CONTENT, WRITTEN_ON).problems] == []


def test_there_is_enough_to_choose_from(catalogue: Catalogue) -> None:
    assert len(catalogue.offers) >= 40 and len(catalogue.partners) >= 15
    assert tuple(category.slug for category in catalogue.categories) == NEEDS
    kinds = Counter(offer.use.kind for offer in catalogue.offers)
    assert set(kinds) == set(KINDS) and kinds["voucher"] >= 16
    assert kinds.most_common(1)[0][0] == "voucher"
    assert all(
        sum(need in offer.categories for offer in catalogue.current(WRITTEN_ON)) >= 5 for need in NEEDS
    )
    assert all(catalogue.offers_of(slug) for slug in catalogue.partners)


def test_every_field_is_used_somewhere(catalogue: Catalogue) -> None:
    for name, field in Offer.model_fields.items():
        if not field.is_required():
            assert any(getattr(offer, name) != field.get_default() for offer in catalogue.offers), name
    for name, choices in (("status", 3), ("channel", 3)):
        assert len({getattr(offer, name) for offer in catalogue.offers}) == choices
    uses = [offer.use for offer in catalogue.offers]
    for flag in ("paper", "short_code", "identity_check", "amount_asked"):
        assert any(isinstance(use, VoucherUse) and getattr(use, flag) for use in uses), flag
    assert {use.source for use in uses if isinstance(use, CodeUse)} == {"shared", "imported", "derived"}
    assert {use.source for use in uses if isinstance(use, BarcodeUse)} == {"fixed", "imported"}
    assert {offer.limit.period for offer in catalogue.offers} == {"total", "day", "week", "month"}
    assert {offer.territory.kind for offer in catalogue.offers} == {"national", "departments", "communes"}
    assert {offer.saving.kind for offer in catalogue.offers if offer.saving} == {
        "percent",
        "amount",
        "free_text",
    }
    assert any(offer.limit.uses == 0 for offer in catalogue.offers)
    assert any(offer.is_upcoming(WRITTEN_ON) for offer in catalogue.offers)


def test_places_are_where_they_say(catalogue: Catalogue) -> None:
    for place in (place for offer in catalogue.offers for place in offer.places):
        assert COMMUNES[place.insee] == (place.commune, place.postcode)
        if place.latitude is not None and place.longitude is not None:
            assert 48.9 < float(place.latitude) < 49.1 and 2.3 < float(place.longitude) < 2.5


def test_addresses_lead_nowhere_by_accident(catalogue: Catalogue) -> None:
    """Invented partners have addresses that nobody can register (RFC 2606)."""
    for partner in catalogue.partners.values():
        assert partner.website is None or partner.website.endswith(".example")
    for offer in catalogue.offers:
        assert re.match(
            r"https://[a-z.-]+\.example(?:[/?]|$)", getattr(offer.use, "url", None) or "https://a.example"
        )


def test_voucher_offers_tell_the_cashier_something(catalogue: Catalogue) -> None:
    for offer in catalogue.offers:
        if isinstance(offer.use, VoucherUse):
            assert offer.cashier_terms or not offer.conditions, offer.slug


def test_young_people_are_called_tu_and_partners_vous(catalogue: Catalogue) -> None:
    vous = re.compile(r"(?<!rendez-)(?<!entre )\b(?:vous|votre|vos)\b", re.IGNORECASE)
    for offer in catalogue.offers:
        words = [offer.title, offer.summary, offer.description or "", *offer.conditions, *(offer.steps or ())]
        assert not vous.search(" ".join(words)), offer.slug
    assert vous.search(catalogue.page("devenir-partenaire").body)
    for slug in ("comment-ca-marche", "aide", "vie-privee"):
        assert not vous.search(catalogue.page(slug).body)


def test_the_pages_that_the_law_and_people_expect_are_there(catalogue: Catalogue) -> None:
    wanted = {
        "comment-ca-marche",
        "aide",
        "accessibilite",
        "vie-privee",
        "mentions-legales",
        "devenir-partenaire",
    }
    assert {page.slug for page in catalogue.pages} >= wanted
    assert "non conforme" in catalogue.page("accessibilite").body


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_text_upon_each_colour_can_be_read(appearance: str, catalogue: Catalogue) -> None:
    colours = getattr(catalogue.theme, appearance)
    pairs = [(name, name.removeprefix("on-")) for name in colours if name.startswith("on-")]
    pairs += [(front, back) for front in ("ink", "link") for back in ("bg", "surface")]
    assert [pair for pair in pairs if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


def test_kinds_are_all_named(catalogue: Catalogue) -> None:
    assert set(KINDS) == {
        get_args(type(offer.use).model_fields["kind"].annotation)[0] for offer in catalogue.offers
    }
