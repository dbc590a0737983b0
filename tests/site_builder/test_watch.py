"""`cje site serve --watch`: a change is built and shown; nothing of that is ever part of a site."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path
from threading import Thread

import pytest
from built_site import tree

from site_builder.preview.serve import SiteServer, open_server
from site_builder.preview.watch import LIVE, LIVE_SCRIPT, Watch


def get(server: SiteServer, path: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(f"{server.url.rstrip('/')}{path}") as answer:  # loopback
        return answer.read(), answer.headers["Content-Security-Policy"] or ""


@pytest.fixture
def watched(built: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    with open_server(built, 0, Watch(tmp_path, lambda: None, print)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_acts_after_each_change_and_only_then(tmp_path: Path) -> None:
    acts: list[str] = []
    (tmp_path / "offers").mkdir()
    offer = tmp_path / "offers" / "a.yaml"
    watch = Watch(tmp_path, lambda: acts.append("built"), lambda error: None)
    assert not watch.look()
    offer.write_text("number: 1")
    assert watch.look() and not watch.look()
    offer.write_text("number: 22")
    assert watch.look()
    offer.unlink()
    assert watch.look() and not watch.look()
    assert (len(acts), watch.version) == (3, 4)


def test_a_fault_is_told_and_the_watch_goes_on(tmp_path: Path) -> None:
    told: list[Exception] = []

    def act() -> None:
        if (tmp_path / "a").read_text() == "faulty":
            raise ValueError("a")

    watch = Watch(tmp_path, act, told.append)
    (tmp_path / "a").write_text("faulty")
    assert watch.look() and watch.version == 1 and len(told) == 1
    (tmp_path / "a").write_text("mended")
    assert watch.look() and watch.version == 2


@pytest.mark.promise("P28")
def test_pages_get_their_script_on_the_way_out_and_the_site_never_has_it(
    watched: SiteServer, served: SiteServer, built: Path
) -> None:
    page, policy = get(watched, "/")
    assert page.count(LIVE_SCRIPT.encode()) == 1
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert get(watched, LIVE)[0] == b"1"
    assert LIVE.encode() in get(watched, LIVE_SCRIPT)[0]
    assert b"unregister" in get(watched, "/sw.js")[0]
    plain, _ = get(served, "/")
    assert plain == (built / "index.html").read_bytes()
    assert not [path for path, data in tree(built).items() if re.search(rb"cje-live", data)]
    with pytest.raises(urllib.error.HTTPError):
        get(served, LIVE)
