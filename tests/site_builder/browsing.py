"""Browsers that go the site's ways, and what the tests of this room know of its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from built_site import DAY
from playwright.sync_api import Browser, Page, Playwright

from catalogue import Catalogue
from tools import firefox
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

OURS = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "ERR_EMPTY_RESPONSE",
    "registration blocked by Playwright",
)
"""What the browser says of what the tests do to it."""
PHONE = {"width": 360, "height": 740}
ENGINES = ["chromium", "firefox"]

# A worker looks at the real clock: on the day that it has already it asks for nothing.
EARLIER = min(DAY - timedelta(days=8), date.today() - timedelta(days=5))
MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]

# Of each kind of file one; all of them at night.
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

Opened = Callable[..., Page]


def launch(playwright: Playwright, engine: str = "chromium", *more: str) -> Browser:
    if engine == "firefox":
        return firefox.launch(playwright)
    assert WITHOUT_WINDOWS, "install Debian's chromium"
    return playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS, *more])


def short(day: date) -> str:
    """A day as a page says it in few letters."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def on_the_day(page: Page) -> Page:
    """A page whose clock stands at noon of the day of the build; timers run on, and a worker has its own."""
    page.clock.set_fixed_time(f"{DAY}T12:00:00+01:00")
    return page


def wait_for_worker(page: Page) -> None:
    """Until a worker is active, that is until its whole version is in place."""
    page.evaluate("async () => { await navigator.serviceWorker.ready }")


def first_offer(catalogue: Catalogue) -> tuple[str, str]:
    offer = catalogue.current(DAY)[0]
    return f"offres/{offer.slug}/", offer.title
