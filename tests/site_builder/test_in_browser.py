"""The built site in a real Chromium, under its real headers."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from built_site import DAY
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
)

from catalogue import Catalogue
from site_builder.build import build
from site_builder.serve import SiteServer, open_server
from tools.axe import faults
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OURS = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "registration blocked by Playwright")
"""What the browser says of what the tests do to it."""
PHONE = {"width": 360, "height": 740}
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


def launch(playwright: Playwright, *more: str) -> Browser:
    assert WITHOUT_WINDOWS, "install Debian's chromium"
    return playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS, *more])


# Firefox goes the same ways when there is time: CJE_FULL=1.
ENGINES = ["chromium", "firefox"] if os.environ.get("CJE_FULL") else ["chromium"]


@pytest.fixture(scope="module", params=ENGINES)
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    if request.param == "firefox":
        path = shutil.which("firefox-esr")
        started = playwright.firefox.launch(channel="moz-firefox", executable_path=path)
    else:
        started = launch(playwright)
    yield started
    started.close()


Opened = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Opened]:
    """Open a page in a fresh profile; any complaint of the browser fails the test in the end.

    Without a service worker unless asked: it fetches the whole site, which few tests are about.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in OURS):
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def open_(address: str, worker: bool = False, **settings: object) -> Page:
        if browser.browser_type.name == "firefox" and (
            worker or {"forced_colors", "reduced_motion"} & {*settings}
        ):
            pytest.skip("what works offline and under a person's own settings is tried in Chromium")
        settings["service_workers"] = "allow" if worker else "block"
        context = browser.new_context(viewport=PHONE, locale="fr-FR", **settings)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def wait_for_worker(page: Page) -> None:
    """Until a worker is active, that is until its whole version is in place."""
    page.evaluate("async () => { await navigator.serviceWorker.ready }")


def first_offer(catalogue: Catalogue) -> tuple[str, str]:
    offer = catalogue.current(DAY)[0]
    return f"offres/{offer.slug}/", offer.title


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_page_draws_without_complaint_nor_sideways_scroll(
    path: str, served: SiteServer, visit: Opened
) -> None:
    page = visit(served.url + path)
    for width in (320, 360, 1280):
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
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert faults(page, least=20) == [], path


def test_search_finds_with_a_slip_without_accents_and_filters(served: SiteServer, visit: Opened) -> None:
    page = visit(served.url + "recherche/")
    query = page.get_by_label("Que cherches-tu")
    results = page.locator("#results > li")
    query.fill("cinma")
    expect(results.first).to_contain_text("cinéma")
    found = results.count()
    query.fill("")
    expect(page.locator("#count")).not_to_have_text(re.compile(f"^{found} "))
    page.get_by_text("Filtrer").click()
    page.get_by_label("Comment").select_option("online")
    expect(results.first).to_contain_text("ligne")
    for card in results.all():
        expect(card).to_contain_text("ligne")
    query.fill("zzzzzz")
    expect(page.locator("#count")).to_contain_text("Rien trouvé")
    expect(results).to_have_count(0)


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


def test_offers_can_be_read_and_browsed_without_javascript(
    served: SiteServer, playwright: Playwright
) -> None:
    # Playwright's own switch stops scripts but leaves <noscript> hidden.
    browser = launch(playwright, "--blink-settings=scriptEnabled=false")
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    day = page.frame_locator(".foot-built").get_by_text("Mis à jour le 21 novembre 2026.", exact=True)
    page.goto(served.url)
    expect(day).to_be_visible()
    page.get_by_role("link", name=re.compile("Voir les .* offres")).click()
    expect(page.locator(".ticket").first).to_be_visible()
    expect(day).to_be_visible()
    page.locator(".ticket-title a").first.click()
    expect(page.get_by_role("heading", name="Comment faire")).to_be_visible()
    expect(day).to_be_visible()
    for path in ("carte/", "caisse/", "recherche/", "favoris/"):
        page.goto(served.url + path)
        expect(page.get_by_text(re.compile("besoin de JavaScript"))).to_be_visible()
    browser.close()


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


@pytest.mark.promise("P27")
def test_the_whole_site_is_there_offline_after_one_visit(
    served: SiteServer, visit: Opened, catalogue: Catalogue
) -> None:
    page = visit(served.url, worker=True)
    wait_for_worker(page)
    page.context.set_offline(True)
    path, _ = first_offer(catalogue)
    for address in ("offres/", path, "partenaires/", "comment-ca-marche/", ""):
        page.goto(served.url + address)
        expect(page.locator("h1")).to_be_visible()
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )
    page.goto(served.url + "recherche/")
    page.get_by_label("Que cherches-tu").fill("cinema")
    expect(page.locator("#results > li").first).to_be_visible()
    page.goto(served.url + "en/partenaires/")
    expect(page).to_have_url(re.compile("/en/hors-ligne/#/en/partenaires/$"))
    expect(page.locator("#retry")).to_have_attribute("href", served.url + "en/partenaires/")


@pytest.fixture(scope="module")
def few(catalogue: Catalogue) -> Catalogue:
    """Three offers and who makes them: every kind of file, and few of each."""
    offers = catalogue.current(DAY)[:3]
    partners = {offer.partner: catalogue.partners[offer.partner] for offer in offers}
    return replace(catalogue, offers=offers, partners=partners, campaigns=())


@dataclass
class Kept:
    """A small site that a page's worker has kept: `out` is built again as the test wants."""

    out: Path
    url: str
    page: Page


# A worker looks at the real clock: on the day that it has already it asks for nothing.
EARLIER = DAY - timedelta(days=8)


@pytest.fixture
def kept(few: Catalogue, tmp_path: Path, visit: Opened) -> Iterator[Kept]:
    out = tmp_path / "public"
    build(few, out, day=EARLIER)
    with open_server(out) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = visit(server.url, worker=True)
        wait_for_worker(page)
        yield Kept(out, server.url, page)
        server.shutdown()


# Of each kind of file one; all of them when there is time: CJE_FULL=1.
CUT_AT = ("index.html", "offres/index.html", "catalogue.json", "favoris/index.html", "precache-")
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  try { await registration.update() } catch { return "cut" }
  const fresh = registration.installing;
  if (!fresh) return registration.waiting ? "whole" : "cut";
  return new Promise(done => fresh.addEventListener("statechange", () => {
    if (fresh.state === "redundant") done("cut");
    if (fresh.state === "installed") done("whole");
  }));
}"""
PAGES = """(addresses) => Promise.all(addresses.map(async (address) => (await fetch(address)).text()))"""
# What an interrupted install has fetched already is not fetched again: each cut begins from nothing.
FORGET_ALL_BUT = """async (kept) => {
  for (const name of await caches.keys()) if (!kept.includes(name)) await caches.delete(name);
}"""


@pytest.mark.promise("P27")
def test_an_update_that_is_cut_at_any_file_leaves_the_whole_old_version(few: Catalogue, kept: Kept) -> None:
    """Offline everything is old; when the network is back, and the person says yes, everything is new."""
    out, url, page = kept.out, kept.url, kept.page
    old = page.evaluate("caches.keys()")
    renamed = few.site.model_copy(update={"name": "Carte nouvelle"})
    changed = build(replace(few, site=renamed), out, day=DAY).written.written
    needed = (out / next(path for path in changed if path.startswith("precache-"))).read_text()
    fetched = [path for path in changed if path.startswith("precache-") or _asked_for(path) in needed]
    cuts = [path for path in fetched if os.environ.get("CJE_FULL") or path.startswith(CUT_AT)]
    assert len(cuts) >= len(CUT_AT)

    def brands() -> set[str]:
        # Asked for and not opened: opening a page makes the browser look for an update by itself.
        page.context.set_offline(True)
        addresses = [url + path for path in ("", "offres/", "partenaires/", "en/")]
        found = page.evaluate(PAGES, addresses)
        page.context.set_offline(False)
        return {re.findall(r"<span>(Carte [^<]+)</span></a>", html)[0] for html in found}

    for path in cuts:
        data = (out / path).read_bytes()
        (out / path).unlink()
        assert page.evaluate(UPDATE) == "cut", path
        assert brands() == {"Carte Jeune Engagé"}, path
        (out / path).write_bytes(data)
        page.evaluate(FORGET_ALL_BUT, old)
    page.evaluate(UPDATE)
    expect(page.locator("#update")).to_be_visible()
    page.locator("#update button").click()
    expect(page.locator(".brand")).to_contain_text("Carte nouvelle")
    assert brands() == {"Carte nouvelle"}


def _asked_for(path: str) -> str:
    """As the worker's list names a file."""
    return f'"{path.removesuffix("index.html") or "./"}"'


def test_only_what_changed_is_fetched(few: Catalogue, kept: Kept) -> None:
    out, url, page = kept.out, kept.url, kept.page
    offer = few.current(DAY)[0]
    offers = tuple(
        o.model_copy(update={"conditions": ("Autre condition.",)}) if o.number == offer.number else o
        for o in few.offers
    )
    build(replace(few, offers=offers), out, day=EARLIER)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(url)))
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")
    expect(page.locator("#update")).to_be_visible()
    fetched = {url for url in asked if not url.startswith(("sw.js", "precache-"))}
    assert fetched == {f"offres/{offer.slug}/", "catalogue.json", "en/catalogue.json", "built.json"}


@pytest.mark.promise("P27")
def test_a_day_on_which_nothing_happens_costs_a_phone_one_small_answer(few: Catalogue, kept: Kept) -> None:
    """The site is built every night: what a page says of its age moves on, and no file is fetched for it."""
    out, url, page = kept.out, kept.url, kept.page
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    for days in (1, 2):
        written = build(few, out, day=EARLIER + timedelta(days=days)).written.written
        assert {path.removeprefix("en/") for path in written} == {"built.json", "mise-a-jour/index.html"}
        page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")
        page.reload()
        expect(page.locator("#built")).to_contain_text(f"{EARLIER.day + days} nov.")
    by_worker = [one.url.removeprefix(url) for one in requests if one.service_worker]
    assert by_worker == ["built.json"] * 2 and (out / "built.json").stat().st_size < 100
    expect(page.locator("#update")).to_be_hidden()
    page.context.set_offline(True)
    page.goto(f"{url}offres/")
    expect(page.locator("#built")).to_contain_text(f"{EARLIER.day + 2} nov.")


@pytest.mark.promise("P27")
def test_offers_that_wait_to_be_replaced_do_not_look_younger(few: Catalogue, kept: Kept) -> None:
    """The network says a later day, of a version that the person has not taken yet."""
    page = kept.page
    renamed = few.site.model_copy(update={"name": "Carte nouvelle"})
    build(replace(few, site=renamed), kept.out, day=EARLIER + timedelta(days=1))
    page.evaluate(UPDATE)
    page.reload()
    expect(page.locator(".brand")).to_contain_text("Carte Jeune Engagé")
    expect(page.locator("#built")).to_contain_text(f"{EARLIER.day} nov.")
    page.locator("#update button").click()
    expect(page.locator(".brand")).to_contain_text("Carte nouvelle")
    expect(page.locator("#built")).to_contain_text(f"{EARLIER.day + 1} nov.")


def test_the_site_works_below_a_sub_path(few: Catalogue, tmp_path: Path, visit: Opened) -> None:
    """As on a forge's pages: every address is relative, the worker's too."""
    root = tmp_path / "host"
    build(few, root / "jeunes" / "carte", day=DAY, base_path="/jeunes/carte/")
    (root / "index.html").write_text("<!doctype html><title>host</title>")
    with open_server(root) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        base = server.url + "jeunes/carte/"
        page = visit(base, worker=True)
        wait_for_worker(page)
        page.context.set_offline(True)
        page.goto(base + first_offer(few)[0])
        expect(page.get_by_role("heading", name="Comment faire")).to_be_visible()
        page.goto(base + "nulle/part/")
        expect(page).to_have_url(re.compile("/jeunes/carte/hors-ligne/#/jeunes/carte/nulle/part/$"))
        server.shutdown()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_and_reduced_motion_keep_everything_visible(
    scheme: str, served: SiteServer, visit: Opened
) -> None:
    page = visit(served.url, color_scheme=scheme, forced_colors="active", reduced_motion="reduce")
    expect(page.get_by_role("link", name="Ouvrir ma carte")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.need')).transitionDuration") == "0s"


def test_the_right_to_left_case_does_not_break(
    served: SiteServer, visit: Opened, catalogue: Catalogue
) -> None:
    for path in ("", first_offer(catalogue)[0], "recherche/"):
        page = visit(served.url + path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_kill_switch_gives_every_page_back_to_the_network(few: Catalogue, kept: Kept) -> None:
    """Both workers leave with their caches, what the person keeps stays, and pages do not reload for ever."""
    out, url, page = kept.out, kept.url, kept.page
    page.reload()
    page.get_by_role("button", name=re.compile("favoris")).first.click()
    build(few, out, day=DAY, offline=False)
    assert not list(out.glob("precache-*"))
    with page.expect_navigation():
        page.evaluate("() => void navigator.serviceWorker.getRegistration().then(one => one.update())")
    asked: list[str] = []
    page.on("framenavigated", lambda frame: asked.append(frame.url))
    page.goto(url + "offres/")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("JSON.parse(localStorage.getItem('cje.favourites')).length") == 1
    assert asked == [url + "offres/"]
    build(few, out, day=DAY)
    page.reload()
    wait_for_worker(page)


def test_old_offers_say_how_old_they_are(served: SiteServer, visit: Opened) -> None:
    page = visit(served.url)
    expect(page.locator("#built")).to_have_text(" · mis à jour le 21 nov.")
    told = page.locator("#age")
    for days, seen in ((6, False), (7, True)):
        page.clock.set_fixed_time(f"2026-11-{21 + days}T12:00:00+01:00")
        page.reload()
        expect(told).to_be_visible() if seen else expect(told).to_be_hidden()
    expect(told).to_contain_text("21 nov.")
