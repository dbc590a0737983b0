"""The operator's page over real HTTP: what it does, who gets in, what a hostile or huge upload does to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from office_world import Running, Visitor, enter, open_office
from tills import NOON, PARTNER, Shop, Till, in_folder, make_claims

from cje.local_page.login import HEADERS
from reconcile.cli.main import reconcile
from reconcile.errors import FileRefused, StoreRefused
from reconcile.findings import proof
from reconcile.page import uploads
from reconcile.page.uploads import MAX_UPLOAD, Received
from reconcile.printing import report_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/tills", "/findings", "/totals", "/report.html", "/report.json", "/findings.csv")


def two_tills() -> tuple[Till, Till]:
    """Two tills that met one copied voucher."""
    one, other = Till("Guichet 1"), Till("Guichet 2")
    for number, till in enumerate((one, other)):
        till.accept(make_claims(1), NOON + 60 * number)
        till.accept(make_claims(5 + number), NOON + 300, amount=1000, saving=250)
    return one, other


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with open_office(tmp_path_factory.mktemp("office")) as started:
        yield started


@pytest.fixture(scope="module")
def visitor(running: Running) -> Visitor:
    """Somebody who has entered and handed in the exports of two tills."""
    entered, tills = enter(running), two_tills()
    running.shop.know(*tills)
    told = entered.follow(entered.hand_in({f"{till.name}.cje": till.export() for till in tills}))
    assert "2 fichiers reçus 4 lignes nouvelles." in told.text
    return entered


def test_every_page_shows_what_the_command_line_says(running: Running, visitor: Visitor) -> None:
    (finding,) = running.office.report().findings
    assert "1 bon accepté deux fois" in visitor.get("/findings").text
    assert finding.id in visitor.get("/findings").text
    tills = visitor.get("/tills").text
    assert "Guichet 1" in tills and "Guichet 2" in tills and "Va bien" in tills
    assert "500" in visitor.get("/totals?month=2026-10").text or "5,00" in visitor.get("/totals").text
    assert "What was found" in visitor.get("/findings", **{"Accept-Language": "en"}).text
    assert visitor.get("/totals?month=13").status == visitor.get("/nothing").status == 404


def test_what_is_taken_away_is_what_the_command_line_writes(running: Running, visitor: Visitor) -> None:
    report = running.office.report()
    (finding,) = report.findings
    assert visitor.get("/report.html").body == report_page.page(report, "fr")
    assert json.loads(visitor.get("/report.json").body)["findings"][0]["id"] == finding.id
    lines = visitor.get("/findings.csv").body.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["finding", finding.id, finding.id]
    proved = visitor.get(f"/proof/{finding.id}.json")
    assert proof.check(proved.body).uses == 2
    assert "attachment" in proved.headers["content-disposition"]
    assert visitor.get("/proof/000000000000.json").status == 404
    statement = visitor.get(f"/settle/{PARTNER}/2026-10.csv").body.decode("utf-8-sig")
    assert statement.startswith("partenaire;mois;caisse")
    assert visitor.get(f"/settle/{PARTNER}/2026-10.pdf").body.startswith(b"%PDF-")
    for path in ("nobody/2026-10.csv", f"{PARTNER}/2026-13.csv", f"{PARTNER}/2026-10.exe"):
        assert visitor.get(f"/settle/{path}").status == 404


def test_nothing_is_proposed_that_nobody_has_agreed_to(running: Running, visitor: Visitor) -> None:
    (finding,) = running.office.report().findings
    for agreed, wanted in (((), [False]), (("000000000000",), [False]), ((finding.id,), [True])):
        tree = json.loads(visitor.post("/proposals", agreed=agreed).body)
        assert [entry["agreed"] for entry in tree["vouchers"]] == wanted


def test_a_till_is_known_once_its_fingerprint_was_compared(tmp_path: Path) -> None:
    till = Till("Guichet 1", label="<script>Guichet</script>")
    till.accept(make_claims(1))
    with open_office(tmp_path) as running:
        visitor = enter(running)
        shown = visitor.follow(visitor.hand_in({"a.cje": till.export()}))
        assert "Une caisse à connaître" in shown.text and till.known.key[:10].hex(" ") in shown.text
        assert b"<script" not in shown.body
        (file,) = set(re.findall(rb'name="file" value="([0-9a-f]+)"', shown.body))
        name = file.decode()
        assert visitor.post("/accept", file=name).status == 422
        assert visitor.post("/accept", file=name, same="yes", territory="Paris").status == 422
        assert visitor.post("/accept", file="../../tills", same="yes").status == 404
        assert running.shop.store.tills() == {}
        told = visitor.follow(visitor.post("/accept", file=name, same="yes", territory="95"))
        assert "1 ligne nouvelle." in told.text
        assert [known.territory for known in running.shop.store.tills().values()] == ["95"]
        other = Till("Guichet 2")
        other.accept(make_claims(2))
        visitor.hand_in({"b.cje": other.export()})
        (waiting,) = running.office.unknown()
        assert visitor.post("/aside", file=waiting.file).status == 303
        assert running.office.unknown() == [] and len(list(running.office.folder.iterdir())) == 1
        visitor.hand_in({"b.cje": other.export()})
        (waiting,) = running.office.unknown()
        (running.office.folder / f"{waiting.file}.cje").unlink()  # by hand, in the folder
        assert visitor.get("/").status == 200 and running.office.unknown() == []
        assert visitor.post("/accept", file=waiting.file, same="yes").status == 404


def test_two_tabs_hand_in_and_read_at_once(tmp_path: Path) -> None:
    tills = [Till(f"Guichet {n}") for n in range(12)]
    for number, till in enumerate(tills):
        till.accept(make_claims(number))
    with open_office(tmp_path) as running, ThreadPoolExecutor(4) as tabs:
        office = running.office
        places = [office.folder / f"{n}.cje" for n in range(len(tills))]

        def hand_in(n: int) -> str:
            draft = office.folder / f".part-{n}"  # whole or not there, as uploads are
            draft.write_bytes(tills[n].export())
            draft.replace(places[n])
            return office.take([Received(tills[n].name, places[n], 1)])

        told = [
            tabs.submit(work, n) for n in range(len(tills)) for work in (hand_in, lambda n: office.unknown())
        ]
        assert all(one.exception() is None for one in told)
        assert len(office.unknown()) == len(tills)


REFUSED = {
    "vide.cje": (b"", "fichier vide"),
    "tableau.csv": (b"a;b\n1;2", "un tableau"),
    "tableau.txt": ("caisse\tligne\r\n".encode("utf-16"), "un tableau"),
    "archive.zip": (b"PK\x03\x04..", "une archive"),
    "note.json": (b"{}", "du JSON"),
    "photo.jpg": (b"\xff\xd8\xff\xe0\x00", "ce n'est pas un export"),
    "coupé.cje": (two_tills()[0].export()[:-80], "Demandez l'export de nouveau"),
}


def test_each_file_has_its_sentence_and_the_others_count(running: Running, visitor: Visitor) -> None:
    till = Till("Guichet 9")
    till.accept(make_claims(9))
    running.shop.know(till)
    files = {name: data for name, (data, _) in REFUSED.items()}
    before = set(running.office.folder.iterdir())
    shown = visitor.follow(visitor.hand_in({"a.cje": till.export(), "b.cje": till.export(), **files}))
    for name, (_, sentence) in REFUSED.items():
        assert name in shown.text and sentence in shown.text, name
    assert "1 ligne nouvelle. 7 fichiers non importés." in shown.text
    assert shown.text.count("Déjà importé, rien de nouveau.") == 1
    (kept,) = set(running.office.folder.iterdir()) - before
    assert re.fullmatch("[0-9a-f]{64}.cje", kept.name)


@pytest.mark.promise("P25")
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\x.cje",
        "/etc/passwd",
        "..",
        "a\u202e.cje",
        "<script>x</script>",
        "x" * 900,
    ],
)
def test_what_a_browser_calls_a_file_is_text_and_never_a_path(visitor: Visitor, name: str) -> None:
    before = {path.name for path in visitor.running.office.folder.parent.parent.rglob("*")}
    shown = visitor.follow(visitor.hand_in({name: b"not an export"}))
    assert "ce n'est pas un export" in shown.text or "un tableau" in shown.text
    assert b"<script" not in shown.body and "\u202e" not in shown.text
    after = {path.name for path in visitor.running.office.folder.parent.parent.rglob("*")}
    assert after - before <= {"kept", "suspects"}


@pytest.mark.promise("P10")
def test_ten_gigabytes_are_refused_before_a_byte_is_read(visitor: Visitor) -> None:
    sent = {"Origin": f"http://{visitor.running.host}", "Content-Type": "multipart/form-data; boundary=cut"}
    for size in (MAX_UPLOAD + 1, 10 * 2**30, 10**18):
        answer = visitor.ask("POST", "/import", b"", {**sent, "Content-Length": str(size)})
        assert answer.status == 413 and "Plus de 2 Gio" in answer.text
    chunked = visitor.ask(
        "POST", "/import", b"", {**sent, "Transfer-Encoding": "chunked", "Content-Length": ""}
    )
    assert chunked.status == 413
    assert visitor.post("/accept", {"Content-Length": str(2**20 + 1)}).status == 413


def test_a_file_over_the_cap_is_dropped_and_the_others_count(
    running: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till("Guichet 8")
    till.accept(make_claims(8))
    running.shop.know(till)
    monkeypatch.setattr(uploads, "MAX_EXPORT", len(till.export()))
    huge = till.export() + bytes(1)
    shown = visitor.follow(visitor.hand_in({"huge.cje": huge, "good.cje": till.export()}))
    assert "1 ligne nouvelle. 1 fichier non importé." in shown.text and "il n'a pas été gardé" in shown.text
    assert not list(running.office.folder.glob(".part-*"))


def test_the_address_opens_once_and_nothing_is_shown_or_done_without_it(tmp_path: Path) -> None:
    with open_office(tmp_path) as running:
        path = running.address.removeprefix(f"http://{running.host}")
        first, second = Visitor(running), Visitor(running)
        assert second.get("/enter?token=guess").status == second.get("/enter").status == 403
        entered = first.get(path)
        assert (
            "HttpOnly" in entered.headers["set-cookie"] and "SameSite=strict" in entered.headers["set-cookie"]
        )
        assert second.get(path).status == 403
        for cookies in ({}, {"cje_office": ""}, {"cje_office": "é"}):
            stranger = Visitor(running, dict(cookies))
            assert {stranger.get(page).status for page in (*PAGES, "/proof/x.json")} == {403}
            assert stranger.hand_in({"a.cje": b"x"}).status == stranger.post("/proposals").status == 403
            assert running.door.form_key.encode() not in stranger.get("/").body
        assert first.get("/").status == 200
        assert list(running.office.folder.iterdir()) == []


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://{host}", "http://localhost:{port}", ""]
)
def test_a_form_from_elsewhere_is_refused(running: Running, visitor: Visitor, origin: str) -> None:
    kept = sorted(running.office.folder.iterdir())
    sent = {"Origin": origin.format(host=running.host, port=running.port)}
    assert visitor.hand_in({"a.cje": b"from elsewhere"}, sent).status == 403
    assert visitor.post("/proposals", sent).status == 403
    assert visitor.hand_in({"a.cje": b"without the key"}, key="0" * 43).status == 403
    assert visitor.post("/proposals", form_key="é").status == 403
    assert sorted(running.office.folder.iterdir()) == kept


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1"])
def test_another_name_of_this_machine_is_not_answered(visitor: Visitor, host: str) -> None:
    """DNS rebinding: another site's name that resolves to this machine, with its own origin."""
    name = host.format(port=visitor.running.port)
    assert visitor.get("/", Host=name).status == 421
    assert visitor.hand_in({"a": b"x"}, {"Host": name, "Origin": f"http://{name}"}).status == 421


def test_every_answer_forbids_scripts_frames_and_copies(visitor: Visitor) -> None:
    for path in (*PAGES, "/office.css", "/nothing", "/enter?token=x"):
        answer = visitor.get(path)
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == dict(HEADERS), path
        assert b"<script" not in answer.body and b" style=" not in answer.body
    reader = Visitor(visitor.running, dict(visitor.cookies))
    assert reader.get("/language/en?next=//evil.example").headers["location"] == "/"
    assert "Import journals" in reader.get("/").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--cut\r\n\r\n",
        b"--cut--",
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="a.cje"\r\n\r\nx\r\n--cut--\r\n',
        b"--cut\r\n" + b"X" * 20_000,
        bytes(range(256)) * 20,
    ],
)
def test_what_is_no_form_of_ours_stores_nothing(running: Running, visitor: Visitor, body: bytes) -> None:
    kept = sorted(running.office.folder.iterdir())
    for kind in ("multipart/form-data; boundary=cut", "multipart/form-data", "text/plain", ""):
        sent = {"Origin": f"http://{running.host}", "Content-Type": kind}
        assert visitor.ask("POST", "/import", body, sent).status == 403
    assert sorted(running.office.folder.iterdir()) == kept


def test_a_page_that_was_killed_in_the_middle_has_lost_nothing(tmp_path: Path) -> None:
    """The files were whole on the disk, one was half-way, and nothing was imported."""
    one, other = two_tills()
    shop = Shop(str(tmp_path / "store"))
    shop.know(one, other)
    received = in_folder(tmp_path / "store" / "received", a=one.export(), b=other.export())
    (received / ".part-x").write_bytes(b"half")
    with open_office(tmp_path, shop) as running:
        visitor = enter(running)
        assert "2 fichiers reçus avant l'arrêt" in visitor.get("/").text
        assert running.office.report().rows == 4
        assert sorted(path.name for path in received.iterdir()) == ["a.cje", "b.cje"]
    with open_office(tmp_path, shop) as running:
        assert "avant l'arrêt" not in enter(running).get("/").text


def test_an_upload_that_stops_half_way_leaves_whole_files_alone(tmp_path: Path) -> None:
    stopped = uploads.Intake(tmp_path, "multipart/form-data; boundary=cut", lambda key: key == "k")
    head = b'--cut\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    stopped.feed(head % (b"form_key", b"") + b"k\r\n" + head % (b"files", b'; filename="a"') + b"whole\r\n")
    stopped.feed(head % (b"files", b'; filename="b"') + b"ha")
    with pytest.raises(uploads.Foreign):
        stopped.finish()
    stopped.abandon()
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"whole"


def test_more_files_than_one_form_takes_are_told_and_the_first_ones_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_FILES", 2)
    tills = [Till(f"Guichet {n}") for n in range(3)]
    for number, till in enumerate(tills):
        till.accept(make_claims(number))
    with open_office(tmp_path) as running:
        running.shop.know(*tills)
        visitor = enter(running)
        told = visitor.hand_in({f"{till.name}.cje": till.export() for till in tills})
        assert (told.status, "fichiers à la fois" in told.text) == (422, True)
        assert running.office.report().rows == 0
        told = visitor.follow(visitor.hand_in({"3.cje": tills[2].export()}))
        assert running.office.report().rows == 3


def test_while_another_import_runs_the_page_says_so_and_keeps_the_files(
    running: Running, visitor: Visitor
) -> None:
    till = Till("Guichet 7")
    till.accept(make_claims(7))
    running.shop.know(till)
    with running.shop.store.alone():
        told = visitor.hand_in({"a.cje": till.export()})
    assert told.status == 422 and "un autre import est en cours" in told.text
    assert (
        "1 ligne nouvelle." in visitor.follow(visitor.hand_in({"b.cje": b"a;b", "a.cje": till.export()})).text
    )


def test_the_command_needs_a_folder_of_this_machine_and_a_free_port(running: Running, tmp_path: Path) -> None:
    asked = ["serve", "--store", running.shop.store.place, "--port", str(running.port)]
    assert isinstance(CliRunner().invoke(reconcile, asked).exception, FileRefused)
    Shop("memory://elsewhere")
    away = CliRunner().invoke(reconcile, ["serve", "--store", "memory://elsewhere"])
    assert isinstance(away.exception, StoreRefused)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command_tells_a_program_its_address_and_ends_when_asked(tmp_path: Path) -> None:
    Shop(str(tmp_path / "store"))
    command = [
        sys.executable,
        "-m",
        "cje",
        "reconcile",
        "serve",
        "--json",
        "--store",
        str(tmp_path / "store"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as serving:
        try:
            assert serving.stdout is not None and serving.stderr is not None
            address = json.loads(serving.stdout.readline())["address"]
            with urllib.request.urlopen(address, timeout=20) as answer:
                assert answer.status == 200
            serving.terminate()
            assert (serving.wait(20), serving.stderr.read()) == (0, "")
        finally:
            serving.kill()
