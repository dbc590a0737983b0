"""The search of the pages, tested in its own language (web/test/site/)."""

from __future__ import annotations

import re
import shutil
import subprocess

from built_site import ROOT


def test_the_search_keeps_its_promises() -> None:
    node = shutil.which("node")
    assert node, "Node is needed to test what the browser runs"
    run = subprocess.run(
        [node, "--import", "tsx", "--test", "test/site/search.test.ts", "test/site/arriving.test.ts"],
        cwd=ROOT / "web",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout
    passed = re.search(r"(?m)^# pass (\d+)$", run.stdout)
    assert passed and int(passed[1]) >= 18
