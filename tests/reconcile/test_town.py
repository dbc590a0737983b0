"""An invented town: real signed journals with planted faults; all are found, and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from catalogue import read_catalogue
from cje.demo import past
from cje.demo.cli import demo
from cje.demo.town import build
from cje.demo.town.build import Town, compare
from reconcile.findings import reference_data, report
from reconcile.importing.importing import import_exports
from reconcile.printing.printing import report_json
from reconcile.rows.sources import find
from reconcile.rows.store import Store
from voucher.journal import decode_export
from voucher.statistics import Table

SMALL = Town(7, 24, 300, 4, 1500, 0.05, date(2026, 9, 14), (0.25, 0.5, 0.75, 1.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("town")
    build.build(SMALL, made)
    return made


def reconciled(folder: Path, store: Path, exports: list[str]) -> dict[str, Any]:
    """Do what an operator does, and return the report."""
    opened = Store.create(str(store))
    reference_data.begin(opened, (folder / "root.1.cbor").read_bytes())
    (store / "tills.toml").write_bytes((folder / "tills.toml").read_bytes())
    for path in sorted((folder / "known").iterdir()):
        reference_data.learn(opened, str(path), path.read_bytes())
    done = import_exports(opened, find(exports), processes=1)
    assert not done.refused
    end = json.loads((folder / "planted.json").read_text())["end"]
    return report_json(report.make(opened, end), "fr")


@pytest.mark.promise("P18")
def test_everything_that_was_planted_is_found_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    planted = json.loads((folder / "planted.json").read_text())
    made = reconciled(folder, tmp_path / "store", [str(folder / "exports")])
    assert compare(planted, made) == ([], [])
    assert {entry["kind"] for entry in planted["findings"]} == {
        *("same_use", "over_limit", "revoked", "out_of_time", "unproven", "not_live"),
        *("forbidden", "wrong_offer", "bare", "two_stories"),
    }
    state = {till["key"]: till for till in made["tills"]}
    tills = planted["tills"]
    assert {key for key, till in state.items() if till["clock"]["off"]} == set(tills["wrong_clock"])
    assert {key for key, till in state.items() if till["gaps"]} == set(tills["gap"])
    assert {key for key, till in state.items() if till["silent"]} == set(tills["silent"])
    assert {key for key, till in state.items() if till["two_stories"]} == set(tills["forked"])
    assert {key for key, till in state.items() if till["list"]["old"]} == set(tills["old_list"])


def test_the_key_catches_a_finding_that_is_missing_or_too_many(folder: Path) -> None:
    planted = json.loads((folder / "planted.json").read_text())
    entry = planted["findings"][0]
    tills = [{"till": key[:16], "key": key} for key, _ in entry["rows"]]
    rows = [{"till": key[:16], "n": n} for key, n in entry["rows"]]
    found = {"tills": tills, "findings": [{"kind": entry["kind"], "rows": rows}]}
    missing, false = compare({"findings": []}, found)
    assert (len(missing), len(false)) == (0, 1)
    missing, false = compare(planted, found)
    assert (len(missing), len(false)) == (len(planted["findings"]) - 1, 0)


def test_a_town_is_the_same_again_from_its_seed(folder: Path, tmp_path: Path) -> None:
    build.build(SMALL, tmp_path / "again", processes=2)

    def digests(root: Path) -> dict[str, str]:
        files = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert digests(folder) == digests(tmp_path / "again")


def test_its_exports_are_what_the_strict_reader_takes(folder: Path) -> None:
    paths = sorted((folder / "exports").rglob("*.cje"))
    assert len(paths) > 80
    for path in paths[::9]:
        assert decode_export(path.read_bytes()).rows


def test_the_demo_writes_a_town_only_into_a_new_folder(tmp_path: Path) -> None:
    wanted = [
        "--tills",
        "2",
        "--people",
        "20",
        "--weeks",
        "2",
        "--fraud",
        "5%",
        "--keep",
        str(tmp_path / "new"),
    ]
    made = CliRunner().invoke(demo, [*wanted, "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["rows"] >= 40
    again = CliRunner().invoke(demo, wanted)
    assert again.exit_code == 2
    assert CliRunner().invoke(demo, ["--tills", "2", "--fraud", "80%"]).exit_code == 2


def test_the_demo_shows_whole_months_of_its_own_offers_and_says_that_they_are_invented(
    tmp_path: Path,
) -> None:
    catalogue = read_catalogue(Path(__file__).parents[2] / "content")
    published = past.publish(catalogue, tmp_path, date(2026, 3, 2))
    months = [one.publication.month for one in published]
    assert months == ["2025-11", "2025-12", "2026-01", "2026-02"]
    numbers = {str(offer.number) for offer in catalogue.published()}
    for one in published:
        told = one.publication
        assert told.demo and told.silent < told.heard and told.published <= date(2026, 3, 2)
        assert told.total is not None and told.total.uses > 100 and told.total.saving > 0
        offers = {cell.key for need in told.needs.cells for cell in (need.offers or Table()).cells}
        assert len(offers) > 5 and offers <= numbers
        assert "95" in {cell.key for cell in told.territories.cells}
    store = Store.open(str(tmp_path / "store"))
    assert report.make(store, published[-1].publication.published.toordinal()).findings == ()
