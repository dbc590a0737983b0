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
from typing import Any

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
HONEST = ROOT / "tests" / "vectors" / "decide" / "live-120-s-old.json"  # a till, its list, and a live QR
sys.path[:0] = [
    str(ROOT / "tests" / room) for room in ("conformance", "voucher", "verifier", "verifier/till", "vectors")
]
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

# The same job with the packages that one takes for it: PyPI's base45, and python-cwt.
PEER = """
import json, sys, time
from base45 import b45decode
from cwt import COSEKey, CWT
text, public, kid = json.loads(sys.stdin.readline())
key = COSEKey.new({1: 1, 3: -19, -1: 6, -2: bytes.fromhex(public), 2: bytes.fromhex(kid)})
reader, body, data = CWT.new(), text[5:], b45decode(text[5:])
jobs = {
    "text": lambda: reader.decode(b45decode(body), [key]),
    "bytes": lambda: reader.decode(data, [key]),
}
assert all(job()[7] == bytes(range(16)) for job in jobs.values())
for line in sys.stdin:
    job, loops = line.split()
    call = jobs[job]
    call()
    start = time.perf_counter()
    for _ in range(int(loops)):
        call()
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


def against_cwt(runs: int = 201, loops: int = 15) -> dict[str, float]:
    """Return the medians of python-cwt/ours, taken in turns: from the text, and from its bytes alone."""
    python = os.environ.get("CJE_CWT_PYTHON")
    if not python:
        return {}
    jobs = {"text": read_voucher, "bytes": lambda: decode_voucher(VOUCHER, KEYRING)}
    with subprocess.Popen(
        [python, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        assert peer.stdin is not None and peer.stdout is not None
        key = bytes(ISSUER.verify_key)
        peer.stdin.write(json.dumps([VOUCHER_TEXT, key.hex(), kid(key).hex()]) + "\n")
        ratios: dict[str, list[float]] = {job: [] for job in jobs}
        for job, call in list(jobs.items()) * runs:
            peer.stdin.write(f"{job} {loops}\n")
            peer.stdin.flush()
            theirs = float(peer.stdout.readline())
            ratios[job].append(theirs / seconds(call, loops))
        peer.stdin.close()
    return {job: statistics.median(found[1:]) for job, found in ratios.items()}


def seconds(call: Callable[[], object], loops: int) -> float:
    call()
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return time.perf_counter() - start


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


def in_chromium() -> tuple[float, float] | None:
    """Return the milliseconds of a presentation in the built bundle, and of the slowest hostile verdict."""
    from browsers import browser_is_there, build, page_in
    from playwright.sync_api import sync_playwright

    if not browser_is_there("chromium"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        with sync_playwright() as started, page_in(started, "chromium", Path(folder)) as page:
            arguments = [PRESENTED_TEXT, [bytes(ISSUER.verify_key).hex()]]
            script = "([text, keys]) => window.timePresentation(text, keys, 51)"
            presented = float(page.evaluate(script, arguments))
            question = honest_question()
            script = "([question, texts]) => window.slowestVerdict(question, texts, 21)"
            return presented, float(page.evaluate(script, [question, hostile_texts()]))


def honest_question() -> dict[str, Any]:
    """Return the vector of a live QR, with the till and the list of its world."""
    from vector_file import read

    return read(HONEST)


def hostile_texts() -> list[str]:
    """A mebibyte and each cap's worth of several characters after each prefix, and one wrong last bit."""
    heads, fillings = ("", "CJE1:", "CJP1:", "CJT1:"), ("0", ":", "é", "\U0001f600", "\n")
    sizes = (2**20, 1024, 640, 512)
    filled = [head + some * (size - len(head)) for size in sizes for head in heads for some in fillings]
    honest: str = honest_question()["text"]
    return [*filled, honest, honest[:-2] + ("00" if honest[-2:] != "00" else "10")]


def slowest_verdict(runs: int = 21) -> float:
    """Return the longest of the medians, in milliseconds, of a till's verdicts on hostile texts."""
    from till_world import Scenario

    from verifier import decide

    medians = []
    for text in hostile_texts():
        case = Scenario("", "", text)
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            decide(text, trust=case.trust, till=case.till, uses=case, now=case.now)
            times.append((time.perf_counter() - start) * 1000)
        medians.append(statistics.median(times))
    return max(medians)


def main() -> bool:
    assert decode_presentation(PRESENTED, KEYRING).voucher.claims.holder == bytes(HOLDER.verify_key)
    raw = raw_verification()
    figures = [
        Figure("voucher, text to claims / raw verification", paired_ratio(read_voucher, raw), "×", 1.35),
        Figure("voucher and presentation / raw verification", paired_ratio(read_presentation, raw), "×", 2.7),
        Figure("slowest verdict on texts up to 1 MiB, Python", slowest_verdict(), "ms", 5),
        Figure("reader in the browser, without the fallback", reader_weight(), "kB gz", 4),
    ]
    peer = against_cwt()
    if not peer:
        print("python-cwt: not measured, CJE_CWT_PYTHON is not set", file=sys.stderr)
    for start, bound in (("text", 1.7), ("bytes", None)):
        if start in peer:
            figures.append(Figure(f"python-cwt / voucher, {start} to claims", peer[start], "×", least=bound))
    chromium = in_chromium()
    if chromium is not None:
        figures.append(Figure("voucher and presentation in Chromium", chromium[0], "ms", 1))
        figures.append(Figure("slowest verdict on texts up to 1 MiB, Chromium", chromium[1], "ms", 5))
    return report("The wire format", figures)
