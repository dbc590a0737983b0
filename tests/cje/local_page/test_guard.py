"""What the guard of a local page refuses before anything behind it runs; the pages test its door."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from local_world import Client, Local, answering, listening
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cje.local_page.limits import guarded
from cje.local_page.login import HEADERS, Door

CAP = 1_000


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """Say how much was sent."""
    got = 0
    while True:
        message = await receive()
        got += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(got).encode()})


@pytest.fixture(scope="module")
def client() -> Iterator[Client[Local]]:
    with listening() as taken:
        door = Door("cje_test", taken.getsockname()[1])
        page = guarded(behind, door, lambda path: CAP if path == "/large" else 10, "trop gros")
        with answering(page, taken):
            yield Client(Local(taken, door))


@pytest.mark.parametrize(
    "length", [str(CAP + 1), "1" * 5_000, "²", "-1", "+1", "1_0", "0x1", "1.0", "", "1e3"]
)
def test_a_length_over_the_cap_or_that_is_no_number_is_refused(client: Client[Local], length: str) -> None:
    """Not all of them get as far as the guard; none is an error of the server, and none gets behind it."""
    answer = client.ask("POST", "/large", None, {"Content-Length": length or " "})
    assert answer.status in (400, 413), answer.text


def test_a_body_that_does_not_say_how_long_it_is_is_refused(client: Client[Local]) -> None:
    answer = client.ask("POST", "/large", b"1\r\nx\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})
    assert (answer.status, answer.text) == (413, "trop gros")


def test_each_path_has_its_cap(client: Client[Local]) -> None:
    assert client.ask("POST", "/large", bytes(CAP)).text == str(CAP)
    assert client.ask("POST", "/large", bytes(CAP + 1)).status == 413
    assert client.ask("POST", "/small", bytes(10)).text == "10"
    assert client.ask("POST", "/small", bytes(11)).status == 413


def test_every_answer_has_the_same_headers(client: Client[Local]) -> None:
    for sent in ({}, {"Host": "evil.example"}, {"Content-Length": "99999"}):
        answer = client.ask("POST", "/", None, sent)
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == dict(HEADERS), sent


def test_the_address_names_loopback_and_its_token_opens_once(client: Client[Local]) -> None:
    address = urlsplit(client.running.address)
    assert (address.hostname, address.port, address.path) == ("127.0.0.1", client.running.port, "/enter")
    assert address.query == f"token={client.running.door.token}"
    door = Door("cje_test", 1)
    token = door.token or ""
    assert [door.enter(given, Response()) for given in ("", token, token)] == [False, True, False]
