"""What editors and forges are given works: the settings of VS Code, the CI files, the template."""

from __future__ import annotations

import json
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from catalogue.exchange.schema import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
FORGES = ROOT / "docs" / "forges"
CI = {"github": FORGES / "github" / "catalogue.yml", "gitlab": FORGES / "gitlab" / "gitlab-ci.yml"}


def test_vs_code_checks_each_content_file_with_the_schema_that_its_first_line_names() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert settings["yaml.yamlVersion"] == "1.2"
    schemas = settings["yaml.schemas"]
    assert {Path(name).stem for name in schemas} == SCHEMAS.keys()
    chosen = {path: (ROOT / name).resolve() for name, glob in schemas.items() for path in ROOT.glob(glob)}
    files = set((ROOT / "content").rglob("*.yaml"))
    assert chosen.keys() == files
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert chosen[path] == (path.parent / first.partition("=")[2]).resolve(), path


def scripts(value: Any) -> list[str]:
    """Every text of a CI file that is run by a shell."""
    if isinstance(value, dict):
        found = [scripts(item) for name, item in value.items() if name not in ("run", "script")]
        run = [item for name in ("run", "script") for item in _listed(value.get(name))]
        return run + [text for texts in found for text in texts]
    return [text for item in value for text in scripts(item)] if isinstance(value, list) else []


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def commands(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("cje ")]
    return [shlex.split(re.sub(r"\$\{CJE_TRUST:\+(.*?)\}", r"\1", line))[1:] for line in lines]


@pytest.mark.parametrize("forge", sorted(CI))
def test_each_command_of_a_forge_exists_with_its_options(forge: str) -> None:
    from cje.cli.commands import cje

    told = yaml.safe_load(CI[forge].read_text(encoding="utf-8"))
    found = [command for text in scripts(told) for command in commands(text)]
    assert {tuple(command[:2]) for command in found} == {("offers", "check"), ("site", "build")}
    assert any("--against" in command for command in found)
    for words in found:
        group, name, *arguments = words
        holder = cje.get_command(click.Context(cje), group)
        assert isinstance(holder, click.Group)
        command = holder.get_command(click.Context(holder), name)
        assert command is not None
        assert command.make_context(name, list(arguments)).params, words


@pytest.mark.parametrize("forge", sorted(CI))
def test_publishing_never_erases_what_the_issuer_has_published(forge: str) -> None:
    text = CI[forge].read_text(encoding="utf-8")
    assert text.count("rsync --archive --delete --exclude=/w/ --exclude=/trust/") == 1


def test_a_text_of_a_pull_request_never_becomes_a_command() -> None:
    """Expressions of GitHub stand in `env`, `if` and `with`, never inside a script."""
    told = yaml.safe_load(CI["github"].read_text(encoding="utf-8"))
    assert not [text for text in scripts(told) if "${{" in text]
    assert told["permissions"] == {"contents": "read"}


def test_the_guide_names_every_file_for_forges() -> None:
    guide = (ROOT / "docs" / "fr" / "editeurs.md").read_text(encoding="utf-8")
    for path in FORGES.rglob("*.*"):
        assert path.relative_to(ROOT / "docs").as_posix() in guide


def test_the_terminal_of_the_guide_is_what_the_tool_says_today() -> None:
    images = ROOT / "docs" / "fr" / "images"
    drawing = runpy.run_path(str(images / "draw.py"))
    committed = (images / "check.svg").read_text(encoding="utf-8")
    assert committed == drawing["check_picture"](), "run: python docs/fr/images/draw.py check"


def test_each_picture_of_the_guides_is_there_light_and_told_in_words() -> None:
    guides = ROOT / "docs" / "fr"
    pages = [page.read_text(encoding="utf-8") for page in sorted(guides.glob("*.md"))]
    shown = [found for page in pages for found in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page)]
    files = {path for path in (guides / "images").iterdir() if path.suffix in (".svg", ".png")}
    assert {guides / name for _, name in shown} == files and len(files) >= 2
    assert all(len(words) > 40 for words, _ in shown)
    assert all(path.stat().st_size < 150_000 for path in files)
