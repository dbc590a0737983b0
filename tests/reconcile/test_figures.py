"""Every euro counted: totals against a recount, statements that a partner makes again, publication."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from till_world import AMOUNT, DAY, ISSUER, PAPER, PARTNER, make_root, root_file, trust_file
from tills import NOON, Shop, Till, make_claims, make_list

from reconcile.cli.main import reconcile
from reconcile.figures import figures, totals
from reconcile.figures.public.publication import draw_up
from reconcile.figures.settlement import encode_csv
from reconcile.figures.totals import department, span_of
from voucher import civil
from voucher.civil import start_of
from voucher.ed25519 import kid
from voucher.statistics import decode_publication, encode_publication

CATALOGUE = json.dumps(
    {
        "format": "cje-catalogue",
        "categories": [{"slug": "mobilite", "name": "Me déplacer"}, {"slug": "manger", "name": "Manger"}],
        "programmes": [{"slug": "cej", "name": "Contrat d'engagement jeune"}],
        "offers": [
            {"number": 1, "title": "Aller-retour", "partner": PARTNER, "categories": ["mobilite", "manger"]},
            {"number": PAPER, "title": "Panier", "partner": PARTNER, "categories": ["manger"]},
            {"number": AMOUNT, "title": "Courses", "partner": PARTNER, "categories": ["manger"]},
        ],
    }
).encode()
KEYS = json.dumps([{"kid": kid(ISSUER.public).hex(), "programme": "cej", "revoked": None}]).encode()


def told(shop: Shop) -> Shop:
    shop.learn(CATALOGUE)
    shop.learn(KEYS)
    shop.learn(b'{"issued": {"1": 100, "6": 50, "2": 7, "99": 8}, "activated": {"1": 60}}')
    return shop


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_totals_are_what_a_recount_by_hand_gives(seed: int) -> None:
    chance = random.Random(seed)
    tills = [Till(f"Guichet {n}") for n in range(3)]
    counted: Counter[str] = Counter()
    vouchers: dict[int, set[bytes]] = {1: set(), AMOUNT: set()}
    for number in range(chance.randint(1, 25)):
        till = chance.choice(tills)
        claims = make_claims(chance.randrange(8), uses=0, offer=chance.choice((1, AMOUNT)))
        claims = replace(claims, cti=claims.cti[:-1] + bytes((claims.offer,)))
        amount = chance.choice((None, 0, 1999))
        saving = chance.choice((None, 300))
        n = till.accept(claims, NOON + number, number + 1, amount=amount, saving=saving)
        if chance.random() < 0.2:
            till.void(n)
            continue
        counted["uses"] += 1
        counted[f"offer {claims.offer}"] += 1
        counted["amount"] += amount or 0
        counted["saving"] += saving or 0
        vouchers[claims.offer].add(claims.cti)
    tills = [till for till in tills if till.rows]
    shop = told(Shop())
    shop.know(*tills)
    shop.take(*(till.export() for till in tills))
    with figures.open_figures(shop.store) as opened:
        found = totals.count(opened.counting())
    assert (found.total.uses, found.total.amount, found.total.saving) == (
        counted["uses"],
        counted["amount"],
        counted["saving"],
    )
    assert {line.key: line.uses for line in found.by["offer"]} == {
        str(offer): counted[f"offer {offer}"] for offer in vouchers if counted[f"offer {offer}"]
    }
    assert found.total.vouchers == sum(map(len, vouchers.values()))
    assert found.total.people == max(map(len, vouchers.values()))
    for table in found.by.values():
        assert sum(line.uses for line in table) == counted["uses"]
        assert sum(line.saving for line in table) == counted["saving"]


@pytest.fixture
def shop() -> Shop:
    """A month with a copied voucher, money, a void and something invented."""
    one, other = Till("Guichet 1"), Till("Guichet 2")
    one.accept(make_claims(1), saving=500)
    one.accept(make_claims(2, offer=AMOUNT), NOON + 9, amount=2000, saving=300)
    one.void(one.accept(make_claims(3), NOON + 20, saving=500))
    one.accept(make_claims(5), evidence=None, saving=99_999)
    other.accept(make_claims(1), NOON + 5, saving=500)
    made = told(Shop())
    made.store.add_till(replace(one.known, territory="95585"))
    made.store.add_till(replace(other.known, territory="2A"))
    made.take(one.export(), other.export())
    return made


def test_one_use_that_was_accepted_twice_is_paid_once_at_the_first_till(shop: Shop) -> None:
    with figures.open_figures(shop.store) as opened:
        found = totals.count(opened.counting("2026-10"))
    assert (found.total.uses, found.total.saving, found.struck) == (2, 800, 1)
    assert [(line.label, line.uses) for line in found.by["territory"]] == [("Département 95", 2)]
    assert [(line.label, line.uses) for line in found.by["need"]] == [("Manger", 1), ("Me déplacer", 1)]
    assert [line.label for line in found.by["programme"]] == ["Contrat d'engagement jeune"]
    assert [line.label for line in found.by["week"]] == ["2026-10-12"]
    stocks = {stock.offer: (stock.issued, stock.activated, stock.used) for stock in found.stocks}
    assert stocks == {1: (100, 60, 1), AMOUNT: (50, None, 1), PAPER: (7, None, 0)}


def test_a_month_begins_with_its_first_second_and_ends_before_the_next_ones() -> None:
    """1 October 2026, 0:00 in Paris, belongs to October; 1 November, 0:00, does not."""
    start, end = civil.start_of(date(2026, 10, 1)), civil.start_of(date(2026, 11, 1))
    till = Till("Guichet 1")
    for number, at in enumerate((start - 1, start, end - 1, end)):
        till.accept(make_claims(number), at, number + 1, saving=10**number)
    shop = told(Shop())
    shop.know(till)
    shop.take(till.export())
    with figures.open_figures(shop.store) as opened:
        counted = totals.count(opened.counting("2026-10")).total
        made = opened.settlement(PARTNER, "2026-10")
    assert (counted.uses, counted.saving) == (made.uses, made.saving) == (2, 10 + 100)


def test_uses_beyond_the_limit_are_struck_in_each_period_by_itself() -> None:
    from voucher.claims import Period

    claims = make_claims(uses=1, period=Period.WEEK)
    one, other = Till("Guichet 1"), Till("Guichet 2")
    for week in (0, 7):
        one.accept(claims, NOON + week * DAY, week + 1)
        other.accept(claims, NOON + week * DAY + 60, week + 2)
    shop = told(Shop())
    shop.know(one, other)
    shop.take(one.export(), other.export())
    with figures.open_figures(shop.store) as opened:
        assert totals.count(opened.counting()).total.uses == 2


def test_a_partner_makes_its_statement_again_from_its_own_exports(shop: Shop) -> None:
    with figures.open_figures(shop.store) as opened:
        made = opened.settlement(PARTNER, "2026-10")
    assert (made.uses, made.amount, made.saving) == (2, 2000, 800)
    data = encode_csv(made)
    elsewhere = Till("Ailleurs", partner="epicerie")
    elsewhere.accept(make_claims(1), NOON - 60)  # another partner took this partner's voucher first
    wide = told(Shop("memory://wide"))
    one, other = Till("Guichet 1"), Till("Guichet 2")
    one.accept(make_claims(1), saving=500)
    one.accept(make_claims(2, offer=AMOUNT), NOON + 9, amount=2000, saving=300)
    one.void(one.accept(make_claims(3), NOON + 20, saving=500))
    one.accept(make_claims(5), evidence=None, saving=99_999)
    other.accept(make_claims(1), NOON + 5, saving=500)
    wide.know(one, other, elsewhere)
    wide.take(other.export(), one.export(2), one.export(1, 2), elsewhere.export())
    with figures.open_figures(wide.store) as opened:
        assert encode_csv(opened.settlement(PARTNER, "2026-10")) == data
        assert opened.settlement(PARTNER, "2026-11").uses == 0


def test_a_statement_says_what_is_missing_and_is_safe_in_a_spreadsheet() -> None:
    till = Till("x", label="=HYPERLINK(1)")
    for number in range(3):
        till.accept(make_claims(number), saving=5)
    shop = told(Shop())
    shop.know(till)
    shop.take(till.export(3))
    with figures.open_figures(shop.store) as opened:
        made = opened.settlement(PARTNER, "2026-10")
    assert made.missing == (("=HYPERLINK(1)", 1, 2),)
    text = encode_csv(made).decode("utf-8-sig")
    assert ";'=HYPERLINK(1);" in text and text.splitlines()[1].endswith(";0,00;0,05")


def test_a_month_is_published_without_anybody_in_it(shop: Shop) -> None:
    many = Till("Guichet 3")
    for number in range(12):
        many.accept(make_claims(100 + number), NOON + number, saving=500)
    many.accept(make_claims(99, expires=NOON + 40 * DAY), start_of(date(2026, 11, 2)), saving=500)
    shop.store.add_till(replace(many.known, territory="95"))
    shop.take(many.export())
    with figures.open_figures(shop.store) as opened:
        month = opened.month("2026-10")
    assert (month.heard, month.silent) == (1, 2)
    made = draw_up(month, date(2026, 11, 3))
    assert decode_publication(encode_publication(made)) == made
    assert made.total is not None and made.total.uses == 15
    assert [cell.label for cell in made.needs.cells] in ([], ["Me déplacer"])


def test_the_command_line_counts_settles_and_publishes(tmp_path: Path) -> None:
    till = Till("Guichet 1")
    for number in range(6):
        till.accept(make_claims(number), NOON + number, saving=500)
    (tmp_path / "root.cbor").write_bytes(root_file(make_root()))
    (tmp_path / "a.cje").write_bytes(till.export())
    learned = tmp_path / "known"
    learned.mkdir()
    for name, data in (("l", trust_file(make_list())), ("c", CATALOGUE), ("k", KEYS)):
        (learned / name).write_bytes(data)
    store = ["--store", str(tmp_path / "store")]

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(reconcile, list(arguments))
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.replace("\u202f", " ").replace("\u00a0", " ")

    run("init", *store, "--root", str(tmp_path / "root.cbor"))
    run("learn", *store, str(learned))
    run("accept", *store, "--yes", str(tmp_path / "a.cje"))
    run("import", *store, str(tmp_path / "a.cje"))
    assert "Aller-retour" in run("totals", *store)
    tree = json.loads(run("totals", *store, "--json", "--by", "week"))
    assert tree["total"]["saving"] == 3000 and list(tree["by"]) == ["week"]
    out = tmp_path / "statement.csv"
    assert "6 usages" in run("settle", *store, "--month", "2026-10", "--partner", PARTNER, "--out", str(out))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfpartenaire;")
    folder = str(tmp_path / "statistics")
    wanted = ("publish", *store, "--month", "2026-10", "--day", "2026-11-03", "--out", folder)
    assert "2026-10.1.json" in run(*wanted)
    assert "Rien de nouveau" in run(*wanted)


@pytest.mark.parametrize(
    ("territory", "wanted"),
    [("95", "95"), ("95585", "95"), ("2A004", "2A"), ("97105", "971"), ("", "inconnu")],
)
def test_a_commune_counts_in_its_department(territory: str, wanted: str) -> None:
    assert department(territory) == wanted


def test_a_month_begins_and_ends_in_paris() -> None:
    assert span_of("2026-10") == (start_of(date(2026, 10, 1)), start_of(date(2026, 11, 1)))
    assert span_of("2026-12")[1] == start_of(date(2027, 1, 1))
