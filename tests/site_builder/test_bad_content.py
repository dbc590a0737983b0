"""Content at its edges, through `cje site build`: a whole site, or one clear sentence and no file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from built_site import DAY, some_content
from click.testing import CliRunner, Result

from site_builder.cli import site
from site_builder.preview.check import check_site

LIMIT = 200  # characters of one condition


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return some_content(tmp_path / "content", 1)


def built(content: Path) -> Result:
    out = content.parent / "public"
    arguments = ["build", "--content", content, "--out", out, "--day", DAY, "--jobs", 1]
    return CliRunner().invoke(site, [str(one) for one in arguments])


def offer(content: Path) -> Path:
    (only,) = (content / "offers").iterdir()
    return only


def rewrite(path: Path, pattern: str, by: str) -> None:
    source = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, by, source, count=1)
    assert changed != source
    path.write_text(changed, encoding="utf-8")


def with_condition(content: Path, length: int) -> None:
    text = ("Sur présentation de la carte en magasin. " * 30)[: length - 1] + "."
    rewrite(offer(content), r"(?m)^conditions:\n", f"conditions:\n  - {text}\n")


def no_offer(content: Path) -> None:
    offer(content).unlink()


def no_logo(content: Path) -> None:
    for partner in (content / "partners").iterdir():
        partner.write_text(re.sub(r"(?m)^logo:.*\n(  .*\n)*", "", partner.read_text(encoding="utf-8")))
        assert "logo" not in partner.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "edge",
    [lambda _: None, no_offer, no_logo, lambda content: with_condition(content, LIMIT)],
    ids=["one offer", "no offer", "no logo", "the longest condition"],
)
def test_what_is_little_or_long_is_a_whole_site(edge: Callable[[Path], None], content: Path) -> None:
    edge(content)
    run = built(content)
    assert run.exit_code == 0, run.output
    assert check_site(content.parent / "public")[1] == []


def unreadable_theme(content: Path) -> None:
    rewrite(content / "theme.yaml", '(?m)^  ink: "#14102e"', '  ink: "#d8d8e8"')


def long_name(content: Path) -> None:
    path = offer(content)
    path.rename(path.with_name("a" * 111 + ".yaml"))


@pytest.mark.parametrize(
    ("edge", "said"),
    [
        (lambda content: with_condition(content, LIMIT + 1), "Une erreur dans le contenu"),
        (lambda content: with_condition(content, 1_000), "Une erreur dans le contenu"),
        (long_name, f"{'a' * 111}.yaml"),
        (unreadable_theme, "contraste"),
        (lambda content: (content.parent / "public").write_bytes(b""), "public"),
    ],
    ids=["a condition too long", "1,000 characters", "a name of 116 bytes", "pale theme", "public is a file"],
)
def test_what_cannot_be_built_is_one_sentence_and_nothing_is_written(
    edge: Callable[[Path], None], said: str, content: Path
) -> None:
    edge(content)
    run = built(content)
    assert run.exit_code == 1
    told = str(run.exception) if run.exception and not isinstance(run.exception, SystemExit) else run.output
    assert said in told and len(told.strip().splitlines()) == 1, told
    assert not (content.parent / "public").is_dir()
