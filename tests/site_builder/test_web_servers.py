"""The settings we write for nginx and Apache, in a real nginx and a real Apache."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from built_site import DAY
from click.testing import CliRunner
from published import history

from catalogue import Catalogue
from site_builder.build import build
from site_builder.cli import site
from site_builder.files.policy import SERVERS, WebServer
from site_builder.files.precompression import ENDINGS, GZIP, brotli
from site_builder.preview.serve import SiteServer

MODULES = ["mpm_event", "authz_core", "dir", "mime", "alias", "filter", "deflate", "headers", "rewrite"]
BROTLI = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
PATHS = (
    "/",
    "/offres/",
    "/carte/",
    "/caisse/",
    "/en/carte/",
    "/sw.js",
    "/catalogue.json",
    "/manifest.webmanifest",
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("web-servers")]


def _nginx(folder: Path, public: Path, port: int, settings: Path) -> list[str]:
    conf = folder / "nginx.conf"
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"load_module {BROTLI};\n"
        f"daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{temporary}"
        f"server {{ listen 127.0.0.1:{port}; root {public}; include {settings}; }} }}\n"
    )
    return [
        str(shutil.which("nginx", path="/usr/sbin:/usr/bin")),
        "-p",
        str(folder),
        "-c",
        str(conf),
        "-e",
        "stderr",
    ]


def _apache(folder: Path, public: Path, port: int, settings: Path) -> list[str]:
    conf = folder / "apache.conf"
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES
    )
    conf.write_text(
        f"ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n{modules}"
        f"ErrorLog {folder}/errors\nDefaultRuntimeDir {folder}\n"
        # As Debian sets it up: among others, .gz is a type there and .br a language.
        f"Include /etc/apache2/mods-available/mime.conf\n"
        f"DocumentRoot {public}\n"
        f"<Directory {public}>\nRequire all granted\n</Directory>\nInclude {settings}\n"
    )
    return [str(shutil.which("apache2", path="/usr/sbin:/usr/bin")), "-DFOREGROUND", "-f", str(conf)]


@pytest.fixture(scope="module")
def published(catalogue: Catalogue) -> Iterator[Path]:
    """A built site that an account without rights may read, as a web server's should."""
    quick = brotli(1)
    assert quick is not None
    ways = (GZIP, quick)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(catalogue, folder / "public", day=DAY, statistics=history(catalogue), precompress=ways)
        folder.chmod(0o755)
        yield folder / "public"


@pytest.fixture(scope="module", params=SERVERS)
def address(request: pytest.FixtureRequest, published: Path) -> Iterator[str]:
    server: WebServer = request.param
    folder = published.parent / server
    folder.mkdir()
    asked = CliRunner().invoke(site, ["config", "--out", str(published), server])
    assert asked.exit_code == 0, asked.output
    (folder / "settings.conf").write_text(asked.stdout)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = {"nginx": _nginx, "apache": _apache}[server](folder, published, port, folder / "settings.conf")
    # A web server does not run as root; both would ask for an account to become.
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if nobody:
        shutil.chown(folder, "nobody")
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **nobody)  # type: ignore[call-overload]
    try:
        _until_it_answers(running, port)
        yield f"127.0.0.1:{port}"
    finally:
        running.terminate()
        running.communicate(timeout=10)


def _until_it_answers(running: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert running.poll() is None, running.communicate()[1]
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the web server does not answer")


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection(address, timeout=5)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    assert len({name for name, _ in answer.getheaders()}) == len(answer.getheaders()), (
        "a header is sent twice"
    )
    told = (answer.status, dict(answer.getheaders()), answer.read())
    line.close()
    return told


@pytest.mark.promise("P25")
@pytest.mark.parametrize("path", PATHS)
def test_sends_what_our_own_server_sends(path: str, address: str, served: SiteServer) -> None:
    status, headers, body = ask(address, path)
    _, ours, expected = ask(served.url.removeprefix("http://").rstrip("/"), path)
    assert (status, body) == (200, expected)
    assert headers["Content-Type"].lower() == ours["Content-Type"]
    policy = served.headers_for(path)
    assert {name: headers.get(name) for name in policy} == dict(policy)


@pytest.mark.parametrize("path", ["/nulle-part/", "/_headers", "/.cje-build.json", "/offres/../_headers"])
def test_says_not_found_on_the_page_of_the_site_under_its_policy(
    path: str, address: str, published: Path
) -> None:
    status, headers, body = ask(address, path)
    assert (status, body) == (404, (published / "404.html").read_bytes())
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_compresses_what_shrinks_and_leads_into_folders(address: str) -> None:
    _, headers, _ = ask(address, "/offres/", **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    status, headers, _ = ask(address, "/offres")
    assert (status, headers["Location"].removeprefix(f"http://{address}")) == (301, "/offres/")


ACCEPTED = {
    "gzip": "gzip",
    "br": "br",
    "gzip, deflate, br, zstd": "br",
    "gzip, br;q=0": "gzip",
    "br;q=0.000, gzip;q=0.5": "gzip",
    "BR;q=1.0": "br",
    "gzip;q=0, brr, xbr": None,
    "identity": None,
}


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_hands_on_what_is_compressed_already_to_who_accepts_it(
    accepted: str, address: str, published: Path
) -> None:
    coding = ACCEPTED[accepted]
    for path, kind in (
        ("offres/index.html", "text/html; charset=utf-8"),
        ("offres/", "text/html; charset=utf-8"),
        ("catalogue.json", "application/json; charset=utf-8"),
        ("offres.atom", "application/atom+xml; charset=utf-8"),
    ):
        status, headers, body = ask(address, f"/{path}", **{"Accept-Encoding": accepted})
        file = published / path / ("index.html" if path.endswith("/") else "")
        assert body == Path(f"{file}{ENDINGS[coding] if coding else ''}").read_bytes()
        assert (status, headers.get("Content-Encoding"), headers.get("Content-Language")) == (
            200,
            coding,
            None,
        )
        assert (headers["Content-Type"].lower(), headers["Vary"]) == (kind, "Accept-Encoding")
        assert headers["Content-Length"] == str(len(body))
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_only_the_till_may_compile_and_only_who_scans_sees_the_camera(address: str) -> None:
    policies = {path: ask(address, path)[1] for path in PATHS}
    assert {path for path, told in policies.items() if "wasm" in told["Content-Security-Policy"]} <= {
        "/caisse/"
    }
    films = {path for path, told in policies.items() if "camera=(self)" in told["Permissions-Policy"]}
    assert films == {"/carte/", "/caisse/", "/en/carte/"}


def test_a_folder_without_a_site_is_told(tmp_path: Path) -> None:
    asked = CliRunner().invoke(site, ["config", "--out", str(tmp_path), "nginx"])
    assert asked.exit_code == 1
    assert "cje site build" in str(asked.exception or asked.output)


def test_below_a_path_every_rule_moves_with_it(published: Path) -> None:
    asked = CliRunner().invoke(
        site, ["config", "--out", str(published), "--base-path", "jeunes/carte", "nginx"]
    )
    assert "location = /jeunes/carte/ {" in asked.stdout
    assert "location ^~ /jeunes/carte/caisse/ {" in asked.stdout
    assert "error_page 404 /jeunes/carte/404.html;" in asked.stdout
