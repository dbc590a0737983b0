"""The whole command line over one folder of exports, as an operator calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from till_world import DAY, make_root, root_file, trust_file
from tills import NOON, PARTNER, Till, in_folder, make_claims, make_list

from reconcile.cli.main import reconcile


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
    from reconcile.errors import FileRefused, StoreRefused

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


def test_every_command_answers_a_program_in_json(folder: Path) -> None:
    """All of the group, in the order in which an operator needs them; the page has its own test."""
    store, exports, asked = ("--store", str(folder / "store")), folder / "exports", set[str]()

    def told(name: str, *arguments: str, exit_code: int = 0) -> Any:
        asked.add(name)
        return json.loads(run(name, "--json", *store, *arguments, exit_code=exit_code).stdout)

    month = ("--month", "2026-10")
    assert told("init", "--root", str(folder / "root.1.cbor"))["root"] == 1
    learned = told("learn", str(folder / "trust"), str(exports / "one.cje"), exit_code=1)
    assert [entry["refused"] for entry in learned] == [None, "unknown_kind"]
    waiting = told("accept", str(exports / "one.cje"), exit_code=3)
    assert not waiting["accepted"] and len(bytes.fromhex(waiting["fingerprint"])) == 10
    for name in ("one", "other"):
        assert told("accept", "--yes", str(exports / f"{name}.cje"))["accepted"]
    assert len(told("tills")) == 2
    (exports / "table.csv").write_bytes(b"a;b")
    done = told("import", str(exports), exit_code=1)
    assert (done["rows"], done["refused"]) == (4, 1)
    (finding,) = told("report", "--clock", str(NOON + DAY))["findings"]
    assert told("prove", "--out", str(folder / "proof.json"), finding["id"])["uses"] == 2
    assert told("propose", "--out", str(folder / "proposed.json"))["vouchers"] == 1
    assert told("totals", *month)["total"]["uses"] == 3
    assert sum(line["uses"] for line in told("settle", *month, "--partner", PARTNER)["lines"]) == 3
    published = told("publish", *month, "--day", "2026-11-03", "--out", str(folder / "statistics"))
    assert published["path"].endswith("2026-10.1.json")
    assert asked == reconcile.commands.keys() - {"serve"}
    assert all("--json" in _switches(command) for command in reconcile.commands.values())


def _switches(command: click.Command) -> set[str]:
    return {switch for option in command.params for switch in option.opts}
