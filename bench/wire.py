"""The wire format against what it cannot go below: one raw verification of libsodium, and against python-cwt.

python-cwt wants an older cbor2 than ours, so that it runs in an interpreter of its own:
`CJE_CWT_PYTHON=/path/to/venv/bin/python` with `cwt` installed; without it, its line is left out and said so.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nacl import bindings

from bench.figures import Figure, paired_ratio, report
from bench.sizes import HOLDER, ISSUER, presented
from voucher import armour, claims
from voucher.claims import Claims, Period, decode_voucher
from voucher.ed25519 import kid
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
KEYRING = Keyring([bytes(ISSUER.verify_key)])


def valid_now() -> bytes:
    """A voucher that is valid today: python-cwt looks at the clock by itself."""
    start = int(time.time()) - 3600
    holder = bytes(HOLDER.verify_key)
    terms = Claims(start, start + 10**7, bytes(range(16)), 65_535, 4, Period.MONTH, holder)
    name = kid(bytes(ISSUER.verify_key))
    return claims.encode_voucher(terms, name, ISSUER.sign(claims.signing_input(terms, name)).signature)


VOUCHER = valid_now()
PRESENTED = presented(VOUCHER, seq=250)
VOUCHER_TEXT = armour.encode(armour.VOUCHER, VOUCHER)
PRESENTED_TEXT = armour.encode(armour.PRESENTATION, PRESENTED)

READER = """
export { decode } from "./voucher/armour.ts";
export { decodeVoucher } from "./voucher/claims.ts";
export { Keyring } from "./voucher/keyring.ts";
export { decodePresentation } from "./voucher/presentation.ts";
"""

PEER = """
import json, sys, time
from cwt import COSEKey, CWT
data, public, kid = (bytes.fromhex(part) for part in json.loads(sys.stdin.readline()))
key = COSEKey.new({1: 1, 3: -19, -1: 6, -2: public, 2: kid})
reader = CWT.new()
assert reader.decode(data, [key])[7] == bytes(range(16))
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        reader.decode(data, [key])
    print(time.perf_counter() - start, flush=True)
"""


def read_voucher() -> object:
    return decode_voucher(armour.decode(VOUCHER_TEXT)[1], KEYRING)


def read_presentation() -> object:
    return decode_presentation(armour.decode(PRESENTED_TEXT)[1], KEYRING)


def raw_verification() -> Callable[[], object]:
    """One call of libsodium over a message as long as the one that a voucher's issuer signed."""
    message = claims.signing_input(decode_voucher(VOUCHER, KEYRING).claims, bytes(4))
    signed = ISSUER.sign(message)
    public = bytes(ISSUER.verify_key)
    return lambda: bindings.crypto_sign_open(bytes(signed), public)


def against_cwt(runs: int = 61, loops: int = 100) -> float | None:
    """Return the median of ours/python-cwt, taken in turns; both start from the voucher's bytes."""
    python = os.environ.get("CJE_CWT_PYTHON")
    if not python:
        return None
    with subprocess.Popen(
        [python, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        assert peer.stdin is not None and peer.stdout is not None
        parts = (VOUCHER, bytes(ISSUER.verify_key), VOUCHER[8:12])
        peer.stdin.write(json.dumps([part.hex() for part in parts]) + "\n")
        ratios = []
        for _ in range(runs):
            peer.stdin.write(f"{loops}\n")
            peer.stdin.flush()
            theirs = float(peer.stdout.readline())
            start = time.perf_counter()
            for _ in range(loops):
                decode_voucher(VOUCHER, KEYRING)
            ratios.append((time.perf_counter() - start) / theirs)
        peer.stdin.close()
    return statistics.median(ratios[1:])


def reader_weight() -> float:
    """Kilobytes of the bundled reader after gzip, the fallback for old browsers left out."""
    folder = Path(tempfile.mkdtemp(prefix="cje-reader-"))
    try:
        esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
        options = ["--bundle", "--minify", "--format=esm", "--splitting", "--target=es2020"]
        command = [str(esbuild), *options, f"--outdir={folder}", "--log-level=error"]
        subprocess.run(command, cwd=WEB, input=READER, text=True, check=True, timeout=60)
        files = [path for path in folder.glob("*.js") if "Fallback" not in path.name]
        return sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) / 1000
    finally:
        shutil.rmtree(folder)


def in_chromium() -> float | None:
    """Return the median milliseconds from the text of a presentation to its claims in the built bundle."""
    sys.path[:0] = [str(ROOT / "tests" / "conformance"), str(ROOT / "tests" / "voucher")]
    from browsers import browser_is_there, build, page_in
    from playwright.sync_api import sync_playwright

    if not browser_is_there("chromium"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        with sync_playwright() as started, page_in(started, "chromium", Path(folder)) as page:
            arguments = [PRESENTED_TEXT, [bytes(ISSUER.verify_key).hex()]]
            script = "([text, keys]) => window.timePresentation(text, keys, 51)"
            return float(page.evaluate(script, arguments))


def longest_refusal() -> float:
    """Return the median milliseconds to refuse a text of 1 MiB that starts like a voucher."""
    text = "CJE1:" + "0" * 2**20
    times = []
    for _ in range(51):
        start = time.perf_counter()
        try:
            armour.decode(text)
        except Exception as refusal:
            assert getattr(refusal, "code", "") == "not_ours"
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> bool:
    assert decode_presentation(PRESENTED, KEYRING).voucher.claims.holder == bytes(HOLDER.verify_key)
    raw = raw_verification()
    figures = [
        Figure("voucher, text to claims / raw verification", paired_ratio(read_voucher, raw), "×", 1.35),
        Figure("voucher and presentation / raw verification", paired_ratio(read_presentation, raw), "×", 2.7),
        Figure("a text of 1 MiB refused, Python", longest_refusal(), "ms", 5),
        Figure("reader in the browser, without the fallback", reader_weight(), "kB gz", 4),
    ]
    peer = against_cwt()
    if peer is None:
        print("python-cwt: not measured, CJE_CWT_PYTHON is not set", file=sys.stderr)
    else:
        figures.append(Figure("python-cwt / voucher, bytes to claims", 1 / peer, "×", note="at least 1.7"))
        figures.append(Figure("voucher / python-cwt, bytes to claims", peer, "×", 1 / 1.7))
    chromium = in_chromium()
    if chromium is not None:
        figures.append(Figure("voucher and presentation in Chromium", chromium, "ms", 1))
    return report("The wire format", figures)
