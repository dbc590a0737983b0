"""Pictures of content/images/: what they are is read from their own bytes, never from their name."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from catalogue.model.field_types import Record, line
from catalogue.problems.breach import Breach
from catalogue.problems.did_you_mean import find_nearest_word
from catalogue.problems.source_file import read_regular_file

# No SVG: it can hold script. No GIF: it moves. Each name says what the file must be.
IMAGE_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*\.(?:webp|jpg|png)$"
FORMATS = {"webp": "webp", "jpg": "jpeg", "png": "png"}
MAX_READ = 1024 * 1024  # bytes: more is refused unread
MAX_ALT = 125  # characters; screen readers cut what is longer


@dataclass(frozen=True)
class Budget:
    """What a picture may cost a prepaid phone: bytes, and pixels of its sides."""

    kib: int
    least: int
    most: int


LOGO = Budget(kib=20, least=96, most=512)
PICTURE = Budget(kib=60, least=480, most=1600)

ImageName = Annotated[str, StringConstraints(pattern=IMAGE_PATTERN, max_length=64)]
Alternative = Annotated[str, line(MAX_ALT)]


class Image(Record):
    """A picture, and what it shows in words.

    Attributes:
        file: its name in content/images/.
        alt: what a person who does not see it is told.
    """

    file: ImageName
    alt: Alternative


@dataclass(frozen=True)
class ImageFile:
    """A file of content/images/.

    Attributes:
        kind: `png`, `jpeg`, `webp`, or None for anything else.
        width, height: pixels; 0 when they cannot be read.
        tagged: it holds EXIF, where cameras write the place and the hour.
    """

    kind: str | None
    size: int
    width: int = 0
    height: int = 0
    tagged: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture that something of the content names, checked, and not yet in memory.

    Attributes:
        file: its name in content/images/.
        width, height: pixels.
    """

    file: str
    width: int
    height: int
    root: Path

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            OSError: it has gone since it was checked, or cannot be read.
            ValueError: it is another file than the one that was checked.
        """
        raw = read_regular_file(os.fspath(self.root / "images" / self.file), self.root, MAX_READ)
        if isinstance(raw, str) or (now := image_file(raw)).tagged or (now.width, now.height) != self._sides:
            raise ValueError(self.file)
        return raw

    @property
    def _sides(self) -> tuple[int, int]:
        return self.width, self.height


def list_images(root: Path) -> dict[str, ImageFile]:
    """The pictures of a content folder, by name; an absent folder has none.

    A file that is not regular, leads out of the folder, or is over MAX_READ has no kind.
    """
    folder = root / "images"
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    return {name: _looked_at(folder / name, root) for name in names}


def _looked_at(path: Path, root: Path) -> ImageFile:
    try:
        raw = read_regular_file(os.fspath(path), root, MAX_READ)
    except OSError:
        return ImageFile(None, 0)
    return ImageFile(None, path.stat().st_size) if isinstance(raw, str) else image_file(raw)


def image_file(raw: bytes) -> ImageFile:
    """What the bytes are. PNG (ISO 15948), JPEG (ITU-T T.81), WebP (RFC 9649)."""
    try:
        if raw.startswith(b"\x89PNG\r\n\x1a\n") and raw[12:16] == b"IHDR":
            width, height = struct.unpack(">II", raw[16:24])
            return ImageFile("png", len(raw), width, height, b"eXIf" in raw)
        if raw.startswith(b"\xff\xd8\xff"):
            return _jpeg(raw)
        if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
            return _webp(raw)
    except (struct.error, IndexError):
        return ImageFile(None, len(raw))  # cut short
    return ImageFile(None, len(raw))


def _jpeg(raw: bytes) -> ImageFile:
    place, tagged = 2, False
    while raw[place] == 0xFF:
        marker, length = raw[place + 1], struct.unpack(">H", raw[place + 2 : place + 4])[0]
        tagged = tagged or (marker == 0xE1 and raw[place + 4 : place + 8] == b"Exif")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[place + 5 : place + 9])
            return ImageFile("jpeg", len(raw), width, height, tagged)
        place += 2 + length
    return ImageFile(None, len(raw))


def _webp(raw: bytes) -> ImageFile:
    if raw[12:16] == b"VP8X":
        width, height = (int.from_bytes(raw[at : at + 3], "little") + 1 for at in (24, 27))
        return ImageFile("webp", len(raw), width, height, bool(raw[20] & 0x08))
    if raw[12:16] == b"VP8L":
        bits = struct.unpack("<I", raw[21:25])[0]
        return ImageFile("webp", len(raw), (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack("<HH", raw[26:30])
    return ImageFile("webp", len(raw), width & 0x3FFF, height & 0x3FFF)


def image_breaches(field: str, name: str, budget: Budget, images: dict[str, ImageFile]) -> Iterator[Breach]:
    """What is wrong with the picture that a field names."""
    place, found = (field, "file"), images.get(name)
    if found is None:
        yield Breach(place, "image-missing", {"file": name}, find_nearest_word(name, images))
        return
    kib = -(-found.size // 1024)
    if kib > budget.kib:
        yield Breach(place, "image-too-heavy", {"file": name, "kib": str(kib), "limit": str(budget.kib)})
    expected = FORMATS[name.rpartition(".")[2]]
    if found.kind != expected:
        if found.size <= MAX_READ:
            yield Breach(place, "image-format", {"file": name, "expected": expected.upper()})
        return
    sides = (found.width, found.height)
    if max(sides) > budget.most or max(sides) < budget.least or min(sides) < 1:
        bounds = {"least": str(budget.least), "most": str(budget.most)}
        yield Breach(place, "image-size", {"file": name, "sides": "{} × {}".format(*sides), **bounds})
    if found.tagged:
        yield Breach(place, "image-tagged", {"file": name})
