"""An outsider: python-cwt takes our vouchers as COSE_Sign1 and CWT (algorithm −19) and reads the same claims.

It wants an older cbor2 than ours, so that it runs in an interpreter of its own: `CJE_CWT_PYTHON`.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from test_same_refusals import random_edits
from wire_world import DAY, ISSUER, KEYRING, claims_kid, make_claims, voucher_of

from voucher.claims import Period, decode_voucher
from voucher.errors import VoucherError

PEERS = Path(__file__).resolve().parents[2] / ".venv-peers" / "bin" / "python"  # made by tools/peers.sh
PYTHON = os.environ.get("CJE_CWT_PYTHON") or (str(PEERS) if PEERS.exists() else None)
PROGRAM = """
import json, sys
from cwt import CWT, COSEKey
public, kid, vouchers = json.load(sys.stdin)
key = COSEKey.new({1: 1, 3: -19, -1: 6, -2: bytes.fromhex(public), 2: bytes.fromhex(kid)})
found = []
for voucher in vouchers:
    try:
        claims = CWT.new().decode(bytes.fromhex(voucher), [key])
    except Exception as error:
        found.append(None)
        continue
    holder = claims.get(8, {}).get(1, {}).get(-2)
    found.append([claims[4], claims[5], claims[7].hex(), holder and holder.hex(), list(claims[-65537])])
json.dump(found, sys.stdout)
"""

pytestmark = [
    pytest.mark.promise("P4"),
    pytest.mark.skipif(not PYTHON, reason="no interpreter with python-cwt: tools/peers.sh makes one"),
]


def read_by_cwt(vouchers: list[bytes]) -> list[Any]:
    question = json.dumps([ISSUER.public.hex(), claims_kid(ISSUER).hex(), [v.hex() for v in vouchers]])
    command = [str(PYTHON), "-W", "ignore", "-c", PROGRAM]
    done = subprocess.run(command, input=question, capture_output=True, text=True, timeout=120, check=True)
    found: list[Any] = json.loads(done.stdout)
    return found


def today(**changes: Any) -> bytes:
    """python-cwt looks at the clock by itself."""
    start = int(time.time()) - DAY
    return voucher_of(make_claims(not_before=start, expires=start + 30 * DAY, **changes))


def test_reads_the_claims_that_we_wrote() -> None:
    vouchers = [today(), today(holder=None), today(offer=2**32 - 1, uses=255, period=Period.DAY)]
    for data, found in zip(vouchers, read_by_cwt(vouchers), strict=True):
        claims = decode_voucher(data, KEYRING).claims
        holder = claims.holder and claims.holder.hex()
        terms = [claims.offer, claims.uses, int(claims.period)]
        assert found == [claims.expires, claims.not_before, claims.cti.hex(), holder, terms]


def test_takes_whatever_we_take() -> None:
    """Mutants of bytes: ours is the stricter of the two, never the laxer."""
    mutants = list(random_edits(today(), 1000, seed=29))
    for data, found in zip(mutants, read_by_cwt(mutants), strict=True):
        try:
            decode_voucher(data, KEYRING)
        except VoucherError:
            continue
        assert found is not None
