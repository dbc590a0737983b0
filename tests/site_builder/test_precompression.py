"""Compressed copies: the same bytes when unpacked, made again with their file, gone with it."""

from __future__ import annotations

import builtins
import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import brotli as google
import pytest
from built_site import DAY, tree

from catalogue import Catalogue
from site_builder.build import build
from site_builder.errors import OutputRefused
from site_builder.files.output import LEDGER
from site_builder.files.precompression import ENDINGS, GZIP, LEAST, LONG, Packing, brotli, packings
from site_builder.preview.check import check_site
from site_builder.rebuild.cache import Remembered

TEXTS = {".html", ".css", ".js", ".json", ".webmanifest", ".svg", ".atom", ".txt", ".csv", ".wasm"}
UNPACKED: Mapping[str, Callable[[bytes], bytes]] = {".br": google.decompress, ".gz": gzip.decompress}


def quick() -> Packing:
    """Brotli at its weakest, 50 times as quick."""
    way = brotli(1)
    assert way is not None
    return way


@pytest.fixture(scope="module")
def few(catalogue: Catalogue) -> Catalogue:
    site = catalogue.site.model_copy(update={"languages": ("fr",)})
    return replace(catalogue, site=site, offers=catalogue.current(DAY)[:3], campaigns=())


@pytest.mark.promise("P28")
def test_every_text_has_copies_and_two_builds_give_the_same(few: Catalogue, tmp_path: Path) -> None:
    for name in ("1", "2"):
        build(few, tmp_path / name, day=DAY, precompress=(GZIP, quick()))
    files = tree(tmp_path / "1")
    assert files == tree(tmp_path / "2")
    expected = {p for p, data in files.items() if Path(p).suffix in TEXTS and len(data) >= LEAST} - {LEDGER}
    for ending, unpacked in UNPACKED.items():
        copies = {path.removesuffix(ending) for path in files if path.endswith(ending)}
        assert copies == expected and len(copies) > 50
        assert [path for path in copies if unpacked(files[f"{path}{ending}"]) != files[path]] == []


def test_all_ways_are_at_their_strongest_and_a_long_file_does_not_take_seconds() -> None:
    gz, br = packings()
    assert (gz, br.ending) == (GZIP, ENDINGS["br"])
    page = b"".join(b"<li>%d, %d</li>" % (n * 7919 % 1009, n) for n in range(300))
    assert br.pack(page) == google.compress(page, quality=11) != google.compress(page, quality=9)
    assert len(br.pack(page)) < len(gz.pack(page))
    long = page * (LONG // len(page))
    assert br.pack(long) == google.compress(long, quality=11)
    long += page
    assert br.pack(long) == google.compress(long, quality=9)


def test_gzip_holds_neither_time_nor_name() -> None:
    copy = GZIP.pack(b"x" * LEAST)
    assert (copy[3], copy[4:8]) == (0, bytes(4))


def test_without_the_package_there_is_gzip_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "brotli":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    assert packings() == (GZIP,)


def test_a_copy_follows_its_file(few: Catalogue, tmp_path: Path) -> None:
    out = tmp_path / "public"

    def built(catalogue: Catalogue, *ways: Packing) -> tuple[str, ...]:
        remembered = Remembered.of(tmp_path, out)
        report = build(catalogue, out, day=DAY, precompress=ways, remembered=remembered)
        return report.written.written

    both = (GZIP, quick())
    built(few, *both)
    assert built(few, *both) == ()
    with_copies = check_site(out)
    built(few)
    assert check_site(out) == with_copies
    built(few, *both)
    first, *others = few.offers
    page = f"offres/{first.slug}/index.html"
    edited = first.model_copy(update={"conditions": ("Une condition toute neuve.",)})
    assert {page, f"{page}.gz", f"{page}.br"} <= set(built(replace(few, offers=(edited, *others)), *both))
    for ending, unpacked in UNPACKED.items():
        assert unpacked((out / f"{page}{ending}").read_bytes()) == (out / page).read_bytes()
    stronger = brotli(2)
    assert stronger is not None
    again = built(replace(few, offers=(edited, *others)), GZIP, stronger)
    assert {Path(path).suffix for path in again} == {".br"}
    fewer = replace(few, offers=tuple(others))
    built(fewer, *both)
    assert not (out / page).parent.exists()
    foreign = out / "index.html.zst"
    foreign.write_bytes(b"someone else's")
    built(fewer, GZIP)
    assert {Path(path).suffix for path in tree(out)} & {*UNPACKED} == {".gz"}
    built(fewer)
    assert not [path for path in tree(out) if path.endswith(tuple(UNPACKED))]
    assert foreign.exists()


def test_a_copy_that_is_not_ours_is_never_replaced(few: Catalogue, tmp_path: Path) -> None:
    out = tmp_path / "public"
    build(few, out, day=DAY)
    foreign = out / "index.html.br"
    foreign.write_bytes(b"someone else's")
    with pytest.raises(OutputRefused, match=r"index\.html\.br existe"):
        build(few, out, day=DAY, precompress=(quick(),))
    build(few, out, day=DAY)
    assert foreign.read_bytes() == b"someone else's"
