"""Partners share no common value (promise P22): ten thousand vouchers, no eight bytes in common."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from issuer_world import card_of, make_campaign, people, run

from catalogue import Catalogue
from issuer.register import imported_codes
from issuer.register.vault import State
from voucher.claims import decode_claims, encode_voucher

WANTED = 10_000
RUN = 8
HEAD, SIGNATURE = 15, 64  # voucher-v1 §2.1: up to the payload's length; the signature at the end


def secret_parts(voucher: bytes) -> tuple[bytes, bytes, bytes]:
    """What is not declared: cti, holder key and signature. The rest is kid, times, offer, uses and period."""
    claims = decode_claims(voucher[HEAD : -SIGNATURE - 2])
    assert claims.holder is not None
    return claims.cti, claims.holder, voucher[-SIGNATURE:]


def runs(part: bytes) -> set[bytes]:
    return {part[i : i + RUN] for i in range(len(part) - RUN + 1)}


def share_a_run(vouchers: list[bytes]) -> bool:
    seen: set[bytes] = set()
    for voucher in vouchers:
        mine = set().union(*map(runs, secret_parts(voucher)))
        if mine & seen:
            return True
        seen |= mine
    return False


@pytest.mark.promise("P22")
def test_ten_thousand_vouchers_share_no_undeclared_run_of_eight_bytes(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    everything = make_campaign(
        catalogue, offers=[o.number for o in catalogue.published() if o.use.kind == "voucher"]
    )
    per_card = run(made, catalogue, tmp_path, people(1), everything).vouchers
    report = run(made, catalogue, tmp_path, people(WANTED // per_card + 1), everything)
    vouchers = [e.voucher for card in report.cards for e in card_of(tmp_path, card.code).entries if e.voucher]
    assert len(vouchers) >= WANTED
    assert not share_a_run(vouchers)
    # The seeded fault: a holder key that two partners see must be found among the ten thousand.
    signature = vouchers[0][-SIGNATURE:]
    claims = decode_claims(vouchers[0][HEAD : -SIGNATURE - 2])
    twin = encode_voucher(replace(claims, cti=bytes(16), offer=claims.offer + 1), bytes(4), bytes(64))
    assert signature not in twin
    assert share_a_run([*vouchers, twin])


@pytest.mark.promise("P22")
def test_a_voucher_holds_nothing_of_the_person(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    """Two people of the same place and right differ in nothing but random-looking bytes."""
    everything = make_campaign(
        catalogue, offers=[o.number for o in catalogue.published() if not imported_codes.needs_stock(o)]
    )
    report = run(made, catalogue, tmp_path, people(3), everything)
    cards = [[e for e in card_of(tmp_path, card.code).entries if e.voucher] for card in report.cards]
    for mine, other in combinations(cards, 2):
        for one, two in zip(mine, other, strict=True):
            first, second = (decode_claims((e.voucher or b"")[HEAD : -SIGNATURE - 2]) for e in (one, two))
            declared = [(c.not_before, c.expires, c.offer, c.uses, c.period) for c in (first, second)]
            assert declared[0] == declared[1] and first.cti != second.cti and first.holder != second.holder
            assert b"Lina" not in (one.voucher or b"")
