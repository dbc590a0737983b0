"""Headers and robots.txt are compared as whole texts: a line that is lost or changed is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from built_site import DAY

from catalogue import Catalogue
from site_builder.files.policy import page_headers
from site_builder.pages.feeds import feed_files
from site_builder.pages.groups import new_ones
from site_builder.pages.views import Views

COMMON = """\
X-Content-Type-Options: nosniff
Referrer-Policy: no-referrer
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Strict-Transport-Security: max-age=31536000
Cache-Control: no-cache
"""
REFUSED = "geolocation=(), microphone=(), payment=(), usb=()"
FEATURES = {
    "page": f"camera=(), screen-wake-lock=(), {REFUSED}",
    "framed": f"camera=(), screen-wake-lock=(), {REFUSED}",
    "wallet": f"camera=(self), screen-wake-lock=(self), {REFUSED}",
    "till": f"camera=(self), screen-wake-lock=(self), {REFUSED}",
}


@pytest.mark.promise("P24")
@pytest.mark.parametrize("kind", FEATURES)
def test_each_kind_of_page_has_these_headers_and_no_others(kind: str) -> None:
    headers = page_headers(kind, wasm=True)  # type: ignore[arg-type]
    policy = headers.pop("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ") and "unsafe-inline" not in policy
    assert ("'wasm-unsafe-eval'" in policy) is (kind == "till")
    text = "".join(f"{name}: {value}\n" for name, value in headers.items())
    assert text == f"Permissions-Policy: {FEATURES[kind]}\n{COMMON}"


@pytest.mark.parametrize("base", [None, "https://carte.example/jeunes/"])
def test_robots_read_neither_cards_nor_lists(catalogue: Catalogue, base: str | None) -> None:
    site = catalogue.site.model_copy(update={"base_url": base})
    changed = replace(catalogue, site=site)
    files = feed_files(changed, Views(changed, DAY, "fr"), [], DAY)
    sitemap = "" if base is None else "Sitemap: https://carte.example/jeunes/sitemap.xml\n"
    assert files["robots.txt"].decode() == f"User-agent: *\nDisallow: /w/\nDisallow: /trust/\n{sitemap}"


def test_an_offer_is_new_for_thirty_days(catalogue: Catalogue) -> None:
    offer = catalogue.offers[0]
    aged = [
        offer.model_copy(update={"number": age, "slug": f"a{age}", "valid_from": DAY - timedelta(days=age)})
        for age in (0, 29, 30, 31)
    ]
    assert [one.number for one in new_ones(aged, DAY)] == [0, 29, 30]
