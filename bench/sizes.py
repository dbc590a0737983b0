"""Bytes, QR versions and transferred weights (docs: design figures of issue "the whole path")."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import segno
from nacl.signing import SigningKey

from bench.figures import Figure, report
from site_builder.preview.check import BUDGETS, page_weight
from voucher import armour, claims, presentation
from voucher.claims import Claims, Period
from voucher.ed25519 import kid

ISSUER = SigningKey(bytes(range(32)))
HOLDER = SigningKey(bytes(range(1, 33)))
START = 1_800_000_000


def voucher_bytes(offer: int) -> bytes:
    """A voucher with the longest usual fields: holder's key, an offer number, a monthly limit."""
    terms = Claims(START, START + 10**7, bytes(range(16)), offer, 4, Period.MONTH, bytes(HOLDER.verify_key))
    name = kid(bytes(ISSUER.verify_key))
    return claims.encode_voucher(terms, name, ISSUER.sign(claims.signing_input(terms, name)).signature)


def presented(voucher: bytes, seq: int) -> bytes:
    content = presentation.encode_content(voucher, START + 5, seq, 4711)
    return presentation.encode_presentation(
        content, HOLDER.sign(presentation.signing_input(content)).signature
    )


def jwt() -> str:
    """The same claims as a JWT (RFC 7519, 7800, 8037), which is what most people would pick."""

    def part(value: object) -> str:
        data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    holder = {"kty": "OKP", "crv": "Ed25519", "x": part(bytes(HOLDER.verify_key))}
    times = {"exp": START + 10**7, "nbf": START, "jti": part(bytes(range(16)))}
    head = {"alg": "EdDSA", "kid": kid(bytes(ISSUER.verify_key)).hex()}
    signed = part(head) + "." + part({**times, "cnf": {"jwk": holder}, "terms": [65_535, 4, 3]})
    return signed + "." + part(ISSUER.sign(signed.encode()).signature)


def qr_version(text: str, level: str) -> int:
    return int(segno.make(text, error=level, boost_error=False).version)


def formats() -> list[Figure]:
    voucher = voucher_bytes(offer=65_535)
    live = presented(voucher, seq=10**8)  # wallets start counting at the seconds since nbf
    token = jwt()
    return [
        Figure("voucher", len(voucher), "bytes", 170),
        Figure("voucher's QR at M", qr_version(armour.encode(armour.VOUCHER, voucher), "M"), "", 9),
        Figure("presentation", len(live), "bytes", 260),
        Figure("presentation's QR at L", qr_version(armour.encode(armour.PRESENTATION, live), "L"), "", 10),
        Figure("peer: the same claims as an EdDSA JWT", len(token), "bytes"),
        Figure("peer: its QR at M", qr_version(token, "M"), ""),
    ]


def weights(public: Path) -> list[Figure]:
    """What a first visit of each page transfers, gzip: the figures that `cje site check` looks at."""
    pages = {
        "home": ("index.html", "page, styles, scripts, images"),
        "wallet": ("carte/index.html", "page, styles, scripts, images"),
        "till": ("caisse/index.html", "page, styles, scripts, first decoder"),
    }
    return [
        Figure(f"{name}: {what}", page_weight(public, page) / 1000, "kB", BUDGETS[name] // 1000)
        for name, (page, what) in pages.items()
    ] + [
        Figure("till: what decides, right behind", desk_weight(public), "kB"),
        Figure("service worker", len(gzip.compress((public / "sw.js").read_bytes(), 9)) / 1000, "kB", 2),
    ]


def desk_weight(public: Path) -> float:
    """Return kB of what the till loads once it can scan: the code that decides and writes, and its words."""
    page = (public / "caisse" / "index.html").read_text(encoding="utf-8")
    loaded = set(re.findall(r'(?:href|src)="\.\./(assets/[^"]+\.js)"', page))
    waiting = list((public / "assets").glob("desk-*.js"))
    found: set[Path] = {public / path for path in re.findall(r'data-words="\.\./([^"]+)"', page)}
    while waiting:
        path = waiting.pop()
        if path in found or path.relative_to(public).as_posix() in loaded:
            continue
        found.add(path)
        names = re.findall(r"""(?:from|import)\s*["']\./([^"']+)["']""", path.read_text(encoding="utf-8"))
        waiting += [path.parent / name for name in names]
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in found) / 1000


def demo() -> tuple[list[Figure], bool]:
    """Run `cje demo --check` on its own, as a newcomer would after set-up."""
    keep = Path(tempfile.mkdtemp(prefix="cje-bench-"))
    try:
        start = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "cje", "demo", "--check", "--json", "--keep", str(keep / "demo")],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        seconds = time.perf_counter() - start
        told = json.loads(run.stdout or "{}")
        figures = [Figure("cje demo --check, from nothing to the last verdict", seconds, "s", 60)]
        return figures + weights(keep / "demo" / "public"), run.returncode == 0 and bool(told)
    finally:
        shutil.rmtree(keep)


def main() -> bool:
    held = report("Formats", formats())
    figures, ran = demo()
    return report("The demo and what its pages weigh", figures) and held and ran


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
