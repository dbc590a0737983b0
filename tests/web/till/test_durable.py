"""Green is sacred: no green without a row, one row a use, and everything without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, Device, OpenBrowser

from site_builder.preview.serve import SiteServer

pytestmark = pytest.mark.browser


@pytest.mark.promise("P17")
def test_a_double_tap_makes_one_row_and_none_before_anybody_could_read(counter: Counter) -> None:
    counter.page.evaluate("() => window.hold()")
    counter.type(shop.live(shop.claims_for(shop.PLAIN, "double")))
    for _ in range(2):
        counter.page.locator(".button-confirm").click()
        counter.page.evaluate("() => window.pass(220)")
    counter.page.locator(".button-confirm").click()
    expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    assert counter.rows() == []
    button = counter.read()
    button.evaluate("(button) => { for (let i = 0; i < 5; i++) button.click(); }")
    counter.accepted()
    assert len(counter.rows()) == 1


@pytest.mark.promise("P17")
def test_two_tabs_make_one_row_and_one_of_them_waits(open_browser: OpenBrowser, site: SiteServer) -> None:
    context = open_browser(camera=False)
    first = Counter.of(context.new_page()).set_up(site.url)
    text = shop.live(shop.claims_for(shop.PLAIN, "tabs"))
    first.type(text)
    expect(first.page.locator(".button-confirm")).to_be_visible()
    second = Counter.of(context.new_page()).open(site.url)
    expect(second.screen("elsewhere")).to_be_visible()
    second.page.get_by_role("button", name="Utiliser ici").click()
    expect(first.screen("elsewhere")).to_be_visible()
    second.type(text).confirm().accepted()
    first.page.bring_to_front()
    first.page.get_by_role("button", name="Utiliser ici").click()
    expect(first.screen("scan")).to_be_visible()
    first.type(text).refused("Déjà accepté ici")
    assert len(first.rows()) == 1


@pytest.mark.promise("P19")
@pytest.mark.parametrize("how", ["add throws", "aborted after the last request"])
def test_no_green_when_the_write_fails_and_retry_works(counter: Counter, how: str) -> None:
    counter.page.evaluate(
        """(how) => {
            const add = IDBObjectStore.prototype.add;
            IDBObjectStore.prototype.add = function (...all) {
                if (how === "add throws") throw new DOMException("full", "QuotaExceededError");
                const asked = add.apply(this, all);
                asked.addEventListener("success", () => this.transaction.abort());
                return asked;
            };
            window.__mend = () => (IDBObjectStore.prototype.add = add);
        }""",
        how,
    )
    counter.type(shop.live(shop.claims_for(shop.PLAIN, "full"))).confirm()
    expect(counter.page.locator(".verdict.fill-stop h1")).to_have_text("PAS ENREGISTRÉ")
    assert counter.page.locator(".fill-ok").count() == 0
    assert counter.rows() == []
    counter.page.evaluate("() => window.__mend()")
    counter.page.get_by_role("button", name="Réessayer").click()
    counter.accepted()
    assert len(counter.rows()) == 1


@pytest.mark.promise("P19")
def test_a_device_that_is_full_says_so_and_loses_nothing(device: Device, site: SiteServer) -> None:
    """The browser's own quota, not one that a test plays; it is looked at when the browser starts."""
    kept = shop.claims_for(shop.PLAIN, "before it was full")
    Counter.of(device.start()).set_up(site.url).type(shop.live(kept)).confirm().accepted()
    device.stop()
    counter = Counter.of(device.start())
    devtools = counter.page.context.new_cdp_session(counter.page)
    quota = {"origin": site.url.rstrip("/")}
    devtools.send("Storage.overrideQuotaForOrigin", {**quota, "quotaSize": 1})
    counter.open(site.url).type(shop.live(shop.claims_for(shop.PLAIN, "full device"))).confirm()
    expect(counter.page.locator(".verdict.fill-stop h1")).to_have_text("PAS ENREGISTRÉ")
    expect(counter.page.locator(".verdict-next")).to_contain_text("libérez de la place")
    assert counter.page.locator(".fill-ok").count() == 0 and len(counter.rows()) == 1
    devtools.send("Storage.overrideQuotaForOrigin", quota)
    counter.page.get_by_role("button", name="Réessayer").click()
    counter.accepted()
    assert len(counter.rows()) == 2
    counter.next().type(shop.live(kept)).refused("Déjà accepté ici")


@pytest.mark.promise("P30")
@pytest.mark.usefixtures("camera")
def test_works_from_a_cold_start_with_the_server_stopped(open_browser: OpenBrowser, public: Path) -> None:
    shown = shop.live(shop.claims_for(shop.PLAIN, "offline"))
    context = open_browser(shop.qr(shown))
    with shop.serving(public) as server:
        url = server.url
        counter = Counter.of(context.new_page()).set_up(url).kept_offline().helped()
        expect(counter.page.locator(".verdict h1")).to_have_text("BON VALABLE")
        counter.page.close()
    cold = Counter.of(context.new_page()).open(url).helped()
    expect(cold.page.locator(".verdict h1")).to_have_text("BON VALABLE")
    cold.confirm().accepted()
    assert len(cold.rows()) == 1
    # The till looked for a newer list in vain; the policy refused nothing: neither the page's compiling nor
    # the worker's starting.
    assert {*cold.faults} <= {"Failed to load resource: net::ERR_FAILED"}
    cold.page.get_by_role("button", name="Client suivant").click()
    cold.refused("Déjà accepté ici")


def test_storage_refused_is_said_before_anything_else(open_browser: OpenBrowser, site: SiteServer) -> None:
    page = open_browser(camera=False).new_page()
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); }")
    page.goto(f"{site.url}caisse/")
    expect(page.locator("[data-screen=fault-storage]")).to_contain_text("refuse d'enregistrer")


def test_a_row_whose_green_was_never_seen_is_explained_on_the_next_scan(
    counter: Counter, site: SiteServer
) -> None:
    text = shop.live(shop.claims_for(shop.PLAIN, "dark"))
    counter.type(text).confirm().accepted()
    counter.open(site.url)
    expect(counter.screen("scan")).to_be_visible()
    counter.type(text).refused("Déjà accepté ici")
    expect(counter.page.locator(".verdict-next")).to_contain_text("Vous n'aviez pas vu le vert")
