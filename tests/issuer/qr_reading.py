"""Reading back the QR codes that the issuer draws, as a phone would."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import zxingcpp
from PIL import Image


def read_back(path: Path) -> str:
    """Read the QR of a PNG, or of the SVG that segno draws (one path of horizontal lines)."""
    image = Image.open(path).convert("L") if path.suffix == ".png" else rasterised(path)
    [found] = zxingcpp.read_barcodes(image)
    return str(found.text)


def rasterised(path: Path) -> Image.Image:
    root = ET.parse(path).getroot()
    size = int(float(root.attrib["viewBox"].split()[2]))
    image = Image.new("L", (size, size), 255)
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmhlv])([^MmhlvzZ]*)", root[0].attrib["d"]):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if letter == "M":
            x, y = values
        elif letter == "m":
            x, y = x + values[0], y + values[1]
        else:
            assert letter == "h", letter
            for i in range(int(values[0])):
                image.putpixel((int(x) + i, int(y)), 0)
            x += values[0]
    return image.resize((size * 6, size * 6), Image.Resampling.NEAREST)
