"""WebKit, through WebKitGTK and its driver: what an iPhone's engine makes of the way from home to the till.

Where Debian's webkit2gtk-driver and xvfb are installed. It is WebKit, not Safari: its own
cryptography, storage and drawing, on another system.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from wallet_world import PUBLIC, Site, code_named, entry

from tools.webkit import INSTALLED, PATIENCE, WebKit, webkit
from voucher import activation, armour
from voucher.keyring import Keyring
from voucher.presentation import Presentation, decode_presentation

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(not INSTALLED, reason="apt-get install webkit2gtk-driver xvfb"),
]

CODE = code_named("ines")


@pytest.fixture
def safari(tmp_path: Path) -> Iterator[WebKit]:
    with webkit(tmp_path) as started:
        yield started


def shown(safari: WebKit) -> Presentation:
    """The code in sight, as an independent reader and Python find it."""
    safari.wait_for("//*[@role='img' and contains(@aria-label, 'QR à présenter')]")
    # WebKit draws a moment after it has answered.
    end, seen = time.monotonic() + PATIENCE, []
    while not seen and time.monotonic() < end:
        seen = zxingcpp.read_barcodes(safari.picture(), formats=zxingcpp.BarcodeFormat.QRCode)
    (found,) = seen
    prefix, data = armour.decode(found.text)
    assert prefix == armour.PRESENTATION
    return decode_presentation(data, Keyring([PUBLIC]))


@pytest.mark.promise("P30")
def test_from_home_to_an_offer_to_a_code_that_is_read(site: Site, safari: WebKit) -> None:
    site.put(CODE, entry(1, title="Panier"))
    safari.go(site.server.url)
    safari.go(safari.evaluate("return document.querySelector('main a[href*=\"offres/\"]').href"))
    assert "offres/" in safari.evaluate("return location.href")
    safari.go(site.wallet)
    safari.write("Ton code d'activation", f"Ta carte : {activation.grouped(CODE).lower()} À mardi")
    safari.press("Ouvrir ma carte")
    safari.press("Panier")
    seen = []
    for _ in range(2):
        safari.press("Montrer en caisse")
        seen.append(shown(safari))
        safari.press("Fermer")
    assert seen[1].seq == seen[0].seq + 1
    assert seen[0].voucher.claims.offer == 1
    safari.evaluate("return navigator.serviceWorker.ready.then(() => 0)")
    site.stop()
    safari.go("about:blank")
    safari.go(site.wallet)
    safari.press("Panier")
    safari.press("Montrer en caisse")
    assert shown(safari).seq == seen[1].seq + 1
