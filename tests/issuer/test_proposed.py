"""Revocations that reconciliation proposes: only what a person agreed to, once, and into the next list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, VOUCHER, list_of, make_campaign, people, run

from catalogue import Catalogue
from issuer.decisions.proposed_revocations import Done, read_proposed, revoke_proposed
from issuer.errors import IssuerError
from issuer.publishing import renewal
from issuer.register.vault import State


def test_only_what_was_agreed_to_is_revoked_and_only_once(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(made, catalogue, out, people(3))
    secret = made.campaign_secret(PHRASE)
    campaign = make_campaign(catalogue).name
    ctis = {n: secret.cti(campaign, n, 1, VOUCHER) for n in (1, 2)}
    entries = [
        {"cti": ctis[1].hex(), "offer": VOUCHER, "agreed": True},
        {"cti": ctis[2].hex(), "offer": VOUCHER, "agreed": False},
        {"cti": "00" * 16, "offer": VOUCHER, "agreed": True},
    ]
    file = tmp_path / "proposed.json"
    file.write_text(json.dumps({"format": "cje-revocations", "version": 1, "vouchers": entries}))
    agreed, waiting = read_proposed(file)
    assert revoke_proposed(made, agreed, waiting, secret, NOW) == Done(1, 0, 1, 1)
    assert revoke_proposed(made, agreed, waiting, secret, NOW) == Done(0, 1, 1, 1)
    renewal.renew_lists(made, catalogue, out=out, passphrase=PHRASE, now=NOW + 5)
    listed = list_of(out, catalogue.offer(VOUCHER).partner)
    assert listed.revoked == (ctis[1][: listed.prefix],)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "cje-revocations", "version": 2, "vouchers": []}',
        '{"format": "cje-revocations", "version": 1, "vouchers": [{"cti": "ab", "offer": 1, "agreed": 1}]}',
        '{"format": "cje-revocations", "version": 1, "vouchers": [{"offer": 1, "agreed": true}]}',
    ],
)
def test_a_file_that_is_none_is_refused_whole(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(text)
    with pytest.raises(IssuerError, match="proposed_file"):
        read_proposed(file)
