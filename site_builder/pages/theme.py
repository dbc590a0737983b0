"""The operator's colours over the project's tokens, and the contrast check of every pair of colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from site_builder.errors import ThemeRefused
from site_builder.pages.colour import contrast, is_colour

__all__ = ["CONTROL", "PAIRS", "TEXT", "Palette", "checked_palette", "theme_css"]

# WCAG 2.2: 1.4.3 (text) and 1.4.11 (borders of controls, focus ring, icons).
TEXT = 4.5
CONTROL = 3.0

# (foreground, background, least ratio): every pair that a stylesheet of web/ puts together.
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((text, ground, TEXT) for text in ("ink", "soft", "link") for ground in ("bg", "surface", "sunken")),
    *((f"on-{name}", name, TEXT) for name in ("brand", "accent", "action", "ok", "warn", "stop")),
    *((name, ground, CONTROL) for name in ("action", "focus", "edge") for ground in ("bg", "surface")),
    ("accent", "brand", TEXT),
    ("stop", "surface", TEXT),
    *(("on-need", need, TEXT) for need in ("food", "move", "home", "care", "play", "gear")),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Final colours by token name, for each appearance."""

    light: Mapping[str, str]
    dark: Mapping[str, str]


def checked_palette(
    tokens: Mapping[str, Mapping[str, str]], light: Mapping[str, str], dark: Mapping[str, str]
) -> Palette:
    """Apply the theme to the tokens and check the contrast of every pair.

    A theme may define another colour `x` for a need, together with `on-x` for text on that colour.

    Raises:
        ThemeRefused: a pair has too little contrast. The message has appearance, pair, ratio and minimum.
    """
    for name, value in (*light.items(), *dark.items()):
        if not is_colour(value):
            raise ThemeRefused("colour", name=name)
    palette = Palette(
        light={**_colours(tokens["light"]), **light},
        dark={**_colours(tokens["dark"]), **dark},
    )
    for mode, values in (("light", palette.light), ("dark", palette.dark)):
        own_pairs = tuple(
            (name, name.removeprefix("on-"), TEXT) for name in values if _is_own_pair(name, values)
        )
        for text, ground, least in {*PAIRS, *own_pairs}:
            ratio = contrast(values[text], values[ground])
            if ratio < least:
                raise ThemeRefused(
                    f"contrast_{mode}",
                    text=text,
                    colour=values[text],
                    ground=ground,
                    behind=values[ground],
                    ratio=f"{ratio:.2f}",
                    least=f"{least:g}",
                )
    return palette


def _colours(block: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in block.items() if is_colour(value)}


def _is_own_pair(name: str, values: Mapping[str, str]) -> bool:
    return name.startswith("on-") and name.removeprefix("on-") in values


def theme_css(palette: Palette, tokens: Mapping[str, Mapping[str, str]]) -> str:
    """Return CSS for the properties that differ from the tokens, to append to a stylesheet; may be empty."""
    changed = {
        name
        for values, defaults in ((palette.light, tokens["light"]), (palette.dark, tokens["dark"]))
        for name in values
        if values[name] != defaults.get(name)
    }
    if not changed:
        return ""
    # These rules come after tokens.css, so a light value would override dark mode; both are always set.
    # Dark mode is for screens only, because paper is white.
    light, dark = (_block(values, changed) for values in (palette.light, palette.dark))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _block(values: Mapping[str, str], names: set[str]) -> str:
    return "".join(f"--{name}:{values[name]};" for name in sorted(names) if name in values)
