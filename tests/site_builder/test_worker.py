"""The two service workers and what they keep."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from built_site import DAY
from published import history

from catalogue import Catalogue
from site_builder.build import build
from site_builder.files.assets import integrity


def worker(out: Path, folder: str) -> tuple[str, dict[str, Any]]:
    """The worker's source, and its list, found and checked as the browser does."""
    source = (out / folder / "sw.js").read_text()
    named = re.search(r'"([0-9a-f]{16})"', source)
    expected = re.search(r'"(sha256-[^"]+)"', source)
    assert named and expected
    data = (out / folder / f"precache-{named[1]}.json").read_bytes()
    assert integrity(data) == expected[1]
    tree: dict[str, Any] = json.loads(data)
    return named[1], tree


@pytest.mark.promise("P27")
@pytest.mark.parametrize("folder", ["", "caisse"])
def test_every_listed_file_is_there_with_its_hash(folder: str, built: Path) -> None:
    _, tree = worker(built, folder)
    assert tree["files"]
    for path, expected in tree["files"].items():
        target = (built / folder / path).resolve()
        target = target / "index.html" if target.is_dir() else target
        assert target.is_relative_to(built.resolve())
        data = target.read_bytes()
        assert data and integrity(data) == expected, path


@pytest.mark.promise("P27")
@pytest.mark.parametrize("folder", ["", "caisse"])
def test_a_kept_page_has_all_that_it_loads(folder: str, built: Path) -> None:
    """All-old or all-new is worth nothing if a page needs a file that is not in its version."""
    _, tree = worker(built, folder)
    kept = {(built / folder / path).resolve() for path in tree["files"]}
    for page in [path for path in kept if path.is_dir()]:
        html = (page / "index.html").read_text(encoding="utf-8")
        for address in re.findall(
            r'<(?:script|link)[^>]+(?:src|href)="([^"]+(?:\.js|\.css|\.webmanifest))"', html
        ):
            assert (page / address).resolve() in kept, (page, address)


def test_the_site_does_not_carry_the_till_nor_the_till_the_site(built: Path) -> None:
    site, till = worker(built, "")[1]["files"], worker(built, "caisse")[1]["files"]
    assert not [path for path in site if path.startswith("caisse/") or "/till" in path]
    assert not [path for path in till if "wallet" in path or "site." in path or "offres" in path]
    assert "carte/" in site and "./" in till
    assert [path for path in till if path.endswith(".wasm")]
    assert not [path for path in site if path.endswith(".wasm")]


def test_a_worker_holds_only_the_hash_of_its_list_and_is_small(built: Path) -> None:
    for folder in ("", "caisse"):
        source = (built / folder / "sw.js").read_bytes()
        assert len(gzip.compress(source)) <= 2_000
        assert b"CJE_" not in source and b"offres/" not in source


def test_the_day_is_told_with_the_version_that_is_right_on_it(built: Path) -> None:
    told = json.loads((built / "built.json").read_text())
    assert told == {"day": str(DAY), "version": worker(built, "")[0]}
    assert worker(built, "")[1]["built"] == "built.json" and "built" not in worker(built, "caisse")[1]
    assert str(DAY) not in (built / "sw.js").read_text() + json.dumps(worker(built, "")[1])


def test_each_worker_has_caches_of_its_own(built: Path) -> None:
    assert '"cje-site"' in (built / "sw.js").read_text()
    assert '"cje-till"' in (built / "caisse" / "sw.js").read_text()


@pytest.mark.promise("P27")
def test_an_edited_offer_is_a_new_version_of_the_site_and_not_of_the_till(
    catalogue: Catalogue, built: Path, tmp_path: Path
) -> None:
    offer = catalogue.current(DAY)[0]
    offers = tuple(
        o.model_copy(update={"summary": "Autre chose."}) if o.number == offer.number else o
        for o in catalogue.offers
    )
    build(replace(catalogue, offers=offers), tmp_path / "public", day=DAY)
    assert worker(tmp_path / "public", "")[0] != worker(built, "")[0]
    assert worker(tmp_path / "public", "caisse")[0] == worker(built, "caisse")[0]


def test_what_did_not_change_keeps_its_hash(catalogue: Catalogue, built: Path, tmp_path: Path) -> None:
    offer = catalogue.current(DAY)[0]
    offers = tuple(
        o.model_copy(update={"conditions": ("Autre condition.",)}) if o.number == offer.number else o
        for o in catalogue.offers
    )
    build(replace(catalogue, offers=offers), tmp_path / "public", day=DAY, statistics=history(catalogue))
    old, new = worker(built, "")[1]["files"], worker(tmp_path / "public", "")[1]["files"]
    changed = {path for path in new if old.get(path) != new[path]}
    assert changed == {f"offres/{offer.slug}/", "catalogue.json", "en/catalogue.json"}


def test_no_network_leads_to_a_page_that_is_kept(built: Path) -> None:
    for folder in ("", "caisse"):
        tree = worker(built, folder)[1]
        assert tree["fallback"]
        for _, page in tree["fallback"]:
            assert page in tree["files"]
