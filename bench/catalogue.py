"""Checking ten thousand offers, against what bare PyYAML takes to load the same files and check nothing."""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import yaml

from bench.figures import Figure, report
from catalogue import Offer, examine_content, read_catalogue
from catalogue.exchange.writing import schema_line, yaml_text
from catalogue.reading.cache import SETTLED_NS

ROOT = Path(__file__).resolve().parent.parent
OFFERS = 10_000
RUNS = 7
DAY = date(2026, 11, 21)
GAINS = (
    "−10 %",
    "−15 %",
    "−20 %",
    "−30 %",
    "Une entrée offerte",
    "5 € de moins",
    "Le deuxième à moitié prix",
)
THINGS = (
    "sur ton panier",
    "sur une séance",
    "pour un entretien",
    "sur la location",
    "au rayon frais",
    "en semaine",
)
SENTENCES = (
    "Viens quand tu veux, sans rendez-vous, et montre ta carte en arrivant.",
    "La remise se fait à la caisse, tu n'as rien à imprimer.",
    "C'est valable tous les jours, même pendant les vacances scolaires.",
    "Tu choisis sur place, quelqu'un te conseille et prend le temps.",
    "Demande à l'accueil : on t'explique comment ça marche.",
)
PEAK = """
import resource, sys
from datetime import date
from pathlib import Path
from catalogue import examine_content
assert examine_content(Path(sys.argv[1]), date(2026, 11, 21)).catalogue is not None
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def write_many(content: Path, count: int) -> None:
    """A copy of content/ in which the offers are `count` variations of ours; same arguments, same bytes."""
    shutil.copytree(ROOT / "content", content)
    shutil.rmtree(content / "offers")
    shutil.rmtree(content / "campaigns")  # they name offers of ours
    (content / "offers").mkdir()
    models, chance = read_catalogue(ROOT / "content").offers, random.Random(4)
    for number in range(1, count + 1):
        offer = varied(models[number % len(models)], number, chance)
        text = schema_line("offer") + yaml_text(offer)
        (content / "offers" / f"{offer.slug}.yaml").write_text(text, encoding="utf-8")


def varied(offer: Offer, number: int, chance: random.Random) -> Offer:
    """The same kind of offer with its own number and words."""
    conditions = tuple(chance.sample(SENTENCES, chance.randint(1, 3)))
    return offer.model_copy(
        update={
            "number": number,
            "slug": f"{offer.slug[:40].rstrip('-')}-{number}",
            "title": f"{chance.choice(GAINS)} {chance.choice(THINGS)}",
            "summary": " ".join(chance.sample(SENTENCES, 2))[:160].strip(),
            "conditions": conditions,
        }
    )


def bare_load(content: Path) -> None:
    """What a program that checks nothing does."""
    for path in sorted((content / "offers").iterdir()):
        with path.open("rb") as stream:
            yaml.load(stream, Loader=yaml.CSafeLoader)


def cpu_seconds(call: Callable[[], object]) -> float:
    """Processor time of one call in this process: what other programs do meanwhile is not in it."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def best_ratio(ours: Callable[[], object], peer: Callable[[], object], runs: int) -> float:
    """The least of ours over the least of the peer's, taken in turn: a disturbance only ever adds."""
    pairs = [(cpu_seconds(ours), cpu_seconds(peer)) for _ in range(runs)]
    return min(our for our, _ in pairs) / min(their for _, their in pairs)


def second_check(content: Path, runs: int) -> float:
    """Processor seconds of a whole `cje offers check`, start of Python included, after one more edit each."""
    offers = sorted((content / "offers").iterdir())
    settled = time.time() - 3_600
    for path in offers:
        os.utime(path, (settled, settled))
    time.sleep(SETTLED_NS / 1e9)  # files written just now are read again on purpose
    taken = []
    for run in range(runs + 1):
        offers[run].write_text(offers[run].read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [
            sys.executable,
            "-m",
            "cje",
            "offers",
            "check",
            "--content",
            str(content),
            "--date",
            "2026-11-21",
        ]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken[1:])  # the first one fills the cache


def main() -> bool:
    """Print the figures; tell whether all hold."""
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        write_many(content, OFFERS)
        ratio = best_ratio(lambda: examine_content(content), lambda: bare_load(content), RUNS)
        advised = best_ratio(lambda: examine_content(content, DAY), lambda: bare_load(content), RUNS)
        peak = subprocess.run(
            [sys.executable, "-c", PEAK, str(content)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        again = second_check(content, RUNS)
    return report(
        f"Catalogue: {OFFERS} offers",
        [
            Figure("whole check / bare yaml.load with CSafeLoader", ratio, "×", 1),
            Figure("the same, with the day's warnings and hints for writing simply", advised, "×"),
            Figure("peak memory of the check", float(peak.stdout), "MiB", 300),
            Figure("second `cje offers check`, after one edit", again, "s", 0.5, "processor time, all in"),
        ],
    )
