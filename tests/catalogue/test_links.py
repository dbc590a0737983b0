"""The client that asks for links, against a server on loopback: what it finds, and how politely it asks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import pytest
from click.testing import CliRunner

from catalogue.cli.main import offers
from catalogue.exchange import links as room
from catalogue.exchange.links import MAX_HOPS, PAUSE, Client, Link, links_of
from cje.locales import LANGUAGES, messages

CONTACT = "mailto:nous@carte.example"


class Server:
    """Answers by path: /404 with 404, /301?to=/x by sending to /x, /get only to GET, /slow never in time."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.at_once: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.guard = threading.Lock()
        self.release = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Silence."""

            def do_HEAD(self) -> None:
                server.answer(self)

            do_GET = do_HEAD  # noqa: N815

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        host, path = handler.headers["Host"].partition(":")[0], handler.path
        with self.guard:
            self.requests.append((handler.command, path, handler.headers["User-Agent"]))
            self.at_once[host] = self.at_once.get(host, 0) + 1
            self.most[host] = max(self.most.get(host, 0), self.at_once[host])
        if path == "/slow":
            self.release.wait(20)
        first = path.strip("/").partition("?")[0]
        status = int(first) if first.isdigit() else 200
        if first == "get" and handler.command == "HEAD":
            status = 405
        with self.guard:
            self.at_once[host] -= 1
        handler.send_response(status)
        if "?to=" in path:
            handler.send_header("Location", path.partition("?to=")[2])
        handler.end_headers()

    def connect(self, address: SplitResult, timeout: float) -> http.client.HTTPConnection:
        """In the clear to loopback, whatever the host; the request names the host that was wanted."""
        assert address.scheme == "https"
        return http.client.HTTPConnection("127.0.0.1", self.http.server_port, timeout=timeout)

    def close(self) -> None:
        self.release.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def client(server: Server) -> Client:
    return Client(CONTACT, server.connect, timeout=5, wait=lambda seconds: None)


CASES = {
    "/200": None,
    "/get": None,
    "/204": None,
    "/302?to=/200": None,
    "/404": "link-gone",
    "/410": "link-gone",
    "/500": "link-unsure",
    "/403": "link-unsure",
    "/429": "link-unsure",
    "/301?to=/200": "link-moved",
    "/308?to=/200": "link-moved",
    "/301?to=/404": "link-gone",
    "/302?to=http://a.example/": "link-insecure",
    "/302?to=javascript:alert(1)": "link-insecure",
    "/302?to=//[": "link-unreachable",
    "/302?to=/302?to=/302?to=/302?to=/302?to=/302?to=/200": "link-loop",
}


@pytest.mark.parametrize("path", CASES)
def test_each_answer_has_its_verdict(path: str, client: Client) -> None:
    assert client.ask(f"https://a.example{path}").code == CASES[path]


def test_a_move_for_ever_gives_the_address_to_write(client: Client) -> None:
    answer = client.ask("https://a.example/301?to=/200")
    assert answer.better == "https://a.example/200"


def test_hops_are_counted(client: Client) -> None:
    path = "/302?to=" * MAX_HOPS + "/200"
    assert client.ask(f"https://a.example{path}").code is None
    assert client.ask(f"https://a.example/302?to={path}").code == "link-loop"


def test_a_server_that_says_nothing_is_left_after_the_timeout(server: Server) -> None:
    impatient = Client(CONTACT, server.connect, timeout=0.2, wait=lambda seconds: None)
    before = time.monotonic()
    assert impatient.ask("https://a.example/slow").code == "link-unreachable"
    assert time.monotonic() - before < 5


def test_a_host_that_is_not_there_is_told(server: Server) -> None:
    server.http.server_close()
    client = Client(CONTACT, server.connect, timeout=5, wait=lambda seconds: None)
    assert client.ask("https://a.example/").code == "link-unreachable"


def test_without_a_trusted_certificate_a_link_is_refused(tmp_path: Path) -> None:
    """Through the real TLS connection, to a server whose certificate nobody knows."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    http_server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    http_server.handle_error = lambda *_: None  # type: ignore[method-assign]
    http_server.socket = context.wrap_socket(http_server.socket, server_side=True)
    thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        answer = Client(CONTACT, timeout=5).ask(f"https://localhost:{http_server.server_port}/")
    finally:
        http_server.shutdown()
        thread.join()
        http_server.server_close()
    assert answer.code == "link-certificate" and answer.reason


def _self_signed(folder: Path) -> Path:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_asks_for_headers_first_says_who_it_is_and_asks_each_link_once(
    server: Server, client: Client
) -> None:
    client.ask_all(["https://a.example/200", "https://a.example/200", "https://a.example/get"])
    assert sorted(request[:2] for request in server.requests) == [
        ("GET", "/get"),
        ("HEAD", "/200"),
        ("HEAD", "/get"),
    ]
    assert {agent for _, _, agent in server.requests} == {f"cje-links/1 (+{CONTACT})"}


def test_one_request_at_a_time_to_a_host_and_a_pause_between_two(server: Server) -> None:
    pauses: list[float] = []
    client = Client(CONTACT, server.connect, timeout=5, wait=pauses.append)
    urls = [f"https://{host}.example/{n}" for host in "ab" for n in (200, 201, 202, 203, 301, 404)]
    answers = client.ask_all(urls)
    assert answers.keys() == set(urls)
    # HEAD and GET for each 404, and for 301 without a target, which is an answer of its own.
    assert pauses == [PAUSE] * (len(server.requests) - 2)


def test_one_host_is_never_asked_twice_at_once_even_through_another(server: Server) -> None:
    """The turn is held while the pause and the request last: two threads can never be inside."""
    inside, most = 0, 0
    guard = threading.Lock()

    def wait(_: float) -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.002)
        with guard:
            inside -= 1

    client = Client(CONTACT, server.connect, timeout=5, wait=wait)
    through = [f"https://b{n}.example/302?to=https://a.example/{200 + n}" for n in range(8)]
    client.ask_all([f"https://a.example/{200 + n}" for n in range(8)] + through)
    assert most == 1


def test_links_are_found_where_they_are_written_and_contacts_are_not_asked(content: Any) -> None:
    content.write(
        "partners/le-grand-lampion.yaml",
        "name: Le Grand Lampion\nsummary: Un cinéma.\nwebsite: https://a.example/404\n"
        "contact: {name: https://secret.example}\n",
    )
    content.replace("pages/aide.yaml", ("Voilà.", "[Ici](https://b.example/x), pas http://c.example."))
    content.replace("offers/place.yaml", ("Un film.", "Voir https://d.example"))
    found = {link.url: link for link in links_of(content.root)}
    assert found.keys() == {"https://a.example/404", "https://b.example/x"}
    problem = found["https://a.example/404"].problem(room.Answer("link-gone", "404"))
    assert problem is not None and (problem.line, problem.column, problem.severity) == (3, 10, "error")
    assert found["https://b.example/x"].problem(room.Answer()) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_of_links_is_told_in_full(lang: str, content: Any) -> None:
    codes = {key.split(".")[1] for key in messages("catalogue", lang) if key.startswith("problems.link-")}
    brought = {code for code in CASES.values() if code} | {"link-certificate"}
    assert codes - {"link-shape"} == brought
    link = Link("https://a.example/", next(iter(_sources(content))))
    for code in brought:
        problem = link.problem(room.Answer(code, "404"))
        assert problem is not None
        assert "{" not in problem.render(lang) and "404" in problem.render(lang) + (
            problem.suggestion or "404"
        )


def _sources(content: Any) -> Iterator[Any]:
    content.write(
        "partners/le-grand-lampion.yaml",
        "name: Le Grand Lampion\nsummary: Un cinéma.\nwebsite: https://a.example/\n",
    )
    for link in links_of(content.root):
        yield link.source


def test_the_command_tells_what_is_wrong_and_refuses(
    content: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    content.write(
        "partners/le-grand-lampion.yaml",
        "name: Le Grand Lampion\nsummary: Un cinéma.\nwebsite: https://a.example/301?to=/200\n",
    )
    monkeypatch.setattr(Client.__init__, "__defaults__", (server.connect, *Client.__init__.__defaults__[1:]))
    arguments = ["links", "--content", str(content.root), "--json"]
    result = CliRunner().invoke(offers, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["problems"][0]["suggestion"] == "https://a.example/200"
    assert CliRunner().invoke(offers, [*arguments, "--strict"]).exit_code == 1
    content.replace(
        "pages/aide.yaml",
        ("Voilà.", "[Ici](https://a.example/404)"),
    )
    assert CliRunner().invoke(offers, arguments).exit_code == 1


def test_no_other_command_uses_the_network(
    content: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refused(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refused)
    for command in ("check", "list", "export"):
        assert CliRunner().invoke(offers, [command, "--content", str(content.root)]).exit_code == 0
    assert server.requests == []
