"""What a shared link shows."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from built_site import DAY
from PIL import Image

from catalogue import Catalogue
from site_builder.build import build
from site_builder.files.assets import BUNDLED, read_bundle
from site_builder.pages.share_cards import HEIGHT, MAX_BYTES, WIDTH, ShareCards, share_cards
from site_builder.pages.theme import checked_palette
from site_builder.pages.views import Views
from site_builder.rendering.render import environment


def drawn(catalogue: Catalogue, **theme: str) -> ShareCards:
    palette = checked_palette(read_bundle(BUNDLED).tokens, {**catalogue.theme.light, **theme}, {})
    return share_cards(environment(), Views(catalogue, DAY, "fr").needs, palette)


@pytest.mark.promise("P28")
def test_cards_are_the_same_bytes_each_time_small_and_of_the_size_that_networks_ask(
    catalogue: Catalogue,
) -> None:
    first, second = (cards.draw(list(cards.drawings)) for cards in (drawn(catalogue), drawn(catalogue)))
    assert first == second and len(set(first.values())) == len(catalogue.categories) + 1
    for png in first.values():
        assert Image.open(io.BytesIO(png)).size == (WIDTH, HEIGHT)
        assert len(png) < MAX_BYTES


def test_cards_wear_the_theme_and_show_their_drawing(catalogue: Catalogue) -> None:
    for colour, wanted in (("#2d1fd1", (45, 31, 209)), ("#005522", (0, 85, 34))):
        cards = drawn(catalogue, brand=colour, action=colour, link=colour, focus=colour)
        picture = Image.open(io.BytesIO(cards.draw([cards.site])[cards.site])).convert("RGB")
        assert picture.getpixel((5, 5)) == wanted
        assert len(picture.getcolors(100_000) or ()) > 4


def test_every_page_of_a_site_that_knows_its_address_names_a_card_that_is_there(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    site = catalogue.site.model_copy(update={"base_url": "https://carte.example/jeunes"})
    offers = catalogue.current(DAY)[:2]
    build(replace(catalogue, site=site, offers=offers, campaigns=()), tmp_path / "public", day=DAY)
    named = set()
    for path in (tmp_path / "public").rglob("index.html"):
        html = path.read_text(encoding="utf-8")
        if 'class="site' in html and "noindex" not in html:
            found = re.search(r'og:image" content="https://carte.example/jeunes/([^"]+)"', html)
            assert found, path
            named.add(found[1])
    assert len(named) > 2
    assert all((tmp_path / "public" / path).is_file() for path in named)


def test_a_site_that_does_not_know_its_address_names_no_card(built: Path) -> None:
    assert "og:image" not in (built / "index.html").read_text(encoding="utf-8")
    assert not list((built / "assets").glob("partage-*"))
