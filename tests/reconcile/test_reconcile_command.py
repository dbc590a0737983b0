"""The whole command line over one folder of exports, as an operator calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from till_world import DAY, make_root, root_file, trust_file
from tills import NOON, Till, in_folder, make_claims, make_list

from verifier.reconcile.cli import reconcile


def run(*arguments: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(reconcile, list(arguments))
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operator's files: root, list, exports of two tills that met one copied voucher."""
    one, other = Till("Guichet 1"), Till("Guichet 2")
    for till in (one, other):
        till.accept(make_claims(1))
        till.accept(make_claims(2 if till is one else 3))
    in_folder(tmp_path / "exports", one=one.export(), other=other.export())
    (tmp_path / "root.1.cbor").write_bytes(root_file(make_root()))
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "cars.cbor").write_bytes(trust_file(make_list()))
    return tmp_path


def test_from_nothing_to_a_report(folder: Path) -> None:
    store = ("--store", str(folder / "store"))
    exports = str(folder / "exports")
    run("init", *store, "--root", str(folder / "root.1.cbor"))
    run("learn", *store, str(folder / "trust"))
    refused = run("import", *store, exports, exit_code=1)
    assert refused.stderr.count("caisse inconnue") == 2
    run("accept", *store, f"{exports}/one.cje", exit_code=3)
    for name in ("one", "other"):
        assert "connue" in run("accept", *store, "--yes", "--territory", "95", f"{exports}/{name}.cje").stdout
    assert len(json.loads(run("tills", *store, "--json").stdout)) == 2
    done = json.loads(run("import", *store, "--json", exports).stdout)
    assert (done["rows"], done["refused"]) == (4, 0)
    again = run("import", *store, exports)
    assert "Lignes nouvelles : 0." in again.stdout.replace("\u00a0", " ")
    made: dict[str, Any] = json.loads(run("report", *store, "--clock", str(NOON + DAY), "--json").stdout)
    assert made["counts"] == {"same_use": 1}
    (finding,) = made["findings"]
    assert {row["name"] for row in finding["rows"]} == {"Guichet 1", "Guichet 2"}
    told = run("report", *store, "--clock", str(NOON + DAY)).stdout
    assert "1 bon accepté deux fois" in told and "Toutes vont bien." in told


def test_a_store_is_never_begun_twice_and_never_without_a_root(folder: Path) -> None:
    from verifier.reconcile.errors import FileRefused, StoreRefused

    store = ("--store", str(folder / "store"))
    wrong = CliRunner().invoke(reconcile, ["init", *store, "--root", str(folder / "trust" / "cars.cbor")])
    assert isinstance(wrong.exception, FileRefused) and not (folder / "store").exists()
    run("init", *store, "--root", str(folder / "root.1.cbor"))
    again = CliRunner().invoke(reconcile, ["init", *store, "--root", str(folder / "root.1.cbor")])
    assert isinstance(again.exception, StoreRefused) and again.exception.sentence


def test_what_a_till_calls_itself_cannot_drive_a_terminal(folder: Path) -> None:
    liar = Till("x", label="\x1b[2J\u202eGuichet")
    liar.accept(make_claims(1))
    in_folder(folder / "exports", liar=liar.export())
    store = ("--store", str(folder / "store"))
    run("init", *store, "--root", str(folder / "root.1.cbor"))
    told = run("import", *store, str(folder / "exports"), exit_code=1)
    assert "\x1b" not in told.output and "\u202e" not in told.output
