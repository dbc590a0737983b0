"""What the tests of this room share: the day they build for, contents and sites, a folder as a dictionary."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import yaml

from catalogue import Catalogue
from site_builder.build import build

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 21)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def some_content(content: Path, offers: int) -> Path:
    """A copy of content/ with its first offers, who makes them, and nothing that names another."""
    shutil.copytree(ROOT / "content", content, ignore=shutil.ignore_patterns("campaigns"))
    found = sorted((content / "offers").iterdir())
    for path in found[offers:]:
        path.unlink()
    named = {yaml.safe_load(path.read_text(encoding="utf-8"))["partner"] for path in found[:offers]}
    for path in (content / "partners").iterdir():
        if path.stem not in named:
            path.unlink()
    return content


def on_a_forge(catalogue: Catalogue, host: Path) -> str:
    """Build below a path of a host, as a forge's pages are; return that path."""
    build(catalogue, host / "jeunes" / "carte", day=DAY, base_path="/jeunes/carte/")
    return "jeunes/carte/"
