"""The site as a person has set their browser: own colours, calm, large, without scripts; in both engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from browsing import ENGINES, PHONE, first_offer, launch, on_the_day
from playwright.sync_api import Browser, Locator, Page, Playwright

from catalogue import Catalogue
from site_builder.preview.serve import SiteServer
from tools import firefox
from tools.forced_colours import lost

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Started = Callable[[Browser], Browser]
in_each_engine = pytest.mark.parametrize("engine", ENGINES)
PAGES = ("", "offres/", "{offer}", "recherche/", "statistiques/", "devenir-partenaire/")
RING = """() => {
  const { outlineStyle, outlineColor } = getComputedStyle(document.activeElement);
  return [outlineStyle, outlineColor, getComputedStyle(document.body).backgroundColor];
}"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture
def started(playwright: Playwright) -> Iterator[Started]:
    """Return a function that sees to it that a browser ends with the test."""
    browsers: list[Browser] = []

    def until_the_end(browser: Browser) -> Browser:
        browsers.append(browser)
        return browser

    yield until_the_end
    for browser in browsers:
        browser.close()


def follow(page: Page, link: Locator) -> None:
    """Press a link. Nothing that waits by a script in the page ever ends here, as `expect` would not."""
    with page.expect_navigation():
        link.click(force=True)


@in_each_engine
def test_offers_can_be_read_and_browsed_without_javascript(
    engine: str, served: SiteServer, playwright: Playwright, started: Started
) -> None:
    if engine == "firefox":
        browser = started(firefox.launch(playwright, firefox.NO_SCRIPTS))
    else:  # Playwright's own switch stops scripts but leaves <noscript> hidden.
        browser = started(launch(playwright, "chromium", "--blink-settings=scriptEnabled=false"))
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(served.url)
    follow(page, page.get_by_role("link", name=re.compile("Voir les .* offres")))
    assert page.locator(".ticket").first.is_visible()
    follow(page, page.locator(".ticket-title a").first)
    assert page.get_by_role("heading", name="Comment faire").is_visible()
    for path in ("carte/", "caisse/", "recherche/", "favoris/"):
        page.goto(served.url + path)
        assert "besoin de JavaScript" in page.locator("body").inner_text().replace("\xa0", " "), path
    for path in ("", "offres/", "404.html"):  # the day of the build stands in a frame of its own
        page.goto(served.url + path)
        told = page.frame_locator(".foot-built").locator("body").inner_text()
        assert "Mis à jour le 21 novembre 2026." in told.replace("\xa0", " "), path


# In light colours every screen is looked at in Chromium end to end.
@in_each_engine
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.journey), "dark"])
def test_forced_colours_and_calm_keep_everything_in_sight_and_at_rest(
    engine: str,
    scheme: str,
    served: SiteServer,
    catalogue: Catalogue,
    playwright: Playwright,
    chromium: Browser,
    started: Started,
) -> None:
    if engine == "firefox":
        told = firefox.FORCED[scheme] | firefox.CALM
        page = started(firefox.launch(playwright, told)).new_page(viewport=PHONE)  # type: ignore[arg-type]
    else:
        page = chromium.new_page(
            viewport=PHONE,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            forced_colors="active",
            reduced_motion="reduce",
        )
    on_the_day(page)
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    for path in (page.format(offer=first_offer(catalogue)[0]) for page in PAGES):
        page.goto(served.url + path)
        assert lost(page) == [], path
        assert page.evaluate("document.getAnimations().length") == 0, path
    page.goto(served.url)
    assert page.evaluate("getComputedStyle(document.querySelector('.need')).transitionDuration") == "0s"
    page.keyboard.press("Tab")
    style, ring, paper = page.evaluate(RING)
    assert style == "solid" and ring != paper


def test_what_forced_colours_take_away_would_be_found(served: SiteServer, chromium: Browser) -> None:
    page = on_the_day(chromium.new_page(viewport=PHONE, forced_colors="active"))  # type: ignore[arg-type]
    page.goto(served.url + "offres/")
    page.evaluate(
        """() => {
          const [chosen, other, bare] = document.querySelectorAll('.chip-choice');
          for (const name of ['backgroundColor', 'borderColor', 'color'])
            chosen.style[name] = getComputedStyle(other)[name];
          bare.style.border = 'none';
          const icon = document.querySelector('.top .icon-button svg');
          icon.style.stroke = getComputedStyle(document.body).backgroundColor;
        }"""
    )
    assert {fault.partition(":")[0] for fault in lost(page)} == {"no edge", "no icon", "not seen as chosen"}


@pytest.mark.journey  # in Chromium every screen is seen so end to end
def test_a_desk_at_twice_the_size_scrolls_only_down(
    served: SiteServer, catalogue: Catalogue, playwright: Playwright, started: Started
) -> None:
    """A window of 1280 px at 200 % (WCAG 1.4.4): half as many CSS pixels, each of two by two."""
    page = on_the_day(started(firefox.launch(playwright, firefox.TWICE)).new_page(no_viewport=True))
    for path in (*(page.format(offer=first_offer(catalogue)[0]) for page in PAGES), "carte/", "caisse/"):
        page.goto(served.url + path)
        assert page.evaluate("[devicePixelRatio, innerWidth]") == [2, 640]
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
