"""A proof convinces somebody who has nothing but the file and the operator's root; a changed one nobody."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from typing import Any

import pytest
from till_world import DAY, PAPER, ROOTS, STRANGER, make_root, presentation_bytes, root_file, trust_file
from tills import NOON, Shop, Till, make_claims, make_list

from reconcile.errors import FileRefused
from reconcile.findings import proof
from reconcile.findings.finding import Finding, Kind
from reconcile.findings.proposal import propose
from voucher.claims import Claims

ROOT = root_file(make_root())


def shop_with(claims: Claims, second_seq: int = 1, **changes: Any) -> Shop:
    """Two tills that each accepted one voucher, among other people's."""
    shop, tills = Shop(), [Till("Guichet 1"), Till("Guichet 2")]
    for number, till in enumerate(tills):
        till.accept(make_claims(50 + number))
        till.accept(claims, NOON + number, 1 if number == 0 else second_seq, **changes)
    shop.know(*tills)
    shop.take(*(till.export() for till in tills))
    return shop


def proved(shop: Shop, kind: Kind, *, with_exports: bool = False) -> bytes:
    report = shop.report()
    finding: Finding = next(found for found in report.findings if found.kind is kind)
    return proof.write(shop.store, finding, report.by_number, report.known, with_exports=with_exports)


@pytest.mark.promise("P18")
@pytest.mark.parametrize("with_exports", [False, True])
@pytest.mark.parametrize(
    ("claims", "seq", "kind"),
    [
        (make_claims(), 1, Kind.SAME_USE),
        (make_claims(), 2, Kind.OVER_LIMIT),
        (make_claims(holder=None, offer=PAPER), 1, Kind.OVER_LIMIT),
    ],
)
def test_a_double_use_is_proved_to_a_third_person(
    claims: Claims, seq: int, kind: Kind, with_exports: bool
) -> None:
    data = proved(shop_with(claims, seq), kind, with_exports=with_exports)
    verified = proof.check(data, ROOT)
    assert (verified.kind, verified.uses, verified.tills) == (kind, 2, with_exports)
    others = make_claims(50).cti
    assert (others in b"".join(map(base64.b64decode, _strings(json.loads(data))))) is with_exports


def _strings(tree: Any) -> list[str]:
    """Every long base64 string of a proof."""
    if isinstance(tree, dict):
        return [text for value in tree.values() for text in _strings(value)]
    if isinstance(tree, list):
        return [text for value in tree for text in _strings(value)]
    return [tree] if isinstance(tree, str) and len(tree) > 80 else []


@pytest.mark.promise("P18")
def test_no_changed_character_of_what_was_signed_is_believed() -> None:
    data = proved(shop_with(make_claims()), Kind.SAME_USE)
    tree, chance, alphabet = json.loads(data), random.Random(7), "ABCDwxyz0123+/"
    for _ in range(150):
        wrong = json.loads(data)
        use = chance.choice(wrong["uses"])
        at = chance.randrange(40, len(use["row"]) - 8)
        use["row"] = use["row"][:at] + chance.choice(alphabet) + use["row"][at + 1 :]
        if wrong == tree:
            continue
        row, true = (base64.b64decode(u["row"]) for u in (use, tree["uses"][wrong["uses"].index(use)]))
        if row[-300:] == true[-300:]:
            continue  # the till's own words, which only its export can show
        with pytest.raises(FileRefused):
            proof.check(json.dumps(wrong).encode())


def test_another_root_is_not_believed() -> None:
    data = proved(shop_with(make_claims()), Kind.SAME_USE)
    strangers = root_file(make_root(operator="Someone else"), ROOTS[1:])
    with pytest.raises(FileRefused):
        proof.check(data, strangers)


def test_one_presentation_shown_twice_in_the_file_is_not_two() -> None:
    tree = json.loads(proved(shop_with(make_claims()), Kind.SAME_USE))
    tree["uses"][1] = tree["uses"][0]
    with pytest.raises(FileRefused):
        proof.check(json.dumps(tree).encode())
    tree["uses"] = tree["uses"][:1]
    with pytest.raises(FileRefused):
        proof.check(json.dumps(tree).encode())


def test_what_a_till_invented_is_found_and_cannot_be_proved() -> None:
    """Evidence of the right form under a key that is not the issuer's: it falls when it is proved."""
    claims = make_claims()
    forged = presentation_bytes(claims, signer=STRANGER).replace(
        presentation_bytes(claims, signer=STRANGER)[15:24], presentation_bytes(claims)[15:24]
    )
    shop = shop_with(claims, evidence=forged)
    assert Kind.SAME_USE in {found.kind for found in shop.report().findings}
    with pytest.raises(FileRefused):
        proof.check(proved(shop, Kind.SAME_USE))


def test_a_row_that_was_taken_back_proves_nothing() -> None:
    shop = Shop()
    one, other = Till("Guichet 1"), Till("Guichet 2")
    for till in (one, other):
        till.accept(make_claims())
    shop.know(one, other)
    shop.take(one.export(), other.export())
    tree = json.loads(proved(shop, Kind.SAME_USE, with_exports=True))
    one.void(1)
    whole = one.export()
    use = next(use for use in tree["uses"] if use["till"] == "Guichet 1")
    use |= {"file": base64.b64encode(whole).decode(), "export": hashlib.sha256(whole).hexdigest()}
    with pytest.raises(FileRefused):
        proof.check(json.dumps(tree).encode())


def test_a_use_after_revocation_is_proved_with_the_list_that_said_so() -> None:
    claims, till, shop = make_claims(), Till("Guichet"), Shop()
    shop.learn(trust_file(make_list(6, issued=NOON, revoked=(claims.cti[:6],))))
    till.accept(claims, NOON + DAY)
    shop.know(till)
    shop.take(till.export())
    data = proved(shop, Kind.REVOKED)
    assert proof.check(data).kind is Kind.REVOKED
    tree = json.loads(data)
    for index in range(len(tree["lists"])):
        less = {**tree, "lists": tree["lists"][:index] + tree["lists"][index + 1 :]}
        if index == len(tree["lists"]) - 1:
            with pytest.raises(FileRefused):
                proof.check(json.dumps(less).encode())


def test_a_use_outside_its_dates_is_proved() -> None:
    till, shop = Till("Guichet"), Shop()
    till.accept(make_claims(), NOON + 30 * DAY)
    shop.know(till)
    shop.take(till.export())
    assert proof.check(proved(shop, Kind.OUT_OF_TIME)).uses == 1


def refused_with(tree: dict[str, Any], place: int, **changes: Any) -> None:
    """Expect a refusal once these fields of one use are changed."""
    uses = [use | changes if at == place else use for at, use in enumerate(tree["uses"])]
    with pytest.raises(FileRefused):
        proof.check(json.dumps({**tree, "uses": uses}).encode())


@pytest.mark.promise("P18")
def test_an_export_shows_a_row_only_if_it_is_that_tills_and_holds_it() -> None:
    claims = make_claims()
    one, other, shop = Till("Guichet 1"), Till("Guichet 2"), Shop()
    one.accept(make_claims(50))
    before = one.export()  # signed by the same till, when the row was not there yet
    for number, till in enumerate((one, other)):
        till.accept(claims, NOON + 1 + number)
    shop.know(one, other)
    shop.take(one.export(), other.export())
    tree = json.loads(proved(shop, Kind.SAME_USE, with_exports=True))
    assert proof.check(json.dumps(tree).encode()).tills
    place = next(at for at, use in enumerate(tree["uses"]) if use["till"] == "Guichet 1")
    for data in (before, other.export()):
        named = {"file": base64.b64encode(data).decode(), "export": hashlib.sha256(data).hexdigest()}
        refused_with(tree, place, **named)
    refused_with(tree, place, export="0" * 64)
    refused_with(tree, place, key=tree["uses"][1 - place]["key"])
    refused_with(tree, place, partner="une-autre-enseigne")


def test_each_part_of_a_proof_has_one_text() -> None:
    """Base64 whose last bits are not zero decodes to the same bytes: it is refused."""
    tree = json.loads(proved(shop_with(make_claims()), Kind.SAME_USE))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    changed = 0
    for name in ("roots", "lists"):
        for at, text in enumerate(tree[name]):
            bare = text.rstrip("=")
            if bare == text:
                continue
            loose = bare[:-1] + alphabet[alphabet.index(bare[-1]) + 1] + text[len(bare) :]
            assert base64.b64decode(loose) == base64.b64decode(text)
            parts = [loose if place == at else part for place, part in enumerate(tree[name])]
            with pytest.raises(FileRefused):
                proof.check(json.dumps({**tree, name: parts}).encode())
            changed += 1
    assert changed, "a part whose length is no multiple of three"


@pytest.mark.promise("P18")
def test_a_list_that_revoked_after_the_use_proves_nothing() -> None:
    claims, till, shop = make_claims(), Till("Guichet"), Shop()
    shop.learn(trust_file(make_list(6, issued=NOON, revoked=(claims.cti[:6],))))
    till.accept(claims, NOON + DAY)
    shop.know(till)
    shop.take(till.export())
    tree = json.loads(proved(shop, Kind.REVOKED))
    for issued, proves in ((NOON + DAY, True), (NOON + DAY + 1, False)):
        later = trust_file(make_list(7, issued=issued, revoked=(claims.cti[:6],)))
        data = json.dumps({**tree, "lists": [base64.b64encode(later).decode()]}).encode()
        if proves:
            assert proof.check(data).kind is Kind.REVOKED
        else:
            with pytest.raises(FileRefused):
                proof.check(data)


def test_exports_that_moved_are_found_again() -> None:
    shop = shop_with(make_claims())
    fs = shop.store.fs
    fs.mv("/in/1", "/moved", recursive=True)
    with pytest.raises(FileRefused, match="export_gone"):
        proved(shop, Kind.SAME_USE)
    report = shop.report()
    (found,) = report.findings
    data = proof.write(shop.store, found, report.by_number, report.known, elsewhere=["memory://moved"])
    assert proof.check(data).uses == 2


def test_proposals_wait_for_a_persons_agreement() -> None:
    shop = shop_with(make_claims())
    tree = json.loads(propose(shop.report().findings, NOON))
    assert [(entry["cti"], entry["agreed"]) for entry in tree["vouchers"]] == [
        (make_claims().cti.hex(), False)
    ]
