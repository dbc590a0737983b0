"""Every kind of page and every state of the two applications, for whoever sees, points or reads otherwise."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
import screens
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from stage import PHONE, Demo

import tools.firefox
from tools.axe import faults
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS
from tools.forced_colours import lost

# What has the focus, and whether a person sees where it is: an outline, and nothing that lies over it.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    const ring = (element, pseudo) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    };
    const box = one.getBoundingClientRect();
    const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1);
    const seen = [0.1, 0.5, 0.9].some(part => {
        const on = document.elementFromPoint(x, box.y + box.height * part);
        return on && (one.contains(on) || on.contains(one) || on.closest('label')?.contains(one));
    });
    const label = one.closest('label');
    return {
        what: one.outerHTML.slice(0, 120),
        script: one.tabIndex < 0,
        ring: ring(one) || ring(one, '::after') || (label !== null && ring(label)),
        seen,
    };
}"""

# By how many pixels the page is wider than its window, once that is drawn: a code of whole pixels is measured
# when the window changes, and drawn a frame later.
SIDEWAYS = """() => new Promise((done) => {
    const frame = (left) => requestAnimationFrame(() => (left ? frame(left - 1) : measure()));
    const measure = () => done(document.documentElement.scrollWidth - document.documentElement.clientWidth);
    frame(3);
})"""
MOVING = "document.getAnimations().map(one => `moves: ${one.animationName ?? one.transitionProperty}`)"
# A fresh profile of someone who asked for calm. A worker would fetch the whole site behind each walk: what
# works offline is proved elsewhere.
CALM: dict[str, Any] = {
    "viewport": PHONE,
    "locale": "fr-FR",
    "timezone_id": "Europe/Paris",
    "reduced_motion": "reduce",
    "service_workers": "block",
}
NIGHTLY = bool(os.environ.get("CJE_NIGHTLY"))
WINDOWS = ((320, 640), (640, 400), (1280, 800))

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("e2e-accessibility")]
WALKS = {"site": screens.site, "wallet": screens.wallet, "till": screens.till}
every_walk = pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS, *camera])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    browser = tools.firefox.launch(playwright, tools.firefox.CALM)
    yield browser
    browser.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def forcing(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A Firefox that draws in its person's colours, whatever a page asks for."""
    browser = tools.firefox.launch(playwright, tools.firefox.FORCED[request.param] | tools.firefox.CALM)
    yield browser
    browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Return a function that opens a page in an engine."""
    contexts: list[BrowserContext] = []

    def open_(engine: str = "chromium", **settings: object) -> Page:
        told = CALM | ({"permissions": ["camera"]} if engine == "chromium" else {}) | settings
        context: BrowserContext = request.getfixturevalue(engine).new_context(**told)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()


def pale(page: Page) -> list[str]:
    """Ask axe, already on the page, about its contrasts in the dark."""
    page.emulate_media(color_scheme="dark")
    try:
        return faults(page, least=1, rules=("color-contrast",))
    finally:
        page.emulate_media(color_scheme="light")


def lost_when_forced(page: Page) -> list[str]:
    """Ask for what the person's own colours would take away; in dark colours too at night (CJE_NIGHTLY=1)."""
    found = []
    for scheme in ("light", "dark") if NIGHTLY else ("light",):
        page.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{scheme}: {one}" for one in lost(page)]
    page.emulate_media(forced_colors="none", color_scheme="light")
    return found


@dataclass
class Seen:
    """What a person meets on a walk, by what they need: the name of each screen where it is missing."""

    faults: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    stops: int = 0


Seeing = Callable[[screens.Walk], Seen]


@pytest.fixture(scope="module")
def seen(demo: Demo, chromium: Browser) -> Seeing:
    """Return a function that goes a walk once, whoever asks, and looks at each screen in all ways."""

    @cache
    def go(walk: screens.Walk) -> Seen:
        with chromium.new_context(**CALM, permissions=["camera"], color_scheme="light") as context:
            context.set_default_timeout(15_000)
            page, found = context.new_page(), Seen()
            for name in walk(page, demo, "fr"):
                look(page, name, found)
            return found

    return go


def look(page: Page, name: str, found: Seen) -> None:
    found.moving += [name] * bool(page.evaluate("document.getAnimations().length"))
    found.faults += [f"{name}: {fault}" for fault in faults(page) + pale(page)]
    found.lost += [f"{name}: {one}" for one in lost_when_forced(page)]
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        found.wide += [f"{name} at {width} px"] * (page.evaluate(SIDEWAYS) > 0)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for stop in stops(page):
        found.stops += 1
        found.hidden += [f"{name}: {stop}"] * (not (stop["ring"] and stop["seen"]))


def stops(page: Page) -> Iterator[dict[str, object]]:
    """Where Tab stops on a screen, up to thirty times."""
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return
        if not stop["script"]:
            yield stop


@every_walk
def test_axe_finds_nothing_by_day_or_by_night(walk: screens.Walk, seen: Seeing) -> None:
    assert seen(walk).faults == []


@every_walk
def test_every_screen_fits_its_width_and_lies_still(walk: screens.Walk, seen: Seeing) -> None:
    """The window of a desk at 100, 200 and 400 % (WCAG 1.4.10), for a person who asked for calm (2.3.3)."""
    assert (seen(walk).wide, seen(walk).moving) == ([], [])


@every_walk
def test_each_stop_of_the_keyboard_is_seen(walk: screens.Walk, seen: Seeing) -> None:
    """A ring around it (WCAG 2.4.7), and no bar of ours over it (2.4.11).

    Both ask it of what a keyboard operates. A new screen's heading (tabindex −1) takes the focus from a
    script, to be read; nothing is done with it, and Tab never stops there.
    """
    assert seen(walk).stops > 25
    assert seen(walk).hidden == []


@every_walk
def test_nothing_is_lost_to_forced_colours(walk: screens.Walk, seen: Seeing) -> None:
    assert seen(walk).lost == []


@pytest.mark.journey
@every_walk
def test_nothing_is_pale_by_night_in_another_engine(
    walk: screens.Walk, demo: Demo, playwright: Playwright
) -> None:
    told = tools.firefox.NIGHT | tools.firefox.CALM
    with tools.firefox.launch(playwright, told) as browser, browser.new_context(**CALM) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        found = {}
        for name in walk(page, demo, "fr"):
            assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            found[name] = faults(page, least=1, rules=("color-contrast",))
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.journey
@every_walk
def test_axe_finds_nothing_in_english_and_nothing_moves_in_another_engine(
    walk: screens.Walk, demo: Demo, open_page: OpenPage
) -> None:
    page = open_page("firefox")
    found = {name: faults(page) + page.evaluate(MOVING) for name in walk(page, demo, "en")}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.journey
@every_walk
def test_nothing_is_lost_to_forced_colours_in_another_engine(
    walk: screens.Walk, demo: Demo, forcing: Browser
) -> None:
    with forcing.new_context(**CALM) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        found = {name: lost(page) + page.evaluate(MOVING) for name in walk(page, demo, "fr")}
    assert {name: said for name, said in found.items() if said} == {}


def test_axe_would_find_something(demo: Demo, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(demo.site)
    page.evaluate(
        """() => {
            document.querySelector('main').append(document.createElement('img'));
            document.querySelector('.lead').style.color = '#4030d8';
        }"""
    )
    assert {fault.partition(":")[0] for fault in faults(page)} == {"image-alt", "color-contrast"}


def test_a_card_is_opened_and_a_voucher_shown_by_keyboard_alone(demo: Demo, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(demo.site + "carte/")
    _tab_to(page, ".input-code")
    page.keyboard.type(demo.wallet.partition("#")[2])
    _tab_to(page, ".add button")
    page.keyboard.press("Enter")
    expect(page.locator(".ticket").first).to_be_visible()
    _tab_to(page, ".ticket", named="La place de cinéma")
    page.keyboard.press("Enter")
    _tab_to(page, ".button-show")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".button-show")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_is_read_whatever_colours_the_person_forces(
    scheme: str, demo: Demo, open_page: OpenPage
) -> None:
    shows_a_code(open_page(color_scheme=scheme, forced_colors="active"), demo)


@pytest.mark.journey
def test_the_code_is_read_in_another_engine_too(demo: Demo, forcing: Browser) -> None:
    with forcing.new_context(**CALM) as context:
        shows_a_code(context.new_page(), demo)


def shows_a_code(page: Page, demo: Demo) -> None:
    """Dark on light, with a light margin: some readers at tills know nothing else."""
    page.goto(demo.wallet)
    page.locator(".ticket").filter(has_text=re.compile("La place de cinéma")).click()
    page.locator(".button-show").click()
    code = page.get_by_role("img", name="QR à présenter")
    expect(code).to_be_visible()
    drawn = Image.open(io.BytesIO(code.screenshot(caret="initial"))).convert("L")
    (found,) = zxingcpp.read_barcodes(drawn, try_invert=False)
    assert found.text.startswith("CJP1:")
    whole = Image.open(io.BytesIO(page.locator(".qr").first.screenshot(caret="initial"))).convert("L")
    assert {whole.getpixel((x, y)) for x in (2, whole.width - 3) for y in (2, whole.height - 3)} == {255}


def test_paper_keeps_the_offer_and_drops_the_buttons(demo: Demo, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{demo.site}offres/{screens.VOUCHER}/")
    page.emulate_media(media="print")
    for kept in ("h1", ".headline", "#conditions", ".ticks", ".places", ".facts-list"):
        expect(page.locator(kept).first).to_be_visible()
    for dropped in (".top", ".tabs", ".use-card", ".foot"):
        expect(page.locator(dropped)).to_be_hidden()


def _tab_to(page: Page, selector: str, named: str = "") -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([s, n]) => document.activeElement.matches(s) && document.activeElement.innerText.includes(n)",
            [selector, named],
        ):
            return
    raise AssertionError(f"Tab never reaches {selector}")
