"""Compressed copies: the same bytes when unpacked, made again with their file, gone with it."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from built_site import DAY, tree

from catalogue import Catalogue
from site_builder.build import build
from site_builder.output import LEDGER
from site_builder.precompression import LEAST, packed
from site_builder.remembered import Remembered

TEXTS = {".html", ".css", ".js", ".json", ".webmanifest", ".svg", ".atom", ".txt", ".csv", ".wasm"}


@pytest.fixture(scope="module")
def few(catalogue: Catalogue) -> Catalogue:
    site = catalogue.site.model_copy(update={"languages": ("fr",)})
    return replace(catalogue, site=site, offers=catalogue.current(DAY)[:3], campaigns=())


@pytest.mark.promise("P28")
def test_every_text_has_a_copy_and_two_builds_give_the_same(few: Catalogue, tmp_path: Path) -> None:
    for name in ("1", "2"):
        build(few, tmp_path / name, day=DAY, precompress=True)
    files = tree(tmp_path / "1")
    assert files == tree(tmp_path / "2")
    copies = {path.removesuffix(".gz") for path in files if path.endswith(".gz")}
    expected = {p for p, data in files.items() if Path(p).suffix in TEXTS and len(data) >= LEAST}
    assert copies == expected - {LEDGER} and len(copies) > 50
    assert [path for path in copies if gzip.decompress(files[f"{path}.gz"]) != files[path]] == []


def test_holds_neither_time_nor_name() -> None:
    flags, moment = packed(b"x" * LEAST)[3], packed(b"x" * LEAST)[4:8]
    assert (flags, moment) == (0, bytes(4))


def test_a_copy_follows_its_file(few: Catalogue, tmp_path: Path) -> None:
    out = tmp_path / "public"

    def built(catalogue: Catalogue, precompress: bool = True) -> tuple[str, ...]:
        remembered = Remembered.of(tmp_path, out)
        report = build(catalogue, out, day=DAY, precompress=precompress, remembered=remembered)
        return report.written.written

    built(few)
    assert built(few) == ()
    first, *others = few.offers
    page = f"offres/{first.slug}/index.html"
    edited = first.model_copy(update={"conditions": ("Une condition toute neuve.",)})
    assert {page, f"{page}.gz"} <= set(built(replace(few, offers=(edited, *others))))
    assert gzip.decompress((out / f"{page}.gz").read_bytes()) == (out / page).read_bytes()
    built(replace(few, offers=tuple(others)))
    assert not (out / page).parent.exists()
    built(replace(few, offers=tuple(others)), precompress=False)
    assert not [path for path in tree(out) if path.endswith(".gz")]
