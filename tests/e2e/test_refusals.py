"""What must never turn green, each with its own reason, in the page and on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from playwright.sync_api import Page, expect
from stage import OpenBrowser

from cje.demo import world
from cje.demo.phone import Phone
from cje.demo.world import World
from issuer.keys.signer import Signer
from issuer.register import issuing_keys
from voucher import activation, armour, base45, claims, presentation
from voucher.claims import Claims, Period
from voucher.ed25519 import kid

ROOT = Path(__file__).resolve().parents[2]
PARTNER, SLUG = "Le Grand Lampion", "le-grand-lampion"
HOUR = 3600

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("e2e-refusals")]


@dataclass(frozen=True)
class Bench:
    """A served world, its issuing key, a phone with Lina's card, and a till folder of PARTNER."""

    world: World
    signer: Signer
    phone: Phone
    till: Path


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("world")
    made = world.make(ROOT / "content", folder, now=int(time.time()), port=0, say=lambda sentence: None)
    serving = threading.Thread(target=made.server.serve_forever)
    serving.start()
    try:
        code = activation.normalise(made.wallet.partition("#")[2])
        file = made.public / activation.file_name(activation.bundle_path(code))
        with made.state.register.reading() as connection:
            record = issuing_keys.read(connection)[0]
        signer = made.state.signer(record.name, "issuing", made.passphrase)
        till = folder / "till"
        trust = made.public / "trust"
        arguments = ["--root", trust / "root.1.cbor", "--trust", trust / f"{SLUG}.cbor", "--demo", till]
        assert cje("till", "init", "--partner", SLUG, "--name", "Comptoir", *map(str, arguments))[0] == 0
        yield Bench(made, signer, Phone.activate(code, file.read_bytes()), till)
    finally:
        made.server.shutdown()
        serving.join()
        made.server.server_close()
        made.state.close()


def cje(*arguments: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "cje", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return run.returncode, run.stdout


def signed(bench: Bench, signer: Signer | SigningKey, **changes: object) -> str:
    """Return a live presentation of a voucher of ours with some claims changed, signed by `signer`."""
    now, holder, cti = int(time.time()), SigningKey(os.urandom(32)), os.urandom(16)
    number = next(e.offer for e in bench.phone.vouchers() if e.partner == PARTNER)
    terms = Claims(now - HOUR, now + HOUR, cti, number, 1, Period.TOTAL, bytes(holder.verify_key))
    terms = replace(terms, **changes)  # type: ignore[arg-type]
    if isinstance(signer, SigningKey):
        name = kid(bytes(signer.verify_key))
        signature = signer.sign(claims.signing_input(terms, name)).signature
    else:
        name = kid(signer.public_key)
        signature = signer.sign(claims.signing_input(terms, name))
    content = presentation.encode_content(claims.encode_voucher(terms, name, signature), now, 1)
    proof = holder.sign(presentation.signing_input(content)).signature
    return armour.encode(armour.PRESENTATION, presentation.encode_presentation(content, proof))


def flipped_bit(text: str) -> str:
    data = bytearray(base45.decode(text[5:]))
    data[-40] ^= 1
    return armour.encode(armour.PRESENTATION, bytes(data))


def entry_of(bench: Bench, *, ours: bool):  # type: ignore[no-untyped-def]
    return next(entry for entry in bench.phone.vouchers() if (entry.partner == PARTNER) is ours)


CASES = {
    "bad_signature": lambda b: flipped_bit(b.phone.show(entry_of(b, ours=True), int(time.time()))),
    "unknown_key": lambda b: signed(b, SigningKey(bytes(range(32)))),
    "expired": lambda b: signed(b, b.signer, expires=int(time.time()) - 60),
    "wrong_partner": lambda b: b.phone.show(entry_of(b, ours=False), int(time.time())),
    "not_live": lambda b: b.phone.show(entry_of(b, ours=True), int(time.time()) - 121),
    "not_ours": lambda b: "https://evil.example/?bon=CJP1:",
}


@pytest.mark.promise("P1", "P5")
@pytest.mark.parametrize("verdict", CASES)
def test_the_command_refuses_with_its_reason(bench: Bench, verdict: str) -> None:
    code, out = cje("verify", "--till", str(bench.till), "--json", CASES[verdict](bench))
    told = json.loads(out)
    assert (code, told["verdict"]) == (1, verdict)
    assert told["sentence"]


def test_what_the_cases_are_made_of_is_accepted(bench: Bench) -> None:
    """The refusals above are not for another reason: the same presentation, unchanged, is accepted."""
    code, out = cje("verify", "--till", str(bench.till), "--json", signed(bench, bench.signer))
    assert (code, json.loads(out)["verdict"]) == (0, "accepted")


@pytest.mark.promise("P1", "P5")
def test_the_page_refuses_with_its_reason(bench: Bench, open_browser: OpenBrowser) -> None:
    page = open_browser("till").new_page()
    page.goto(bench.world.till)
    page.get_by_role("button", name=PARTNER).click()
    page.get_by_role("button", name="Installer").click()
    expect(page.locator("[data-screen=scan]")).to_be_visible()
    for verdict, make in CASES.items():
        typed_in(page, make(bench))
        screen = page.locator(f"[data-screen={verdict}]")
        expect(screen).to_be_visible()
        expect(page.get_by_role("heading", name="ACCEPTÉ")).to_have_count(0)
        leave = "Refuser" if verdict == "not_live" else "Scanner le suivant"
        page.get_by_role("button", name=leave).click()


def typed_in(page: Page, text: str) -> None:
    page.get_by_role("button", name="Taper").click()
    page.get_by_label("Code du bon").fill(text)
    page.get_by_role("button", name="Vérifier").click()
