"""Eight issuers at once on one register: the exact union, nothing twice (promise P15)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from issuer_world import IMPORTED, NOW, VOUCHER, card_of, list_of, make_campaign, people, run

from catalogue import Catalogue
from issuer.publishing import issue
from issuer.register import audit, grants, imported_codes, vault
from issuer.register import people as enrolled
from issuer.register.vault import State
from voucher import activation

PROCESSES = 8
EACH = 1000
STRIDE = 500  # neighbours overlap by half: each person but those at the ends is enrolled by two


def fork(work: list[int]) -> None:
    for child in work:
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.promise("P15")
def test_eight_processes_decide_the_exact_union_and_give_no_code_twice(made: State, few: Catalogue) -> None:
    total = STRIDE * (PROCESSES - 1) + EACH
    imported_codes.import_codes(made, few.offer(IMPORTED), [f"C-{i:05d}" for i in range(total)], NOW)
    made.close()
    campaign = make_campaign(few, offers=[VOUCHER, IMPORTED])
    children = []
    for index in range(PROCESSES):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mine = vault.open_state(made.folder)
                for start in range(0, EACH, 250):
                    batch = people(250, first=index * STRIDE + start + 1)
                    with mine.register.writing() as connection:
                        issue.decide(connection, mine, few, campaign, batch, NOW)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    fork(children)

    opened = vault.open_state(made.folder)
    with opened.register.reading() as connection:
        granted = [grant.person for grant in grants.every(connection)]
        codes = imported_codes.held(connection, range(1, total + 1))
        rows = list(audit.read(connection))
        audit.verify(rows, opened.identity)
        assert audit.last_total(rows) == grants.recount(connection)
        assert len(enrolled.find(connection, range(1, total + 2))) == total
    opened.close()
    assert granted == list(range(1, total + 1))
    assert len(codes) == len(set(codes.values())) == total


@pytest.mark.promise("P15")
def test_eight_processes_publish_whole_cards_and_the_newest_list(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    made.close()
    children = []
    for index in range(PROCESSES):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mine = vault.open_state(made.folder)
                run(mine, few, tmp_path / "out", people(4, first=index * 2 + 1), now=NOW + 10)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    fork(children)

    opened = vault.open_state(made.folder)
    secret = opened.campaign_secret(b"p\xc3\xa2querette sous la pluie")
    last = 2 * (PROCESSES - 1) + 4
    for number in range(1, last + 1):
        code = activation.grouped(secret.activation_code(number, 1))
        assert len(card_of(tmp_path / "out", code).entries) == 3
    listed = list_of(tmp_path / "out", few.offer(VOUCHER).partner)
    assert listed.version == 1 and not list((tmp_path / "out").glob(".*"))
    opened.close()
