"""A phone whose clock is wrong, where no answer of a server says the time."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, Route, expect
from wallet_world import Site, code_named, entry

pytestmark = pytest.mark.browser

CODE = code_named("ines")


def test_a_clock_from_before_the_site_was_built_is_told_where_nobody_says_the_time(
    site: Site, page: Page
) -> None:
    """`built.json` says the day; the card itself may be much older."""

    def without_date(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "date"})

    page.route("**/w/**", without_date)
    site.put(CODE, entry(1, title="Panier"), issued=int(time.time()) - 30 * 86_400)
    told = page.get_by_text("L'heure de ton téléphone est fausse.")
    page.clock.set_fixed_time(time.time() - 5 * 86_400)
    page.goto(site.link(CODE))
    expect(told).to_be_visible()
    page.clock.set_fixed_time(time.time())
    with page.expect_response("**/built.json"):
        page.reload()
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    expect(told).to_be_hidden()
