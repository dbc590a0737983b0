"""What a till costs a shop's mobile data before it can scan: bytes that the server really sent."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, OpenBrowser

from site_builder.preview.check import BUDGETS, page_weight
from site_builder.preview.serve import SiteServer

pytestmark = pytest.mark.browser


@pytest.fixture
def sent(site: SiteServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return the bytes of each body that the server sends from now on, by path."""
    bodies: dict[str, int] = {}
    handler = site.RequestHandlerClass

    class Counting(handler):  # type: ignore[misc, valid-type]
        def _send(self, status, headers, data, with_body=True):  # type: ignore[no-untyped-def]
            path = urlsplit(self.path).path
            if status is HTTPStatus.OK and path.endswith((".js", ".css", ".html", ".json", "/")):
                assert headers.get("Content-Encoding") == "gzip"
            bodies[path] = max(bodies.get(path, 0), len(data or b""))
            super()._send(status, headers, data, with_body)

    monkeypatch.setattr(site, "RequestHandlerClass", Counting)
    return bodies


@pytest.mark.usefixtures("camera")
def test_opens_for_the_first_time_within_the_budget(
    open_browser: OpenBrowser, site: SiteServer, sent: dict[str, int]
) -> None:
    page = open_browser(service_workers="block").new_page()
    Counter.of(page).open(site.url)
    expect(page.get_by_role("button", name=shop.NAME)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert 20_000 < sum(sent.values()) <= BUDGETS["till"], sent


@pytest.mark.usefixtures("camera")
def test_is_ready_to_scan_within_the_budget_its_first_decoder_included(
    open_browser: OpenBrowser, site: SiteServer, sent: dict[str, int], public: Path
) -> None:
    context = open_browser(service_workers="block")
    Counter.of(context.new_page()).set_up(site.url).helped()  # nothing of it is still on its way
    context.pages[0].close()
    sent.clear()
    # What comes behind fails: readiness must not need it.
    context.route("**/assets/desk-*.js", lambda route: route.abort())
    context.route("**/assets/till-words-*.json", lambda route: route.abort())
    page = context.new_page()
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    Counter.of(page).open(site.url)
    expect(page.locator("[data-camera=on]")).to_be_visible()
    page.evaluate(
        """() => new Promise((done) => {
            const is = () => performance.getEntriesByName("cje-decoder").length;
            const look = () => is() ? done() : setTimeout(look, 20);
            look();
        })"""
    )
    total = sum(sent.values())
    assert any("till-worker" in path for path in sent), sent
    assert total <= BUDGETS["till"], (total, sent)
    # The static figure counts icon and manifest too, which a browser without a window leaves alone.
    counted = page_weight(public, "caisse/index.html")
    assert total <= counted <= BUDGETS["till"], (total, counted)
    assert counted - total < 1000, (total, counted, sent)
    # And once it can be had, the till decides; a sheet whose code does not come either waits for it.
    context.unroute_all(behavior="wait")
    context.route("**/assets/sheets-*.js", lambda route: route.abort())
    page.get_by_role("button", name="Taper").click()
    expect(page.get_by_text("La caisse finit de se charger")).to_be_visible()
    context.unroute_all(behavior="wait")
    expect(page.get_by_label("Code du bon")).to_be_visible()
    page.get_by_role("button", name="Retour").click()
    counter = Counter(page).type(shop.live(shop.claims_for(shop.PLAIN, "light")))
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
