"""The same right in other forms: on paper, and in twelve characters that are typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, PHRASE, card_of, list_of, make_campaign, make_state, people, run

from catalogue import Catalogue, VoucherUse
from issuer.errors import StateRefused
from issuer.keys.derive import CampaignSecret
from issuer.publishing.pairing import pair
from issuer.register import imported_codes
from verifier.decide import decide
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, Use
from voucher import armour, civil, pairing, root, short_code
from voucher.bundle import Bundle
from voucher.claims import decode_voucher
from voucher.errors import BadSignature

Issued = tuple[Path, list[Bundle], CampaignSecret]


@pytest.fixture(scope="module")
def issued(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    out, state = tmp_path_factory.mktemp("issued"), make_state(tmp_path_factory.mktemp("state") / "vault")
    everything = [o.number for o in catalogue.published() if not imported_codes.needs_stock(o)]
    report = run(state, catalogue, out, people(2), make_campaign(catalogue, offers=everything))
    yield out, [card_of(out, card.code) for card in report.cards], state.campaign_secret(PHRASE)
    state.close()


def test_paper_is_there_only_where_the_partner_takes_it_and_is_the_same_right(
    issued: Issued, catalogue: Catalogue
) -> None:
    out, cards, _ = issued
    seen = 0
    for entry in (entry for card in cards for entry in card.entries):
        allowed = catalogue.offer(entry.offer).allows_paper
        assert (entry.paper is not None) == allowed
        if entry.paper is None or entry.voucher is None:
            continue
        ring = list_of(out, catalogue.offer(entry.offer).partner).keyring()
        live, bearer = decode_voucher(entry.voucher, ring), decode_voucher(entry.paper, ring)
        assert bearer.claims.holder is None and live.claims.holder is not None
        assert replace(live.claims, holder=None) == bearer.claims and live.key == bearer.key
        seen += 1
    assert seen >= 8


def test_a_use_on_paper_counts_for_the_phone(issued: Issued, catalogue: Catalogue) -> None:
    out, cards, _ = issued
    entry = next(e for e in cards[0].entries if e.paper is not None and e.uses == 1)
    assert entry.paper is not None
    partner = catalogue.offer(entry.offer).partner
    anchor = root.decode_anchor((out / "trust" / "root.1.cbor").read_bytes())
    view = TrustView(root=anchor, list=list_of(out, partner), floor=NOW)
    till = TillProfile(partner=partner, name="Caisse 1", demo=False)
    text = armour.encode(armour.VOUCHER, entry.paper)
    first = decide(text, trust=view, till=till, uses=Uses(()), now=NOW + 60)
    assert first.verdict is Verdict.PAPER
    # The live voucher has the same (kid, cti), so the till finds what it accepted of it.
    spent = Uses((Use(n=1, seq=first.seq or 0, at=NOW, till=""),))
    assert decide(text, trust=view, till=till, uses=spent, now=NOW + 90).verdict is Verdict.USED_UP


class Uses:
    """What a till knows of the one voucher that these tests show."""

    def __init__(self, uses: tuple[Use, ...]) -> None:
        self.uses = uses

    def accepted(self, kid: bytes, cti: bytes) -> tuple[Use, ...]:
        return self.uses


def test_short_codes_are_the_partners_own_week_by_week(issued: Issued, catalogue: Catalogue) -> None:
    _, cards, secret = issued
    seen = 0
    for entry in (entry for card in cards for entry in card.entries):
        offer = catalogue.offer(entry.offer)
        if isinstance(offer.use, VoucherUse):
            assert bool(entry.short_codes) == offer.use.short_code
        for ahead, code in enumerate(entry.short_codes):
            key, week = secret.short_code_key(offer.partner), week_of(NOW + ahead * 7 * DAY)
            tag = short_code.decode(key, entry.offer, week, code)
            if entry.voucher is not None:
                assert tag == short_code.tag_of(decode_voucher_id(entry.voucher))
            with pytest.raises(BadSignature):
                short_code.decode(key, entry.offer, week + 1, code)
            seen += 1
    assert seen >= 5 * 2 * 4


def test_a_pairing_brings_a_till_the_key_of_its_partners_codes(
    issued: Issued, catalogue: Catalogue, tmp_path: Path
) -> None:
    out, cards, _ = issued
    anchor = root.decode_anchor((out / "trust" / "root.1.cbor").read_bytes())
    entry = next(e for card in cards for e in card.entries if e.short_codes and e.voucher is not None)
    partner = catalogue.offer(entry.offer).partner
    state = make_state(tmp_path / "vault")  # the same seeds, so the same vault
    made = pairing.decode_pairing(pair(state, catalogue, partner, passphrase=PHRASE, now=NOW), anchor)
    assert (made.partner, made.partner_name) == (partner, catalogue.partners[partner].name)
    tag = short_code.decode(made.short_key, entry.offer, week_of(NOW), entry.short_codes[0])
    assert entry.voucher is not None and tag == short_code.tag_of(decode_voucher_id(entry.voucher))
    with pytest.raises(StateRefused, match="partner_unknown"):
        pair(state, catalogue, "personne", passphrase=PHRASE, now=NOW)
    state.close()


def week_of(at: int) -> int:
    year, week, _ = civil.day_of(at).isocalendar()
    return year * 100 + week


def decode_voucher_id(voucher: bytes) -> bytes:
    """The id of a voucher whose signature another test has checked."""
    at = voucher.index(b"\x07\x50") + 2
    return voucher[at : at + 16]
