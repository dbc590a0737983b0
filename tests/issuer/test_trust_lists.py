"""Trust lists: versions that only rise, revocations that hit nobody else, a compromised key taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, PHRASE, SHARED, VOUCHER, card_of, list_of, make_campaign, people, run, tree

from catalogue import Catalogue
from issuer.decisions import key_making, withdrawal
from issuer.errors import IssuerError, KeyRefused, StateRefused
from issuer.keys import keyfile
from issuer.keys.quarter import Quarter
from issuer.keys.signer import SeedSigner
from issuer.publishing import renewal
from issuer.register import issuing_keys, revocation
from issuer.register.vault import State
from verifier.decide import decide
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, Use
from voucher import activation, armour, civil, presentation
from voucher.claims import Voucher, decode_voucher
from voucher.ed25519 import kid
from voucher.trust import TrustList


class NoUses:
    def accepted(self, kid: bytes, cti: bytes) -> Sequence[Use]:
        return ()


def partner(catalogue: Catalogue) -> str:
    return catalogue.offer(VOUCHER).partner


def renew(made: State, catalogue: Catalogue, out: Path, now: int) -> TrustList:
    renewal.renew_lists(made, catalogue, out=out, passphrase=PHRASE, now=now)
    return list_of(out, partner(catalogue))


def voucher_of(out: Path, code: str, listed: TrustList) -> Voucher | None:
    entry = next((e for e in card_of(out, code).entries if e.offer == VOUCHER), None)
    return decode_voucher(entry.voucher, listed.keyring()) if entry and entry.voucher else None


def show(out: Path, code: str, now: int) -> str:
    """What the phone shows for the voucher: a live presentation by the holder's key."""
    canonical = activation.normalise(code)
    entry = next(e for e in card_of(out, code).entries if e.offer == VOUCHER)
    assert entry.voucher is not None
    cti = entry.voucher[entry.voucher.index(b"\x07\x50") + 2 :][:16]
    holder = SeedSigner(activation.holder_seed(canonical, cti))
    content = presentation.encode_content(entry.voucher, now, 1)
    data = presentation.encode_presentation(content, holder.sign(presentation.signing_input(content)))
    return armour.encode(armour.PRESENTATION, data)


def verdict(made: State, catalogue: Catalogue, listed: TrustList, text: str, now: int) -> Verdict:
    till = TillProfile(partner(catalogue), "caisse 1", made.root.demo)
    return decide(text, trust=TrustView(made.root, listed, now), till=till, uses=NoUses(), now=now).verdict


def test_versions_rise_by_one_and_each_list_says_when(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    seen = [renew(made, catalogue, tmp_path, NOW + day * DAY) for day in range(3)]
    assert [listed.version for listed in seen] == [1, 2, 3]
    assert [listed.issued for listed in seen] == [NOW, NOW + DAY, NOW + 2 * DAY]


def test_the_same_list_at_the_same_second_keeps_its_version(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    renew(made, catalogue, tmp_path, NOW)
    before = tree(tmp_path / "trust")
    assert renew(made, catalogue, tmp_path, NOW).version == 1
    assert tree(tmp_path / "trust") == before


def test_a_clock_that_went_back_signs_nothing(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    renew(made, catalogue, tmp_path / "out", NOW)
    before = tree(tmp_path / "out")
    with pytest.raises(StateRefused) as refused:
        renew(made, catalogue, tmp_path / "out", NOW - 1)
    assert refused.value.code == "clock_went_back"
    assert tree(tmp_path / "out") == before


def test_an_expired_root_signs_nothing(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    assert renew(made, catalogue, tmp_path / "out", made.root.expires - 1).expires == made.root.expires
    before = tree(tmp_path / "out")
    with pytest.raises(StateRefused) as refused:
        renew(made, catalogue, tmp_path / "out", made.root.expires)
    assert refused.value.code == "root_expired" and tree(tmp_path / "out") == before


def test_a_list_has_its_partners_offers_and_what_the_cashier_must_read(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(made, catalogue, tmp_path, people(1))
    for listed in (
        list_of(tmp_path, slug)
        for slug in catalogue.partners
        if (tmp_path / "trust" / f"{slug}.cbor").exists()
    ):
        assert listed.offers
        for known in listed.offers:
            offer = catalogue.offer(known.number)
            assert offer.partner == listed.partner and offer.use.kind == "voucher"
            assert known.terms == (offer.cashier_terms or offer.conditions)
            assert (known.valid_from, known.valid_until) == (
                civil.start_of(offer.valid_from),
                civil.end_of(offer.valid_until),
            )


def test_a_retired_offer_is_over_at_once_and_a_draft_is_never_told(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    def with_status(status: str) -> Catalogue:
        offers = tuple(
            o.model_copy(update={"status": status}) if o.number == VOUCHER else o for o in catalogue.offers
        )
        return replace(catalogue, offers=offers)

    retired = renew(made, with_status("retired"), tmp_path, NOW).offer(VOUCHER)
    assert retired is not None and retired.valid_until == civil.start_of(civil.day_of(NOW))
    assert renew(made, with_status("draft"), tmp_path, NOW + 1).offer(VOUCHER) is None


def test_revoking_a_person_revokes_the_whole_card_and_nobody_elses(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    cards = run(made, catalogue, tmp_path, people(3)).cards
    before = list_of(tmp_path, partner(catalogue))
    vouchers = [voucher_of(tmp_path, card.code, before) for card in cards]
    assert withdrawal.revoke_person(made, 2, NOW + 1) and not withdrawal.revoke_person(made, 2, NOW + 2)
    after = renew(made, catalogue, tmp_path, NOW + 3)
    assert [after.revokes(voucher) for voucher in vouchers if voucher] == [False, True, False]
    assert len(after.revoked) == 2  # both of this partner's offers
    renewal.publish(made, catalogue, out=tmp_path, passphrase=PHRASE, now=NOW + 4)
    closed = card_of(tmp_path, cards[1].code)
    assert closed.closed and closed.entries == () and closed.keys == ()
    assert not card_of(tmp_path, cards[0].code).closed


def test_revoking_one_voucher_leaves_the_rest_of_the_card(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    card = run(made, catalogue, tmp_path, people(1)).cards[0]
    withdrawal.revoke_voucher(made, 1, VOUCHER, NOW + 1)
    renewal.publish(made, catalogue, out=tmp_path, passphrase=PHRASE, now=NOW + 2)
    assert {e.offer for e in card_of(tmp_path, card.code).entries} == {101, SHARED}
    assert len(list_of(tmp_path, partner(catalogue)).revoked) == 1


def test_a_lost_card_is_closed_and_the_next_has_another_code(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    lost = run(made, catalogue, tmp_path, people(1)).cards[0]
    old = voucher_of(tmp_path, lost.code, list_of(tmp_path, partner(catalogue)))
    withdrawal.replace_card(made, 1, NOW + 1)
    new = run(made, catalogue, tmp_path, people(1), now=NOW + 2).cards[0]
    after = list_of(tmp_path, partner(catalogue))
    fresh = voucher_of(tmp_path, new.code, after)
    assert new.code != lost.code and card_of(tmp_path, lost.code).closed
    assert old and fresh and after.revokes(old) and not after.revokes(fresh)


def test_nobody_unknown_is_revoked(made: State) -> None:
    for withdraw in (withdrawal.revoke_person, withdrawal.replace_card):
        with pytest.raises(IssuerError) as refused:
            withdraw(made, 404, NOW)
        assert refused.value.code == "person_unknown"
    with pytest.raises(KeyRefused):
        withdrawal.revoke_key(made, "deadbeef", NOW)


def test_a_prefix_is_lengthened_until_it_hits_no_valid_voucher() -> None:
    revoked = hashlib.sha256(b"revoked").digest()[:16]
    for shared in range(16):
        near = revoked[:shared] + bytes([revoked[shared] ^ 1]) + revoked[shared + 1 :]
        assert revocation.shortest_prefix([revoked], [near]) == max(6, shared + 1)
    with pytest.raises(IssuerError):
        revocation.shortest_prefix([revoked], [revoked])


def test_revocations_of_a_campaign_that_is_over_are_no_longer_told(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(made, catalogue, tmp_path, people(1))
    withdrawal.revoke_person(made, 1, NOW)
    end = make_campaign(catalogue).end
    assert renew(made, catalogue, tmp_path, end - 1).revoked
    assert not renew(made, catalogue, tmp_path, end).revoked


def test_a_batch_rule_revokes_a_keys_early_vouchers_only(
    made: State, catalogue: Catalogue, tmp_path: Path
) -> None:
    card = run(made, catalogue, tmp_path, people(1)).cards[0]
    listed = list_of(tmp_path, partner(catalogue))
    voucher = voucher_of(tmp_path, card.code, listed)
    assert voucher is not None
    for before, expected in ((voucher.claims.not_before, False), (voucher.claims.not_before + 1, True)):
        withdrawal.revoke_key(made, kid(voucher.key).hex(), NOW, before=before)
        assert renew(made, catalogue, tmp_path, NOW + before % 1000).revokes(voucher) is expected


@pytest.mark.promise("P11")
def test_the_runbook_of_a_stolen_issuing_key(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    """docs/operations.md, « Une clé d'émission a été volée », step by step."""
    card = run(made, catalogue, tmp_path, people(1)).cards[0]
    first = list_of(tmp_path, partner(catalogue))
    stolen = show(tmp_path, card.code, NOW)
    assert verdict(made, catalogue, first, stolen, NOW) is Verdict.ACCEPTED

    now = NOW + DAY
    with made.register.reading() as connection:
        stolen_key = issuing_keys.read(connection)[0].kid
    withdrawal.revoke_key(made, stolen_key, now)
    key_making.new_issuing_key(made, Quarter.of(now), passphrase=PHRASE, now=now, cost=keyfile.NOMINAL)
    again = run(made, catalogue, tmp_path, people(1), now=now).cards[0]
    second = list_of(tmp_path, partner(catalogue))

    assert again.code == card.code
    assert verdict(made, catalogue, second, stolen, NOW) is Verdict.UNKNOWN_KEY
    assert verdict(made, catalogue, second, show(tmp_path, card.code, now), now) is Verdict.ACCEPTED
    assert second.version > first.version
