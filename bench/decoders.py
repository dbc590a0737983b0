"""How many pictures the till reads, side by side with each decoder alone, on a generated corpus.

`BENCH_SCALE=0.1` draws a tenth of the pictures. Costs are processor time, so other work does not count.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from collections import defaultdict
from pathlib import Path

from bench.corpus import Picture, scenes, stills
from bench.figures import Figure, report

WEB = Path(__file__).resolve().parents[1] / "web"
STILLS, SCENES = 500, 60
PEERS = {"zxing": "zxing-wasm alone", "qr": "qr alone", "jsqr": "jsQR alone"}


class Decoders:
    """Our pipeline and its peers in one Node process, a picture at a time."""

    def __init__(self) -> None:
        node = shutil.which("node")
        assert node, "node is not installed"
        self.process = subprocess.Popen(
            [node, "--import", "tsx", "bench/decoders.ts"],
            cwd=WEB,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.costs: defaultdict[str, list[float]] = defaultdict(list)
        self.wrong: defaultdict[str, int] = defaultdict(int)

    def read(self, picture: Picture) -> set[str]:
        """Return the names of those who read the right text."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(picture.pixels)
        self.process.stdin.flush()
        answers = json.loads(self.process.stdout.readline())
        for name, (text, cost) in answers.items():
            self.costs[name].append(cost)
            self.wrong[name] += text is not None and text != picture.text
        return {name for name, (text, _) in answers.items() if text == picture.text}

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def main() -> bool:
    """Draw, decode, compare."""
    scale = float(os.environ.get("BENCH_SCALE", "1"))
    still_count, scene_count = round(STILLS * scale), round(SCENES * scale)
    decoders = Decoders()
    try:
        on_stills, on_scenes = _counted(decoders, still_count, scene_count)
    finally:
        decoders.close()
    figures = []
    for title, found, total in (("stills", on_stills, still_count), ("scenes", on_scenes, scene_count)):
        ours = 100 * found["ours"] / total
        figures.append(Figure(f"{total} {title}: ours reads", ours, "%"))
        for name, label in PEERS.items():
            share = 100 * found[name] / total
            figures.append(Figure(f"{total} {title}: {label}", share, "%", bound=ours - 0.001))
    for name in ("ours", *PEERS):
        costs = sorted(decoders.costs[name])
        note = f"worst {costs[-1]:.0f} ms, {decoders.wrong[name]} wrong texts"
        figures.append(
            Figure(f"processor time of a picture: {name}", statistics.median(costs), "ms", note=note)
        )
    figures.append(Figure("wrong texts: ours", decoders.wrong["ours"], "", bound=0))
    return report("QR decoders (versions 9–12; blur, tilt, noise, glare, moiré)", figures)


def _counted(decoders: Decoders, still_count: int, scene_count: int) -> tuple[dict[str, int], dict[str, int]]:
    on_stills: defaultdict[str, int] = defaultdict(int)
    on_scenes: defaultdict[str, int] = defaultdict(int)
    for picture in stills(still_count):
        for name in decoders.read(picture):
            on_stills[name] += 1
    for frames in scenes(scene_count):
        for name in set[str]().union(*map(decoders.read, frames)):
            on_scenes[name] += 1
    return on_stills, on_scenes
