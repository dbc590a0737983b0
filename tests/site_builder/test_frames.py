"""Pages are filled into shared frames: the bytes must be those that the template alone would give."""

from __future__ import annotations

from dataclasses import replace

import pytest
from built_site import DAY
from hostile_catalogue import with_text
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, meta, nodes
from markupsafe import Markup, escape

from catalogue import Catalogue
from cje.locales import _FRENCH_SPACES as SPACES
from cje.locales import LANGUAGES, typographic
from site_builder.files.assets import BUNDLED, published, read_bundle
from site_builder.pages.site_map import content_pages
from site_builder.pages.theme import checked_palette
from site_builder.pages.views import Views
from site_builder.pages.words import with_later_words
from site_builder.rendering import frames
from site_builder.rendering.frames import FastEnvironment
from site_builder.rendering.render import Renderer, environment

# What depends on language and depth alone; macros that are made once for both may read nothing else.
PLACE = {"root", "url", "asset", "t", "in_french", "lang", "place"}


def rendered_both_ways(catalogue: Catalogue) -> list[tuple[str, bytes, bytes]]:
    bundle = read_bundle(BUNDLED)
    palette = checked_palette(bundle.tokens, catalogue.theme.light, catalogue.theme.dark)
    ready = with_later_words(published(bundle, ""), LANGUAGES)
    ours, plain = (
        Renderer(environment(kind), catalogue, ready, palette, "/") for kind in (FastEnvironment, Environment)
    )
    pages = [p for lang in LANGUAGES for p in content_pages(catalogue, Views(catalogue, DAY, lang))]
    return [(page.file, ours.html(page), plain.plain_html(page)) for page in pages]


@pytest.fixture
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are compiled for their frame from its first page on, as in a site of ten thousand."""
    monkeypatch.setattr(frames, "_WORTH_SETTLING", 1)


def test_every_page_in_its_frame_is_what_jinja_gives(catalogue: Catalogue) -> None:
    site = catalogue.site.model_copy(update={"base_url": None})
    both = rendered_both_ways(replace(catalogue, site=site))
    assert [file for file, filled, plain in both if filled != plain] == []


def test_blocks_compiled_for_their_frame_give_the_same(catalogue: Catalogue, settled_at_once: None) -> None:
    base_url = "https://carte.example/"
    site = catalogue.site.model_copy(update={"base_url": base_url})
    both = rendered_both_ways(replace(catalogue, site=site))
    assert len(both) > 100
    assert [file for file, filled, plain in both if filled != plain] == []


@pytest.mark.promise("P24")
@pytest.mark.parametrize("words", ["<\ue000title>", "<b>&\"'</b>", "{{ 7 * 7 }}", "<\ue000up><h0 >"])
def test_words_that_look_like_a_hole_fill_none(
    catalogue: Catalogue, words: str, settled_at_once: None
) -> None:
    both = rendered_both_ways(with_text(catalogue, words))
    assert [file for file, filled, plain in both if filled != plain] == []


def test_macros_imported_with_context_read_only_what_their_place_decides() -> None:
    env = environment()
    assert env.loader is not None
    for name in env.list_templates():
        tree = env.parse(env.loader.get_source(env, name)[0])
        for node in tree.find_all((nodes.FromImport, nodes.Import)):
            if node.with_context:
                assert isinstance(node.template, nodes.Const)
                parts = env.parse(env.loader.get_source(env, node.template.value)[0])
                assert meta.find_undeclared_variables(parts) <= PLACE, node.template.value


@given(st.text() | st.text().map(Markup) | st.integers())
def test_escapes_as_markupsafe_does(value: object) -> None:
    assert FastEnvironment.quick_escape(value) == escape(value)


@given(st.lists(st.sampled_from(" «»;!?:%€0123h minGokgans\u00a0\u202fé")).map("".join))
def test_a_sentence_without_signs_is_passed_over_rightly(sentence: str) -> None:
    expected = sentence
    for pattern, space in SPACES:
        expected = pattern.sub(space, expected)
    assert typographic(sentence) == expected
