"""schema.org data of one offer, as JSON that is safe inside a `<script>` block."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from catalogue import Offer
from site_builder.pages.offer_views import OfferView

__all__ = ["offer_data", "script_json"]

_CHANNELS = {
    "online": ["OnlineOnly"],
    "store": ["InStoreOnly"],
    "both": ["OnlineOnly", "InStoreOnly"],
}


_encode = msgspec.json.Encoder().encode


def script_json(tree: object) -> Markup:
    """Return JSON for a data block. It has no `<`, `>` or `&`: no value can end the block (promise P24)."""
    raw = _encode(tree).decode()
    for char, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        raw = raw.replace(char, escape)
    return Markup(raw)  # noqa: S704 - the three characters with a meaning in HTML are escaped above


def offer_data(offer: Offer, view: OfferView) -> Markup:
    """Return https://schema.org/Offer: description, seller and dates."""
    tree: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Offer",
        "name": view.title,
        "description": view.summary,
        "offeredBy": {"@type": "Organization", "name": view.partner.name},
        "availabilityStarts": offer.valid_from.isoformat(),
        "availabilityEnds": offer.valid_until.isoformat(),
        "availability": [f"https://schema.org/{name}" for name in _CHANNELS[offer.channel]],
        "category": view.need.name,
    }
    if view.partner.website:
        tree["offeredBy"]["url"] = view.partner.website
    if offer.places:
        tree["availableAtOrFrom"] = [
            {
                "@type": "Place",
                "name": place.name,
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": place.address,
                    "postalCode": place.postcode,
                    "addressLocality": place.commune,
                    "addressCountry": "FR",
                },
            }
            for place in view.places
        ]
    return script_json(tree)
