"""Decap's forms are made from the models: nothing that can be written is missing, nothing else is asked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from catalogue.cli.main import offers
from catalogue.exchange.decap import FOLDERS, SINGLE_FILES, Forge, configuration, decap_files, form
from catalogue.exchange.schema import SCHEMAS, json_schema
from catalogue.model.offer import Offer
from catalogue.model.ways_of_use import KINDS
from catalogue.problems.source_file import SourceFile
from catalogue.problems.strict_yaml import read_document

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "forges" / "cms"
# Those of decap-cms 3 that the forms use; another name would be refused when its page opens.
WIDGETS = {
    "string", "number", "boolean", "select", "relation", "datetime", "markdown", "image", "object", "list",
}  # fmt: skip


def fields_of(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a form with its path, groups inside out."""

    def walk(fields: list[dict[str, Any]], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for field in fields:
            here = f"{path}.{field['name']}".lstrip(".")
            yield here, field
            yield from walk(field.get("fields", []), here)

    yield from walk(form(kind), "")


def paths_of(shape: dict[str, Any], schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every field of a JSON schema, with its path: an oracle that knows nothing of widgets."""
    if "$ref" in shape:
        shape = schema["definitions"][shape["$ref"].rpartition("/")[2]]
    for part in (*shape.get("anyOf", ()), *shape.get("oneOf", ())):
        yield from paths_of(part, schema, path)
    if "items" in shape:
        yield from paths_of(shape["items"], schema, path)
    for name, inner in shape.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        yield here
        yield from paths_of(inner, schema, here)


@pytest.mark.parametrize("name", ["config.yml", "index.html", "tidy.js"])
def test_the_committed_folder_is_current(name: str) -> None:
    committed = (COMMITTED / name).read_text(encoding="utf-8")
    assert committed == decap_files(Forge())[name], "run: cje offers cms --write docs/forges/cms"


def test_every_file_has_a_form_but_the_theme_whose_names_are_free() -> None:
    assert {*FOLDERS, *SINGLE_FILES} == SCHEMAS.keys() - {"theme"}


@pytest.mark.parametrize("kind", [*FOLDERS, *SINGLE_FILES])
def test_a_form_has_every_field_of_its_model_and_no_other(kind: str) -> None:
    schema = json_schema(kind)
    assert {path for path, _ in fields_of(kind)} == set(paths_of(schema, schema))
    for path, field in fields_of(kind):
        assert field["widget"] in WIDGETS and field["hint"].strip(), path
    top = {field["name"]: field["required"] for field in form(kind)}
    assert {name for name, required in top.items() if required} == set(schema["required"])


def test_choices_limits_and_kinds_are_those_of_the_model() -> None:
    found = dict(fields_of("offer"))
    assert found["use.kind"]["options"] == list(KINDS) and found["use.kind"]["required"]
    assert found["use.source"]["options"] == ["shared", "imported", "derived", "fixed"]
    assert found["status"]["options"] == ["draft", "published", "retired"]
    assert not found["saving.kind"]["required"], "Decap asks for it even when no saving is told"
    assert not found["image.alt"]["required"]
    assert found["places.address"]["required"] and found["territory.label"]["required"]
    uses = Offer.model_fields["limit"].annotation
    assert uses is not None and (found["limit.uses"]["min"], found["limit.uses"]["max"]) == (0, 255)
    assert (found["categories"]["min"], found["categories"]["max"]) == (1, 3)
    assert found["valid_until"]["format"] == "YYYY-MM-DD"


def test_what_stands_elsewhere_is_chosen_and_not_typed() -> None:
    told = configuration(Forge(), "content", "fr")
    collections = {item["name"]: item for item in told["collections"]}
    chosen = [field for kind in FOLDERS for _, field in fields_of(kind) if field["widget"] == "relation"]
    assert [field["name"] for field in chosen] == ["partner", "categories", "programmes", "offers"]
    for field in chosen:
        files = {item["name"] for item in collections[field["collection"]].get("files", [])}
        assert field.get("file") in files or (field["value_field"] == "{{slug}}" and "file" not in field)


def values_at(data: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(data, tuple):
        for item in data:
            yield from values_at(item, path)
    elif not path:
        yield data
    elif isinstance(data, dict) and path[0] in data:
        yield from values_at(data[path[0]], path[1:])


@pytest.mark.parametrize("kind", sorted(FOLDERS))
def test_a_form_takes_all_that_the_content_says(kind: str) -> None:
    seen = 0
    for file in sorted((ROOT / "content" / FOLDERS[kind]).glob("*.yaml")):
        data = read_document(SourceFile(file.name, file.read_text(encoding="utf-8"))).data
        for path, field in fields_of(kind):
            inner = field.get("field", field)
            for value in values_at(data, path.split(".")):
                seen += 1
                if "pattern" in inner:
                    assert re.search(inner["pattern"][0], str(value).strip()), (file.name, path, value)
                if "options" in inner:
                    assert value in inner["options"], (file.name, path, value)
                if "max" in inner and inner["widget"] == "number":
                    assert inner["min"] <= value <= inner["max"]
    assert seen > 10


def test_a_pattern_refuses_what_the_model_refuses() -> None:
    patterns = {path: field["pattern"] for path, field in fields_of("offer") if "pattern" in field}
    for path, value in (
        ("title", "x" * 61),
        ("title", "deux\nlignes"),
        ("places.postcode", "6000"),
        ("saving.basket", "40"),
        ("use.url", "http://a.example"),
        ("territory.label", ""),
    ):
        pattern, words = patterns[path]
        assert not re.search(pattern, value) and words


def test_both_readers_of_yaml_find_the_configuration_that_was_meant() -> None:
    text = decap_files(Forge())["config.yml"]
    assert yaml.safe_load(text) == configuration(Forge(), "content", "fr")


TIDY = """
class Group extends Map {
  map(act) { return new Group([...this].map(([name, item]) => [name, act(item, name)])); }
  filter(keep) { return new Group([...this].filter(([name, item]) => keep(item, name))); }
}
class Items extends Array { get size() { return this.length; } }
const held = (value) => Array.isArray(value) ? Items.from(value, held)
  : value && typeof value === "object"
    ? new Group(Object.entries(value).map(([name, item]) => [name, held(item)])) : value;
const plain = (value) => value instanceof Group
  ? Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]))
  : value instanceof Items ? Array.from(value, plain) : value;
let listener;
globalThis.CMS = { registerEventListener: (event) => { listener = event; } };
require(process.argv[1]);
if (listener.name !== "preSave") throw new Error(listener.name);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((data) => plain(listener.handler({ entry: held({ data }) })))));
"""


def test_what_forms_leave_behind_is_taken_out_before_it_is_written() -> None:
    node = shutil.which("node")
    assert node, "Node is needed to run what the browser runs"
    given = [
        {"title": " Vélo ", "description": "", "reviewed": None, "tags": [], "age": {"min": None}, "n": 0},
        {"use": {"kind": "link", "url": "https://a.example", "paper": True, "code": "X", "kept": 1}},
        {"use": {"kind": "voucher", "paper": False, "url": ""}, "saving": {"kind": ""}},
        {"saving": {"kind": "percent", "percent": 10, "basket": "40 €", "text": "autre"}},
        {"places": [{"name": "A", "hours": ""}, {"name": ""}], "steps": ["un", "", " "]},
    ]
    run = subprocess.run(
        [node, "--eval", TIDY, str(COMMITTED / "tidy.js")],
        input=json.dumps(given), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [
        {"title": "Vélo", "n": 0},
        {"use": {"kind": "link", "url": "https://a.example"}},
        {"use": {"kind": "voucher", "paper": False}},
        {"saving": {"kind": "percent", "percent": 10, "basket": "40 €"}},
        {"places": [{"name": "A"}], "steps": ["un"]},
    ]


def test_each_forge_is_told_where_to_write(tmp_path: Path) -> None:
    def told(*arguments: str) -> dict[str, Any]:
        result = CliRunner().invoke(offers, ["cms", "--write", str(tmp_path), *arguments])
        assert result.exit_code == 0, result.output
        backend: dict[str, Any] = yaml.safe_load((tmp_path / "config.yml").read_text("utf-8"))["backend"]
        return backend

    assert told() == {"name": "test-repo"}
    assert told("--forge", "github", "--repo", "a/b", "--login", "https://login.example") == {
        "name": "github", "repo": "a/b", "branch": "main", "base_url": "https://login.example",
    }  # fmt: skip
    assert told("--forge", "gitlab", "--repo", "a/b", "--branch", "prod", "--application", "c0ffee") == {
        "name": "gitlab", "repo": "a/b", "branch": "prod", "auth_type": "pkce", "app_id": "c0ffee",
    }  # fmt: skip
    refused = CliRunner().invoke(offers, ["cms", "--write", str(tmp_path), "--forge", "gitlab"])
    assert refused.exit_code == 2 and "--repo" in refused.output


def test_a_file_that_is_not_ours_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>à nous</p>", encoding="utf-8")
    result = CliRunner().invoke(offers, ["cms", "--write", str(tmp_path)])
    assert result.exit_code == 1 and "index.html" in str(getattr(result.exception, "sentence", ""))
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_the_page_asks_no_other_origin_and_says_what_is_missing() -> None:
    page = (COMMITTED / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]", page)
    assert "decap-cms.js" in page and "npm pack decap-cms" in page
    assert not re.search(r"<script(?! src=)|style=|\son\w+=", page)
