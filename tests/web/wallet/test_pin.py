"""A wallet under a PIN. What is on the disk, and every crash while it is set: web/test/wallet/pin.test.ts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from seen import read, show
from wallet_world import Site, code_named, entry

pytestmark = pytest.mark.browser

CODE = code_named("ines")
Phone = Callable[..., BrowserContext]
# Whatever an IndexedDB of the wallet holds, as text; keys by their type, bytes in hexadecimal.
DISK = """() => new Promise((done) => {
  const opened = indexedDB.open("cje-wallet");
  opened.onsuccess = async () => {
    const db = opened.result, seen = [];
    for (const name of db.objectStoreNames) {
      const all = db.transaction(name).objectStore(name).getAll();
      await new Promise((read) => (all.onsuccess = read));
      seen.push(all.result);
    }
    db.close();
    done(JSON.stringify(seen, (_, value) =>
      value instanceof CryptoKey ? "a key" :
      value instanceof Uint8Array ? [...value].map((b) => b.toString(16).padStart(2, "0")).join("") : value));
  };
})"""


def set_pin(page: Page, pin: str) -> None:
    page.get_by_role("button", name="Mes cartes et mes données").click()
    page.get_by_label("Choisis un code PIN").fill(pin)
    page.get_by_label("Le même, encore une fois").fill(pin)
    page.get_by_role("button", name="Mettre ce code PIN").click()


def open_with(page: Page, pin: str) -> None:
    page.get_by_label("Code PIN").fill(pin)
    page.get_by_role("button", name="Ouvrir").click()


def test_pin_guards_the_card_and_loses_nothing(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    show(page)
    before = read(page).seq
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Retour").click()
    disk = page.evaluate(DISK)
    assert CODE in disk and "a key" in disk
    second = page.context.new_page()
    second.goto(site.wallet)
    expect(second.get_by_role("button", name="Panier")).to_be_visible()
    set_pin(page, "4821")
    expect(page.get_by_text("ta carte demandera ce code")).to_be_visible()
    # The other tab forgets what it had in memory.
    expect(second.get_by_role("heading", name="Ta carte est verrouillée")).to_be_visible()
    second.close()
    disk = page.evaluate(DISK)
    assert CODE not in disk and "a key" not in disk and "Panier" not in disk

    page.get_by_role("button", name="Verrouiller ma carte maintenant").click()
    expect(page.get_by_role("heading", name="Ta carte est verrouillée")).to_be_visible()
    expect(page.get_by_label("Code PIN")).to_be_focused()
    open_with(page, "0000")
    expect(page.get_by_role("alert")).to_contain_text("Ce n'est pas le bon code PIN")
    open_with(page, "4821")
    page.get_by_role("button", name="Retour").click()
    show(page)
    assert read(page).seq == before + 1

    page.goto("about:blank")
    page.goto(site.wallet)
    page.get_by_text("Code PIN oublié ?").click()
    page.get_by_role("button", name="Repartir de mon code d'activation").click()
    page.get_by_role("button", name="Oui, effacer").click()
    page.get_by_label("Ton code d'activation").fill(CODE)
    page.get_by_role("button", name="Ouvrir ma carte").click()
    show(page)
    assert read(page).seq == before + 2


def test_pin_is_changed_and_removed_only_with_the_old_one(site: Site, page: Page) -> None:
    site.put(CODE, entry(1, title="Panier"))
    page.goto(site.link(CODE))
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
    set_pin(page, "4821")
    page.get_by_label("Code PIN actuel").fill("1111")
    page.get_by_label("Nouveau code PIN").fill("90210")
    page.get_by_role("button", name="Changer").click()
    expect(page.get_by_text("Ce n'est pas le bon code PIN")).to_be_visible()
    page.get_by_label("Code PIN actuel").fill("4821")
    page.get_by_role("button", name="Changer").click()
    expect(page.get_by_text("C'est fait")).to_be_visible()
    page.reload()
    open_with(page, "90210")
    page.get_by_label("Code PIN actuel").fill("90210")
    page.get_by_role("button", name="Enlever le code PIN").click()
    expect(page.get_by_text("Code PIN enlevé.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Choisis un code PIN")).to_be_visible()


def test_power_loss_while_a_pin_is_set_loses_no_card(site: Site, phone: Phone) -> None:
    site.put(CODE, entry(1, title="Panier"))
    context = phone(service_workers="block")
    page = context.new_page()
    page.goto(site.link(CODE))
    set_pin(page, "4821")
    # Somewhere between the tap and the last write: nothing is waited for.
    context.close()
    page = phone(service_workers="block").new_page()
    page.goto(site.wallet)
    ready = page.get_by_role("button", name="Panier").or_(page.get_by_label("Code PIN"))
    expect(ready.first).to_be_visible()
    if page.get_by_label("Code PIN").count():
        open_with(page, "4821")
    expect(page.get_by_role("button", name="Panier")).to_be_visible()
