"""A card out of a pack: the issuer's packs, the wallet's ranges, a real browser between them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from wallet_world import Site, code_named, entry, now

from issuer.cards import pack_file
from voucher import activation

pytestmark = pytest.mark.browser

CODE = code_named("ines")
PLACE = activation.bundle_path(CODE)
NAME = pack_file.name_of(pack_file.number_of(PLACE))


def neighbours(count: int) -> list[tuple[bytes, bytes]]:
    """Cards of others in the same pack, before and after ours; of no use without their codes."""
    file = b"CJEB1" + bytes(12 + 3 * 1024 + 16)
    return [(PLACE[:2] + i.to_bytes(3) + PLACE[5:], file) for i in range(0, count * 9973, 9973)]


def into_pack(site: Site, code: str = CODE, others: int = 40) -> None:
    """Move the card's file into a pack."""
    own = site.file_of(code)
    file = own.read_bytes()
    own.unlink()
    path = site.public / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    place = activation.bundle_path(code)
    path.write_bytes(pack_file.encode([*neighbours(others), (place, file)]))


def look_again(page: Page) -> None:
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_role("button", name="Chercher du nouveau").click()
    page.get_by_role("button", name="Retour").click()


def test_a_card_comes_out_of_a_pack_and_only_its_part_of_it(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    into_pack(site, others=1400)  # more than the first question brings
    ranges: list[str] = []
    page.on(
        "response",
        lambda answer: ranges.append(answer.headers.get("content-range", "")) if NAME in answer.url else None,
    )
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    size = (site.public / NAME).stat().st_size
    assert len(ranges) == 3 and ranges[0] == f"bytes 0-13999/{size}"
    assert all(f"/{size}" in one for one in ranges) and size > 4_000_000
    # Not there any more: closed, as long as the site itself answers (bundle-v1 §4.2).
    (site.public / NAME).write_bytes(pack_file.encode(neighbours(3)))
    look_again(page)
    expect(page.get_by_text("Cette carte est fermée.")).to_be_visible()


def test_a_file_of_its_own_counts_before_the_pack(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"), issued=now() - 900)
    into_pack(site)
    site.put(CODE, entry(2, title="Vélo"), issued=now() - 60)
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Vélo")).to_be_visible()


def test_a_pack_published_anew_between_two_questions_is_read_again(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    into_pack(site)
    before = pack_file.encode([*neighbours(40)[:-3], (PLACE, b"CJEB1" + bytes(12 + 2 * 1024 + 16))])
    index, asked = before[: 9 + 12 * 38], []

    def older(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=206, body=index, headers={"content-type": "application/octet-stream"})
        else:
            route.continue_()

    page.route(f"**/{NAME}", older)
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    assert len(asked) >= 3


def test_a_host_without_ranges_serves_small_packs(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    into_pack(site, others=5)
    whole = (site.public / NAME).read_bytes()
    page.route(f"**/{NAME}", lambda route: route.fulfill(status=200, body=whole))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()


def test_what_is_no_pack_is_a_portal_and_opens_nothing(site: Site, page: Page) -> None:
    page.route(f"**/{NAME}", lambda route: route.fulfill(status=200, body="<html>Bienvenue à la gare</html>"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("alert")).to_contain_text("ne vient pas de notre site")
