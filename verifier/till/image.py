"""The QR codes in a picture, for a till without a camera: zxing-cpp and Pillow, loaded only on demand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cje.files import read_capped
from verifier.errors import BadInput

MAX_IMAGE: Final = 32 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000  # a telephone's photo has 12 million; a bomb has billions
_OURS: Final = ("CJE", "CJP")


def read_text(path: Path) -> str:
    """Return the text of the first QR code that looks like ours, else of the first.

    Raises:
        BadInput: the modules are missing, the file is no picture, or no code is found.
        FileTooBig: over 32 MiB.
    """
    try:
        import zxingcpp
        from PIL import Image
    except ModuleNotFoundError:
        raise BadInput("image_reader") from None
    import io

    data = read_capped(path, MAX_IMAGE)
    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS:
            raise BadInput("image", path=path)
        found = zxingcpp.read_barcodes(
            picture.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        raise BadInput("image", path=path) from None
    texts = [code.text for code in found]
    if not texts:
        raise BadInput("no_code", path=path)
    return next((text for text in texts if text.startswith(_OURS)), texts[0])
