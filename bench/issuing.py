"""Issuing a card, against the raw calls it cannot do without: key pairs, signatures, short codes' MACs."""

from __future__ import annotations

import hmac
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from nacl import bindings

from bench.figures import Figure, paired_ratio, report
from catalogue import Catalogue, Offer, VoucherUse, read_catalogue
from issuer.cards.card import Press
from issuer.cards.card_template import Shelf
from issuer.cards.seal import seal
from issuer.keys import keyfile
from issuer.publishing import issue
from issuer.publishing.publication import IssuingKeys
from issuer.register import campaign as campaigns
from issuer.register import issuing_keys, vault
from issuer.register.grants import Grant
from issuer.register.people import Enrolment, Person
from issuer.register.vault import State

ROOT = Path(__file__).resolve().parent.parent
NOW = 1_795_255_200
PHRASE = b"bench"
PEOPLE = 2_000
BOUND = 1.4


def main() -> bool:
    catalogue = read_catalogue(ROOT / "content")
    with tempfile.TemporaryDirectory() as folder:
        made = vault.create(
            Path(folder) / "vault", operator="Bench", passphrase=PHRASE, now=NOW, cost=keyfile.NOMINAL
        )
        chosen = _campaign(catalogue)
        figures = [_per_voucher(made, catalogue, chosen), *_whole_run(made, catalogue, chosen, Path(folder))]
        made.close()
    return report("Issuing", figures)


def _campaign(catalogue: Catalogue) -> campaigns.Campaign:
    vouchers = [offer.number for offer in catalogue.published() if isinstance(offer.use, VoucherUse)]
    tree = {
        "name": "bench",
        "from": date(2026, 9, 1),
        "until": date(2027, 6, 30),
        "programmes": "all",
        "offers": vouchers,
    }
    return campaigns.build_campaign(tree, catalogue)


def _person(number: int) -> Person:
    return Person(Enrolment(number, "cej", date(2027, 8, 31), "95", "95585", "Lina"), 1, None)


def _per_voucher(made: State, catalogue: Catalogue, chosen: campaigns.Campaign) -> Figure:
    """A card made and sealed, against as many raw key pairs, signatures and MACs over as many bytes."""
    with made.register.reading() as connection:
        records = issuing_keys.read(connection)
    keys = IssuingKeys(made, records, PHRASE)
    kid = records[0].kid
    shelf = Shelf(catalogue, {chosen.name: chosen}, keys.records, NOW)
    press = Press(made.root, shelf, made.campaign_secret(PHRASE), keys.unlock([kid]))
    person = _person(7)
    grants = (Grant(chosen.name, 7, 1, kid, chosen.offers),)
    count = press.card(person, grants, {}).vouchers
    seed, message = bytes(32), bytes(110)
    _, secret = bindings.crypto_sign_seed_keypair(seed)

    def ours() -> None:
        card = press.card(person, grants, {})
        seal(card.code, card.content)

    codes = len(shelf.weeks) * sum(_has_short_code(catalogue.offer(number)) for number in chosen.offers)
    papers = sum(catalogue.offer(number).allows_paper for number in chosen.offers)

    def raw() -> None:
        for _ in range(count):
            bindings.crypto_sign_seed_keypair(seed)
            bindings.crypto_sign(message, secret)
        for _ in range(papers):
            bindings.crypto_sign(message, secret)
        for _ in range(codes):
            hmac.digest(seed, message, "sha256")

    ratio = paired_ratio(ours, raw, runs=51, loops=5)
    note = f"derived, signed, packed, sealed; {count}, {papers} on paper, {codes} short codes; paired median"
    return Figure("per card, × its raw key pairs, signatures and MACs", ratio, "×", BOUND, note)


def _has_short_code(offer: Offer) -> bool:
    return isinstance(offer.use, VoucherUse) and offer.use.short_code


def _whole_run(made: State, catalogue: Catalogue, chosen: campaigns.Campaign, folder: Path) -> list[Figure]:
    """A run as an operator does it: enrolled, granted, made, written and synced."""
    people = [_person(number).enrolment for number in range(1, PEOPLE + 1)]
    start, cpu = time.perf_counter(), time.process_time()
    done = issue.issue(made, catalogue, chosen, people, out=folder / "out", passphrase=PHRASE, now=NOW)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    size = sum((folder / "out" / card.file).stat().st_size for card in done.cards) / len(done.cards)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{PEOPLE} people × {done.vouchers // PEOPLE} vouchers, one process"
    return [
        Figure("a whole run, per voucher: time", wall / done.vouchers * 1e6, "µs", None, note),
        Figure("a whole run, per voucher: processor", cpu / done.vouchers * 1e6, "µs"),
        Figure("a whole run, per person: file", size / 1000, "kB"),
        Figure("peak memory of this process", peak, "MiB"),
    ]


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
