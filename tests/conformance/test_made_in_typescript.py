"""What a phone, a till or a demo makes in TypeScript: Python reads it, and would have made the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engines import ask_node, node_is_there
from python_reader import plain
from wire_world import (
    CODE,
    CTI,
    HOLDER,
    ISSUER,
    KEYRING,
    NOW,
    TILL,
    export_file,
    make_claims,
    make_export,
    presentation_of,
    trust_file,
    voucher_of,
)

from voucher import armour, frames, journal, short_code
from voucher.claims import Claims, Period
from voucher.presentation import decode_presentation

pytestmark = [
    pytest.mark.promise("P4"),
    pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent"),
]


def asked(*questions: dict[str, Any]) -> list[Any]:
    answers = ask_node(questions)
    assert all("ok" in answer for answer in answers), answers
    return [answer["ok"] for answer in answers]


def as_argument(value: Any) -> dict[str, Any]:
    found = plain(value)
    raw = {"cti", "holder", "kid", "evidence"}
    return {k: {"hex": v} if k in raw and isinstance(v, str) else v for k, v in found.items()}


def test_vouchers() -> None:
    wanted = [
        make_claims(),
        make_claims(holder=None),
        make_claims(offer=2**32 - 1, uses=255, period=Period.DAY),
        make_claims(offer=24, uses=0, period=Period.TOTAL),
        Claims(2**30 + 1, 2**30 + 2, bytes(16), 1, 1, Period.WEEK, bytes(32)),
    ]
    seed = ISSUER.seed.hex()
    made = asked(*({"op": "make_voucher", "claims": as_argument(c), "seed": seed} for c in wanted))
    assert made == [voucher_of(value).hex() for value in wanted]


def test_presentations() -> None:
    voucher = voucher_of()
    cases = [(NOW, 1, None), (NOW + 1, 24, 0), (2**32 - 1, 2**32 - 1, 9999), (2**30 + 1, 65_536, 255)]
    questions = [
        {
            "op": "make_presentation",
            "code": CODE,
            "cti": CTI.hex(),
            "voucher": voucher.hex(),
            "timestamp": timestamp,
            "seq": seq,
            "challenge": challenge,
        }
        for timestamp, seq, challenge in cases
    ]
    for made, (timestamp, seq, challenge) in zip(asked(*questions), cases, strict=True):
        assert made["holder"] == HOLDER.public.hex()
        prefix, data = armour.decode(made["text"])
        assert prefix == armour.PRESENTATION
        assert data == presentation_of(voucher, timestamp, seq, challenge)
        read = decode_presentation(data, KEYRING)
        assert (read.timestamp, read.seq, read.challenge) == (timestamp, seq, challenge)


def test_exports() -> None:
    export = make_export()
    question = {
        "op": "make_export",
        "seed": TILL.seed.hex(),
        "partner": export.partner,
        "till": export.till,
        "rows": [as_argument(row) for row in export.rows],
    }
    (made,) = asked(json.loads(json.dumps(question)))
    assert bytes.fromhex(made) == export_file()
    assert journal.decode_export(bytes.fromhex(made)) == export


def test_frames_and_short_codes() -> None:
    file = trust_file()
    key = bytes(range(32))
    arguments = {"key": key.hex(), "offer": 7, "period": 202_640, "cti": CTI.hex()}
    made, code = asked({"op": "make_frames", "data": file.hex()}, {"op": "make_short_code", **arguments})
    assert tuple(made) == frames.encode_frames(file)
    assert code == short_code.encode(key, 7, 202_640, short_code.tag_of(CTI))


def test_signatures_of_both_engines() -> None:
    for seed in (bytes(32), HOLDER.seed, b"\xff" * 32):
        (made,) = asked({"op": "make_signature", "seed": seed.hex(), "message": "bonjour"})
        signer = type(HOLDER)(seed)
        assert made["publicKey"] == made["fallbackKey"] == signer.public.hex()
        assert made["signature"] == made["fallbackSignature"] == signer.sign(b"bonjour").hex()
