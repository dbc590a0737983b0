"""P24: no editor's text becomes markup, script, or a link that is not https."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from built_site import DAY
from hostile_catalogue import with_text

from catalogue import Catalogue, Offer
from site_builder.build import build
from site_builder.errors import SiteError
from site_builder.pages.markup import is_https, markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style></textarea></template></noscript><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)',
    "<!-- --!><b>",
    "]]><b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "\\u003cscript\\u003e",
    "javascript:alert(1)",
    "url(javascript:alert(1))",
    "a`b=c d",
]


class Shape(HTMLParser):
    """Elements with the names of their attributes, in order; and every address."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [
            value or "" for name, value in attrs if name in {"href", "src", "action", "content"}
        ]

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", ()))


# A word of an offer is its own page's address, made of plain letters only.
WORD_PAGE = re.compile(r"(?<=etiquettes/)[a-z0-9-]+(?=/)")


def shapes(out: Path) -> dict[str, Shape]:
    return {
        WORD_PAGE.sub("mot", path.relative_to(out).as_posix()): Shape(path.read_text("utf-8"))
        for path in sorted(out.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def varied(catalogue: Catalogue) -> Catalogue:
    """As few offers as show every way of use and every field that a template may leave out."""
    wanted = {(name, kind) for offer in catalogue.current(DAY) for name, kind in _features(offer)}
    chosen = []
    for offer in catalogue.current(DAY):
        if wanted & (found := set(_features(offer))):
            wanted -= found
            chosen.append(offer)
    assert not wanted and len(chosen) < 20
    partners = {offer.partner: catalogue.partners[offer.partner] for offer in chosen}
    slugs = {offer.slug for offer in chosen}
    campaigns = [
        card.model_copy(update={"offers": tuple(slug for slug in card.offers if slug in slugs)})
        for card in catalogue.campaigns
    ]
    campaigns = [card for card in campaigns if card.offers]
    assert campaigns
    return replace(catalogue, offers=tuple(chosen), partners=partners, campaigns=tuple(campaigns))


def _features(offer: Offer) -> Iterator[tuple[str, str]]:
    yield "use", offer.use.kind
    yield "territory", offer.territory.kind
    yield "channel", offer.channel
    for name in ("image", "description", "steps", "conditions", "not_allowed", "places", "age", "reviewed"):
        yield name, str(bool(getattr(offer, name)))
    yield "saving", offer.saving.kind if offer.saving else ""


@pytest.fixture(scope="module")
def plain(varied: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shape]:
    out = tmp_path_factory.mktemp("plain") / "public"
    build(with_text(varied, "texte ordinaire et sans malice"), out, day=DAY)
    names = {Path(path).parts[0] for path in shapes(out)}
    assert {"offres", "besoins", "etiquettes", "territoires", "partenaires", "recherche"} <= names
    return shapes(out)


@pytest.mark.promise("P24")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_in_every_field_adds_no_element_and_no_attribute(
    payload: str, varied: Catalogue, plain: dict[str, Shape], tmp_path: Path
) -> None:
    """Every template, every free field at once: same elements with the same attributes as harmless text."""
    out = tmp_path / "public"
    build(with_text(varied, payload), out, day=DAY)
    hostile = shapes(out)
    assert hostile.keys() == plain.keys()
    for name, shape in hostile.items():
        assert shape.elements == plain[name].elements, name
        for address in shape.addresses:
            told = address.casefold().startswith(("default-src", payload[:1].casefold()))
            scheme = "" if told else urlsplit(address).scheme
            assert scheme in {"", "https"} or " " in address, (name, address)


@pytest.mark.promise("P24")
def test_the_harness_catches_a_template_that_forgets_to_escape() -> None:
    safe, forgotten = (Shape(f"<p>{text}</p>") for text in ("&lt;b onclick=x&gt;", "<b onclick=x>"))
    assert safe.elements == [("p", ())]
    assert forgotten.elements != safe.elements


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "source",
    [
        *PAYLOADS,
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//evil.example)",
        "[x](http://evil.example)",
        "[x](/carte/)",
        "[x](https://user@evil.example)",
        "[x](https://evil.example\\@good.example)",
        "[x](<https://good.example/ onclick=alert(1)>)",
        '[x](https://good.example "a\\" onclick=\\"alert(1)")',
        "![x](https://evil.example/pixel.png)",
        "<https://evil.example>",
        "https://evil.example",
        "[x]: javascript:alert(1)\n\n[x]",
        "<div>\n\n**gras**\n\n</div>",
        "| a |\n|---|\n| b |",
        "```html\n<script>\n```",
        "&#106;avascript:alert(1)",
    ],
)
def test_markdown_gives_only_its_few_elements_and_https_links(source: str) -> None:
    shape = Shape(markdown(source))
    allowed = {
        ("p", ()),
        *((tag, ()) for tag in ("h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "br")),
        ("a", ("href", "rel")),
        ("a", ("href", "title", "rel")),
        ("ol", ("start",)),
    }
    assert set(shape.elements) <= allowed
    assert all(is_https(address) for address in shape.addresses)


def test_markdown_gives_what_an_editor_asks_for() -> None:
    html = markdown("## Titre\n\nUn **mot** et [un lien](https://a.example/b?c=d&e=f) !\n\n- un\n- deux")
    assert html == (
        "<h2>Titre</h2>\n<p>Un <strong>mot</strong> et "
        '<a href="https://a.example/b?c=d&amp;e=f" rel="noopener external">un lien</a>\u202f!</p>\n'
        "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"
    )


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://a.example",
        "//a.example",
        "/x",
        "https:/a.example",
        "https://",
        "https://a@b.example",
        "https://a.example/\n",
        "https://a.example/ b",
        'https://a.example/"x',
        "https://a.example\\b",
        "HTTPS ://a.example",
        "https://[",
        "",
    ],
)
def test_refuses_a_partner_whose_site_is_not_plain_https(
    address: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    slug = catalogue.current(DAY)[0].partner
    bad = catalogue.partners[slug].model_copy(update={"website": address})
    with pytest.raises(SiteError, match=slug):
        build(replace(catalogue, partners={**catalogue.partners, slug: bad}), tmp_path / "public", day=DAY)
    assert not (tmp_path / "public").exists()


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "colour", ["red", "#fff", "#ABCDEF", "#12345g", "#123456;}body{x:y", "#123456\n", ""]
)
def test_refuses_a_colour_that_is_not_six_digits(colour: str, catalogue: Catalogue, tmp_path: Path) -> None:
    slug = catalogue.current(DAY)[0].partner
    bad = catalogue.partners[slug].model_copy(update={"colour": colour})
    with pytest.raises(SiteError, match=slug):
        build(replace(catalogue, partners={**catalogue.partners, slug: bad}), tmp_path / "public", day=DAY)


@pytest.mark.promise("P25")
@pytest.mark.parametrize(
    "slug", ["../evil", "..", "a/../../b", "/etc", "a\\b", "a\x00", "x" * 300, "w", "trust"]
)
def test_refuses_a_hostile_slug_and_writes_nothing(slug: str, catalogue: Catalogue, tmp_path: Path) -> None:
    page = catalogue.pages[0].model_copy(update={"slug": slug})
    with pytest.raises(SiteError):
        build(replace(catalogue, pages=(page,)), tmp_path / "public", day=DAY)
    assert list(tmp_path.iterdir()) == []
