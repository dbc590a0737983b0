"""Two tills of one shop that meet: what either has accepted, both refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, OpenBrowser

from site_builder.preview.serve import SiteServer

pytestmark = pytest.mark.browser


def exported(counter: Counter, to: Path) -> Path:
    counter.page.get_by_role("button", name="Journal").click()
    to.write_bytes(counter.saved("Exporter"))
    counter.page.get_by_role("button", name="Retour").click()
    return to


def added(counter: Counter, file: Path, said: str) -> None:
    counter.page.get_by_role("button", name="Journal").click()
    counter.page.locator("[data-screen=journal] input[type=file]").set_input_files(file)
    status = counter.page.locator("[data-screen=journal] [role=status]")
    expect(status.filter(has_text=said)).to_be_visible()
    counter.page.get_by_role("button", name="Retour").click()


@pytest.mark.promise("P18")
def test_two_tills_that_met_refuse_what_the_other_accepted(
    open_browser: OpenBrowser, site: SiteServer, tmp_path: Path
) -> None:
    one = Counter.of(open_browser(camera=False).new_page()).set_up(site.url, "Entrée")
    two = Counter.of(open_browser(camera=False).new_page()).set_up(site.url, "Fond")
    once = shop.claims_for(shop.PLAIN, "met", uses=1)
    other = shop.claims_for(shop.PLAIN, "met too", uses=1)
    taken_back = shop.claims_for(shop.PLAIN, "taken back", uses=1)
    one.type(shop.live(once)).confirm().accepted()
    one.next().type(shop.live(taken_back)).confirm().accepted()
    one.page.get_by_role("button", name="Annuler ce bon").click()
    one.page.get_by_role("button", name="Annuler ce bon").click()
    one.page.get_by_role("button", name="Retour").click()
    two.type(shop.live(other)).confirm().accepted()
    two.next()

    first, second = exported(one, tmp_path / "un.cbor"), exported(two, tmp_path / "deux.cbor")
    added(two, first, "3 lignes nouvelles")
    added(two, first, "Rien de nouveau")
    added(one, second, "1 ligne nouvelle")
    added(one, first, "Rien de nouveau")

    two.type(shop.live(once)).refused("à la caisse « Entrée »")
    two.next().type(shop.live(once, 2)).refused("Déjà utilisé 1 fois sur 1")
    one.type(shop.live(other)).refused("à la caisse « Fond »")
    two.next().type(shop.live(taken_back, 2)).confirm().accepted()
    assert len(two.rows()) == 2
    assert (one.faults, two.faults) == ([], [])


def test_a_changed_or_foreign_journal_is_refused_whole(
    counter: Counter, open_browser: OpenBrowser, site: SiteServer, tmp_path: Path
) -> None:
    neighbour = Counter.of(open_browser(camera=False).new_page()).set_up(site.url, "Fond")
    voucher = shop.claims_for(shop.PLAIN, "kept")
    neighbour.type(shop.live(voucher)).confirm().accepted()
    neighbour.next()
    data = exported(neighbour, tmp_path / "journal.cbor").read_bytes()
    changed = tmp_path / "change.cbor"
    for bad in (data[:-1], data.replace(b"accepted", b"accepteD", 1), b"\xd2\x84", b"bonjour", b""):
        changed.write_bytes(bad)
        added(counter, changed, "il est refusé")
    counter.type(shop.live(voucher)).confirm().accepted()
