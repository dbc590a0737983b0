"""From YAML to green: what `make demo` opens, through the real pages, with the server stopped."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from stage import Demo, OpenBrowser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("e2e-path")]

OFFER = "La place de cinéma à 6,95"  # typographic spaces follow
PARTNER = "Le Grand Lampion"
SLUG = "le-grand-lampion"


def set_up_till(context: BrowserContext, address: str) -> None:
    """Install the till page for PARTNER, and wait until its files are all kept on the device."""
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name=PARTNER).click()
    page.get_by_role("button", name="Installer").click()
    expect(page.locator("[data-screen=scan]")).to_be_visible()
    wait_until_offline(page)


def wait_until_offline(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then((r) => r.active.scriptURL)")


def open_voucher(page: Page) -> bytes:
    """Open the offer in the wallet, show it, and return a screenshot of its QR."""
    page.get_by_role("button", name=OFFER).click()
    page.get_by_role("button", name="Montrer en caisse").click()
    code = page.get_by_role("img", name="QR à présenter à la caisse")
    expect(code).to_be_visible()
    return code.screenshot()


def confirm(counter: Page) -> None:
    """Press "Valider" as a cashier does: again when the first press came before anything could be read."""
    for _ in range(3):
        counter.get_by_role("button", name="Valider").click()
        with contextlib.suppress(AssertionError):
            expect(counter.get_by_role("heading", name="ACCEPTÉ")).to_be_visible(timeout=1_000)
            return
    raise AssertionError("never green")


def read_qr(screenshot: bytes) -> str:
    """Read a screenshot with a decoder that is not ours."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(screenshot)))
    return found.text


def cje(*arguments: str) -> tuple[int, dict[str, object]]:
    run = subprocess.run(
        [sys.executable, "-m", "cje", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return run.returncode, json.loads(run.stdout) if run.stdout.startswith("{") else {}


@pytest.mark.promise("P19", "P30")
def test_a_voucher_lives_without_its_server(
    own_demo: Demo, open_browser: OpenBrowser, film: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Build, activate, stop the server, restart both devices, show, scan, accept, scan again: refused."""
    till = open_browser("till")
    set_up_till(till, own_demo.till)
    till.close()
    phone = open_browser("phone")
    page = phone.new_page()
    page.goto(own_demo.wallet)
    expect(page.get_by_role("button", name=OFFER)).to_be_visible()
    assert "#" not in page.url, "the code stays neither in sight nor in the history"
    wait_until_offline(page)
    phone.close()

    own_demo.stop()

    phone = open_browser("phone")
    page = phone.new_page()
    page.goto(own_demo.site + "carte/")
    screenshot = open_voucher(page)
    shown = read_qr(screenshot)
    assert shown.startswith("CJP1:")

    till = open_browser("till", film=film(screenshot))
    counter = till.new_page()
    counter.goto(own_demo.till)
    expect(counter.get_by_role("heading", name="BON VALABLE")).to_be_visible()
    confirm(counter)
    counter.get_by_role("button", name="Client suivant").click()
    expect(counter.locator("[data-screen=already_accepted]")).to_be_visible()
    expect(counter.get_by_role("heading", name="REFUSÉ")).to_be_visible()

    command_till = str(tmp_path / "command-till")
    root, listed = own_demo.public / "trust" / "root.1.cbor", own_demo.public / "trust" / f"{SLUG}.cbor"
    made = ("--partner", SLUG, "--name", "Comptoir", "--root", str(root), "--trust", str(listed), "--demo")
    assert cje("till", "init", *made, command_till)[0] == 0
    code, told = cje("verify", "--till", command_till, "--json", shown)
    assert (code, told["verdict"]) == (0, "accepted")
    code, told = cje("verify", "--till", command_till, "--json", shown)
    assert (code, told["verdict"]) == (1, "already_accepted")


def test_a_seq_rises_each_time_the_voucher_is_opened(demo: Demo, open_browser: OpenBrowser) -> None:
    """Two openings are two uses to a till; redrawing is not."""
    page = open_browser("phone").new_page()
    page.goto(demo.wallet)
    first = read_qr(open_voucher(page))
    page.get_by_role("button", name="Fermer sans rien noter").click()
    page.get_by_role("button", name="Montrer en caisse").click()
    code = page.get_by_role("img", name="QR à présenter à la caisse")
    expect(code).to_be_visible()
    assert read_qr(code.screenshot()) != first


def test_the_demo_says_that_it_is_one(demo: Demo, open_browser: OpenBrowser) -> None:
    context = open_browser("phone")
    for address, words in ((demo.wallet, re.compile("Carte de démonstration")), (demo.till, "Démonstration")):
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_text(words).first).to_be_visible()
