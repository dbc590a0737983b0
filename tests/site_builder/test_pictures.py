"""Pictures of the content: published under a name that follows their bytes, kept offline, told in words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from built_site import DAY

from catalogue import Catalogue, Picture
from catalogue.model.images import image_file
from site_builder.build import build
from site_builder.errors import PageRefused
from site_builder.offline import precache
from site_builder.pages.pictures import gallery, pictures_in_use
from site_builder.pages.views import Views
from site_builder.preview.check import BUDGETS, page_weight

OFFER = "offres/grand-lampion-place/index.html"


class Pictures(HTMLParser):
    """Every `<img>` of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append({name: value or "" for name, value in attrs})


def test_every_picture_has_words_its_true_size_and_waits_until_it_is_near(built: Path) -> None:
    pages = [path for path in built.rglob("*.html") if "caisse" not in path.parts]
    found = [(page, picture) for page in pages for picture in Pictures(page).found]
    assert len({picture["src"].rpartition("/")[2] for _, picture in found}) == 9
    for page, picture in found:
        real = image_file((page.parent / picture["src"]).resolve().read_bytes())
        assert (picture["width"], picture["height"]) == (str(real.width), str(real.height))
        assert picture["loading"] == "lazy" and "alt" in picture
        # A logo stands beside the partner's name, which says the same.
        assert bool(picture["alt"]) != ("mark-logo" in picture["class"])


def test_an_offer_shows_its_picture_and_one_without_shows_none(built: Path, catalogue: Catalogue) -> None:
    for offer in catalogue.current(DAY):
        page = Pictures(built / "offres" / offer.slug / "index.html")
        shown = [picture["alt"] for picture in page.found if picture["class"] == "offer-picture"]
        assert len(shown) == (offer.image is not None), offer.slug


def test_a_partner_without_a_logo_keeps_its_drawn_mark(built: Path, catalogue: Catalogue) -> None:
    page = (built / "partenaires" / "index.html").read_text(encoding="utf-8")
    assert page.count('class="mark mark-logo"') == sum(
        p.logo is not None for p in catalogue.partners.values()
    )
    assert page.count('<svg class="mark"') == sum(p.logo is None for p in catalogue.partners.values())


def test_pages_with_their_pictures_keep_the_budgets(built: Path, catalogue: Catalogue) -> None:
    for name in ["index.html", *(f"offres/{o.slug}/index.html" for o in catalogue.current(DAY) if o.image)]:
        light, whole = page_weight(built, name), page_weight(built, name, pictures=True)
        assert light < whole <= BUDGETS["home" if name == "index.html" else "offer"], (name, whole)


def test_the_worker_keeps_the_pictures_for_a_basement(built: Path) -> None:
    (listed,) = built.glob("precache-*.json")
    kept = {name for name in json.loads(listed.read_bytes())["files"] if name.endswith(".webp")}
    assert kept == {path.relative_to(built).as_posix() for path in (built / "assets").glob("*.webp")}
    assert len(kept) == 9


def test_the_worker_stops_at_its_room_for_pictures_marks_first(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `site_builder.build` is the function; its module is found by name.
    monkeypatch.setattr(precache, "PRECACHE_PICTURES", 6_000)
    build(catalogue, tmp_path / "public", day=DAY)
    (listed,) = (tmp_path / "public").glob("precache-*.json")
    kept = [name for name in json.loads(listed.read_bytes())["files"] if name.endswith(".webp")]
    logos = {p.logo.file.rpartition(".")[0] for p in catalogue.partners.values() if p.logo}
    assert {Path(name).name.split(".")[0] for name in kept} == logos


def test_a_card_is_shown_in_its_season_with_the_offers_that_can_be_used(catalogue: Catalogue) -> None:
    card = next(card for card in catalogue.campaigns if card.slug == "soirees-d-hiver")
    (shown,) = (view for view in Views(catalogue, DAY, "fr").campaigns if view.slug == card.slug)
    assert [offer.slug for offer in shown.offers] == list(card.offers)
    assert shown.picture is not None and shown.css == "need-prune"
    slugs = [
        {view.slug for view in Views(catalogue, day, "fr").campaigns}
        for day in (
            card.valid_from - timedelta(days=1),
            card.valid_from,
            card.valid_until,
            card.valid_until + timedelta(days=1),
        )
    ]
    assert [card.slug in found for found in slugs] == [False, True, True, False]
    none_left = replace(catalogue, offers=tuple(o for o in catalogue.offers if o.slug not in card.offers))
    assert card.slug not in {view.slug for view in Views(none_left, DAY, "fr").campaigns}


def test_home_draws_each_card_and_leads_to_its_offers(built: Path) -> None:
    home = (built / "index.html").read_text(encoding="utf-8")
    cards = re.findall(r'<article class="campaign .*?</article>', home, re.DOTALL)
    assert len(cards) == 2
    assert all(card.count("<a href=") == 3 and card.count('class="campaign-picture"') == 1 for card in cards)
    assert "Les soirées d" in (built / "en" / "index.html").read_text(encoding="utf-8")


def test_only_pictures_of_pages_that_exist_are_read(catalogue: Catalogue) -> None:
    names = pictures_in_use(catalogue, [one for one in catalogue.offers if one.slug == "grand-lampion-place"])
    assert names[0] == "le-grand-lampion.webp" and "montures.webp" not in names
    assert set(gallery(catalogue, names).found) == set(names)


@pytest.mark.parametrize("harm", ["gone", "another", "unnamed"])
def test_a_picture_that_changed_since_the_check_stops_the_build_before_it_writes(
    harm: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    name = "salle-de-cinema.webp"
    (tmp_path / "images").mkdir()
    true = catalogue.pictures[name]
    if harm == "another":
        (tmp_path / "images" / name).write_bytes(catalogue.pictures["le-grand-lampion.webp"].read())
    pictures = {**catalogue.pictures, name: Picture(name, true.width, true.height, tmp_path)}
    if harm == "unnamed":
        del pictures[name]
    with pytest.raises(PageRefused, match=name):
        build(replace(catalogue, pictures=pictures), tmp_path / "public", day=DAY)
    assert not list((tmp_path / "public").rglob("*.html"))
