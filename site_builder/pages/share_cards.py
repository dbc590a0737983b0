"""Pictures for shared links: one for each need and one for the site, in the theme's colours.

The pictures have no text: networks show the title beside them, and text would need a font, which differs from
machine to machine. See docs/adr/0019-a-share-card-a-need.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from jinja2 import Environment

from site_builder.files.assets import content_hash
from site_builder.pages.theme import Palette
from site_builder.pages.views import NeedView

__all__ = ["HEIGHT", "MAX_BYTES", "WIDTH", "ShareCards", "share_cards"]

WIDTH, HEIGHT = 1200, 630  # pixels, the size that social networks ask for
# Some messengers ignore pictures of 300 kB or more; these flat drawings are far smaller.
MAX_BYTES = 80_000
_SITE = "site"


@dataclass(frozen=True, slots=True)
class ShareCards:
    """The pictures to draw.

    Attributes:
        drawings: published path to SVG. The path has a hash of the drawing and of the program that draws it.
        paths: need's slug to published path.
        site: published path of the site's own.
    """

    drawings: Mapping[str, str]
    paths: Mapping[str, str]
    site: str

    def path(self, need: str | None) -> str:
        """Return the card of a page about a need; the site's card without a need."""
        return self.paths.get(need or "", self.site)

    def draw(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Render cards as PNG in one run. The same drawing always gives the same bytes."""
        return dict(zip(paths, _png([self.drawings[path] for path in paths]), strict=True))


def share_cards(env: Environment, needs: Iterable[NeedView], palette: Palette) -> ShareCards:
    """Return the cards for the site and for each need."""
    drawn = {_SITE: _svg(env, palette, None)}
    drawn |= {need.slug: _svg(env, palette, need) for need in needs}
    by = version("typst")
    paths = {
        slug: f"assets/partage-{slug}.{content_hash(f'{by} {svg}'.encode())}.png"
        for slug, svg in drawn.items()
    }
    return ShareCards({paths[slug]: drawn[slug] for slug in drawn}, paths, paths[_SITE])


def _svg(env: Environment, palette: Palette, need: NeedView | None) -> str:
    colour = need.css.removeprefix("need-") if need else "brand"
    values = palette.light
    return env.get_template("card.svg").render(
        name=need.drawing if need else None,
        ground=values[colour],
        beam=values.get(f"on-{colour}", values["on-need"]),
        brand=values["brand"],
        accent=values["accent"],
        on_accent=values["on-accent"],
        in_french="",
        root=str,
        t=str,
        url=str,
    )


def _png(drawings: list[str]) -> list[bytes]:
    if not drawings:
        return []
    # A late import: without `base_url` there is no og:image, so no card is drawn.
    import typst

    named = {f"card{number}": drawing for number, drawing in enumerate(drawings)}
    pages = [f'#image(bytes(sys.inputs.{name}), format: "svg", width: {WIDTH}pt)' for name in named]
    source = f"#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt)\n" + "\n#pagebreak()\n".join(
        pages
    )
    made = typst.compile(source.encode(), format="png", ppi=72.0, ignore_system_fonts=True, sys_inputs=named)
    return made if isinstance(made, list) else [made]
