"""A packed card is, byte for byte, what the specification's own writer makes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from issuer_world import make_campaign, person, run

from catalogue import Catalogue
from issuer.cards import card_content
from issuer.cards.seal import open_sealed
from issuer.register import imported_codes
from issuer.register.vault import State
from voucher import activation
from voucher.bundle import Bundle, decode_bundle, encode_bundle

HEAD = {2: 1_795_000_000, 3: 1_800_000_000, 4: None, 5: "CEJ", 6: "X", 7: False}
TAIL = {9: [], 10: 0, 11: None}


def entry(number: int) -> bytes:
    shared = {
        1: number, 2: "Titre", 3: "Partenaire", 4: "mobilite", 5: "voucher", 6: ["a"], 7: [], 8: ["b"],
        9: 1_795_000_000, 11: 1, 12: 2, 13: "−10 %", 14: None, 15: None, 18: None, 19: "both", 20: "titre",
        21: None,
    }  # fmt: skip
    return card_content.pack_entry(shared).fill(1_799_000_000, card_content.Own(bytes(164)))


@pytest.mark.parametrize("count", [0, 1, 23, 24, 25, 255, 256, 300])
def test_any_number_of_entries_has_its_one_form(count: int) -> None:
    content = card_content.pack_card(HEAD, (entry(number) for number in range(1, count + 1)), TAIL)
    read = decode_bundle(content)  # refuses every other form of the same value
    assert len(read.entries) == count and encode_bundle(read) == content


@pytest.mark.parametrize("code", [None, "", "A" * 23, "A" * 24, "é" * 40])
@pytest.mark.parametrize("voucher", [None, bytes(24), bytes(164), bytes(255)])
@pytest.mark.parametrize("short_codes", [(), ("0" * 12,) * 5])
@pytest.mark.parametrize("paper", [None, bytes(120)])
def test_what_differs_between_people_has_its_one_form(
    code: str | None, voucher: bytes | None, short_codes: tuple[str, ...], paper: bytes | None
) -> None:
    shared = card_content.pack_entry(
        {
            1: 7, 2: "T", 3: "P", 4: "c", 5: "code", 6: [], 7: [], 8: [], 9: 1_795_000_000, 11: 0, 12: 0,
            13: "", 14: 5, 15: "https://x.example", 18: "ean13", 19: "online", 20: "t", 21: "#aabbcc",
        }
    )  # fmt: skip
    own = card_content.Own(voucher, code, short_codes, paper)
    content = card_content.pack_card(HEAD, [shared.fill(1_799_000_000, own)], TAIL)
    [read] = decode_bundle(content).entries
    assert card_content.Own(read.voucher, read.code, read.short_codes, read.paper) == own
    assert read.valid_until == 1_799_000_000 and encode_bundle(decode_bundle(content)) == content


def test_every_real_card_is_what_the_specification_writes(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    offers = [offer.number for offer in catalogue.published() if not imported_codes.needs_stock(offer)]
    enrolled = [
        person(1),
        person(2, first_name=None, commune=None, department=None),
        person(3, programme="epide", right_until=date(2026, 12, 31)),
    ]
    report = run(made, catalogue, tmp_path, enrolled, make_campaign(catalogue, offers=offers))
    for card in report.cards:
        code = activation.normalise(card.code)
        read: Bundle = open_sealed((tmp_path / card.file).read_bytes(), code)
        assert decode_bundle(encode_bundle(read)) == read
        assert (len(read.entries), sum(e.voucher is not None for e in read.entries)) == (
            card.entries,
            card.vouchers,
        )
