"""`cje site serve --watch` beside an open page: what is edited shows by itself, what is faulty is told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest
from built_site import ROOT, some_content
from playwright.sync_api import Playwright, expect

from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATIENCE = 60  # seconds for the whole test: nothing that hangs outlives it


@dataclass
class Preview:
    """A running preview of a small content."""

    url: str
    offers: list[Path]
    process: subprocess.Popen[str]

    def told(self) -> str:
        """The next line that the editor reads in the terminal."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    content = some_content(tmp_path / "content", 2)
    command = [sys.executable, "-m", "cje", "site", "serve", "--watch", "--content", content, "--out"]
    process = subprocess.Popen(
        [*command, tmp_path / "public"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = Timer(PATIENCE, process.kill)
    end.start()
    assert process.stdout is not None and process.stderr is not None
    with process, process.stdout, process.stderr:
        url = re.search(r"http://\S+/", process.stdout.readline())
        assert url, process.stderr.read()
        yield Preview(url[0], sorted((content / "offers").iterdir()), process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        end.cancel()


def test_an_edit_shows_in_the_open_page_and_a_fault_leaves_it_as_it_was(
    preview: Preview, playwright: Playwright
) -> None:
    offer = preview.offers[0]
    browser = playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*ARGUMENTS])
    page = browser.new_page(locale="fr-FR")
    page.set_default_timeout(20_000)
    page.goto(f"{preview.url}offres/{offer.stem}/")
    title = page.get_by_role("heading", level=1)
    assert re.match(r"\d+ fichiers", preview.told())

    def write(line: str) -> None:
        source = offer.read_text(encoding="utf-8")
        offer.write_text(re.sub(r"(?m)^title: .*$", line, source), encoding="utf-8")

    write("title: Un titre tout neuf")
    assert re.match(r"\d+ fichiers", preview.told())
    expect(title).to_have_text("Un titre tout neuf", timeout=20_000)
    write("title: [une liste")
    fault = preview.told()
    assert offer.name in fault and "Traceback" not in fault
    page.reload()
    expect(title).to_have_text("Un titre tout neuf")
    write("title: Mieux")
    while not re.match(r"\d+ fichiers", line := preview.told()):
        assert line, "the preview has ended"
    expect(title).to_have_text("Mieux", timeout=20_000)
    browser.close()
