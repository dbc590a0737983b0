"""What the pages say, to people and to programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from built_site import DAY, ROOT, tree

from catalogue import Catalogue
from catalogue.model.ways_of_use import BarcodeUse, CodeUse, LinkUse
from cje.locales import LANGUAGES, messages
from site_builder.build import build
from site_builder.files.trust_anchor import TrustAnchor

ATOM = "{http://www.w3.org/2005/Atom}"


def html(out: Path, path: str) -> str:
    return (out / path).read_text(encoding="utf-8")


class Body(HTMLParser):
    """The attributes of <body>, and the data blocks by id."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.data: dict[str, str | None] = {}
        self.blocks: dict[str, str] = {}
        self._block: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.data = dict(attrs)
        if tag == "script" and (identity := dict(attrs).get("id")):
            self._block = identity

    def handle_data(self, data: str) -> None:
        if self._block:
            self.blocks[self._block], self._block = data, None


def test_both_languages_have_the_same_pages(built: Path) -> None:
    pages = {path.relative_to(built).as_posix() for path in built.rglob("index.html")}
    english = {path.removeprefix("en/") for path in pages if path.startswith("en/")}
    french = {path for path in pages if not path.startswith("en/")}
    assert french - english == {"caisse/index.html", "caisse/en/index.html"}
    assert english - french == set()


def test_each_page_says_its_language_and_leads_to_the_other(built: Path) -> None:
    assert '<html lang="fr"' in html(built, "offres/index.html")
    assert '<html lang="en"' in html(built, "en/offres/index.html")
    assert 'href="../en/offres/" hreflang="en"' in html(built, "offres/index.html")
    assert 'href="../../offres/" hreflang="fr"' in html(built, "en/offres/index.html")
    assert '<html lang="en"' in html(built, "caisse/en/index.html")


# Keys that code puts together: what stands for each part is in the templates and in site_map.
COMPUTED = re.compile(
    r"how\.step[123]\.(title|text)|how\.way\.(voucher|code|link|barcode|card)\.(title|text)"
    r"|how\.(can\.line[1-4]|cannot\.line[1-3])|home\.never[1-4]|offer\.limit_(total|day|week|month)"
    r"|listing\.(all|fresh|soon|near|none|none_fresh|none_soon|tag_description|territory_description)"
    r"|kit\.(sticker|notice|guide)\.(title|text)|kit\.notice\.(step[123]|accept|check|refuse)"
    r"|kit\.guide\.(before|each|trouble|evening)\.(title|line[1-5])"
    r"|js\.(from|until)|js\.month\.\d+"
    r"|nav\.(home|offers|favourites|wallet|how|partners)|js\.channel\.(online|store|both)"
    r"|(search|favourites|built|offline|missing)\.(title|description)"
    r"|figures\.(month[0-9]+|chart\.(uses|savings)(_summary)?|reason\.(late_journals|correction|withdrawn))"
    r"|figures\.method\.(use|small|rounded|savings|late)(_text)?"
    r"|(wallet|till)\.(title|description|heading|noscript)"
    r"|check\.[a-z_]+"  # each is said in test_check.py
)


def test_every_message_of_the_site_is_used() -> None:
    python, html, scripts = (
        "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob(pattern))
        for folder, pattern in (
            (ROOT / "site_builder", "*.py"),
            (ROOT / "site_builder" / "templates", "*.html"),
            (ROOT / "web" / "site", "*.ts"),
        )
    )
    used = set(re.findall(r"""text\(\s*f?["']site\.([\w.]+)["']""", python))
    used |= set(re.findall(r"""\bt\(["']([\w.]+)["']""", html))
    refused = re.findall(r"""\b(?:SiteError|AssetsMissing|\w+Refused)\(\s*f?["']([a-z_]+)["'{]""", python)
    used |= {f"errors.{code}" for code in refused} | {f"errors.contrast_{mode}" for mode in ("light", "dark")}
    used |= {f"js.{key}" for key in re.findall(r"""say\(["']([\w.]+)["']""", scripts)}
    for key in messages("site", "fr"):
        stem = re.sub(r"\.(?:one|other)$", "", key)
        assert stem in used or COMPUTED.fullmatch(stem), f"{key} is never said"


def test_no_page_shows_an_unfilled_place_or_a_missing_value(built: Path) -> None:
    for path in built.rglob("*.html"):
        visible = re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.S)
        assert not re.search(r"\{[a-z_]+\}|\bNone\b|Undefined|\{\{", visible), path


def test_offers_read_without_javascript(catalogue: Catalogue, built: Path) -> None:
    """Everything that an offer says stands in its page's HTML."""
    for offer in catalogue.current(DAY):
        page = re.sub(
            r"[\s\u202f\u00a0]+", " ", html(built, f"offres/{offer.slug}/index.html").replace("&#39;", "'")
        )
        for words in (
            offer.title,
            offer.summary,
            *offer.conditions,
            *offer.not_allowed,
            *(offer.steps or ()),
        ):
            assert re.sub(r"[\s\u202f\u00a0]+", " ", words.replace("&", "&amp;")) in page, (offer.slug, words)


def test_codes_and_discount_links_are_never_published(catalogue: Catalogue, built: Path) -> None:
    published = "".join(
        data.decode("utf-8")
        for path, data in tree(built).items()
        if path.endswith((".html", ".json", ".atom"))
    )
    secrets = [
        *(o.use.code for o in catalogue.offers if isinstance(o.use, CodeUse) and o.use.code),
        *(o.use.url for o in catalogue.offers if isinstance(o.use, LinkUse)),
        *(o.use.value for o in catalogue.offers if isinstance(o.use, BarcodeUse) and o.use.value),
    ]
    assert secrets
    for secret in secrets:
        assert not re.search(rf"(?<![\w/.]){re.escape(secret)}(?![\w/.-])", published), secret


def test_a_partners_contact_and_an_offers_sources_are_never_published(
    catalogue: Catalogue, built: Path
) -> None:
    published = b"".join(tree(built).values()).decode("utf-8", "replace")
    for partner in catalogue.partners.values():
        if partner.contact:
            assert partner.contact.name not in published
            assert not partner.contact.email or partner.contact.email not in published
    for offer in catalogue.offers:
        assert not [source for source in offer.sources if source in published]


def test_the_catalogue_for_programs_has_every_visible_offer(catalogue: Catalogue, built: Path) -> None:
    for folder, lang in (("", "fr"), ("en/", "en")):
        data = json.loads((built / f"{folder}catalogue.json").read_text(encoding="utf-8"))
        assert (data["format"], data["version"], data["lang"]) == ("cje-catalogue", 1, lang)
        visible = [o.number for o in catalogue.offers if o.is_current(DAY) or o.is_upcoming(DAY)]
        assert [offer["number"] for offer in data["offers"]] == visible
        assert {offer["partner"] for offer in data["offers"]} == set(data["partners"])
        assert all(offer["steps"] for offer in data["offers"])


def test_the_catalogue_has_the_fields_that_the_browser_rooms_were_promised(built: Path) -> None:
    contract = (ROOT / "web" / "ui" / "catalogue.ts").read_text(encoding="utf-8")
    body = re.search(r"interface CatalogueOffer \{(.*?)\n\}", contract, re.S)
    assert body
    promised = set(re.findall(r"(?m)^  (\w+):", body[1]))
    data = json.loads((built / "catalogue.json").read_text(encoding="utf-8"))
    for offer in data["offers"]:
        assert set(offer) == promised


def test_the_feed_is_atom_with_stable_ids(catalogue: Catalogue, built: Path) -> None:
    feed = ElementTree.fromstring((built / "offres.atom").read_bytes())
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) > 20
    assert all(identity and identity.startswith("tag:") for identity in ids)
    for entry in feed.iter(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None and (built / link.attrib["href"] / "index.html").is_file()


def test_a_known_address_gives_a_sitemap_and_absolute_links(catalogue: Catalogue, tmp_path: Path) -> None:
    site = catalogue.site.model_copy(update={"base_url": "https://carte.example/jeunes"})
    build(replace(catalogue, site=site), tmp_path / "public", day=DAY, base_path="/jeunes/")
    sitemap = ElementTree.fromstring((tmp_path / "public" / "sitemap.xml").read_bytes())
    places = [place.text or "" for place in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert "https://carte.example/jeunes/offres/" in places
    for place in places:
        path = place.removeprefix("https://carte.example/jeunes/")
        assert (tmp_path / "public" / path / "index.html").is_file()
    assert "Sitemap: https://carte.example/jeunes/sitemap.xml" in html(tmp_path / "public", "robots.txt")
    assert 'href="/jeunes/assets/' in html(tmp_path / "public", "404.html")


@pytest.mark.promise("P28")
def test_only_the_missing_page_needs_to_know_where_the_site_stands(built: Path) -> None:
    for path in built.rglob("index.html"):
        assert not re.search(r'(?:href|src)="/', path.read_text(encoding="utf-8")), path


def test_security_txt_expires_within_a_year_or_so(built: Path) -> None:
    text = html(built, ".well-known/security.txt")
    assert "Contact: mailto:" in text and "Expires: 2027-11-01T00:00:00Z" in text


def test_structured_data_is_json_and_says_what_the_page_says(catalogue: Catalogue, built: Path) -> None:
    offer = catalogue.current(DAY)[0]
    block = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', html(built, f"offres/{offer.slug}/index.html")
    )
    assert block
    data = json.loads(block[1])
    assert (data["@type"], data["availabilityEnds"]) == ("Offer", offer.valid_until.isoformat())


ANCHOR = ("root", "floor-version", "floor-time", "demo")


def test_the_till_gets_its_anchor_and_both_apps_their_words(catalogue: Catalogue, tmp_path: Path) -> None:
    anchor = TrustAnchor(root_file=b"root\x00\xff", floor_version=7, floor_time=1_790_000_000, demo=True)
    out = tmp_path / "public"
    build(catalogue, out, day=DAY, trust=anchor)
    for path, app, base, lang in (
        ("carte", "wallet", "../", "fr"),
        ("en/carte", "wallet", "../../", "en"),
        ("caisse", "till", "../", "fr"),
        ("caisse/en", "till", "../../", "en"),
    ):
        body = Body(html(out, f"{path}/index.html"))
        born_with = {name: body.data.get(f"data-{name}") for name in ANCHOR}
        anchored = {"root": "cm9vdAD/", "floor-version": "7", "floor-time": "1790000000", "demo": "true"}
        assert born_with == (anchored if app == "till" else dict.fromkeys(anchored))
        assert (body.data["data-base"], body.data["data-lang"]) == (base, lang)
        assert (out / path / str(body.data["data-catalogue"])).resolve().is_file()
        words = json.loads(body.blocks["messages"])
        if "data-words" in body.data:
            rest = json.loads((out / path / str(body.data["data-words"])).read_text(encoding="utf-8"))
            assert not rest.keys() & words.keys()
            words |= rest
        wanted = {f"{app}.{key}": text for key, text in messages(app, lang).items()}
        assert wanted.items() <= words.items()
        is_till = app == "till"  # nobody decides in the wallet
        assert (f"verdicts.{next(iter(messages('verdicts', lang)))}" in words) is is_till


def test_without_an_anchor_the_till_says_so(built: Path) -> None:
    page = html(built, "caisse/index.html")
    assert messages("site", "fr")["till.no_trust"] in page
    assert Body(page).data["data-root"] == ""
    assert Body(page).data["data-demo"] == "false"


def test_the_manifests_open_wallet_and_till(built: Path) -> None:
    wallet, till = (
        json.loads((built / path).read_text(encoding="utf-8"))
        for path in ("manifest.webmanifest", "caisse/manifest.webmanifest")
    )
    assert (wallet["start_url"], wallet["scope"]) == ("carte/", "./")
    assert (till["start_url"], till["scope"]) == ("./", "./")
    for folder, manifest in (("", wallet), ("caisse", till)):
        for icon in manifest["icons"]:
            assert (built / folder / icon["src"]).is_file()
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
        assert [icon for icon in manifest["icons"] if icon.get("purpose") == "maskable"]


def test_every_language_of_the_site_is_one_that_locales_has(catalogue: Catalogue) -> None:
    assert set(catalogue.site.languages) <= set(LANGUAGES)
