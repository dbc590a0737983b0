"""A till for a reader that streams lines, and for programs in other languages on the same computer."""

from __future__ import annotations

import http.client
import io
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import walks
from till_world import IDENTITY, NOON, PARTNER, live, make_claims, make_list, trust_file
from typed_scenarios import CODED_LIST, code, pairing_text

from verifier import TillProfile
from verifier.errors import BadInput
from verifier.till.http_api import MAX_BODY, Endpoint, new_token, read_token
from verifier.till.scan_stream import watch_lines
from verifier.till.till import Till, make_till


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "caisse"
    make_till(path, TillProfile(PARTNER, "Guichet 1", False), walks.ANCHOR, trust_file(make_list()), NOON)
    return path


@pytest.fixture
def till(folder: Path) -> Iterator[Till]:
    with Till.open(folder, lambda: NOON) as opened:
        yield opened


def feed(till: Till, *lines: str) -> list[dict[str, Any]]:
    stream = io.BytesIO("".join(f"{line}\r\n" for line in lines).encode())
    return [json.loads(answer) for answer in watch_lines(till, stream, "fr", as_json=True)]


def test_each_line_is_one_decision(till: Till) -> None:
    text = live(make_claims())
    answers = feed(till, text, "", text, "https://exemple.fr", "A" * 50_000, live(make_claims(2)))
    assert [a["verdict"] for a in answers] == [
        "accepted",
        "already_accepted",
        "not_ours",
        "not_ours",
        "accepted",
    ]


@pytest.mark.parametrize(
    ("text", "sentence", "command"),
    [
        (pairing_text(), "règle la caisse", "cje till pair"),
        ("CJT1:0EC", "morceau de liste", "cje till update"),
    ],
)
def test_what_sets_a_till_up_is_told_from_a_voucher(
    till: Till, text: str, sentence: str, command: str
) -> None:
    (answer,) = feed(till, text)
    assert (answer["verdict"], answer["green"]) == ("not_ours", False)
    assert sentence in answer["sentence"] and command in answer["next"]
    assert text not in json.dumps(answer) and not till.status().paired


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\x1d", "\x1d\r\n", "\x03", "\x04"])
def test_a_reader_may_end_its_scans_as_it_likes(till: Till, ending: str) -> None:
    stream = io.BytesIO("".join(live(make_claims(n)) + ending for n in (1, 2)).encode())
    answers = [json.loads(line) for line in watch_lines(till, stream, "fr", as_json=True)]
    assert [answer["green"] for answer in answers] == [True, True]


def test_a_line_is_answered_before_the_next_one_comes(till: Till) -> None:
    """A pipe that stays open: the answer must not wait for the reader's next scan."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream, os.fdopen(write, "wb", buffering=0) as reader:
        answers = watch_lines(till, stream, "fr", as_json=True)
        for number in (1, 2):
            text = live(make_claims(number)).encode()
            reader.write(text[:50])
            reader.write(text[50:] + b"\x1d")
            assert json.loads(next(answers))["green"]


def test_a_line_without_end_is_not_kept_in_memory(till: Till) -> None:
    class Endless(io.RawIOBase):
        sent = 0

        def read1(self, size: int) -> bytes:
            self.sent += size
            return b"A" * size if self.sent < 50_000_000 else b""

    (answer,) = [json.loads(line) for line in watch_lines(till, Endless(), "fr", as_json=True)]  # type: ignore[arg-type]
    assert answer["verdict"] == "not_ours"


def test_amber_is_confirmed_by_a_line_of_its_own(till: Till) -> None:
    first, yes, again = feed(till, live(make_claims(offer=IDENTITY)), "oui", "oui")
    assert (first["green"], yes["green"]) == (False, True)
    assert again["said"] == "Il n'y a rien à valider."


def test_a_scan_in_between_is_never_confirmed_for_another(till: Till) -> None:
    answers = feed(till, live(make_claims(offer=IDENTITY)), "bonjour", "oui")
    assert [answer["green"] for answer in answers] == [False, False, False]
    assert till.status().rows == 0


def test_the_last_row_is_taken_back_once(till: Till) -> None:
    _, back, nothing = feed(till, live(make_claims()), "annuler mauvais article", "annuler encore")
    assert back["said"] == "Ligne 1 annulée." and nothing["said"] == "Il n'y a rien à annuler."


def test_digits_drawn_for_one_scan_count_for_the_next(till: Till) -> None:
    (late,) = feed(till, live(make_claims(), NOON - 600))
    digits = int(late["digits"])

    def lines() -> Iterator[bytes]:
        yield live(make_claims(), NOON - 600).encode() + b"\n"

    stream = watch_lines(till, io.BytesIO(b"".join(lines())), "fr", as_json=True)
    drawn = int(json.loads(next(stream))["digits"])
    assert till.accept(live(make_claims(), NOON - 600, 2, drawn), challenge=drawn).green
    assert 0 <= digits <= 9999


def test_a_fault_of_one_line_does_not_end_the_stream(till: Till) -> None:
    answers = feed(till, live(make_claims()), "annuler \x1b[2J", live(make_claims(2)))
    assert "raison" in answers[1]["error"] and answers[2]["green"]


def test_people_can_read_it_too(till: Till) -> None:
    stream = io.BytesIO(live(make_claims()).encode())
    assert "Ce bon est valable." in "".join(watch_lines(till, stream, "fr"))


# The endpoint.


class Client:
    """A program of the same computer."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        value = json.loads(answer.read())
        connection.close()
        return answer.status, value


@pytest.fixture
def client(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.undo()  # the one part of the room that listens, on loopback
    token, ready = new_token(), threading.Event()
    endpoints: list[Endpoint] = []

    def serve() -> None:
        with Till.open(folder, lambda: NOON) as till, Endpoint(till, token) as endpoint:
            endpoints.append(endpoint)
            ready.set()
            endpoint.serve_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(10)
    yield Client(endpoints[0].port, token)
    endpoints[0].stop()
    thread.join(10)


def test_a_program_accepts_voids_and_looks(client: Client) -> None:
    text = live(make_claims())
    assert client.ask("POST", "/check", {"text": text})[1]["verdict"] == "accepted"
    status, value = client.ask("POST", "/accept", {"text": text, "amount": 1250})
    assert (status, value["green"], value["row"]) == (200, True, 1)
    assert client.ask("POST", "/accept", {"text": text})[1]["verdict"] == "already_accepted"
    assert client.ask("POST", "/void", {"row": 1, "reason": "erreur"}) == (200, {"row": 2})
    assert client.ask("POST", "/void", {"row": 1, "reason": "erreur"})[0] == 409
    assert client.ask("GET", "/status")[1]["rows"] == 2


def test_the_four_digits_work_as_text_and_as_number(client: Client) -> None:
    for number in (1, 2):
        late = client.ask("POST", "/accept", {"text": live(make_claims(number), NOON - 600)})[1]
        answer = live(make_claims(number), NOON - 600, 2, int(late["digits"]))
        given = late["digits"] if number == 1 else int(late["digits"])
        assert client.ask("POST", "/accept", {"text": answer, "challenge": given})[1]["green"]


def test_a_program_accepts_a_typed_code_once_its_person_was_asked(folder: Path, client: Client) -> None:
    make = {"text": code(), "confirmed": True}
    assert client.ask("POST", "/accept", make)[1]["verdict"] == "short_no_key"
    with Till.open(folder, lambda: NOON) as beside:
        beside.update(trust_file(replace(CODED_LIST, version=6)))
        beside.pair(pairing_text())
    assert client.ask("GET", "/status")[1]["paired"] is True
    asked = client.ask("POST", "/accept", {"text": code()})[1]
    assert (asked["verdict"], asked["can_confirm"], asked["green"]) == ("short_code", True, False)
    assert client.ask("POST", "/accept", make)[1]["green"]
    assert client.ask("POST", "/accept", make)[1]["verdict"] == "already_accepted"


def test_a_program_hands_the_pairing_over_and_a_wrong_one_changes_nothing(client: Client) -> None:
    for text in (pairing_text()[:-2], pairing_text(partner="cinema-le-rex"), "bonjour"):
        status, value = client.ask("POST", "/pair", {"text": text})
        assert (status, value["green"]) == (409, False) and value["error"].startswith("Refusé")
    assert client.ask("POST", "/pair", {"text": "", "lang": "en"})[1]["error"].startswith("Refused")
    assert client.ask("GET", "/status")[1]["paired"] is False
    status, value = client.ask("POST", "/pair", {"text": pairing_text(), "lang": "en"})
    assert (status, value["paired"], value["done"]) == (200, True, "This till can now check typed codes.")
    assert client.ask("GET", "/status")[1]["paired"] is True
    assert client.ask("POST", "/pair", {})[0] == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer é"}, 401),
        ({"Host": "mal.example"}, 421),
        ({"Host": "mal.example:80"}, 421),
        ({"Host": ""}, 421),
        ({"Content-Length": "x"}, 411),
        ({"Content-Length": str(MAX_BODY + 1)}, 413),
        ({"Content-Length": "9" * 5000}, 413),
    ],
)
def test_strangers_get_nothing(client: Client, headers: dict[str, str], status: int) -> None:
    body = {"text": live(make_claims())}
    assert client.ask("POST", "/accept", body, headers)[0] == status
    assert client.ask("GET", "/status")[1]["rows"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b"[" * 16000,
        {},
        {"text": 1},
        {"text": "x", "amount": "1"},
        {"text": "x", "amount": True},
        {"text": "x", "challenge": 10000},
        {"text": "x", "challenge": "12"},
        {"text": "x", "challenge": True},
    ],
)
def test_bad_requests_are_refused_and_the_till_goes_on(client: Client, body: object) -> None:
    assert client.ask("POST", "/accept", body)[0] == 400
    assert client.ask("POST", "/rien", {})[0] == 404
    assert client.ask("GET", "/accept")[0] == 404
    assert client.ask("POST", "/accept", {"text": live(make_claims())})[1]["green"]


def test_a_token_file_is_private_and_long_enough(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("0123456789abcdef\n")
    path.chmod(0o600)
    assert read_token(path) == "0123456789abcdef"
    if os.name == "posix":
        path.chmod(0o644)
        with pytest.raises(BadInput):
            read_token(path)
    path.chmod(0o600)
    path.write_text("court")
    with pytest.raises(BadInput):
        read_token(path)


def test_a_port_that_is_taken_is_one_sentence(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with Endpoint(till, new_token()) as endpoint, pytest.raises(BadInput) as fault:
        Endpoint(till, new_token(), endpoint.port)
    assert str(endpoint.port) in fault.value.sentence
