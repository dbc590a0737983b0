"""The loopback server: what will be deployed, with its headers, and nothing outside the folder."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from site_builder.errors import SiteError
from site_builder.files.content_coding import preferred
from site_builder.files.policy import page_headers, parse_headers_file
from site_builder.preview.serve import SiteServer, find, open_server


def ask(
    server: SiteServer, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body


@contextmanager
def serving(folder: Path) -> Iterator[SiteServer]:
    server = open_server(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/offres/", "text/html; charset=utf-8"),
        ("/catalogue.json", "application/json; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/icons/icon.svg", "image/svg+xml"),
        ("/icons/icon-192.png", "image/png"),
        ("/offres.atom", "application/atom+xml; charset=utf-8"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
    ],
)
def test_says_the_right_type(path: str, kind: str, served: SiteServer) -> None:
    answer, body = ask(served, path)
    assert (answer.status, answer.getheader("Content-Type")) == (200, kind)
    assert body


def test_sends_gzip_only_when_it_is_wanted(served: SiteServer, built: Path) -> None:
    plain, raw = ask(served, "/")
    packed, small = ask(served, "/", Accept_Encoding="gzip, br")
    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(small) == raw == (built / "index.html").read_bytes()
    assert plain.getheader("ETag") != packed.getheader("ETag")


def test_a_copy_beside_a_file_is_handed_on_to_who_accepts_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"as it is")
    (tmp_path / "index.html.br").write_bytes(b"by brotli")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "data.json").write_bytes(b"{}")
    (tmp_path / "data.json.br").symlink_to(tmp_path / "secret")
    with serving(tmp_path) as server:
        for accepted, coding in (
            ("gzip, br", "br"),
            ("br;q=0, gzip", "gzip"),
            ("", None),
            ("br;q=0.0", None),
        ):
            answer, body = ask(server, "/", Accept_Encoding=accepted)
            assert (answer.getheader("Content-Encoding"), answer.getheader("Vary")) == (
                coding,
                "Accept-Encoding",
            )
            unpacked = gzip.decompress(body) if coding == "gzip" else body
            assert unpacked == (b"by brotli" if coding == "br" else b"as it is")
        answer, body = ask(server, "/data.json", Accept_Encoding="br")
        assert (answer.getheader("Content-Encoding"), body) == (None, b"{}")
        (tmp_path / "index.html.gz").write_bytes(b"by gzip")
        assert ask(server, "/", Accept_Encoding="gzip")[1] == b"by gzip"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("", None),
        ("br, gzip", "br"),
        ("gzip;q=1, br;q=0.9", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0", None),
        ("GZip ; Q=0.001", "gzip"),
        ("brotli, x-br", None),
        ("br;q=-1, gzip;q=2", None),
        ("br;q=nan, gzip;q=0,5", None),
        (";;,,=", None),
    ],
)
def test_the_compression_that_is_wanted_most_is_sent(accepted: str, sent: str | None) -> None:
    assert preferred(accepted, ["br", "gzip"]) == sent


def test_an_unchanged_file_is_not_sent_again(served: SiteServer) -> None:
    first, _ = ask(served, "/", Accept_Encoding="gzip")
    again, body = ask(served, "/", Accept_Encoding="gzip", If_None_Match=first.getheader("ETag") or "")
    assert (again.status, body) == (304, b"")
    other, _ = ask(served, "/", If_None_Match='"other"')
    assert other.status == 200


def test_head_says_the_length_and_sends_nothing(served: SiteServer, built: Path) -> None:
    answer, body = ask(served, "/", "HEAD")
    assert int(answer.getheader("Content-Length") or 0) == (built / "index.html").stat().st_size
    assert body == b""


def test_refuses_to_be_written_to(served: SiteServer) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert ask(served, "/", method)[0].status == 501


def test_every_page_comes_with_the_headers_of_the_policy(served: SiteServer) -> None:
    pages = {"/": "page", "/offres/": "page", "/mise-a-jour/": "framed", "/en/mise-a-jour/": "framed"}
    for path, kind in {**pages, "/carte/": "wallet", "/en/carte/": "wallet"}.items():
        answer, _ = ask(served, path)
        for name, value in page_headers(kind).items():  # type: ignore[arg-type]
            assert answer.getheader(name) == value, (path, name)
    till, _ = ask(served, "/caisse/")
    assert "camera=(self)" in (till.getheader("Permissions-Policy") or "")
    assert "camera=()" in (ask(served, "/")[0].getheader("Permissions-Policy") or "")


def test_one_page_alone_may_be_framed_and_only_by_the_site_itself(served: SiteServer, built: Path) -> None:
    rules = parse_headers_file((built / "_headers").read_text(encoding="utf-8"))
    framed = {
        rule: headers["Content-Security-Policy"].partition("frame-ancestors ")[2].partition(";")[0]
        for rule, headers in rules
    }
    allowed = {rule: who for rule, who in framed.items() if who != "'none'"}
    assert allowed == {"/mise-a-jour/*": "'self'", "/en/mise-a-jour/*": "'self'"}


def test_the_tills_page_alone_may_compile_webassembly(served: SiteServer, built: Path) -> None:
    """In the meta tag and in the headers; not even its own worker, to which it hands the code."""
    allowing = {
        path.relative_to(built).as_posix()
        for path in built.rglob("*.html")
        if "wasm-unsafe-eval" in path.read_text(encoding="utf-8")
    }
    assert allowing == {"caisse/index.html", "caisse/en/index.html"}
    rules = parse_headers_file((built / "_headers").read_text(encoding="utf-8"))
    assert [rule for rule, headers in rules if "wasm" in str(headers)] == ["/caisse/*"]
    [decoder] = (built / "assets").glob("zxing_reader-*.wasm")
    answer, _ = ask(served, f"/assets/{decoder.name}")
    assert answer.getheader("Content-Type") == "application/wasm"


def test_only_hashed_files_are_kept_for_ever(served: SiteServer, built: Path) -> None:
    asset = next(path for path in (built / "assets").iterdir())
    assert "immutable" in (ask(served, f"/assets/{asset.name}")[0].getheader("Cache-Control") or "")
    for path in ("/", "/sw.js", "/caisse/sw.js", "/catalogue.json"):
        assert ask(served, path)[0].getheader("Cache-Control") == "no-cache"


def test_a_missing_page_is_a_404_with_a_page_and_the_headers(served: SiteServer, built: Path) -> None:
    answer, body = ask(served, "/nulle/part")
    assert answer.status == 404
    assert body == (built / "404.html").read_bytes()
    assert "default-src 'none'" in (answer.getheader("Content-Security-Policy") or "")


def test_a_folder_without_its_slash_is_sent_to_it(served: SiteServer) -> None:
    answer, _ = ask(served, "/offres?x=1")
    assert (answer.status, answer.getheader("Location")) == (301, "/offres/")


@pytest.mark.promise("P25")
@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/%2e%2e%2fsecret",
        "/offres/../../secret",
        "//etc/passwd",
        "/..%5csecret",
        "/..\\secret",
        "/%00",
        "/link/secret",
        "/linked",
        "/../public-evil/secret",
        "/index.html/",
        "/.cje-build.json",
        "/" + "x" * 5000,
        "secret",
        "*",
    ],
)
def test_nothing_outside_the_folder_is_found(path: str, tmp_path: Path) -> None:
    root, evil = tmp_path / "public", tmp_path / "public-evil"
    (root / "offres").mkdir(parents=True)
    (root / "index.html").write_text("home")
    (root / ".cje-build.json").write_text("{}")
    evil.mkdir()
    for secret in (tmp_path / "secret", evil / "secret"):
        secret.write_text("secret")
    (root / "link").symlink_to(evil)
    (root / "linked").symlink_to(tmp_path / "secret")
    assert find(root.resolve(), path).path is None


def test_serves_on_loopback_only(served: SiteServer) -> None:
    assert served.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_a_sentence(served: SiteServer, built: Path) -> None:
    port = int(served.server_address[1])
    with pytest.raises(SiteError, match=f"{port} est déjà pris"):
        open_server(built, port)


@pytest.mark.parametrize("port", [65536, -1])
def test_an_impossible_port_is_a_sentence(port: int, built: Path) -> None:
    with pytest.raises(SiteError, match="65535"):
        open_server(built, port)


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="cje site build"):
        open_server(tmp_path)


def test_a_range_is_answered_as_a_wallet_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("x")
    (tmp_path / "a.bin").write_bytes(bytes(range(100)))
    with serving(tmp_path) as server:
        for asked, status, expected, shown in (
            ("bytes=10-19", 206, bytes(range(10, 20)), "bytes 10-19/100"),
            ("bytes=90-200", 206, bytes(range(90, 100)), "bytes 90-99/100"),
            ("bytes=99-", 206, b"\x63", "bytes 99-99/100"),
            *(
                (other, 200, bytes(range(100)), None)
                for other in ("bytes=100-", "bytes=9-3", "bytes=1-2,4-5", "")
            ),
        ):
            answer, body = ask(server, "/a.bin", Range=asked)
            assert (answer.status, body, answer.getheader("Content-Range")) == (status, expected, shown)
        assert ask(server, "/", Range="bytes=0-0")[0].status == 200
