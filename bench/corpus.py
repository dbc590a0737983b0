"""Pictures as a till's camera takes them: QR codes tilted, blurred, badly lit. Same seed, same bytes."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import segno
from PIL import Image, ImageChops, ImageFilter

WIDTH, HEIGHT = 1280, 720
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# Alphanumeric characters that fill versions 9 to 12 at level L (ISO/IEC 18004, table 7).
CAPACITY = {9: 335, 10: 395, 11: 468, 12: 535}
FRAMES = 8


@dataclass(frozen=True)
class Shot:
    """How one picture was taken. Lengths in pixels, angles in degrees, shares 0..1."""

    side: float
    x: float
    y: float
    roll: float
    tilt: float
    turn: float
    blur: float
    motion: float
    noise: float
    dark: float
    light: float
    glare: float
    moire: float


@dataclass(frozen=True)
class Picture:
    """A grey picture of WIDTH × HEIGHT bytes, and the text that a decoder should find."""

    text: str
    pixels: bytes


def stills(count: int, seed: str = "stills") -> Iterator[Picture]:
    """Yield single pictures, each of another code in other circumstances."""
    for number in range(count):
        rng = random.Random(f"cje {seed} {number}")
        text, code = _code(rng)
        yield Picture(text, _take(code, _circumstances(rng), rng))


def scenes(count: int, seed: str = "scenes") -> Iterator[list[Picture]]:
    """Yield runs of eight frames: a phone brought before the camera, and held steady or not."""
    for number in range(count):
        rng = random.Random(f"cje {seed} {number}")
        text, code = _code(rng)
        start, end = _circumstances(rng, harder=1.5), _circumstances(rng, harder=1.2)
        steadies = rng.random()
        shots = [_between(start, end, step / (FRAMES - 1)) for step in range(FRAMES)]
        moved = [
            replace(shot, motion=shot.motion + 6 * (1 - steadies * i / 7)) for i, shot in enumerate(shots)
        ]
        yield [Picture(text, _take(code, shot, rng)) for shot in moved]


def _code(rng: random.Random) -> tuple[str, Image.Image]:
    version = rng.choice(list(CAPACITY))
    text = "CJP1:" + "".join(rng.choices(ALPHABET, k=CAPACITY[version] - 5 - rng.randrange(30)))
    made = segno.make(text, version=version, error="l", boost_error=False, micro=False)
    rows = [bytes(0 if dark else 255 for dark in row) for row in made.matrix_iter(scale=1, border=4)]
    small = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    return text, small.resize((small.width * 8, small.height * 8), Image.Resampling.NEAREST)


def _circumstances(rng: random.Random, harder: float = 1.0) -> Shot:
    """Most pictures are good in most ways and bad in one or two."""

    def bad(often: float, worst: float) -> float:
        return rng.random() ** 1.5 * worst * harder if rng.random() < often * harder else 0.0

    side = rng.uniform(230, 620)
    return Shot(
        side=side,
        x=WIDTH / 2 + rng.uniform(-0.25, 0.25) * (WIDTH - side),
        y=HEIGHT / 2 + rng.uniform(-0.3, 0.3) * max(0, HEIGHT - side),
        roll=rng.uniform(-180, 180) if rng.random() < 0.25 else rng.gauss(0, 8),
        tilt=rng.choice((-1, 1)) * bad(0.5, 55),
        turn=rng.choice((-1, 1)) * bad(0.5, 55),
        blur=0.4 + bad(0.5, 2.6),
        motion=bad(0.3, 9),
        noise=0.02 + bad(0.4, 0.4),
        dark=rng.uniform(5, 90),
        light=rng.uniform(120, 250),
        glare=bad(0.3, 1.0),
        moire=bad(0.3, 0.55),
    )


def _between(start: Shot, end: Shot, share: float) -> Shot:
    names = Shot.__dataclass_fields__
    mixed = {name: getattr(start, name) * (1 - share) + getattr(end, name) * share for name in names}
    return Shot(**mixed)


def _take(code: Image.Image, shot: Shot, rng: random.Random) -> bytes:
    picture = _background(rng)
    # The bars of a screen are laid over the code before the lens sees it.
    shown = _moire(code, shot.moire, rng)
    lit = shown.point(lambda value: shot.dark + (shot.light - shot.dark) * value / 255)
    corners = _corners(shot)
    flat = [(0, 0), (code.width, 0), (code.width, code.height), (0, code.height)]
    back = _homography(corners, [(float(x), float(y)) for x, y in flat])
    size = (WIDTH, HEIGHT)
    placed = lit.transform(size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    mask = Image.new("L", code.size, 255).transform(size, Image.Transform.PERSPECTIVE, back)
    picture.paste(placed, mask=mask)
    if shot.glare:
        picture = _glare(picture, shot, rng)
    if shot.motion >= 1:
        picture = _moved(picture, shot.motion, rng)
    picture = picture.filter(ImageFilter.GaussianBlur(shot.blur))
    grain = Image.frombytes("L", size, rng.randbytes(WIDTH * HEIGHT))
    grain = grain.point(lambda value: 128 + (value - 128) * shot.noise)
    return ImageChops.add(picture, grain, 1, -128).tobytes()


def _background(rng: random.Random) -> Image.Image:
    cells = Image.frombytes("L", (16, 9), bytes(rng.randrange(40, 200) for _ in range(144)))
    return cells.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _corners(shot: Shot) -> list[tuple[float, float]]:
    """Where the corners of the code fall: a square in space, seen from four of its sides away."""
    roll, tilt, turn = (math.radians(angle) for angle in (shot.roll, shot.tilt, shot.turn))
    seen = []
    for dx, dy in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        x, y = dx * math.cos(roll) - dy * math.sin(roll), dx * math.sin(roll) + dy * math.cos(roll)
        y, z = y * math.cos(tilt), y * math.sin(tilt)
        x, z = x * math.cos(turn) - z * math.sin(turn), x * math.sin(turn) + z * math.cos(turn)
        near = 4 / (4 + z)
        seen.append((shot.x + x * near * shot.side, shot.y + y * near * shot.side))
    return seen


def _homography(source: list[tuple[float, float]], target: list[tuple[float, float]]) -> list[float]:
    """Return the eight numbers that take each source point to its target, by Gaussian elimination."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for other in range(8):
            if other != column:
                factor = rows[other][column] / rows[column][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [rows[i][8] / rows[i][i] for i in range(8)]


def _glare(picture: Image.Image, shot: Shot, rng: random.Random) -> Image.Image:
    """Add a lamp's reflection somewhere on the code."""
    across = int(shot.side * rng.uniform(0.25, 0.8))
    spot = ImageChops.invert(Image.radial_gradient("L")).resize((across, across))
    spot = spot.point(lambda value: min(255.0, value * 1.6 * shot.glare))
    layer = Image.new("L", picture.size, 0)
    at = [int(middle + rng.uniform(-0.35, 0.35) * shot.side - across / 2) for middle in (shot.x, shot.y)]
    layer.paste(spot, (at[0], at[1]))
    return ImageChops.screen(picture, layer)


def _moire(code: Image.Image, strength: float, rng: random.Random) -> Image.Image:
    if not strength:
        return code
    period = rng.uniform(9, 60)
    wide = 2 * max(code.size)
    wave = bytes(int(127.5 + 127.5 * math.sin(2 * math.pi * x / period)) for x in range(wide))
    bars = Image.frombytes("L", (wide, 1), wave).resize((wide, wide)).rotate(rng.uniform(0, 180))
    left, top = (wide - code.width) // 2, (wide - code.height) // 2
    bars = bars.crop((left, top, left + code.width, top + code.height))
    return Image.blend(code, bars, min(0.75, strength))


def _moved(picture: Image.Image, length: float, rng: random.Random) -> Image.Image:
    """Smear along a direction: the mean of the picture at several places of its way."""
    angle, steps = rng.uniform(0, math.pi), max(2, round(length))
    smeared = picture
    for step in range(1, steps):
        way = step * length / steps
        shifted = ImageChops.offset(picture, round(way * math.cos(angle)), round(way * math.sin(angle)))
        smeared = Image.blend(smeared, shifted, 1 / (step + 1))
    return smeared
