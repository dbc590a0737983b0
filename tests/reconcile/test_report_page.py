"""The operator's report as a page: all that was found, nothing that runs, no name that is markup."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from till_world import DAY
from tills import NOON, Shop, Till, make_claims

from reconcile.findings.report import Report
from reconcile.printing import report_page

HOSTILE = "</strong><script>alert(1)</script>\u202e"


class Shape(HTMLParser):
    """Fails on what does not close, on ids given twice, on anything that loads or runs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe", "object", "form"}
        for name, value in attrs:
            assert name not in {"src", "style"} and not name.startswith("on")
            if name == "id":
                assert value and value not in self.ids
                self.ids.add(value)
            if name == "href":
                assert value and value.startswith("#")
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def found() -> Report:
    """Two tills that met one copied voucher, one of them with a hostile name and a use without proof."""
    shop, one, other = Shop(), Till("Guichet 1"), Till("other", label=HOSTILE)
    for till in (one, other):
        till.accept(make_claims(1))
    other.accept(make_claims(2), evidence=None)
    shop.know(one, other)
    assert not shop.take(one.export(), other.export()).refused
    return shop.report(NOON + 40 * DAY)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_says_all_that_was_found_and_is_well_formed(found: Report, lang: str) -> None:
    made = report_page.page(found, lang).decode()
    shape = Shape()
    shape.feed(made)
    assert shape.open == []
    assert {str(kind) for kind in found.counts} <= shape.ids
    for finding in found.findings:
        assert made.count(f"<code>{finding.id}</code>") == 1
    words = unescape(re.sub("<[^>]*>", " ", made))
    assert ("silencieuse depuis" if lang == "fr" else "silent since") in words


@pytest.mark.promise("P24")
def test_a_name_is_text_and_turns_no_line_round(found: Report) -> None:
    made = report_page.page(found, "fr").decode()
    assert "<script" not in made and "\u202e" not in made
    assert "&lt;script&gt;alert(1)" in made


def test_its_policy_allows_its_own_style_and_nothing_else(found: Report) -> None:
    made = report_page.page(found, "fr").decode()
    style = re.search("<style>(.*?)</style>", made, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in unescape(made)


def test_a_calm_week_is_said_to_be_one() -> None:
    shop, till = Shop(), Till("Guichet 1")
    till.accept(make_claims(1))
    shop.know(till)
    shop.take(till.export())
    made = report_page.page(shop.report(NOON), "fr").decode()
    assert "Rien à signaler dans les usages." in made and "Toutes vont bien." in made
    assert 'class="worry"' not in made


def test_a_long_list_is_cut_and_says_how_much_more(found: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_page, "_SHOWN", 0)
    made = report_page.page(found, "fr").decode()
    assert "et 1 autre" in made and "<code>" + found.findings[0].id not in made


def test_the_command_writes_the_page_once(tmp_path: Path, found: Report) -> None:
    from click.testing import CliRunner
    from till_world import make_root, root_file

    from cje.errors import OutputRefused
    from reconcile.cli.main import reconcile

    (tmp_path / "root.1.cbor").write_bytes(root_file(make_root()))
    store, out = str(tmp_path / "store"), tmp_path / "rapport.html"
    runner = CliRunner()
    runner.invoke(reconcile, ["init", "--store", store, "--root", str(tmp_path / "root.1.cbor")])
    asked = ["report", "--store", store, "--html", str(out)]
    assert runner.invoke(reconcile, asked).exit_code == 0
    assert out.read_bytes().startswith(b"<!doctype html>")
    assert isinstance(runner.invoke(reconcile, asked).exception, OutputRefused)
