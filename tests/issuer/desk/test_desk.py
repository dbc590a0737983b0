"""What a counsellor's clicks do: each counts once, each can be undone, each refusal is a sentence."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest
from desk_world import NOW, PHRASE, ROOT, Running, Visitor

from cje.locales import messages
from desk.pages.paging import PAGE_SIZE
from issuer.decisions import erasure, undoable
from issuer.desk.lock import OPEN_SECONDS
from issuer.register import audit, people
from issuer.register.people import Person

DAY = 86_400


def known(running: Running, number: int) -> Person | None:
    with running.desk.state.register.reading() as connection:
        return people.find(connection, [number]).get(number)


def enrol(visitor: Visitor, number: int, **cells: str) -> str:
    """Enrol somebody; return the address that the form led to."""
    fields = {"programme": "cej", "fin_de_droit": "2027-08-31", "commune": "95585", **cells}
    answer = visitor.post("/person/new", numero=str(number), **fields)
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def undo(visitor: Visitor, address: str) -> str:
    done = address.partition("done=")[2]
    return visitor.follow(visitor.post("/undo", action=done)).text


def test_a_person_is_enrolled_corrected_renewed_and_found(running: Running, visitor: Visitor) -> None:
    assert "Personne inscrite." in visitor.get(enrol(visitor, 100, prenom="Lina", reference="ML95-100")).text
    cells = {"programme": "cej", "fin_de_droit": "2027-08-31", "commune": "95500", "prenom": "Élina"}
    assert visitor.post("/person/100/correct", **cells).status == 303
    assert visitor.post("/person/100/renew", fin_de_droit="2027-09-30").status == 303
    found = known(running, 100)
    assert found and (found.enrolment.first_name, found.enrolment.commune) == ("Élina", "95500")
    assert found.enrolment.right_until.isoformat() == "2027-09-30" and found.enrolment.reference is None
    for wanted in ("%C3%89li", "100"):
        assert "Élina" in visitor.get(f"/?q={wanted}").text
    assert "Élina" not in visitor.get("/?q=%25lin").text
    assert "Élina" not in visitor.get("/?q=100&status=open").text
    assert "Élina" in visitor.get("/?q=100&status=waiting").text


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        (
            "/person/new",
            {"numero": "100x", "programme": "cej", "fin_de_droit": "2027-08-31"},
            "nombre entier",
        ),
        (
            "/person/new",
            {"numero": "101", "programme": "zzz", "fin_de_droit": "2027-08-31"},
            "parcours « zzz »",
        ),
        ("/person/new", {"numero": "101", "programme": "cej", "fin_de_droit": "2020-01-01"}, "déjà passée"),
        ("/person/new", {"numero": "101", "programme": "cej", "fin_de_droit": ""}, "fin_de_droit"),
        ("/person/new", {"numero": "7", "programme": "cej", "fin_de_droit": "2027-08-31"}, "7"),
        ("/person/7/correct", {"programme": "cej", "fin_de_droit": "2027-08-31", "prenom": "=1+1"}, "=1+1"),
        ("/person/7/renew", {"fin_de_droit": "2027-01-01"}, "2027"),
        ("/undo", {"action": "nothing-like-it-was-done"}, "ne peut plus être annulé"),
        ("/unlock", {"passphrase": "wrong", "next": "/"}, "phrase secrète"),
        ("/publish", {"passphrase": "wrong", "campaign": ""}, "phrase secrète"),
    ],
)
def test_a_mistake_is_a_sentence_on_the_page_and_keeps_what_was_typed(
    running: Running, visitor: Visitor, path: str, fields: dict[str, str], sentence: str
) -> None:
    if known(running, 7) is None:
        enrol(visitor, 7)
    before = known(running, 7)
    answer = visitor.post(path, **fields)
    assert answer.status == 422 and sentence in answer.text, answer.text
    assert 'role="alert"' in answer.body.decode()
    if path == "/person/new" and fields["numero"]:
        assert f'value="{fields["numero"]}"' in answer.body.decode()
    assert known(running, 7) == before and known(running, 101) is None


@pytest.mark.promise("P13")
def test_a_form_sent_twice_counts_once(running: Running, visitor: Visitor) -> None:
    token = "sent-twice-00000000000000000000"
    fields = {"numero": "110", "programme": "cej", "fin_de_droit": "2027-08-31", "token": token}
    first, second = (visitor.post("/person/new", **fields) for _ in range(2))
    assert first.headers["location"] == second.headers["location"] == f"/person/110?done={token}"
    lost = [visitor.post("/person/110/replace", token="replaced-000000000000000000000") for _ in range(2)]
    assert [one.status for one in lost] == [303, 303]
    found = known(running, 110)
    assert found and found.card == 2
    renewed = "renewed-0000000000000000000000"
    for _ in range(2):
        answer = visitor.post("/person/110/renew", token=renewed, fin_de_droit="2027-10-31")
        assert answer.status == 303, "the second is no refusal either"


def test_each_step_is_undone_and_the_audit_log_holds(running: Running, visitor: Visitor) -> None:
    enrolled = enrol(visitor, 120, prenom="Awa")
    start = known(running, 120)
    for path, fields in (
        ("/person/120/correct", {"programme": "epide", "fin_de_droit": "2027-08-31"}),
        ("/person/120/renew", {"fin_de_droit": "2027-10-31"}),
        ("/person/120/close", {}),
        ("/person/120/replace", {}),
    ):
        address = visitor.post(path, **fields).headers["location"]
        assert known(running, 120) != start, path
        assert "C'est annulé" in undo(visitor, address)
        assert known(running, 120) == start, path
        assert "C'est annulé" in undo(visitor, address), "a second time changes nothing"
    assert "C'est annulé" in undo(visitor, enrolled)
    assert known(running, 120) is None
    with running.desk.state.register.reading() as connection:
        rows = list(audit.read(connection))
        audit.verify(rows, running.desk.state.identity, None)
    assert [row.kind for row in rows].count("undo") >= 5


def test_what_moved_on_is_not_undone(running: Running, visitor: Visitor) -> None:
    enrolled = enrol(visitor, 130)
    renewed = visitor.post("/person/130/renew", fin_de_droit="2027-10-31").headers["location"]
    refused = visitor.post("/undo", action=enrolled.partition("done=")[2])
    assert refused.status == 422 and "a changé depuis" in refused.text
    undo(visitor, renewed)
    assert visitor.post("/publish", passphrase=PHRASE, campaign="hiver-2026").status == 200
    refused = visitor.post("/undo", action=enrolled.partition("done=")[2])
    assert refused.status == 422 and "a déjà une carte" in refused.text
    assert known(running, 130) is not None


def test_what_stood_before_is_forgotten_after_a_day(running: Running, visitor: Visitor) -> None:
    address = enrol(visitor, 140, prenom="Secret")
    undoable.prepare(running.desk.state, NOW + undoable.KEPT_SECONDS + 1)
    refused = visitor.post("/undo", action=address.partition("done=")[2])
    assert refused.status == 422 and "plus d'un jour" in refused.text
    token = "erased-00000000000000000000000"
    visitor.post("/person/140/renew", token=token, fin_de_droit="2027-11-30")
    with running.desk.state.register.writing() as connection:
        undoable.forget(connection, [140])
        found = undoable.find(connection, token)
    assert found and not found.undoable


def test_a_card_is_handed_over_once_the_passphrase_was_typed(running: Running, visitor: Visitor) -> None:
    enrol(visitor, 150, prenom="Zoé")
    assert visitor.get("/person/150/hand").status in (200, 303)
    done = visitor.post("/publish", passphrase=PHRASE, campaign="hiver-2026")
    assert "carte nouvelle" in done.text or "cartes nouvelles" in done.text
    running.desk.lock.close()
    closed = visitor.get("/person/150/hand")
    assert "Phrase secrète" in closed.text and "SMS" not in closed.text
    shown = visitor.follow(visitor.post("/unlock", passphrase=PHRASE, next="/person/150/hand"))
    code = re.findall(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", shown.text)[0]
    assert "Zoé, ta Carte" in shown.text and "Zoé, your Carte" in shown.text
    letter = visitor.get("/person/150/letter.pdf?lang=en")
    assert letter.headers["content-type"] == "application/pdf"
    assert code in pypdf.PdfReader(io.BytesIO(letter.body)).pages[0].extract_text()
    sheet = visitor.get("/print.pdf?q=150&form=sheet")
    assert code in pypdf.PdfReader(io.BytesIO(sheet.body)).pages[0].extract_text()
    running.clock.now += OPEN_SECONDS
    assert "Phrase secrète" in visitor.get("/person/150/hand").text, "nobody used it for a while"
    running.clock.now = NOW


def test_a_file_is_seen_before_it_counts_and_waits_through_a_restart(
    running: Running, visitor: Visitor
) -> None:
    file = "\ufeffNuméro;Programme;Fin de droit\r\n160;cej;31/08/2027\r\n161;epide;2027-08-31\r\n".encode()
    address = visitor.send_file(file).headers["location"]
    for _ in range(2):
        assert "2 nouvelles personnes" in visitor.get(address).text
    assert known(running, 160) is None
    kept = running.desk.imports.folder / Path(address).name
    assert kept.read_bytes() == file and kept.stat().st_mode & 0o077 == 0
    done = visitor.post(address, token="imported-0000000000000000000000")
    assert "Fichier importé : 2 personnes." in visitor.follow(done).text
    again = visitor.post(address, token="imported-0000000000000000000000")
    assert again.headers["location"] == done.headers["location"]
    assert not kept.exists() and known(running, 161) is not None
    assert visitor.get(address).status == 404
    undo(visitor, done.headers["location"])
    assert known(running, 160) is None is known(running, 161)


def test_a_faulty_file_enrols_nobody(running: Running, visitor: Visitor) -> None:
    address = visitor.send_file(b"numero,programme,fin_de_droit\n170,cej,2027-08-31\n171,cej,2020-01-01\n")
    name = address.headers["location"]
    shown = visitor.get(name).text
    assert "ligne 3" in shown and "Tout inscrire" not in shown
    visitor.post(name)
    assert known(running, 170) is None
    visitor.post(f"{name}/discard")
    assert visitor.get(name).status == 404


def test_a_long_list_has_pages(running: Running, visitor: Visitor) -> None:
    lines = "".join(
        f"{number},cej,2027-08-31,LONG-{number}\n" for number in range(2001, 2001 + PAGE_SIZE + 1)
    )
    name = visitor.send_file(f"numero,programme,fin_de_droit,reference\n{lines}".encode()).headers["location"]
    visitor.post(name)
    first, second = visitor.get("/?q=LONG-").text, visitor.get("/?q=LONG-&page=2").text
    assert "Page 1 sur 2" in first and "LONG-2001" in first and "LONG-2051" not in first
    assert "LONG-2051" in second and "LONG-2001" not in second


def test_nobody_and_nothing_are_pages_too(visitor: Visitor) -> None:
    for path in (
        "/person/999999",
        "/person/x",
        "/person/0",
        "/import/../../x",
        "/nothing",
        "/person/999999/hand",
    ):
        assert visitor.get(path).status == 404, path


def test_english_is_complete(visitor: Visitor) -> None:
    answer = visitor.get("/language/en?next=/history")
    assert answer.headers["location"] == "/history"
    shown = visitor.follow(answer)
    assert "Each" not in shown.text or "For a day each step" in shown.text
    assert '<html lang="en">' in shown.body.decode() and "Historique" not in shown.text
    visitor.get("/language/fr")
    assert visitor.get("/language/fr?next=//evil.example").headers["location"] == "/"


def test_every_sentence_of_the_page_is_used() -> None:
    rooms = (ROOT / "issuer" / "desk", ROOT / "desk" / "pages")
    source = "".join(
        path.read_text(encoding="utf-8")
        for room in rooms
        for path in room.rglob("*")
        if path.suffix in {".py", ".html"}
    )
    built = ("status.", "did.", "field.", "hint.", "message.", "person.why.", "print.")
    built += ("preview.is_", "preview.count_", "preview.field.")
    for key in messages("desk", "fr"):
        name = key.removesuffix(".one").removesuffix(".other")
        spelled = any(
            f"{quote}{prefix}{name}{quote}" in source for quote in "\"'" for prefix in ("", "desk.")
        )
        assert spelled or name.startswith(built), key


def test_who_is_forgotten_is_forgotten_by_undo_too(running: Running, visitor: Visitor) -> None:
    enrol(visitor, 180, prenom="Oubliée")
    corrected = visitor.post("/person/180/renew", fin_de_droit="2027-12-31").headers["location"]
    erasure.erase(running.desk.state, 180, NOW)
    assert known(running, 180) is None
    refused = visitor.post("/undo", action=corrected.partition("done=")[2])
    assert refused.status == 422 and known(running, 180) is None
    again = enrol(visitor, 180)
    back = known(running, 180)
    assert back and back.card == 2, "the old code is nobody else's"
    undo(visitor, again)
    enrol(visitor, 180)
    assert known(running, 180) == back
