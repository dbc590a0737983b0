"""`cje offers` as an editor and a program meet it: results on stdout, talk on stderr, one to refuse."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalogue import Refused, read_catalogue
from catalogue.cli.main import offers
from catalogue.exchange.new_offer import next_number, write_new
from catalogue.exchange.schema import SCHEMAS, schema_text
from catalogue.exchange.writing import schema_line

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-21"


def run(*arguments: str, typed: str = "", refused: bool = False) -> Result:
    result = CliRunner().invoke(offers, list(arguments), input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit) and not refused:
        raise result.exception
    return result


def test_check_is_silent_on_stdout_when_all_is_well(content: Any) -> None:
    result = run("check", "--content", str(content.root), "--date", DAY)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 offres, 1 partenaires" in result.stderr


def test_check_tells_everything_and_exits_one(content: Any) -> None:
    content.replace("offers/place.yaml", ("number: 12", "number: x"), ("channel: store", "channel: y"))
    result = run("check", "--content", str(content.root), "--date", DAY)
    assert result.exit_code == 1
    assert "place.yaml:1:9 erreur" in result.stdout and "place.yaml:17:10 erreur" in result.stdout
    assert result.stderr == "2 erreurs à corriger.\n"
    assert "place.yaml:1:9 error" in run("check", "--content", str(content.root), "--lang", "en").stdout


def test_warnings_refuse_only_when_asked_to(content: Any) -> None:
    arguments = ["check", "--content", str(content.root), "--date", "2027-06-20"]
    assert run(*arguments).exit_code == 0
    assert "place.yaml:12:14 attention" in run(*arguments).stdout
    assert run(*arguments, "--strict").exit_code == 1


def test_check_for_programs(content: Any) -> None:
    content.replace("offers/place.yaml", ("channel: store", "channel: stor"))
    arguments = ["check", "--content", str(content.root), "--date", DAY]
    told = json.loads(run(*arguments, "--json").stdout)
    assert (told["valid"], told["errors"], told["warnings"]) == (False, 1, 0)
    assert told["problems"][0]["suggestion"] == "store" and told["problems"][0]["line"] == 17
    sarif = json.loads(run(*arguments, "--format", "sarif").stdout)
    found = sarif["runs"][0]["results"][0]
    assert (sarif["version"], found["ruleId"], found["level"]) == ("2.1.0", "value-unknown", "error")
    assert found["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 17,
        "startColumn": 10,
        "endColumn": 14,
    }


def test_a_forge_is_given_no_command_by_an_editor(content: Any) -> None:
    content.replace("offers/place.yaml", ("channel: store", 'channel: "x\\n::set-env name=A::b, 100%"'))
    lines = run(
        "check", "--content", str(content.root), "--date", DAY, "--format", "github"
    ).stdout.splitlines()
    assert len(lines) == 1 and lines[0].startswith("::error file=")
    assert "%0A::set-env" in lines[0] and "100%25" in lines[0]


def test_list_filters_sorts_and_tabulates() -> None:
    content = ["--content", str(ROOT / "content")]
    table = run("list", *content, "--kind", "card").stdout.splitlines()
    assert (
        len(table) == 1 + 4
        and table[0].startswith("N°")
        and all("carte à montrer" in row for row in table[1:])
    )
    told = json.loads(run("list", *content, "--json", "--sort", "until", "--on", DAY).stdout)
    assert [offer["valid_until"] for offer in told] == sorted(offer["valid_until"] for offer in told)
    assert all(offer["status"] == "published" for offer in told)
    epide = {
        offer["slug"] for offer in json.loads(run("list", *content, "--json", "--programme", "epide").stdout)
    }
    assert "les-deux-mains-colis-de-depart" in epide and "deuxieme-sonnerie-ordinateur" not in epide
    assert "grand-lampion-place" in epide, "an offer without programmes is open to all"
    assert run("list", *content, "--partner", "personne").stdout == ""


@pytest.mark.parametrize("name", ["12", "place", "place.yaml"])
def test_show_finds_an_offer_by_number_or_name(name: str, content: Any) -> None:
    result = run("show", "--content", str(content.root), name)
    assert "jusqu'au 30 juin 2027" in result.stdout and "number: 12\n" in result.stdout
    assert json.loads(run("show", "--content", str(content.root), "--json", name).stdout)["slug"] == "place"


def test_show_proposes_the_nearest_name(content: Any) -> None:
    result = run("show", "--content", str(content.root), "plase", refused=True)
    assert isinstance(result.exception, Refused)
    assert "plase" in result.exception.sentence and "place" in result.exception.sentence.split("plase")[1]


ANSWERS = "Un café offert\n\nOffert\nUn café.\nle-grand-lampion\nloisirs\n\n\n2026-12-01\n2027-03-31\n"


def test_new_writes_a_commented_file_that_is_valid_as_it_stands(content: Any) -> None:
    result = run("new", "--content", str(content.root), typed=ANSWERS)
    path = content.root / "offers" / "un-cafe-offert.yaml"
    assert result.stdout.strip() == str(path)
    text = path.read_text(encoding="utf-8")
    assert (
        text.startswith(schema_line("offer"))
        and "# Dernier jour, compris.\nvalid_until: 2027-03-31\n" in text
    )
    offer = read_catalogue(content.root).offer(13)
    assert (offer.slug, offer.status, offer.use.kind) == ("un-cafe-offert", "draft", "voucher")


def test_the_commented_part_of_a_new_file_is_valid_too(content: Any) -> None:
    run("new", "--content", str(content.root), typed=ANSWERS)
    path = content.root / "offers" / "un-cafe-offert.yaml"
    head, _, tail = path.read_text(encoding="utf-8").partition("\n\n")
    opened = "\n".join(line.removeprefix("# ") for line in tail.splitlines())
    path.write_text(f"{head}\n{opened}\n", encoding="utf-8")
    codes = {problem.code for problem in content.examine().errors}
    assert codes == set()
    assert read_catalogue(content.root).offer(13).saving.estimated_cents == 400


@pytest.mark.parametrize("kind", ["code", "link", "barcode", "card"])
def test_new_writes_a_valid_file_for_each_way_of_use(kind: str, content: Any) -> None:
    answers = (
        ANSWERS.replace("loisirs\n\n\n", f"loisirs\n{kind}\n\n") + "http://non.example\nhttps://oui.example\n"
    )
    run("new", "--content", str(content.root), typed=answers)
    assert read_catalogue(content.root).offer(13).use.kind == kind


def test_new_asks_again_and_says_why(content: Any) -> None:
    spoilt = ANSWERS.replace(
        "Un café.\nle-grand-lampion", "<b>\n" + "x" * 161 + "\nUn café.\nle-grand-lampio\nle-grand-lampion"
    )
    result = run(
        "new", "--content", str(content.root), typed=spoilt.replace("2026-12-01", "1/12\n2026-12-01")
    )
    assert result.exit_code == 0
    for words in ("HTML", "161 caractères", "le-grand-lampion", "n'est pas une date"):
        assert words in result.stderr


def test_new_refuses_answers_that_break_a_rule_together_and_writes_nothing(content: Any) -> None:
    before = sorted(content.root.rglob("*"))
    result = run(
        "new", "--content", str(content.root), typed=ANSWERS.replace("2027-03-31", "2026-11-30"), refused=True
    )
    assert isinstance(result.exception, Refused) and "avant de commencer" in result.exception.sentence
    assert sorted(content.root.rglob("*")) == before


def test_new_never_writes_over_a_file_and_leaves_nothing_behind(content: Any) -> None:
    path = content.root / "offers" / "place.yaml"
    before = path.read_bytes()
    with pytest.raises(Refused, match="existe déjà"):
        write_new(path, "autre")
    with pytest.raises(Refused, match="n'existe pas"):
        write_new(content.root / "nulle-part" / "x.yaml", "autre")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["place.yaml"]


def test_the_next_number_is_above_those_of_retired_offers(content: Any) -> None:
    content.write(
        "offers/vieille.yaml",
        (content.root / "offers/place.yaml")
        .read_text()
        .replace("12\nstatus: published", "99\nstatus: retired"),
    )
    assert next_number(read_catalogue(content.root)) == 100


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_the_committed_schema_is_current(kind: str) -> None:
    committed = (ROOT / "docs" / "schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert committed == schema_text(kind), "run: cje offers schema --write docs/schema"


def test_every_field_of_the_schemas_is_explained() -> None:
    for kind in SCHEMAS:
        schema = json.loads(schema_text(kind))
        for name, part in {kind: schema, **schema.get("definitions", {})}.items():
            for field, shape in part.get("properties", {}).items():
                assert shape.get("description"), f"{name}.{field}"
            assert part.get("additionalProperties", False) is False


def test_every_content_file_names_its_schema() -> None:
    for path in (ROOT / "content").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).resolve().is_file(), path


def test_from_a_real_shell_there_is_no_traceback(content: Any) -> None:
    (content.root / "site.yaml").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "cje", "offers", "list", "--content", str(content.root)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_guide_shows_what_the_tool_really_says_and_names_every_command(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "fr" / "editeurs.md").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "content", tmp_path / "content")
    offer = tmp_path / "content" / "offers" / "grand-lampion-place.yaml"
    offer.write_text(offer.read_text(encoding="utf-8").replace("[loisirs]", "[loisir]"), encoding="utf-8")
    told = run("check", "--content", str(tmp_path / "content"), "--date", DAY).stdout
    told = told.replace(f"{tmp_path.as_posix()}/", "").replace("\u202f", " ").replace("\u00a0", " ")
    assert told.strip() in guide
    assert all(f"cje offers {name}" in guide for name in offers.commands)
