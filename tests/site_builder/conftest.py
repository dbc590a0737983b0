"""The site of the real content/, built once a session."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from catalogue import Catalogue, read_catalogue
from site_builder.assets import BUNDLED
from site_builder.build import build
from site_builder.serve import SiteServer, open_server

sys.path.insert(0, str(Path(__file__).parent))

from built_site import DAY, ROOT
from published import history


@pytest.fixture(scope="session", autouse=True)
def bundled() -> None:
    """Bundle the browser files when nobody has: the builder cannot work without them."""
    if not (BUNDLED / "site.js").is_file():
        node = shutil.which("node")
        assert node, "Node is needed to bundle the browser files"
        subprocess.run([node, "build.mjs", "--quiet"], cwd=ROOT / "web", check=True, timeout=120)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "content")


@pytest.fixture(scope="session")
def built(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site that no test changes."""
    out = tmp_path_factory.mktemp("site") / "public"
    build(catalogue, out, day=DAY, statistics=history(catalogue))
    return out


@pytest.fixture
def served(built: Path) -> Iterator[SiteServer]:
    with open_server(built) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
