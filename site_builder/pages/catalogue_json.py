"""catalogue.json, version 1: the public facts of every visible offer, for search, favourites and the wallet.

Described for browsers in web/ui/catalogue.ts. Never in it: promo codes, discount links, barcode values (they
travel in a person's own bundle), a partner's contact, an offer's sources.
"""

from __future__ import annotations

from typing import Any

import msgspec

from catalogue import BarcodeUse, Catalogue, CodeUse, Offer, VoucherUse
from catalogue.model.departments import DEPARTMENTS
from cje.locales import typographic
from site_builder.pages.offer_views import default_steps
from site_builder.pages.views import Views

__all__ = ["catalogue_head", "offer_json"]


_encode = msgspec.json.Encoder().encode


def catalogue_head(catalogue: Catalogue, views: Views) -> bytes:
    """The catalogue as compact JSON, keys in a fixed order, up to the bracket before its offers."""
    tree = {
        "format": "cje-catalogue",
        "version": 1,
        "lang": views.lang,
        "name": catalogue.site.name,
        "categories": [
            {
                "slug": need.slug,
                "name": need.name,
                "short": need.short,
                "need": need.css.removeprefix("need-"),
            }
            for need in views.needs
        ],
        "programmes": [{"slug": p.slug, "name": typographic(p.name)} for p in catalogue.programmes],
        "territories": [
            {"code": code, "name": DEPARTMENTS[code]} for code in views.territories if code in DEPARTMENTS
        ],
        "partners": {
            slug: {
                "name": partner.name,
                "summary": partner.summary,
                "colour": partner.colour,
                "onColour": partner.on_colour,
                "initials": partner.initials,
                "website": partner.website,
            }
            for slug, partner in views.partners.items()
        },
        "offers": [],
    }
    return _compact(tree).removesuffix(b"]}")


def offer_json(offer: Offer, lang: str) -> bytes:
    """One offer of the catalogue; it depends on nothing else."""
    return _compact(_offer(offer, lang))


def _compact(tree: dict[str, Any]) -> bytes:
    return _encode(tree)


def _offer(offer: Offer, lang: str) -> dict[str, Any]:
    def lines(sentences: tuple[str, ...]) -> list[str]:
        return [typographic(sentence) for sentence in sentences]

    return {
        "number": offer.number,
        "slug": offer.slug,
        "title": typographic(offer.title),
        "summary": typographic(offer.summary),
        "headline": typographic(offer.headline),
        "partner": offer.partner,
        "categories": list(offer.categories),
        "tags": list(offer.tags),
        "kind": offer.use.kind,
        **_way(offer),
        "steps": lines(offer.steps) if offer.steps else list(default_steps(offer, lang)),
        "conditions": lines(offer.conditions),
        "notAllowed": lines(offer.not_allowed),
        "from": offer.valid_from.isoformat(),
        "until": offer.valid_until.isoformat(),
        "limit": {"uses": offer.limit.uses, "period": offer.limit.period},
        "programmes": list(offer.programmes),
        "age": {"min": offer.age.min, "max": offer.age.max} if offer.age else None,
        "territory": {
            "kind": offer.territory.kind,
            "codes": list(offer.territory.codes),
            "label": typographic(offer.territory.label),
        },
        "channel": offer.channel,
        "places": [
            {
                "name": typographic(place.name),
                "address": typographic(place.address),
                "postcode": place.postcode,
                "commune": place.commune,
                "insee": place.insee,
                "hours": typographic(place.hours) if place.hours else None,
                "latitude": place.latitude,
                "longitude": place.longitude,
            }
            for place in offer.places
        ],
        "savingCents": offer.estimated_cents,
    }


def _way(offer: Offer) -> dict[str, Any]:
    use = offer.use
    voucher = use if isinstance(use, VoucherUse) else None
    return {
        "paper": bool(voucher and voucher.paper),
        "shortCode": bool(voucher and voucher.short_code),
        "identityCheck": bool(voucher and voucher.identity_check),
        "amountAsked": bool(voucher and voucher.amount_asked),
        "source": use.source if isinstance(use, CodeUse | BarcodeUse) else None,
        "symbology": use.symbology if isinstance(use, BarcodeUse) else None,
    }
