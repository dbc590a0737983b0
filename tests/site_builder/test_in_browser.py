"""The built site in a real browser, under its real headers."""

from __future__ import annotations

import re

import pytest
from browsing import PHONE, Opened, first_offer
from playwright.sync_api import Route, expect

from catalogue import Catalogue
from site_builder.preview.serve import SiteServer
from tools.axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KINDS = (
    "",
    "offres/",
    "besoins/loisirs/",
    "partenaires/",
    "recherche/",
    "favoris/",
    "comment-ca-marche/",
    "aide/",
    "hors-ligne/",
    "statistiques/",
    "statistiques/2026-09/",
    "carte/",
    "caisse/",
    "en/",
    "en/recherche/",
)


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_page_draws_without_complaint_nor_sideways_scroll(
    path: str, served: SiteServer, visit: Opened
) -> None:
    page = visit(served.url + path)
    for width in (320, 360, 640, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == ("en" if path.startswith("en/") else "fr")


def test_no_page_asks_another_origin(served: SiteServer, visit: Opened, catalogue: Catalogue) -> None:
    page = visit(served.url)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    for path in ("", first_offer(catalogue)[0], "recherche/", "carte/", "caisse/"):
        page.goto(served.url + path)
        page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((served.url, "blob:", "data:"))] == []


def test_touch_targets_are_large_enough(served: SiteServer, visit: Opened, catalogue: Catalogue) -> None:
    """44 px by 44, but for links inside a sentence (WCAG 2.5.8 lets them be)."""
    script = """() => [...document.querySelectorAll('a, button, summary, input, select')]
      .filter(e => e.offsetParent && !e.closest('.prose, .partner-card') && !e.matches('.skip, .cover'))
      .filter(e => e.type !== 'checkbox')
      .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
      .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
    for path in ("", "offres/", first_offer(catalogue)[0], "recherche/", "statistiques/"):
        assert visit(served.url + path).evaluate(script) == [], path


def test_axe_finds_no_fault_in_the_figures_by_day_and_by_night(served: SiteServer, visit: Opened) -> None:
    for path in ("statistiques/", "statistiques/2026-09/"):
        page = visit(served.url + path, reduced_motion="reduce")
        browser = page.context.browser
        told = browser is not None and browser.browser_type.name == "chromium"
        for scheme in ("light", "dark") if told else ("light",):  # Firefox cannot be told while it runs
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
            assert faults(page, least=20) == [], path


def test_search_finds_with_a_slip_without_accents_and_filters(served: SiteServer, visit: Opened) -> None:
    page = visit(served.url + "recherche/")
    query = page.get_by_label("Que cherches-tu")
    results = page.locator("#results > li")
    query.fill("cinma")
    # Places are filled in when the whole catalogue is read: figures before are not the last word.
    expect(page.locator("#near option").nth(1)).to_be_attached()
    expect(results.first).to_contain_text("cinéma")
    found = results.count()
    query.fill("")
    expect(page.locator("#count")).not_to_have_text(re.compile(f"^{found} "))
    page.get_by_text("Filtrer").click()
    every = page.locator("#count").inner_text()
    page.get_by_label("Comment").select_option("online")
    expect(page.locator("#count")).not_to_have_text(every)
    expect(results.first).to_contain_text("ligne")
    for card in results.all():
        expect(card).to_contain_text("ligne")
    query.fill("zzzzzz")
    expect(page.locator("#count")).to_contain_text("Rien trouvé")
    expect(results).to_have_count(0)


@pytest.mark.parametrize("address", ["recherche/", "recherche/?q=pain"])
def test_what_is_typed_before_the_script_arrives_is_searched(
    address: str, served: SiteServer, visit: Opened
) -> None:
    """On a slow network a person types before the page can answer."""
    page = visit(served.url)
    held: list[Route] = []
    page.route("**/assets/finder-*.js", lambda route: held.append(route))
    with page.expect_request("**/assets/finder-*.js"):
        page.goto(served.url + address, wait_until="domcontentloaded")
    query = page.get_by_label("Que cherches-tu")
    query.fill("zzzzzz")
    (script,) = held
    script.continue_()
    expect(page.locator("#count")).to_contain_text("Rien trouvé")
    expect(query).to_have_value("zzzzzz")


def test_a_drawn_result_is_the_ticket_of_the_built_page(
    served: SiteServer, visit: Opened, catalogue: Catalogue
) -> None:
    """Same class, same parts in the same order, same words, same address."""
    path, title = first_offer(catalogue)
    plain = re.sub(r"\s", " ", title)
    script = """wanted => {
      const links = [...document.querySelectorAll('.ticket-title a')];
      const link = links.find(a => a.textContent.replace(/\\s/g, ' ') === wanted);
      const ticket = link.closest('.ticket');
      const parts = [...ticket.querySelectorAll('*')].map(e => e.getAttribute('class')).filter(Boolean);
      return [ticket.className, parts, ticket.innerText, link.href];
    }"""
    page = visit(served.url + "offres/")
    from_the_builder = page.evaluate(script, plain)
    page.goto(served.url + "recherche/")
    page.get_by_label("Que cherches-tu").fill(plain)
    expect(page.locator("#results > li").first).to_be_visible()
    assert page.evaluate(script, plain) == from_the_builder
    assert from_the_builder[-1] == served.url + path


def test_a_favourite_is_kept_on_the_device(served: SiteServer, visit: Opened, catalogue: Catalogue) -> None:
    path, title = first_offer(catalogue)
    page = visit(served.url + path)
    page.get_by_role("button", name="Garder", exact=True).click()
    page.goto(served.url + "favoris/")
    expect(page.locator("#results > li")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text(re.compile(re.escape(title[-12:])))
    page.locator("#results button[aria-pressed=true]").click()
    page.reload()
    expect(page.locator("#empty")).to_be_visible()


def test_home_to_offer_to_wallet_by_keyboard_alone(served: SiteServer, visit: Opened) -> None:
    page = visit(served.url)

    def press_until(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                outline = page.evaluate(
                    "() => { const e = document.activeElement; return getComputedStyle(e).outlineStyle + "
                    "getComputedStyle(e, '::after').outlineStyle }"
                )
                assert "solid" in outline or "auto" in outline
                return
        raise AssertionError(f"Tab never reaches {selector}")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    press_until(".hero .button-line")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/offres/$"))
    press_until(".ticket-title a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/offres/.+/$"))
    press_until(".use-card .button-wide")
    page.keyboard.press("Enter")
    # The wallet takes the fragment out of the address at once.
    expect(page).to_have_url(re.compile(r"/carte/(#offre-\d+)?$"))


def test_the_right_to_left_case_does_not_break(
    served: SiteServer, visit: Opened, catalogue: Catalogue
) -> None:
    for path in ("", first_offer(catalogue)[0], "recherche/"):
        page = visit(served.url + path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_old_offers_say_how_old_they_are(served: SiteServer, visit: Opened) -> None:
    page = visit(served.url)
    expect(page.locator("#built")).to_have_text(" · mis à jour le 21 nov.")
    told = page.locator("#age")
    for days, seen in ((6, False), (7, True)):
        page.clock.set_fixed_time(f"2026-11-{21 + days}T12:00:00+01:00")
        page.reload()
        expect(page.locator("#built")).not_to_be_empty()  # it is told in the same step
        expect(told).to_be_visible() if seen else expect(told).to_be_hidden()
    expect(told).to_contain_text("21 nov.")
