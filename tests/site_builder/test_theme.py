"""Colours: every pair that people read is checked, the theme's and ours."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from built_site import DAY, ROOT

from catalogue import Catalogue, Theme
from site_builder.build import build
from site_builder.errors import ThemeRefused
from site_builder.files.assets import BUNDLED, read_bundle
from site_builder.pages.colour import contrast, readable_on
from site_builder.pages.theme import PAIRS, TEXT, checked_palette, theme_css


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#ffffff") == 1


def test_any_colour_has_a_text_that_reads_on_it() -> None:
    steps = range(0, 256, 15)
    worst = min(
        contrast(colour, readable_on(colour))
        for colour in (f"#{r:02x}{g:02x}{b:02x}" for r in steps for g in steps for b in steps)
    )
    assert worst >= 4.2  # the middle of the scale; a partner's colour there is used for large type only


def test_our_own_tokens_reach_every_contrast() -> None:
    tokens = read_bundle(BUNDLED).tokens
    checked_palette(tokens, {}, {})
    assert theme_css(checked_palette(tokens, {}, {}), tokens) == ""


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_each_pair_is_really_checked(mode: str, text: str, ground: str, least: float) -> None:
    """Making the text the colour of its ground is refused, whichever the pair."""
    tokens = read_bundle(BUNDLED).tokens
    theme: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    theme[mode] = {text: tokens[mode][ground]}
    with pytest.raises(ThemeRefused):
        checked_palette(tokens, theme["light"], theme["dark"])


def test_low_contrast_is_a_sentence_with_pair_ratio_and_appearance(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    dark = {**catalogue.theme.dark, "ink": "#333333"}
    theme = Theme(light=dict(catalogue.theme.light), dark=dark)
    with pytest.raises(ThemeRefused) as refused:
        build(replace(catalogue, theme=theme), tmp_path / "public", day=DAY)
    assert re.search(r"sombre.*«\u202fink\u202f» \(#333333\).*contraste de \d\.\d\d", refused.value.sentence)
    assert not (tmp_path / "public").exists()


def test_a_colour_of_the_operators_own_is_checked_with_its_text() -> None:
    tokens = read_bundle(BUNDLED).tokens
    for light in (
        {"menthe": "#4fdda5", "on-menthe": "#ffffff"},
        {"menthe": "#4fdda5", "on-menthe": "#14102e"},
    ):
        if contrast(light["menthe"], light["on-menthe"]) < TEXT:
            with pytest.raises(ThemeRefused, match="menthe"):
                checked_palette(tokens, light, light)
        else:
            css = theme_css(checked_palette(tokens, light, light), tokens)
            assert css.count("--menthe:#4fdda5;") == 2


def test_a_theme_of_the_day_does_not_leak_into_the_night() -> None:
    tokens = read_bundle(BUNDLED).tokens
    css = theme_css(checked_palette(tokens, {"link": "#1a0f8a"}, {}), tokens)
    day, night = css.split("@media")
    assert "--link:#1a0f8a;" in day
    assert f"--link:{tokens['dark']['link']};" in night


@pytest.mark.parametrize("value", ["red", "#fff", "url(x)", "#123456;}*{x:y"])
def test_refuses_what_is_not_a_colour(value: str) -> None:
    tokens = read_bundle(BUNDLED).tokens
    with pytest.raises(ThemeRefused, match="ink"):
        checked_palette(tokens, {"ink": value}, {})


def test_the_stylesheets_name_only_tokens_that_exist() -> None:
    tokens = read_bundle(BUNDLED).tokens
    own = {"need", "tint", "on-tint", "space", "cell", "stub", "notch", "at"}
    for sheet in (ROOT / "web" / "ui").glob("*.css"), (ROOT / "web" / "site").glob("*.css"):
        for path in sheet:
            css = path.read_text(encoding="utf-8")
            named = set(re.findall(r"var\(--([a-z0-9-]+)", css))
            declared = set(re.findall(r"--([a-z0-9-]+):", css))
            assert named <= {*tokens["light"], *declared, *own}, path.name


def test_no_stylesheet_writes_a_colour_that_a_theme_cannot_reach() -> None:
    """Outside tokens.css a hex colour is allowed in drawings, under a logo and on paper only."""
    for path in (ROOT / "web" / "site").glob("*.css"):
        if path.name == "print.css":
            continue
        for rule in re.findall(r"([^{}]+)\{([^{}]*)\}", path.read_text(encoding="utf-8")):
            if re.search(r"#[0-9a-f]{3,6}\b", rule[1]) and not re.search(r"mask", rule[1]):
                assert re.search(r"hero-art|drawing|partner-head|mark-logo", rule[0]), (
                    path.name,
                    rule[0].strip(),
                )
