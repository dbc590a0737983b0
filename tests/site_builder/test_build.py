"""The whole build: same input, same bytes; only what changed is written; the issuer's files survive."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from built_site import DAY, ROOT, tree

from catalogue import Catalogue
from site_builder.build import build
from site_builder.errors import AssetsMissing, SiteError
from site_builder.preview.check import BUDGETS, check_site, page_weight


@pytest.mark.promise("P28")
def test_two_builds_give_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    trees = []
    for seed in ("1", "2"):
        out = tmp_path / seed / "public"
        arguments = [
            "site",
            "build",
            "--content",
            str(ROOT / "content"),
            "--out",
            str(out),
            "--day",
            str(DAY),
        ]
        subprocess.run(
            [sys.executable, "-m", "cje", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"},
            check=True,
            capture_output=True,
            timeout=60,
        )
        trees.append(tree(out))
    assert trees[0] == trees[1]


def test_building_again_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    build(catalogue, tmp_path / "public", day=DAY)
    report = build(catalogue, tmp_path / "public", day=DAY)
    assert report.written.written == report.written.deleted == ()
    assert report.written.unchanged == len(report.files)


def test_bundles_and_trust_lists_survive_and_are_never_precached(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    theirs = {"w/abc": b"sealed", "trust/root.1.cbor": b"root", "trust/cars-du-plateau.cbor": b"list"}
    for name, data in theirs.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    build(catalogue, out, day=DAY)
    build(catalogue, out, day=DAY + timedelta(days=3))
    after = tree(out)
    assert {name: after[name] for name in theirs} == theirs
    for name, data in after.items():
        if "precache-" in name:
            assert b'"w/' not in data and b"trust/" not in data


def test_an_ended_offer_leaves_the_site(catalogue: Catalogue, tmp_path: Path) -> None:
    last = max(offer.valid_until for offer in catalogue.published())
    build(catalogue, tmp_path / "public", day=last)
    assert list((tmp_path / "public" / "offres").glob("*/index.html"))
    build(catalogue, tmp_path / "public", day=last + timedelta(days=1))
    assert not list((tmp_path / "public" / "offres").glob("*/index.html"))
    assert check_site(tmp_path / "public")[1] == []


@pytest.mark.promise("P28")
def test_the_check_finds_nothing_to_mend(built: Path) -> None:
    pages, findings = check_site(built)
    assert pages > 100
    assert findings == []


def test_every_page_holds_its_budget(built: Path) -> None:
    assert page_weight(built, "index.html") <= BUDGETS["home"] == 40_000
    for app in ("carte/index.html", "en/carte/index.html"):
        assert page_weight(built, app) <= BUDGETS["wallet"] == 40_000
    for app in ("caisse/index.html", "caisse/en/index.html"):
        assert page_weight(built, app) <= BUDGETS["till"] == 45_000
    for page in (built / "offres").glob("*/index.html"):
        assert page_weight(built, page.relative_to(built).as_posix()) <= BUDGETS["offer"] == 30_000


def test_missing_browser_files_are_a_sentence(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing) as missing:
        build(catalogue, tmp_path / "public", day=DAY, assets=tmp_path / "nothing")
    assert "build.mjs" in missing.value.sentence
    assert not (tmp_path / "public").exists()


def test_two_pages_for_one_address_are_a_sentence(catalogue: Catalogue, tmp_path: Path) -> None:
    clash = replace(catalogue, pages=(catalogue.pages[0].model_copy(update={"slug": "partenaires"}),))
    with pytest.raises(SiteError, match="partenaires/"):
        build(clash, tmp_path / "public", day=DAY)
    assert not (tmp_path / "public").exists()


def test_an_empty_catalogue_is_a_site_too(catalogue: Catalogue, tmp_path: Path) -> None:
    empty = replace(catalogue, offers=(), partners={}, pages=())
    build(empty, tmp_path / "public", day=DAY)
    assert check_site(tmp_path / "public")[1] == []


def test_a_long_list_is_cut_into_pages_and_no_offer_is_lost(catalogue: Catalogue, tmp_path: Path) -> None:
    model = catalogue.current(DAY)[0]
    many = tuple(model.model_copy(update={"number": n, "slug": f"offre-{n}"}) for n in range(1, 131))
    build(replace(catalogue, offers=many), tmp_path / "public", day=DAY)
    listing = tmp_path / "public" / "offres"
    html = "".join((listing / page / "index.html").read_text() for page in ("", "page-2", "page-3"))
    assert not (listing / "page-4").exists()
    assert all(f"offres/offre-{n}/" in html or f"../offre-{n}/" in html for n in range(1, 131))
    assert check_site(tmp_path / "public")[1] == []
