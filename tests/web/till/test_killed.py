"""A till whose browser is killed at each step between decision and green: no green that is not written."""

from __future__ import annotations

import pytest
import shop
from playwright.sync_api import expect
from till_page import Counter, Device

from site_builder.preview.serve import SiteServer
from voucher.claims import Claims
from voucher.journal import decode_export

pytestmark = [pytest.mark.browser, pytest.mark.promise("P19")]

# Each step holds the page's thread for ever where the process is then killed, and says so first.
HELD = 'const held = () => { console.log("held"); for (;;); };'
STEPS = {
    "before the row is asked for": f"""{HELD}
        IDBObjectStore.prototype.add = held;""",
    "the row is asked for, not committed": f"""{HELD}
        const add = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = function (...all) {{
            const asked = add.apply(this, all);
            asked.addEventListener("success", held);
            return asked;
        }};""",
    "committed, not yet green": f"""{HELD}
        const add = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = function (...all) {{
            this.transaction.addEventListener("complete", held);
            return add.apply(this, all);
        }};""",
    "green": "",
}
WRITTEN = {"committed, not yet green", "green"}
# A till that turns green without a row, as an eager rewrite would: the harness must see it.
SEEDED = """
    IDBObjectStore.prototype.add = function () {
        return this.count();
    };"""


def confirm_until(counter: Counter, step: str, voucher: Claims) -> bool:
    """Press "Valider" with the fault in place; return whether green was ever seen."""
    page = counter.page
    held: list[str] = []
    page.on("console", lambda line: held.append(line.text))
    page.evaluate(f"() => {{ {STEPS.get(step, step)} }}")
    counter.type(shop.live(voucher))
    button = counter.read()
    if STEPS.get(step):
        with page.expect_console_message(lambda line: line.text == "held"):
            button.evaluate("(button) => void setTimeout(() => button.click())")
        return False
    button.click()
    counter.accepted()
    return True


def explained(counter: Counter, url: str, voucher: Claims, green: bool) -> None:
    """No green without a row; a row without green says so when the voucher is shown again."""
    counter.open(url)
    expect(counter.screen("scan")).to_be_visible()
    row = any(row["use"] for row in counter.rows() if str(row["voucher"]).endswith(voucher.cti.hex()))
    assert row or not green, "green without a row"
    counter.type(shop.live(voucher))
    if row:
        counter.refused("Déjà accepté ici")
        expect(counter.page.locator(".verdict-next")).to_contain_text("Vous n'aviez pas vu le vert")
        counter.next()
    else:
        counter.confirm().accepted()
        counter.next()


def test_killed_at_each_step_a_till_loses_nothing_and_shows_no_green_without_a_row(
    device: Device, site: SiteServer
) -> None:
    counter = Counter.of(device.start()).set_up(site.url)
    for step in STEPS:
        voucher = shop.claims_for(shop.PLAIN, f"killed {step}")
        green = confirm_until(counter, step, voucher)
        device.kill()
        counter = Counter.of(device.start())
        before = len(counter.open(site.url).rows())
        explained(counter, site.url, voucher, green)
        assert len(counter.rows()) == before + (step not in WRITTEN), step
    # The chain that the killed browsers wrote still verifies.
    counter.page.get_by_role("button", name="Journal").click()
    assert len(decode_export(counter.saved("Exporter")).rows) == len(STEPS)


def test_the_harness_sees_a_till_that_is_green_too_early(device: Device, site: SiteServer) -> None:
    counter = Counter.of(device.start()).set_up(site.url)
    voucher = shop.claims_for(shop.PLAIN, "too early")
    assert confirm_until(counter, SEEDED, voucher)
    device.kill()
    counter = Counter.of(device.start())
    with pytest.raises(AssertionError, match="green without a row"):
        explained(counter, site.url, voucher, green=True)
