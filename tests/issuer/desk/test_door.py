"""Who gets in: this machine's browser, once, from this page; nobody else, whatever they send."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_world import PHRASE, Running, Visitor, open_desk

from cje.local_page.login import HEADERS
from issuer.desk.imports import MAX_UPLOAD

PATHS = ("/", "/person/new", "/person/1", "/import", "/publish", "/history", "/print.pdf", "/person/1/hand")


def test_the_address_opens_once(tmp_path: Path) -> None:
    with open_desk(tmp_path) as running:
        path = running.address.removeprefix(f"http://{running.host}")
        first, second = Visitor(running), Visitor(running)
        assert second.get("/enter?token=guess").status == 403
        entered = first.get(path)
        assert entered.status == 200 and "url=/" in entered.body.decode()
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Domain" not in cookie
        assert second.get(path).status == 403
        assert first.get("/").status == 200 and second.get("/").status == 403


@pytest.mark.parametrize("path", PATHS)
def test_without_the_cookie_nothing_is_shown_or_done(running: Running, visitor: Visitor, path: str) -> None:
    for cookies in ({}, {"cje_desk": ""}, {"cje_desk": "guess"}):
        stranger = Visitor(running, dict(cookies))
        assert stranger.get(path).status == 403
        assert (
            stranger.post("/person/new", numero="1", programme="cej", fin_de_droit="2027-08-31").status == 403
        )
    assert visitor.get("/person/1").status == 404


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://{host}", "http://localhost:{port}", ""]
)
def test_a_form_from_elsewhere_is_refused(running: Running, visitor: Visitor, origin: str) -> None:
    sent = {"Origin": origin.format(host=running.host, port=running.port)}
    fields = {"numero": "1", "programme": "cej", "fin_de_droit": "2027-08-31"}
    assert visitor.post("/person/new", sent, **fields).status == 403
    assert visitor.post("/person/new", form_key="0" * 64, **fields).status == 403
    assert visitor.post("/person/new", form_key="é", **fields).status == 403
    assert visitor.get("/person/1").status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.evil.example:{port}"]
)
def test_a_name_that_points_here_is_not_this_desk(running: Running, visitor: Visitor, host: str) -> None:
    """DNS rebinding: another site's name that resolves to this machine, with its own origin."""
    name = host.format(port=running.port)
    assert visitor.get("/", Host=name).status == 421
    assert visitor.post("/person/new", {"Host": name, "Origin": f"http://{name}"}, numero="1").status == 421


def test_a_body_over_the_cap_is_refused_unread(visitor: Visitor) -> None:
    assert visitor.ask("POST", "/import", b"", {"Content-Length": str(MAX_UPLOAD + 1)}).status == 413


def test_every_answer_forbids_scripts_frames_and_copies(visitor: Visitor) -> None:
    for path in (*PATHS, "/desk.css", "/nothing", "/enter?token=x"):
        answer = visitor.get(path)
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == dict(HEADERS), path
        assert (
            b"<script" not in answer.body
            and b" style=" not in answer.body
            and b" on" + b"click" not in answer.body
        )


def test_a_token_of_another_shape_does_nothing(visitor: Visitor) -> None:
    fields = {"numero": "1", "programme": "cej", "fin_de_droit": "2027-08-31"}
    for token in ("", "short", "x" * 65, "a b" * 10, "é" * 30):
        assert visitor.post("/person/new", token=token, **fields).status == 400
    assert visitor.get("/person/1").status == 404


@pytest.mark.promise("P24")
def test_what_a_person_is_called_never_becomes_markup(visitor: Visitor) -> None:
    hostile = '"><script>alert(1)</script>'
    assert b"<script" not in visitor.get("/?q=%22%3E%3Cscript%3E").body
    fields = {"numero": "1", "programme": "cej", "fin_de_droit": "2027-08-31", "prenom": hostile}
    refused = visitor.post("/person/new", **fields)
    assert refused.status == 422 and b"<script" not in refused.body
    assert visitor.get("/language/fr?next=javascript:x").headers["location"] == "/"
    unlocked = visitor.post("/unlock", passphrase=PHRASE, next="//evil.example")
    assert unlocked.headers["location"] == "/"


@pytest.mark.promise("P21")
def test_the_passphrase_comes_back_in_no_page(visitor: Visitor) -> None:
    for path in ("/unlock", "/publish"):
        answer = visitor.post(path, passphrase="not the right phrase", next="/", campaign="")
        assert answer.status == 422 and b"not the right phrase" not in answer.body
