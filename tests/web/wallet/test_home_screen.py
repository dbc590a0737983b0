"""The app on the home screen: offered once there is a card, by the phone's own means, never required."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from seen import saved
from wallet_world import Site, code_named, drawer, entry

pytestmark = pytest.mark.browser

CODE = code_named("ines")
IPHONE = """Object.defineProperty(navigator, "standalone", { value: false, configurable: true });
Object.defineProperty(navigator, "maxTouchPoints", { value: 5, configurable: true });"""
ANDROID = """addEventListener("DOMContentLoaded", () => setTimeout(() => {
  const offered = new Event("beforeinstallprompt", { cancelable: true });
  offered.prompt = async () => { document.title = "asked"; };
  dispatchEvent(offered);
}));"""


def test_safari_shows_the_vouchers_at_once_and_says_how_to_install(site: Site, page: Page) -> None:
    page.add_init_script(IPHONE)
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.wallet)
    expect(page.get_by_label("Ton code d'activation")).to_be_visible()
    expect(page.get_by_text("Sur l'écran d'accueil")).to_have_count(0)
    page.goto("about:blank")
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    expect(page.get_by_text("scanne ta lettre ou tape ton code")).to_be_visible()
    expect(page.get_by_role("button", name="Installer")).to_have_count(0)
    page.get_by_role("button", name="Plus tard").click()
    expect(page.get_by_text("scanne ta lettre ou tape ton code")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    expect(page.get_by_text("scanne ta lettre ou tape ton code")).to_have_count(0)


def test_android_installs_with_one_tap(site: Site, page: Page) -> None:
    page.add_init_script(ANDROID)
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    page.get_by_role("button", name="Installer").click()
    expect(page).to_have_title("asked")
    expect(page.get_by_role("button", name="Installer")).to_have_count(0)


def test_all_last_days_go_into_one_calendar(site: Site, page: Page) -> None:
    site.put(CODE, *drawer())
    page.goto(site.link(CODE))
    expect(page.get_by_text("Bientôt fini")).to_be_visible()
    page.get_by_role("button", name="Mes cartes et mes données").click()
    name, data = saved(page, page.get_by_role("button", name="Tout dans mon agenda").click)
    assert name == "mes-offres.ics"
    assert data.count(b"BEGIN:VEVENT") == len(drawer())
    assert data.count(b"BEGIN:VALARM") == len(drawer())
