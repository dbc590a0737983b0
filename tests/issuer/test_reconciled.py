"""What the issuer signs, a phone shows and a till accepts is, when journals are reconciled, no finding."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from issuer_world import NOW, VOUCHER, people, run

from catalogue import Catalogue
from cje.demo.phone import Phone
from issuer.cli.main import issuer
from issuer.register import issuing_keys
from issuer.register.vault import State
from reconcile.figures import figures, totals
from reconcile.findings import reference_data, report
from reconcile.importing.accepting import till_of
from reconcile.importing.importing import import_exports
from reconcile.rows.sources import find
from reconcile.rows.store import Store
from verifier.till.till import Till, make_till
from verifier.views import TillProfile
from voucher import activation


def test_the_whole_path_raises_no_alarm_and_a_copy_one(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    cards = run(made, catalogue, out, people(2)).cards
    partner = catalogue.offer(VOUCHER).partner
    phones = []
    for card in cards:
        code = activation.normalise(card.link.partition("#")[2])
        phones.append(Phone.activate(code, (out / card.file).read_bytes()))
    anchor, listed = made.root_file, (out / "trust" / f"{partner}.cbor").read_bytes()
    store = Store.create(str(tmp_path / "store"))
    reference_data.begin(store, anchor)
    counted = CliRunner().invoke(issuer, ["issued", "--state", str(made.folder)])
    assert json.loads(counted.stdout)["issued"][str(VOUCHER)] == 2
    reference_data.learn(store, "issued.json", counted.stdout_bytes)
    for path in sorted((out / "trust").iterdir()):
        reference_data.learn(store, str(path), path.read_bytes())
    with made.register.reading() as connection:
        reference_data.learn(store, "keys.json", issuing_keys.public_list(issuing_keys.read(connection)))
    exports = tmp_path / "exports"
    exports.mkdir()
    entry = next(entry for entry in phones[0].vouchers() if entry.offer == VOUCHER)
    copied = phones[0].show(entry, NOW + 60)
    for name in ("a", "b"):
        make_till(tmp_path / name, TillProfile(partner, name, made.root.demo), anchor, listed, NOW)
        with Till.open(tmp_path / name, clock=lambda: NOW + 60) as till:
            for phone in phones[1:] if name == "a" else ():
                for held in phone.vouchers():
                    if catalogue.offer(held.offer).partner == partner:
                        assert till.accept(phone.show(held, NOW + 60), confirmed=True).green
            assert till.accept(copied, confirmed=True).green
            (exports / f"{name}.cje").write_bytes(till.export())
        store.add_till(till_of((exports / f"{name}.cje").read_bytes()))
    assert not import_exports(store, find([str(exports / "a.cje")])).refused
    assert report.make(store, NOW + 100).findings == ()
    import_exports(store, find([str(exports)]))
    assert [str(found.kind) for found in report.make(store, NOW + 100).findings] == ["same_use"]
    with figures.open_figures(store) as opened:
        stocks = {stock.offer: stock for stock in totals.count(opened.counting()).stocks}
    assert (stocks[VOUCHER].issued, stocks[VOUCHER].used) == (2, 2)
