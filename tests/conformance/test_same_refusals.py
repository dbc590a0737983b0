"""Mutants of valid objects: the same answer in Python and TypeScript, and none accepted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from engines import ask_node, ask_python, differences, node_is_there
from test_hostile_input import BOMBS, unfolding
from wire_world import (
    CODE,
    DAY,
    ISSUER,
    NOW,
    export_file,
    make_bundle,
    make_claims,
    make_export,
    make_root,
    make_row,
    make_trust,
    presentation_of,
    presentation_text,
    root_file,
    trust_file,
    voucher_of,
    voucher_text,
)

from voucher import activation, bundle, caps, cbor, claims, frames, journal, root, trust

KEYS = [ISSUER.public.hex()]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

pytestmark = pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent")


def same(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    expected = ask_python(questions)
    assert differences(questions, expected, ask_node(questions)) == []
    return expected


def every_bit(data: bytes) -> Iterator[bytes]:
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        yield bytes(changed)


def every_cut(data: bytes) -> Iterator[bytes]:
    yield from (data[:at] for at in range(len(data)))


def random_edits(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Bytes exchanged, inserted, left out, doubled and moved, one to four times."""
    dice = random.Random(seed)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at, size = dice.randrange(len(changed)), dice.randint(1, 8)
            match dice.randrange(5):
                case 0:
                    changed[at] = dice.randrange(256)
                case 1:
                    changed[at:at] = dice.randbytes(size)
                case 2:
                    del changed[at : min(at + size, len(changed) - 1)]
                case 3:
                    changed[at:at] = changed[at : at + size]
                case 4:
                    other = dice.randrange(len(changed))
                    changed[at], changed[other] = changed[other], changed[at]
        if bytes(changed) != data:
            yield bytes(changed)


def test_the_comparison_can_fail() -> None:
    question = {"op": "voucher", "data": voucher_of().hex(), "keys": KEYS}
    assert len(differences([question], [{"error": "malformed"}], ask_node([question]))) == 1
    assert "crash" in ask_node([{"op": "no such op"}])[0]["error"]


@pytest.mark.promise("P4")
@pytest.mark.parametrize("op", ["voucher", "presentation"])
def test_every_bit_and_every_cut(op: str) -> None:
    data = voucher_of() if op == "voucher" else presentation_of(challenge=42)
    mutants = [*every_bit(data), *every_cut(data), *(data + bytes((b,)) for b in range(256))]
    answers = same([{"op": op, "data": mutant.hex(), "keys": KEYS} for mutant in mutants])
    assert all("error" in answer for answer in answers)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("op", ["voucher", "presentation"])
def test_ten_thousand_random_edits(op: str) -> None:
    data = voucher_of() if op == "voucher" else presentation_of(challenge=42)
    mutants = random_edits(data, 5000, seed=3)
    answers = same([{"op": op, "data": mutant.hex(), "keys": KEYS} for mutant in mutants])
    assert all("error" in answer for answer in answers)


@pytest.mark.promise("P4")
def test_every_cut_and_random_edits_of_texts() -> None:
    dice = random.Random(5)
    questions = []
    for text in (voucher_text(), presentation_text()):
        mutants = [text[:at] for at in range(len(text))]
        for _ in range(1000):
            at = dice.randrange(len(text))
            other = dice.choice([*ALPHABET, "a", "é", "１", "\n", "\ufeff", "\U0001f642", "\ud800"])
            mutants.append(text[:at] + other + text[at + dice.randrange(2) :])
        questions += [{"op": "text", "text": mutant, "keys": KEYS} for mutant in mutants if mutant != text]
    assert all("error" in answer for answer in same(questions))


@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
def test_whatever_is_scanned_up_to_a_mebibyte() -> None:
    """The time it takes is measured in `bench/wire.py` and bounded in the rooms' own tests."""
    fillings = {"0": 2**20, "\n": 2**20, "\U0001f642": 2**18, "\ud800": 2**18}
    texts = [head + some * size for head in ("", "CJE1:", "CJT1:") for some, size in fillings.items()]
    answers = same([{"op": "text", "text": text, "keys": KEYS} for text in texts])
    assert {answer["error"] for answer in answers} == {"not_ours"}


@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
def test_bytes_that_are_made_to_break_a_decoder() -> None:
    more: dict[str, dict[str, Any]] = {"trust": {"anchor": root_file().hex()}}
    more |= {op: {"keys": KEYS} for op in ("voucher", "presentation")}
    more |= {op: {} for op in ("claims", "anchor", "bundle_content", "export", "cbor")}
    bombs = [*(bomb[: caps.MAX_ROOT + 1] for bomb in BOMBS.values()), unfolding(6)]
    questions = [{"op": op, "data": bomb.hex(), **given} for op, given in more.items() for bomb in bombs]
    answers = same(questions)
    assert {answer["error"] for answer in answers} == {"malformed", "too_big"}


@pytest.mark.promise("P4")
def test_signed_files() -> None:
    """Every second bit would take minutes: random edits and every 50th cut of each trust file and export."""
    anchor = root_file()
    files: dict[str, bytes] = {"anchor": anchor, "trust": trust_file(), "export": export_file()}
    questions = []
    for op, data in files.items():
        mutants = [*random_edits(data, 400, seed=7), *list(every_cut(data))[::50]]
        more = {"anchor": anchor.hex()} if op == "trust" else {}
        questions += [{"op": op, "data": mutant.hex(), **more} for mutant in mutants]
    assert all("error" in answer for answer in same(questions))


@pytest.mark.promise("P4")
def test_payloads_behind_a_signature() -> None:
    """What a hostile signer may write: mutants of claims, card, root, list and rows as they are decoded."""
    payloads = {
        "claims": [claims.encode_claims(make_claims()), claims.encode_claims(make_claims(holder=None))],
        "bundle_content": [bundle.encode_bundle(make_bundle())],
        "cbor": [
            root.encode_root(make_root()),
            trust.encode_trust(make_trust()),
            journal.encode_export(make_export([make_row()])),
        ],
    }
    questions = []
    for op, found in payloads.items():
        for data in found:
            mutants = [*every_cut(data), *random_edits(data, 1500, seed=9), *list(every_bit(data))[:4000]]
            questions += [{"op": op, "data": mutant.hex()} for mutant in mutants]
    answers = same(questions)
    assert any("ok" in answer for answer in answers)
    assert {a["error"] for a in answers if "error" in a} == {"malformed", "update_app"}


@pytest.mark.promise("P4")
def test_signed_payloads_of_a_hostile_signer() -> None:
    """Mutants of the content of root, list and export, signed again: the readers' own checks speak."""
    anchor, dice = root_file(), random.Random(11)
    makers = {
        "anchor": (root.encode_root(make_root()), root_file),
        "trust": (trust.encode_trust(make_trust()), trust_file),
        "export": (journal.encode_export(make_export()), export_file),
    }
    questions = []
    for op, (payload, sign) in makers.items():
        more = {"anchor": anchor.hex()} if op == "trust" else {}
        for mutant in _edited_values(payload, 250, dice):
            questions.append({"op": op, "data": sign(mutant).hex(), **more})
    answers = same(questions)
    codes = {answer.get("error", "ok") for answer in answers}
    assert {"malformed", "bad_key"} <= codes


def _edited_values(payload: bytes, count: int, dice: random.Random) -> Iterator[bytes]:
    """The payload with one value somewhere replaced by another: still in its one byte form."""
    strange = [None, True, False, 0, 1, -1, 23, 24, 2**30, 2**32, 2**53 - 1, "", "é", b"", bytes(32), [], {}]
    for _ in range(count):
        value: Any = cbor.loads(payload)
        place, key = value, None
        while isinstance(place, list | dict) and place and (key is None or dice.random() < 0.7):
            parent = place
            key = dice.choice(list(place) if isinstance(place, dict) else range(len(place)))
            place = place[key]  # type: ignore[index]
        parent[key] = dice.choice(strange)
        yield cbor.dumps(value)


@pytest.mark.promise("P4")
def test_random_cbor() -> None:
    """Random bytes and random honest values: the same accept set, the same bytes again."""
    dice = random.Random(13)
    questions = [{"op": "cbor", "data": dice.randbytes(dice.randint(0, 12)).hex()} for _ in range(4000)]
    honest = [cbor.dumps(_value(dice, 7)) for _ in range(500)]
    questions += [{"op": "cbor", "data": data.hex()} for data in honest]
    edited = [edit for data in honest[:200] for edit in random_edits(data, 10, seed=len(data))]
    questions += [{"op": "cbor", "data": data.hex()} for data in edited]
    for head in range(0x80, 0x100):
        questions.append({"op": "cbor", "data": (bytes((head,)) * 20_000).hex()})
    answers = same(questions)
    assert [answer.get("ok") for answer in answers[4000:4500]] == [data.hex() for data in honest]


def _value(dice: random.Random, depth: int) -> Any:
    kinds = 6 if depth == 1 else 8
    match dice.randrange(kinds):
        case 0:
            return dice.choice([0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1])
        case 1:
            return -dice.choice([1, 24, 25, 256, 257, 2**32, 2**32 + 1, 2**53 - 1])
        case 2:
            return dice.randbytes(dice.choice([0, 1, 23, 24, 255, 256]))
        case 3:
            return dice.choice(["", "é", "\ufeffa", "\U0001f642", "\0", "a" * 24, "\uffff"])
        case 4 | 5:
            return dice.choice([None, True, False])
        case 6:
            return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    keys = dice.sample([0, 1, 24, 256, -1, -25, "", "a", "b", "aa", "\U0001f642", 2**40], dice.randrange(5))
    return {key: _value(dice, depth - 1) for key in keys}


@pytest.mark.promise("P4")
def test_integers_base45_and_typed_codes() -> None:
    dice = random.Random(17)
    questions: list[dict[str, Any]] = []
    for size in range(7):
        questions += [{"op": "uint", "data": dice.randbytes(size).hex()} for _ in range(200)]
    for head in range(256):
        questions.append({"op": "uint", "data": bytes((head, 0, 1, 0, 1, 0, 0, 0, 1)).hex()})
    for _ in range(1500):
        text = "".join(dice.choice(ALPHABET) for _ in range(dice.randrange(9)))
        questions.append({"op": "base45", "text": text})
    grouped = activation.grouped(CODE)
    marks = (
        " \t\r\n\u00a0\u2009\u202f-\u2010\u2011\u2013.·_aUOIL0\u017f\u0131\u212a１\v\f\x1c\u0085\u2028\u3000"
    )
    for _ in range(1500):
        at = dice.randrange(len(grouped))
        text = grouped[:at] + dice.choice(marks) + grouped[at + dice.randrange(2) :]
        typed = dice.choice(["", "code ", "x", "OUI "]) + dice.choice([text, text.lower()])
        questions.append({"op": "activation", "text": typed + dice.choice(["", ".", " 12", "z"])})
    answers = same(questions)
    assert sum("ok" in answer for answer in answers) > 500


@pytest.mark.promise("P4")
def test_frames_damaged_in_a_scan() -> None:
    dice = random.Random(19)
    texts = list(frames.encode_frames(trust_file()))
    questions = []
    for _ in range(400):
        at, place = dice.randrange(len(texts)), dice.randrange(5, 60)
        damaged = list(texts)
        damaged[at] = texts[at][:place] + dice.choice(ALPHABET) + texts[at][place + dice.randrange(2) :]
        questions.append({"op": "frames", "texts": damaged})
    same(questions)


@pytest.mark.promise("P4")
def test_civil_time_in_paris() -> None:
    """Every hour of the days around each change of the clocks and each turn of a year, 2004 to 2105."""
    moments = []
    for year in range(2004, 2106):
        new_year = NOW + (year - 2026) * 31_556_952
        moments += [new_year + hour * 3600 - 1 for hour in range(-30, 30, 5)]
    for year, month, day in ((2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2028, 2, 29), (2100, 3, 28)):
        midnight = int(datetime(year, month, day, tzinfo=UTC).timestamp())
        moments += [midnight + hour * 3600 + second for hour in range(-26, 50) for second in (-1, 0, 1)]
    moments += [NOW + DAY * n for n in range(0, 800, 7)]
    same([{"op": "civil", "at": at} for at in moments])
