"""What issuing makes: cards that open with their codes, vouchers that verify under the lists beside them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from issuer_world import (
    DAY,
    IMPORTED,
    NOW,
    PHRASE,
    SHARED,
    VOUCHER,
    WEEKLY,
    card_of,
    list_of,
    make_campaign,
    make_state,
    people,
    person,
    run,
    tree,
)

from catalogue import Catalogue
from issuer.decisions import key_making
from issuer.errors import InputRefused, KeyRefused
from issuer.keys import keyfile
from issuer.keys.quarter import Quarter
from issuer.keys.signer import SeedSigner
from issuer.publishing import issue
from issuer.register import grants, imported_codes, vault
from issuer.register.vault import State
from voucher import activation, civil
from voucher.claims import decode_voucher


def test_every_voucher_verifies_under_the_list_of_its_partner(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    everything = make_campaign(
        catalogue, offers=[o.number for o in catalogue.published() if not imported_codes.needs_stock(o)]
    )
    report = run(made, catalogue, tmp_path / "out", people(3), everything)
    checked = 0
    for card in report.cards:
        code = activation.normalise(card.code)
        for entry in card_of(tmp_path / "out", card.code).entries:
            if entry.voucher is None:
                continue
            listed = list_of(tmp_path / "out", catalogue.offer(entry.offer).partner)
            voucher = decode_voucher(entry.voucher, listed.keyring())
            seed = activation.holder_seed(code, voucher.claims.cti)
            assert voucher.claims.holder == SeedSigner(seed).public_key
            assert listed.issuing_key(voucher.key).may_sign(voucher.claims)
            assert listed.offer(entry.offer) is not None and not listed.revokes(voucher)
            assert voucher.claims.not_before <= NOW < voucher.claims.expires == entry.valid_until
            checked += 1
    assert checked == report.vouchers > 30


def test_all_five_ways_carry_what_the_phone_needs(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    offers = [o for o in catalogue.published() if not imported_codes.needs_stock(o)]
    run_all = make_campaign(catalogue, offers=[o.number for o in offers])
    enrolled = [person(1, programme=catalogue.programmes[0].slug)]
    report = run(made, catalogue, tmp_path / "out", enrolled, run_all)
    entries = card_of(tmp_path / "out", report.cards[0].code).entries
    assert {entry.way for entry in entries} == {"voucher", "code", "link", "barcode", "card"}
    for entry in entries:
        assert (entry.voucher is not None) == (entry.way == "voucher")
        assert (entry.code is not None) == (entry.way in ("code", "barcode"))
        assert (entry.symbology is not None) == (entry.way == "barcode")
        assert entry.way != "link" or str(entry.url).startswith("https://")
        assert entry.steps


def test_the_card_says_whose_it_is_and_until_when(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    report = run(made, catalogue, tmp_path / "out", [person(7, first_name="Zoé")])
    card = card_of(tmp_path / "out", report.cards[0].code)
    assert (card.first_name, card.operator, card.demo, card.closed) == ("Zoé", "Le Bon Élan", False, False)
    assert card.programme == catalogue.programme("cej").name
    assert card.expires == civil.end_of(date(2027, 8, 31)) and card.issued == NOW


def test_a_voucher_ends_with_the_right_the_campaign_or_the_offer(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    short = person(1, right_until=date(2026, 12, 5))
    report = run(made, catalogue, tmp_path / "out", [short])
    ends = {entry.valid_until for entry in card_of(tmp_path / "out", report.cards[0].code).entries}
    assert ends == {civil.end_of(date(2026, 12, 5))}


def test_the_same_state_campaign_and_clock_give_the_same_bytes(catalogue: Catalogue, tmp_path: Path) -> None:
    first = make_state(tmp_path / "first")
    first.close()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    results = []
    for name in ("first", "second"):
        opened = vault.open_state(tmp_path / name)
        run(opened, catalogue, tmp_path / f"{name}-out", people(4), links=tmp_path / f"{name}.csv")
        opened.close()
        results.append((tree(tmp_path / f"{name}-out"), (tmp_path / f"{name}.csv").read_bytes()))
    assert results[0] == results[1]


def test_the_same_run_again_changes_no_byte_and_decides_nothing(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(made, catalogue, tmp_path / "out", people(4))
    before, rows = tree(tmp_path / "out"), made.register.pragma("data_version")
    run(made, catalogue, tmp_path / "out", people(4))
    assert tree(tmp_path / "out") == before
    assert made.register.pragma("data_version") == rows


def test_two_shards_give_the_cards_of_one_run(catalogue: Catalogue, tmp_path: Path) -> None:
    whole, cut = make_state(tmp_path / "whole"), make_state(tmp_path / "cut")
    run(whole, catalogue, tmp_path / "whole-out", people(6))
    run(cut, catalogue, tmp_path / "cut-out", people(3, first=4))
    run(cut, catalogue, tmp_path / "cut-out", people(3))
    cards = [
        {k: v for k, v in tree(tmp_path / f"{n}-out").items() if k.startswith("w/")} for n in ("whole", "cut")
    ]
    assert cards[0] == cards[1] and len(cards[0]) == 6
    whole.close()
    cut.close()


def test_a_second_campaign_joins_the_same_card(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    first = run(made, catalogue, tmp_path / "out", people(1), make_campaign(catalogue, offers=[VOUCHER]))
    second = run(
        made,
        catalogue,
        tmp_path / "out",
        people(1),
        make_campaign(catalogue, name="noel", offers=[SHARED, WEEKLY]),
    )
    assert first.cards[0].code == second.cards[0].code
    entries = card_of(tmp_path / "out", second.cards[0].code).entries
    assert [entry.offer for entry in entries] == [WEEKLY, VOUCHER, SHARED]


def test_a_voucher_keeps_its_bytes_in_a_later_quarter(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    """A till counts uses by key and id: another key would make a used voucher new."""

    def vouchers(now: int) -> list[bytes | None]:
        report = run(made, catalogue, tmp_path / "out", people(1), now=now)
        return [entry.voucher for entry in card_of(tmp_path / "out", report.cards[0].code).entries]

    assert vouchers(NOW) == vouchers(NOW + 60 * DAY)


def test_someone_new_in_a_quarter_without_key_is_refused_until_it_is_made(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    later = NOW + 60 * DAY
    with pytest.raises(KeyRefused) as refused:
        run(made, catalogue, tmp_path / "out", people(1), now=later)
    assert refused.value.code == "no_issuing_key" and "2027-Q1" in refused.value.sentence
    assert tree(tmp_path / "out") == {}
    key_making.new_issuing_key(made, Quarter.of(later), passphrase=PHRASE, now=later, cost=keyfile.NOMINAL)
    report = run(made, catalogue, tmp_path / "out", people(1), now=later)
    entry = card_of(tmp_path / "out", report.cards[0].code).entries[0]
    listed = list_of(tmp_path / "out", catalogue.offer(entry.offer).partner)
    assert len(listed.keys) == 2
    voucher = decode_voucher(entry.voucher or b"", listed.keyring())
    assert listed.issuing_key(voucher.key).may_sign(voucher.claims)


def test_offers_go_to_the_places_and_programmes_they_are_for(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    everything = [o.number for o in catalogue.published() if not imported_codes.needs_stock(o)]
    enrolled = [
        person(1, commune="95585", department=None),
        person(2, commune=None, department="95"),
        person(3, commune="13055", department="13"),
        person(4, commune=None, department=None, programme="epide"),
    ]
    report = run(made, catalogue, tmp_path / "out", enrolled, make_campaign(catalogue, offers=everything))
    for card, enrolment in zip(report.cards, enrolled, strict=True):
        held = {entry.offer for entry in card_of(tmp_path / "out", card.code).entries}
        for offer in map(catalogue.offer, everything):
            kind, codes = offer.territory.kind, offer.territory.codes
            near = kind == "national" or (
                enrolment.commune in codes or (enrolment.commune or "-")[:2] in codes
                if enrolment.commune
                else enrolment.department in codes
            )
            mine = not offer.programmes or enrolment.programme in offer.programmes
            over = civil.end_of(offer.valid_until) <= NOW or offer.valid_from > date(2027, 6, 30)
            assert (offer.number in held) == (near and mine and not over), (enrolment, offer.slug)


def test_each_person_gets_a_code_of_their_own_and_keeps_it(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    campaign = make_campaign(catalogue, offers=[IMPORTED])
    imported_codes.import_codes(made, catalogue.offer(IMPORTED), ["C-1", "C-2", "C-3"], NOW)

    def codes() -> list[str | None]:
        report = run(made, catalogue, tmp_path / "out", people(2), campaign)
        return [card_of(tmp_path / "out", card.code).entries[0].code for card in report.cards]

    assert codes() == codes() == ["C-1", "C-2"]
    with made.register.reading() as connection:
        assert [(level.total, level.left) for level in imported_codes.levels(connection)] == [(3, 1)]


def test_too_few_codes_refuse_the_run_and_decide_nothing(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    imported_codes.import_codes(made, catalogue.offer(IMPORTED), ["C-1"], NOW)
    with pytest.raises(InputRefused) as refused:
        run(made, catalogue, tmp_path / "out", people(2), make_campaign(catalogue, offers=[IMPORTED]))
    assert (
        "1 codes" in refused.value.sentence.replace("\u202f", " ") and str(IMPORTED) in refused.value.sentence
    )
    with made.register.reading() as connection:
        assert not list(grants.every(connection))
        assert [(level.total, level.left) for level in imported_codes.levels(connection)] == [(1, 1)]


def test_other_rooms_files_in_the_site_are_left_alone(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "out" / "trust").mkdir(parents=True)
    (tmp_path / "out" / "index.html").write_text("accueil")
    run(made, catalogue, tmp_path / "out", people(1))
    assert (tmp_path / "out" / "index.html").read_text() == "accueil"
    assert not list((tmp_path / "out").glob(".*"))


def test_the_index_names_every_partner_with_a_till_and_the_newest_root(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    report = run(made, catalogue, tmp_path / "out", people(1))
    index = json.loads((tmp_path / "out" / "trust" / "index.json").read_bytes())
    assert index["root"] == 1 and tuple(one["slug"] for one in index["partners"]) == report.partners
    for one in index["partners"]:
        listed = list_of(tmp_path / "out", one["slug"])
        assert (listed.partner, listed.partner_name) == (one["slug"], one["name"])


def test_activation_list_is_for_its_owner_and_names_each_card(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    links = tmp_path / "links.csv"
    report = run(made, catalogue, tmp_path / "out", people(2), links=links)
    assert links.stat().st_mode & 0o777 == 0o600
    lines = links.read_text().splitlines()
    assert lines[0] == "numero,prenom,code,lien"
    for line, card in zip(lines[1:], report.cards, strict=True):
        assert line == f"{card.number},Lina,{card.code},https://carte.example/carte/#{card.code}"


def test_a_right_that_is_over_gives_no_card(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    report = run(made, catalogue, tmp_path / "out", [person(1), person(2, right_until=date(2026, 11, 20))])
    assert [card.number for card in report.cards] == [1]
    assert report.skipped == ((2, "right_over"),)


def test_the_report_shows_no_code_when_it_is_printed(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    report = run(made, catalogue, tmp_path / "out", people(1))
    assert report.cards[0].code not in repr(report) and issue.Report.__name__ in repr(report)
