"""WebKit, through WebKitGTK and its driver, keeps the site as the two other engines do."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browsing import CUT_AT, EARLIER, FORGET_ALL_BUT, PAGES, UPDATE, first_offer
from built_site import DAY, on_a_forge

from catalogue import Catalogue
from site_builder.build import build
from tools.line import Line
from tools.webkit import ENTER, INSTALLED, PATIENCE, TAB, WebKit, webkit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(not INSTALLED, reason="apt-get install webkit2gtk-driver xvfb"),
]


# Of what has the focus, or of the ticket that its link covers.
OUTLINE = """() => {
    const styles = [undefined, "::after"].map((part) => getComputedStyle(document.activeElement, part));
    return styles.map((style) => style.outlineStyle).find((style) => style !== "none") ?? "none";
}"""


@pytest.fixture
def safari(tmp_path: Path) -> Iterator[WebKit]:
    with webkit(tmp_path / "home") as started:
        yield started


def asked(safari: WebKit, script: str, *arguments: object) -> object:
    return safari.evaluate(f"return ({script})({', '.join(map(json.dumps, arguments))})")


def visit(safari: WebKit, address: str) -> None:
    """Open a page, and stay until its whole version is kept."""
    safari.go(address)
    safari.evaluate("return navigator.serviceWorker.ready.then(() => 0)")


@pytest.mark.promise("P27")
def test_the_site_is_there_offline_below_a_sub_path(few: Catalogue, tmp_path: Path, safari: WebKit) -> None:
    below = on_a_forge(few, tmp_path / "host")
    with Line(tmp_path / "host") as line:
        base = line.url + below
        visit(safari, base)
    for path in ("", "offres/", "partenaires/", first_offer(few)[0]):
        safari.go(base + path)
        safari.wait_for("//h1")
    safari.wait_for('//h2[contains(., "Comment faire")]')
    safari.go(base + "nulle/part/")
    safari.wait_for("//h1")
    assert safari.evaluate("return location.hash") == "#/jeunes/carte/nulle/part/"
    assert safari.evaluate("return location.pathname") == "/jeunes/carte/hors-ligne/"


def test_home_to_offer_to_wallet_by_keyboard_alone(few: Catalogue, tmp_path: Path, safari: WebKit) -> None:
    build(few, tmp_path / "public", day=DAY)

    def focused(selector: str) -> object:
        return asked(safari, "(selector) => document.activeElement.matches(selector)", selector)

    def press_until(selector: str) -> None:
        for _ in range(80):
            safari.type(TAB)
            if focused(selector):
                assert asked(safari, OUTLINE) != "none"
                return
        raise AssertionError(f"Tab never reaches {selector}")

    def is_at(pattern: str) -> None:
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, address := str(asked(safari, "() => location.href"))):
            assert time.monotonic() < end, address
            time.sleep(0.05)

    with Line(tmp_path / "public") as line:
        safari.go(line.url)
        safari.type(TAB)
        assert focused(".skip")
        safari.type(ENTER)
        press_until(".hero .button-line")
        safari.type(ENTER)
        is_at("/offres/$")
        press_until(".ticket-title a")
        safari.type(ENTER)
        is_at("/offres/.+/$")
        press_until(".use-card .button-wide")
        safari.type(ENTER)
        is_at(r"/carte/(#offre-\d+)?$")
        safari.wait_for("//h1")


@pytest.mark.promise("P27")
def test_an_update_that_is_cut_leaves_the_whole_old_version(
    few: Catalogue, tmp_path: Path, safari: WebKit
) -> None:
    out = tmp_path / "public"
    build(few, out, day=EARLIER)
    with Line(out) as line:
        visit(safari, line.url)
        old = asked(safari, "() => caches.keys()")
        renamed = few.site.model_copy(update={"name": "Carte nouvelle"})
        changed = build(replace(few, site=renamed), out, day=DAY).written.written

        def brands() -> set[str]:
            line.cut()
            found = asked(safari, PAGES, [line.url + path for path in ("", "offres/", "partenaires/", "en/")])
            line.mend()
            assert isinstance(found, list)
            return {re.findall(r"<span>(Carte [^<]+)</span></a>", html)[0] for html in found}

        for path in (path for path in changed if path.startswith(CUT_AT)):
            line.dead = "/" + path.removesuffix("index.html")
            assert asked(safari, UPDATE) == "cut", path
            assert brands() == {"Carte Jeune Engagé"}, path
            line.dead = None
            asked(safari, FORGET_ALL_BUT, old)
        assert asked(safari, UPDATE) == "whole"
        assert brands() == {"Carte Jeune Engagé"}
        safari.wait_for("//*[@id='update']//button")
        asked(safari, "() => document.querySelector('#update button').click()")
        safari.wait_for("//a[contains(., 'Carte nouvelle')]")
        assert brands() == {"Carte nouvelle"}
