"""A small operator with one shop: real keys, a real site, phones that sign, a camera that films a screen."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from nacl import bindings
from PIL import Image
from playwright.sync_api import Page

from catalogue import read_catalogue
from site_builder.build import build
from site_builder.files.trust_anchor import read_trust_anchor
from site_builder.preview.serve import SiteServer
from tools.chromium import ARGUMENTS, FAKE_CAMERA
from tools.line import LineServer
from voucher import armour, civil, claims, pairing, presentation, root, short_code, trust
from voucher.claims import Claims, Period
from voucher.cosign import Quorum
from voucher.ed25519 import kid
from voucher.pairing import Pairing
from voucher.root import Root
from voucher.trust import AmountSaving, IssuingKey, NoSaving, PercentSaving, TrustedOffer, TrustList

REPOSITORY = Path(__file__).resolve().parents[3]
DAY = 86_400
PARTNER, NAME = "cars-du-plateau", "Les Cars du Plateau"
PLAIN, AMOUNT, PAPER, IDENTITY, TYPED, ELSEWHERE = 1, 2, 3, 4, 5, 99
CHROMIUM = (*ARGUMENTS, *FAKE_CAMERA)


# A camera whose picture the test changes while the page runs: a canvas of 1280 × 720.
CANVAS_CAMERA = """
    const board = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const brush = board.getContext("2d");
    const wall = () => { brush.fillStyle = "rgb(92 96 105)"; brush.fillRect(0, 0, 1280, 720); };
    wall();
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
        const stream = board.captureStream(20);
        setInterval(() => brush.fillRect(0, 0, 1, 1), 50);  // a canvas that does not change sends no picture
        return stream;
    };
    window.holdUp = async (png) => {
        wall();
        if (!png) return;
        const picture = new Image();
        picture.src = `data:image/png;base64,${png}`;
        await picture.decode();
        brush.drawImage(picture, (1280 - picture.width) / 2, (720 - picture.height) / 2);
    };
"""


@dataclass(frozen=True)
class Signer:
    """A key pair made from a name."""

    name: str

    @property
    def pair(self) -> tuple[bytes, bytes]:
        seed = hashlib.sha256(b"cje till tests: " + self.name.encode()).digest()
        return bindings.crypto_sign_seed_keypair(seed)

    @property
    def public(self) -> bytes:
        return self.pair[0]

    def sign(self, message: bytes) -> bytes:
        return bindings.crypto_sign(message, self.pair[1])[:64]


ROOT, TRUST, ISSUER, STRANGER, HOLDER = (Signer(n) for n in ("root", "trust", "issuer", "stranger", "holder"))


def clock() -> int:
    return int(time.time())


def offer(number: int, title: str, **changes: Any) -> TrustedOffer:
    base = TrustedOffer(
        number=number,
        title=title,
        headline="−15 %",
        terms=("Sur un aller-retour, en seconde classe.", "Une fois par mois, pour la personne seule."),
        not_allowed=("Les jours fériés", "Les abonnements"),
        valid_from=clock() - 100 * DAY,
        valid_until=clock() + 100 * DAY,
        paper=False,
        short_code=False,
        identity_check=False,
        amount_asked=False,
        saving=NoSaving(),
    )
    return replace(base, **changes)


def offers() -> tuple[TrustedOffer, ...]:
    return (
        offer(PLAIN, "Aller-retour en car dans le Val d'Oise"),
        offer(AMOUNT, "Remise sur le carnet de dix trajets", amount_asked=True, saving=PercentSaving(15)),
        offer(PAPER, "Un trajet offert", headline="Gratuit", paper=True, saving=AmountSaving(250)),
        offer(IDENTITY, "Abonnement jeune à moitié prix", headline="−50 %", identity_check=True),
        offer(TYPED, "Une place de car achetée au téléphone", headline="−10 %", short_code=True),
    )


def trust_list(version: int = 1, **changes: Any) -> TrustList:
    now = clock()
    numbers = (*(entry.number for entry in offers()), ELSEWHERE)
    base = TrustList(
        version=version,
        issued=now - 600,
        expires=now + 60 * DAY,
        fresh_for=7 * DAY,
        refuse_after=30 * DAY,
        min_app=1,
        root_version=1,
        demo=True,
        partner=PARTNER,
        partner_name=NAME,
        keys=(IssuingKey(ISSUER.public, now - 90 * DAY, now + 30 * DAY, now + 400 * DAY, numbers),),
        offers=offers(),
    )
    return replace(base, **changes)


def root_file(**changes: Any) -> bytes:
    value = Root(
        1, clock() + 700 * DAY, Quorum((ROOT.public,), 1), Quorum((TRUST.public,), 1), True, "La Boussole"
    )
    payload = root.encode_root(replace(value, **changes))
    return root.assemble(payload, {ROOT.public: ROOT.sign(root.signing_input(payload, ROOT.public))})


def trust_file(value: TrustList, signer: Signer = TRUST) -> bytes:
    payload = trust.encode_trust(value)
    return trust.assemble(payload, {signer.public: signer.sign(trust.signing_input(payload, signer.public))})


def claims_for(number: int, name: str, **changes: Any) -> Claims:
    base = Claims(
        not_before=clock() - 10 * DAY,
        expires=clock() + 30 * DAY,
        cti=hashlib.sha256(name.encode()).digest()[:16],
        offer=number,
        uses=2,
        period=Period.MONTH,
        holder=HOLDER.public,
    )
    return replace(base, **changes)


def voucher_bytes(value: Claims, signer: Signer = ISSUER) -> bytes:
    key_id = kid(signer.public)
    return claims.encode_voucher(value, key_id, signer.sign(claims.signing_input(value, key_id)))


def live(
    value: Claims,
    seq: int = 1,
    at: int | None = None,
    challenge: int | None = None,
    signer: Signer = ISSUER,
) -> str:
    """Return the text that a phone shows."""
    data = voucher_bytes(value, signer)
    content = presentation.encode_content(data, clock() if at is None else at, seq, challenge)
    signature = HOLDER.sign(presentation.signing_input(content))
    return armour.encode(armour.PRESENTATION, presentation.encode_presentation(content, signature))


def paper(value: Claims) -> str:
    """Return the text printed on paper."""
    return armour.encode(armour.VOUCHER, voucher_bytes(value))


SHORT_KEY = hashlib.sha256(b"cje till tests: short codes").digest()


def pairing_text(signer: Signer = TRUST, key: bytes = SHORT_KEY, **changes: Any) -> str:
    """Return what the issuer hands to the partner."""
    value = replace(Pairing(clock() - 60, True, PARTNER, NAME, key), **changes)
    payload = pairing.encode_pairing(value)
    return pairing.assemble(
        payload, {signer.public: signer.sign(pairing.signing_input(payload, signer.public))}
    )


def short_code_of(value: Claims) -> str:
    """Return the twelve characters that the wallet shows this week."""
    year, week, _ = civil.day_of(clock()).isocalendar()
    return short_code.encode(SHORT_KEY, value.offer, year * 100 + week, short_code.tag_of(value.cti))


def qr(text: str | bytes, width: int = 420) -> Image.Image:
    """Draw a QR code as a phone shows it."""
    drawn = io.BytesIO()
    segno.make(text, error="l", boost_error=False, micro=False).save(drawn, kind="png", scale=8, border=4)
    return Image.open(drawn).convert("RGB").resize((width, width), Image.Resampling.LANCZOS)


def hold_up(page: Page, picture: Image.Image | None) -> None:
    """Show a picture, or nothing, to a page that was opened with CANVAS_CAMERA."""
    drawn = io.BytesIO()
    if picture:
        picture.save(drawn, "PNG")
    page.evaluate("(png) => window.holdUp(png)", base64.b64encode(drawn.getvalue()).decode())


def film(path: Path, pictures: Sequence[Image.Image], frames_each: int = 5) -> Path:
    """Write an MJPEG of 640 × 480 that a browser plays in a loop: JPEGs, one after another."""
    with path.open("wb") as out:
        for picture in pictures:
            frame = Image.new("RGB", (640, 480), (92, 96, 105))
            frame.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
            data = io.BytesIO()
            frame.save(data, "JPEG", quality=90)
            out.write(data.getvalue() * frames_each)
    return path


def publish_trust(public: Path, *lists: bytes, root_data: bytes | None = None) -> None:
    """Write what the issuer publishes: the root, the partner's list, and the list of doors."""
    folder = public / "trust"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.1.cbor").write_bytes(root_data or root_file())
    for data in lists:
        (folder / f"{PARTNER}.cbor").write_bytes(data)
    index = {
        "partners": [{"slug": PARTNER, "name": NAME}, {"slug": "autre", "name": "L'autre boutique"}],
        "root": 1,
    }
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


def build_site(public: Path) -> None:
    """Build the real site around the trust files that are already there."""
    node = shutil.which("node")
    assert node
    subprocess.run([node, "build.mjs", "--quiet"], cwd=REPOSITORY / "web", check=True, timeout=60)
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    anchor = read_trust_anchor(public / "trust")
    build(read_catalogue(REPOSITORY / "content"), public, day=today, trust=anchor)


@contextmanager
def serving(public: Path, port: int = 0) -> Iterator[SiteServer]:
    """Serve a site with its real headers until the end of the block."""
    server = LineServer(public, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
