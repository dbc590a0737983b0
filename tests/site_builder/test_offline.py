"""The worker and its site when the line is cut, in both engines: all old or all new, and all there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from browsing import (
    CUT_AT,
    EARLIER,
    FORGET_ALL_BUT,
    PAGES,
    UPDATE,
    Opened,
    first_offer,
    short,
    wait_for_worker,
)
from built_site import DAY, on_a_forge
from playwright.sync_api import Page, expect

from catalogue import Catalogue
from site_builder.build import build
from tools.line import Line

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

both_engines = pytest.mark.parametrize("browser", ["chromium", "firefox"], indirect=True, scope="module")


@pytest.mark.promise("P27")
def test_the_whole_site_is_there_offline_after_one_visit(
    built: Path, visit: Opened, catalogue: Catalogue
) -> None:
    with Line(built) as line:
        page = visit(line.url, worker=True)
        wait_for_worker(page)
    path, _ = first_offer(catalogue)
    for address in ("offres/", path, "partenaires/", "comment-ca-marche/", ""):
        page.goto(line.url + address)
        expect(page.locator("h1")).to_be_visible()
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )
    page.goto(line.url + "recherche/")
    page.get_by_label("Que cherches-tu").fill("cinema")
    expect(page.locator("#results > li").first).to_be_visible()
    page.goto(line.url + "en/partenaires/")
    expect(page).to_have_url(re.compile("/en/hors-ligne/#/en/partenaires/$"))
    expect(page.locator("#retry")).to_have_attribute("href", line.url + "en/partenaires/")


@both_engines
@pytest.mark.promise("P27")
def test_the_site_works_below_a_sub_path(few: Catalogue, tmp_path: Path, visit: Opened) -> None:
    """As on a forge's pages: every address is relative, the worker's too."""
    below = on_a_forge(few, tmp_path / "host")
    with Line(tmp_path / "host") as line:
        base = line.url + below
        page = visit(base, worker=True)
        wait_for_worker(page)
        assert {path for path in line.asked if not path.startswith("/jeunes/carte/")} <= {"/favicon.ico"}
    page.goto(base + first_offer(few)[0])
    expect(page.get_by_role("heading", name="Comment faire")).to_be_visible()
    page.goto(base + "nulle/part/")
    expect(page).to_have_url(re.compile("/jeunes/carte/hors-ligne/#/jeunes/carte/nulle/part/$"))


@dataclass
class Kept:
    """A small site that a page's worker has kept: `out` is built again as the test wants."""

    out: Path
    line: Line
    page: Page

    @property
    def url(self) -> str:
        return self.line.url


@pytest.fixture
def kept(few: Catalogue, tmp_path: Path, visit: Opened) -> Iterator[Kept]:
    out = tmp_path / "public"
    build(few, out, day=EARLIER)
    with Line(out) as line:
        page = visit(line.url, worker=True)
        wait_for_worker(page)
        yield Kept(out, line, page)


@pytest.mark.promise("P27")
def test_an_update_that_is_cut_at_any_file_leaves_the_whole_old_version(few: Catalogue, kept: Kept) -> None:
    """Offline everything is old; when the network is back, and the person says yes, everything is new."""
    page = kept.page
    old = page.evaluate("caches.keys()")
    renamed = few.site.model_copy(update={"name": "Carte nouvelle"})
    changed = build(replace(few, site=renamed), kept.out, day=DAY).written.written
    needed = (kept.out / next(path for path in changed if path.startswith("precache-"))).read_text()
    fetched = [path for path in changed if path.startswith("precache-") or _asked_for(path) in needed]
    cuts = [path for path in fetched if os.environ.get("CJE_NIGHTLY") or path.startswith(CUT_AT)]
    assert len(cuts) >= len(CUT_AT)
    for path, harm in zip(cuts, cycle((_gone, _halved, _hung_up)), strict=False):
        with_harm = harm(kept, path)
        next(with_harm)
        assert page.evaluate(UPDATE) == "cut", path
        assert _brands(kept) == {"Carte Jeune Engagé"}, path
        next(with_harm, None)
        page.evaluate(FORGET_ALL_BUT, old)
    page.evaluate(UPDATE)
    expect(page.locator("#update")).to_be_visible()
    page.locator("#update button").click()
    expect(page.locator(".brand")).to_contain_text("Carte nouvelle")
    assert _brands(kept) == {"Carte nouvelle"}


def _gone(kept: Kept, path: str) -> Iterator[None]:
    """A file that has not arrived at the host yet."""
    data = (kept.out / path).read_bytes()
    (kept.out / path).unlink()
    yield
    (kept.out / path).write_bytes(data)


def _halved(kept: Kept, path: str) -> Iterator[None]:
    """A file that has arrived by half."""
    data = (kept.out / path).read_bytes()
    (kept.out / path).write_bytes(data[: len(data) // 2])
    yield
    (kept.out / path).write_bytes(data)


def _hung_up(kept: Kept, path: str) -> Iterator[None]:
    """A line that breaks when this file is asked for."""
    kept.line.dead = "/" + path.removesuffix("index.html")
    yield
    kept.line.dead = None


def _brands(kept: Kept) -> set[str]:
    """The names that pages have without a network."""
    kept.line.cut()
    # Asked for and not opened: opening a page makes the browser look for an update by itself.
    addresses = [kept.url + path for path in ("", "offres/", "partenaires/", "en/")]
    found = kept.page.evaluate(PAGES, addresses)
    kept.line.mend()
    return {re.findall(r"<span>(Carte [^<]+)</span></a>", html)[0] for html in found}


def _asked_for(path: str) -> str:
    """As the worker's list names a file."""
    return f'"{path.removesuffix("index.html") or "./"}"'


def test_only_what_changed_is_fetched(few: Catalogue, kept: Kept) -> None:
    offer = few.current(DAY)[0]
    offers = tuple(
        o.model_copy(update={"conditions": ("Autre condition.",)}) if o.number == offer.number else o
        for o in few.offers
    )
    build(replace(few, offers=offers), kept.out, day=EARLIER)
    kept.line.asked.clear()
    kept.page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")
    expect(kept.page.locator("#update")).to_be_visible()
    fetched = [path for path in kept.line.asked if not path.startswith(("/sw.js", "/precache-"))]
    offer_page = f"/offres/{offer.slug}/"
    assert sorted(fetched) == ["/built.json", "/catalogue.json", "/en/catalogue.json", offer_page]


def _reloaded_until(page: Page, day: str) -> int:
    """How many times: a worker gives the network two seconds, and a busy machine takes them now and then."""
    for times in range(1, 4):
        page.reload()
        expect(page.locator("#built")).not_to_be_empty()
        if day in page.locator("#built").inner_text():
            return times
    raise AssertionError(f"{day} is never told")


@pytest.mark.promise("P27")
def test_a_quiet_night_costs_one_small_answer_and_only_what_is_current_looks_younger(
    few: Catalogue, kept: Kept
) -> None:
    """The site is built every night: what a page says of its age moves on, and no file is fetched for it."""
    page = kept.page
    kept.line.asked.clear()
    reloads = 0
    for days in (1, 2):
        written = build(few, kept.out, day=EARLIER + timedelta(days=days)).written.written
        assert {path.removeprefix("en/") for path in written} == {"built.json", "mise-a-jour/index.html"}
        page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")
        reloads += _reloaded_until(page, short(EARLIER + timedelta(days=days)))
    asked = [path for path in kept.line.asked if path != "/sw.js"]
    assert {*asked} == {"/built.json"} and 2 <= len(asked) <= reloads  # once a night, where nothing was late
    assert (kept.out / "built.json").stat().st_size < 100
    expect(page.locator("#update")).to_be_hidden()
    kept.line.cut()
    page.goto(f"{kept.url}offres/")
    expect(page.locator("#built")).to_contain_text(short(EARLIER + timedelta(days=2)))
    kept.line.mend()

    # The network tells a later day, of a version that the person has not taken yet: theirs stays old.
    renamed = few.site.model_copy(update={"name": "Carte nouvelle"})
    build(replace(few, site=renamed), kept.out, day=EARLIER + timedelta(days=3))
    page.evaluate(UPDATE)
    page.reload()
    expect(page.locator(".brand")).to_contain_text("Carte Jeune Engagé")
    expect(page.locator("#built")).to_contain_text(short(EARLIER + timedelta(days=2)))
    page.locator("#update button").click()
    expect(page.locator(".brand")).to_contain_text("Carte nouvelle")
    expect(page.locator("#built")).to_contain_text(short(EARLIER + timedelta(days=3)))


def test_the_day_of_another_version_is_not_believed(few: Catalogue, tmp_path: Path, visit: Opened) -> None:
    """The site was published again while a phone fetched it: the new day is not that of its files."""
    build(few, tmp_path / "public", day=EARLIER)
    built = tmp_path / "public" / "built.json"
    said = json.loads(built.read_bytes())
    built.write_text(json.dumps({"day": "2026-12-24", "version": "another"}))
    with Line(tmp_path / "public") as line:
        page = visit(line.url, worker=True)
        wait_for_worker(page)
        with page.expect_response("**/built.json"):
            page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("#built")).to_be_empty()
        built.write_text(json.dumps(said))
        _reloaded_until(page, short(EARLIER))


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
