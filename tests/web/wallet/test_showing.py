"""At the till: what the phone shows, with the network off."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from seen import codes, drawn, in_firefox, read, show
from wallet_world import Site, code_named, entry, last_day

pytestmark = pytest.mark.browser

CODE = code_named("ines")
Phone = Callable[..., BrowserContext]


def activated(site: Site, context: BrowserContext, *entries: object) -> Page:
    site.put(CODE, *(entries or (entry(1, title="Panier"),)))  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    return page


@pytest.mark.promise("P30")
def test_shows_a_voucher_from_a_cold_start_after_the_server_is_gone(site: Site, phone: Phone) -> None:
    context = phone()
    page = activated(site, context)
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    context.close()
    site.stop()

    page = phone().new_page()
    page.goto(site.wallet)
    show(page)
    first = read(page)
    assert first.voucher.claims.offer == 1
    assert abs(first.timestamp - time.time()) < 10
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
    assert read(page).seq == first.seq + 1


def test_redraws_with_a_new_time_and_the_same_counter(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.clock.install(time=time.time())
    page.goto(site.link(CODE))
    show(page)
    drawn = page.locator(".qr path")
    before, first = drawn.get_attribute("d"), read(page)
    page.clock.run_for(15_000)
    expect(drawn).not_to_have_attribute("d", before or "")
    second = read(page)
    assert second.seq == first.seq
    assert 15 <= second.timestamp - first.timestamp <= 20


@pytest.mark.usefixtures("windows")
def test_screen_stays_on_while_a_code_is_shown_and_no_longer(site: Site, page: Page) -> None:
    """The browser's own locks, watched where they are handed out; without any, the code shows too."""
    page.add_init_script(
        """if (!window.WakeLock) window.WakeLock = class { request() {} };
        const ask = WakeLock.prototype.request;
        window.locks = [];
        WakeLock.prototype.request = async function (...kind) {
          const lock = await ask.apply(this, kind);
          window.locks.push(lock);
          return lock;
        };"""
    )
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    assert page.evaluate("window.locks.length") == 0
    show(page)
    if in_firefox(page):
        return
    expect_locks(page, "false")
    page.evaluate("window.locks[0].release()")  # what the system does when another app comes in front
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_locks(page, "true,false")
    page.get_by_role("button", name="Fermer").click()
    expect_locks(page, "true,true")


def expect_locks(page: Page, released: str) -> None:
    """Wait until the locks that were given are held or released as told: the page's own timer asks again."""
    page.evaluate(
        """(wanted) => new Promise((done) => {
          const states = () => String(window.locks.map((one) => one.released));
          const look = () => (states() === wanted ? done() : setTimeout(look, 20));
          look();
        })""",
        released,
    )


def test_answers_the_tills_challenge_in_a_new_drawing(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    first = read(page)
    page.get_by_role("button", name="Le code ne passe pas").click()
    page.get_by_label("La caisse affiche 4 chiffres").fill("0482")
    expect(page.get_by_text("Réponse 0482").first).to_be_visible()
    page.get_by_role("button", name="Agrandir le code").click()
    answered = read(page)
    assert (first.challenge, answered.challenge) == (None, 482)
    assert answered.seq == first.seq


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_code_on_screen_is_read_by_an_independent_reader(
    site: Site, page: Page, scheme: str, playwright: Playwright
) -> None:
    site.put(CODE, entry(1, title="Panier"))
    with drawn(page, scheme, playwright) as seen:
        seen.goto(site.link(CODE))
        seen.get_by_role("button", name="Panier").click()
        assert seen.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
        for width, module in ((320, 4), (360, 4), (412, 5), (1280, 4)):
            seen.set_viewport_size({"width": width, "height": 740})
            seen.get_by_role("button", name="Montrer en caisse").click()
            expect(seen.get_by_role("img", name="QR à présenter")).to_be_visible()
            assert read(seen).voucher.claims.offer == 1
            box = seen.locator(".qr svg").bounding_box()
            side = int((seen.locator(".qr svg").get_attribute("viewBox") or "").split()[2])
            assert box and side == 57 + 8  # version 10, quiet zone of 4
            assert box["width"] / side >= module
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            seen.get_by_role("button", name="Fermer").click()


def test_looking_and_reloading_consume_nothing(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier", uses=1))
    page.goto(site.link(CODE))
    show(page)
    page.reload()
    expect(page.get_by_role("button", name="Montrer en caisse")).to_be_visible()
    assert len(counters(page)) == 1
    raised = counters(page)
    page.reload()
    page.get_by_role("button", name="Retour").click()
    assert counters(page) == raised
    expect(page.get_by_text("Déjà utilisé")).to_have_count(0)


def counters(page: Page) -> list[int]:
    return page.evaluate(  # type: ignore[no-any-return]
        """() => new Promise((done) => {
          const opened = indexedDB.open("cje-wallet");
          opened.onsuccess = () => {
            const all = opened.result.transaction("counters").objectStore("counters").getAll();
            all.onsuccess = () => { opened.result.close(); done(all.result); };
          };
        })"""
    )


def test_two_tabs_never_show_the_same_counter(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    tabs = [page, *(page.context.new_page() for _ in range(3))]
    for tab in tabs[1:]:
        tab.goto(site.wallet)
    for tab in tabs:
        tab.get_by_role("button", name="Panier").click()
    for tab in tabs:
        # Not waited for: the four raise their counter as close together as a browser lets them.
        tab.evaluate("() => { setTimeout(() => document.querySelector('.button-show').click()) }")
    seen = []
    for tab in tabs:
        tab.bring_to_front()
        expect(tab.get_by_role("img", name="QR à présenter")).to_be_visible()
        seen.append(read(tab).seq)
    assert len(set(seen)) == 4
    assert max(seen) - min(seen) == 3


def test_counter_is_on_the_disk_before_anything_is_drawn(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.add_init_script(
        """const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...facts) {
          if (this.name === "counters") throw new DOMException("full", "QuotaExceededError");
          return put.apply(this, facts);
        };"""
    )
    page.goto(site.link(CODE))
    page.get_by_role("button", name="Panier").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_text("refuse de garder")).to_be_visible()
    expect(page.locator(".qr")).to_have_count(0)


def test_power_loss_never_loses_a_card_nor_repeats_a_counter(
    site: Site, phone: Phone, tmp_path: Path
) -> None:
    """Killed at each step: the card that was asked for is there, a number shown never comes again."""
    site.put(CODE, entry(1, title="Panier"))
    context = phone(service_workers="block")
    page = context.new_page()
    last = 0
    for moment in ("fetched", "listed", "opened", "shown"):
        if moment == "fetched":
            with page.expect_response(re.compile(r"/w/")):
                page.goto(site.link(CODE), wait_until="commit")
        else:
            page = context.new_page()
            page.goto(site.wallet)
            page.get_by_role("button", name="Panier").click()
        if moment in {"opened", "shown"}:
            page.evaluate("() => document.querySelector('.button-show').click()")
        if moment == "shown":
            expect(page.get_by_role("img", name="QR à présenter")).to_be_visible()
            last = read(page).seq
        kill(tmp_path / "phone")

        context = phone(service_workers="block")
        page = context.new_page()
        # A link that was opened is opened again by itself; a card that was there is there.
        page.goto(site.wallet)
        show(page)
        assert read(page).seq > last, moment
        last = read(page).seq


def kill(profile: Path) -> None:
    """Kill the browser that runs on a profile, as a dead battery does: it writes nothing more."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in command and not any(
                one.startswith(b"--type=") for one in command
            ):
                os.kill(int(process.name), signal.SIGKILL)


def test_card_that_comes_back_after_everything_was_erased_repeats_no_counter(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    before = read(page).seq
    erase(page)
    another_second(page)
    page.goto(site.link(CODE))
    show(page)
    assert read(page).seq > before


def another_second(page: Page) -> None:
    """Counters of a card that comes back begin where its clock, in seconds, is (voucher-v1 §4.5)."""
    page.wait_for_function("then => Date.now() >= then", arg=(int(time.time()) + 1) * 1000)


@pytest.mark.usefixtures("storage_that_empties")
def test_card_whose_storage_was_taken_away_comes_back_with_its_link(site: Site, page: Page) -> None:
    """A phone short of room empties the app under an open page: one step, no counter twice."""
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    before = read(page).seq
    origin = {"origin": site.server.url.rstrip("/"), "storageTypes": "all"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", origin)
    expect(page.get_by_label("Ton code d'activation")).to_be_visible()
    another_second(page)
    page.goto("about:blank")
    page.goto(site.link(CODE))
    show(page)
    assert read(page).seq > before


def erase(page: Page) -> None:
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Effacer mes données").click()
    page.get_by_role("button", name="Oui, effacer").click()
    expect(page.get_by_label("Ton code d'activation")).to_be_visible()


def test_erasing_leaves_nothing(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    erase(page)
    assert counters(page) == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_browser_without_ed25519_signs_all_the_same(site: Site, page: Page) -> None:
    # Firefox runs this on its blank first page too, which is no secure context and has no `crypto.subtle`.
    page.add_init_script(
        """if (isSecureContext) {
          const real = crypto.subtle.importKey.bind(crypto.subtle);
          crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
            algorithm === "Ed25519"
              ? Promise.reject(new DOMException("no", "NotSupportedError"))
              : real(format, key, algorithm, ...rest);
        }"""
    )
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    assert read(page).voucher.claims.offer == 1


def test_wrong_clock_is_explained_and_corrected(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.clock.set_fixed_time(time.time() - 600)
    page.goto(site.link(CODE))
    expect(page.get_by_text("Ton téléphone retarde de 10 minutes.")).to_be_visible()
    show(page)
    assert abs(read(page).timestamp - time.time()) < 20


def test_holder_keys_cannot_be_read_back(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    extractable = page.evaluate(
        """() => new Promise((done) => {
          const opened = indexedDB.open("cje-wallet");
          opened.onsuccess = () => {
            const all = opened.result.transaction("holders").objectStore("holders").getAll();
            all.onsuccess = () => {
              opened.result.close();
              done(all.result.map((one) => one.secret.extractable));
            };
          };
        })"""
    )
    assert extractable == [False]


def test_barcode_is_read_by_an_independent_reader(site: Site, page: Page) -> None:
    drawn = {
        "ean13": "2012345678903",
        "ean8": "12345670",
        "upca": "123456789012",
        "code128": "CJE-42/ab",
        "code39": "CJE-42",
        "itf14": "12345678901231",
        "codabar": "A12345B",
    }
    site.put(
        CODE,
        *(
            entry(number, title=name, way="barcode", symbology=name, code=code, uses=0, period=0)
            for number, (name, code) in enumerate(drawn.items(), 1)
        ),
    )
    page.goto(site.link(CODE))
    for name, code in drawn.items():
        page.get_by_role("button", name=name).click()
        page.get_by_role("button", name="Montrer le code-barres").click()
        expect(page.get_by_role("img", name="Code-barres")).to_be_visible()
        # The reader gives a UPC-A as the EAN-13 that it is, with its leading zero.
        assert codes(page) in ([code], [f"0{code}"]), name
        page.get_by_role("button", name="Fermer").click()
        page.get_by_role("button", name="Retour").click()


def test_says_how_often_it_was_used(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier", uses=2), entry(2, title="Autre", valid_until=last_day(5)))
    page.goto(site.link(CODE))
    show(page)
    page.get_by_role("button", name="C'est fait").click()
    page.get_by_role("button", name="Oui, accepté").click()
    page.get_by_label("Combien as-tu économisé").fill("3,20")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".saved-total")).to_have_text(re.compile(r"3,20\s€"))
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_text("Déjà utilisé 1 fois sur 2 ce mois-ci")).to_be_visible()
    page.get_by_role("button", name="Montrer en caisse").click()
    expect(page.get_by_text("Déjà utilisé 1 fois sur 2 ce mois-ci")).to_be_visible()
