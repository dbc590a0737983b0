"""`cje verify` and `cje till` through the front door, as a cashier's script would call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import segno
import walks
from counter_shop import ROOT, Shop, open_shop
from till_world import (
    DAY,
    IDENTITY,
    OFFERS,
    PARTNER,
    live,
    make_root,
    root_file,
)
from typed_scenarios import code, pairing_text

from verifier.till.default_folder import default_folder
from verifier.till.printing import plain
from voucher.civil import week_of
from voucher.frames import encode_frames


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def test_accepts_then_refuses_the_second_use(shop: Shop) -> None:
    text = shop.text()
    first, second = shop.run("verify", text), shop.run("verify", text)
    assert first.returncode == 0
    assert "ACCEPTÉ" in first.stdout and "Ligne 1 du journal" in first.stdout
    assert "Sur un aller-retour." in first.stdout and "Pas les jours fériés." in first.stdout
    assert second.returncode == 1
    assert "REFUSÉ" in second.stdout and "Déjà accepté ici" in second.stdout


def test_reads_one_line_from_a_reader_and_trims_nothing_else(shop: Shop) -> None:
    text = shop.text()
    for spoiled in (text + " \n", " " + text, text + "\n\n", "\ufeff" + text):
        assert shop.run("verify", "-", stdin=spoiled.encode()).returncode == 1
    assert shop.run("verify", "-", stdin=text.encode() + b"\r\n").returncode == 0


def test_speaks_json_to_a_point_of_sale(shop: Shop) -> None:
    done = shop.run("verify", "--json", "--amount", "12,50", shop.text())
    value = json.loads(done.stdout)
    assert (done.returncode, value["green"], value["row"], value["verdict"]) == (0, True, 1, "accepted")
    assert value["offer"]["terms"] == ["Sur un aller-retour."]


def test_amber_asks_for_confirmation(shop: Shop) -> None:
    text = shop.text(offer=IDENTITY)
    first = shop.run("verify", text)
    assert first.returncode == 3
    assert "À VÉRIFIER" in first.stdout and "--confirmed" in first.stdout
    assert shop.run("verify", "--confirmed", text).returncode == 0


def test_a_screenshot_is_refused_until_the_digits_are_typed(shop: Shop) -> None:
    old = shop.run("verify", "--json", shop.text(late=600))
    value = json.loads(old.stdout)
    assert (old.returncode, value["verdict"], value["can_confirm"]) == (1, "not_live", False)
    answer = live(shop.claims(), shop.now - 600, 2, int(value["digits"]))
    assert shop.run("verify", "--challenge", value["digits"], answer).returncode == 0


def test_looking_writes_nothing_and_a_refusal_is_kept_when_asked(shop: Shop) -> None:
    assert shop.run("verify", "--check", shop.text()).returncode == 0
    assert shop.run("till", "journal").stdout == ""
    assert shop.run("verify", "--keep", shop.text(offer=99)).returncode == 1
    rows = shop.run("till", "journal", "--json").stdout.splitlines()
    assert [json.loads(row)["kind"] for row in rows] == ["refused"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--challenge", "12", "x"),
        ("--challenge", "１２３４", "x"),
        ("--amount", "douze", "x"),
        ("--amount", "1234567", "x"),
        ("--amount", "-1", "x"),
        ("--image", "a.png", "texte"),
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(shop: Shop, arguments: tuple[str, ...]) -> None:
    done = shop.run("verify", *arguments)
    assert done.returncode == 2 and done.stderr and done.stdout == ""


def test_a_missing_till_is_one_sentence(shop: Shop) -> None:
    done = shop.run("verify", "--till", shop.tmp / "nulle-part", "x")
    assert done.returncode == 3
    assert "cje till init" in done.stderr and done.stderr.count("\n") == 1


_HOSTILE = [
    "https://exemple.fr/\x1b]8;;http://mal.example\x07clic",
    "\x1b[2J\x1b[31mACCEPTÉ",
    "WIFI:T:WPA;S:x;P:y;;\x00",
    "BEGIN:VCARD\r\nN:Dupont\r\nEND:VCARD",
    "HC1:6BF+70790T9WJWG.FKY*4GO0",
    "shc:/5676290952432060346029243740",
    "CJE1:\x1b[2J",
    "\u202eACCEPTÉ",
    "A" * 3000,
]


@pytest.mark.promise("P26")
@pytest.mark.parametrize("text", _HOSTILE)
def test_never_prints_what_was_scanned(shop: Shop, text: str) -> None:
    for arguments in (("verify", "-"), ("verify", "--json", "-"), ("verify", "--keep", "-")):
        done = shop.run(*arguments, stdin=text.encode())
        assert done.returncode == 1
        printed = done.stdout + done.stderr
        assert not any(ord(c) < 32 and c != "\n" for c in printed)
        for piece in (text, text[:12], "exemple", "Dupont", "http", "WIFI", "\u202e"):
            assert piece not in printed
    assert "Ce n'est pas un bon de la carte." in printed or "abîmé" in printed


@pytest.mark.promise("P26")
def test_a_signed_list_cannot_steer_the_terminal(shop: Shop) -> None:
    evil = replace(OFFERS[0], title="Bus\x1b[2J\u202e", terms=("a\x07b\r\nc",), valid_until=shop.now + DAY)
    done = shop.run("till", "update", shop.file("new.cbor", shop.trust(6, offers=(evil,))))
    assert done.returncode == 0
    printed = shop.run("verify", shop.text()).stdout
    assert "Bus" in printed
    assert not any((ord(c) < 32 and c != "\n") or c == "\u202e" for c in printed)
    assert plain("\ud800\x1b\x9b\u2028") == "\ufffd\ufffd\ufffd\u2028"


def test_reads_a_picture(shop: Shop) -> None:
    path = shop.tmp / "photo.png"
    segno.make(shop.text(), error="l", boost_error=False).save(str(path), scale=6)
    assert shop.run("verify", "--image", path).returncode == 0
    empty = shop.file("vide.png", b"not a picture")
    assert "image lisible" in shop.run("verify", "--image", empty).stderr
    segno.make("https://exemple.fr").save(str(path), scale=6)
    assert shop.run("verify", "--image", path).returncode == 1


# Trust files.


def test_updates_say_what_became_of_each_file(shop: Shop) -> None:
    six, other = shop.file("6.cbor", shop.trust(6)), shop.file("6b.cbor", shop.trust(6, partner_name="Faux"))
    done = shop.run("till", "update", six)
    assert (done.returncode, "Installé." in done.stdout) == (0, True)
    done = shop.run("till", "update", shop.tmp / "list.cbor", six, other)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [word in line for word, line in zip(("ancienne", "Déjà", "signalé"), lines, strict=True)] == [
        True
    ] * 3
    assert "tenu à l'écart" in shop.run("till", "status").stdout


def test_a_poster_updates_a_shop_without_network(shop: Shop) -> None:
    frames = list(encode_frames(shop.trust(6)))
    lines = "\n".join(reversed(frames)).encode() + b"\n"
    assert shop.run("till", "update", "-", stdin=lines).returncode == 0
    assert json.loads(shop.run("till", "status", "--json").stdout)["list"]["version"] == 6
    done = shop.run("till", "update", "-", stdin="\n".join(frames[1:]).encode())
    assert done.returncode in (1, 2) and done.stderr


def test_roots_install_in_any_order(tmp_path: Path) -> None:
    shop, chain = Shop(tmp_path, int(time.time())), walks.chain(4)
    paths = [shop.file(f"{i}.cbor", data) for i, data in enumerate(chain)]
    shop.run("till", "init", "--partner", PARTNER, "--name", "G", "--root", paths[0], shop.folder)
    done = shop.run("till", "update", *reversed(paths))
    assert done.returncode == 0
    assert json.loads(shop.run("till", "status", "--json").stdout)["root"]["version"] == 4


def test_a_file_over_its_cap_is_one_sentence(shop: Shop) -> None:
    huge = shop.tmp / "huge"
    with huge.open("wb") as file:
        file.truncate(2**30)
    done = shop.run("till", "update", huge)
    assert done.returncode == 1 and "n'a pas été lu" in done.stderr


def test_status_warns_a_program_that_nothing_can_be_decided(tmp_path: Path) -> None:
    shop = Shop(tmp_path, int(time.time()))
    root = shop.file("root.cbor", root_file(make_root(expires=shop.now + 700 * DAY)))
    shop.run("till", "init", "--partner", PARTNER, "--name", "G", "--root", root, shop.folder)
    done = shop.run("till", "status")
    assert done.returncode == 3 and "aucune" in done.stdout
    assert shop.run("verify", shop.text()).returncode == 3


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda shop: ("--partner", "epicerie", "--trust", shop.tmp / "list.cbor"), "autre commerce"),
        (lambda shop: ("--partner", PARTNER, "--demo"), "refusé"),
        (lambda shop: ("--partner", PARTNER, "--trust", shop.tmp / "absent"), "absent"),
    ],
)
def test_init_refuses_and_leaves_nothing(
    shop: Shop, spoil: Callable[[Shop], tuple[object, ...]], word: str
) -> None:
    target = shop.tmp / "autre"
    done = shop.run("till", "init", "--name", "G", "--root", shop.tmp / "root.cbor", *spoil(shop), target)
    assert done.returncode in (1, 2, 3) and word in done.stderr.lower()
    assert not target.exists()


# Journal.


def test_void_export_import_between_two_tills_of_a_shop(shop: Shop) -> None:
    both, own = shop.text(1), shop.text(2)
    second = shop.tmp / "caisse2"
    shop.run(
        "till",
        "init",
        "--partner",
        PARTNER,
        "--name",
        "Guichet 2",
        "--root",
        shop.tmp / "root.cbor",
        "--trust",
        shop.tmp / "list.cbor",
        second,
    )
    for folder in (shop.folder, second):
        assert shop.run("verify", "--till", folder, both).returncode == 0
    shop.run("verify", own)
    assert "annulée" in shop.run("till", "void", "2", "--reason", "erreur").stdout
    assert shop.run("verify", own).returncode == 0
    assert "déjà annulée" in shop.run("till", "void", "2", "--reason", "erreur").stderr
    file = shop.tmp / "journal.cje"
    assert shop.run("till", "export", file).returncode == 0
    assert shop.run("till", "export", file).returncode == 1  # never over a file
    done = shop.run("till", "import", "--till", second, file)
    assert "4 lignes, dont 4 nouvelles" in done.stdout and "acceptée 2 fois" in done.stdout
    refused = shop.run("verify", "--till", second, own)
    assert refused.returncode == 1 and "Guichet 1" in refused.stdout
    assert "4 lignes, chaîne intacte" in shop.run("till", "journal", "--check").stdout
    assert shop.run("till", "import", "--till", second, shop.tmp / "list.cbor").returncode != 0


# Lightness.


def test_verify_loads_nothing_that_a_till_does_not_need(shop: Shop) -> None:
    code = (
        "import sys; from cje.cli.main import main\n"
        "try: main(['verify', '-'])\n"
        "except SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'jinja2', 'yaml', 'pydantic', 'sqlalchemy', 'PIL', 'zxingcpp',"
        " 'cryptography', 'catalogue', 'issuer', 'site_builder', 'http', 'urllib.request', 'ssl',"
        " 'asyncio', 'socket'}))"
    )
    env = {**os.environ, "CJE_TILL": str(shop.folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], input=shop.text(), capture_output=True, text=True, env=env, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "ACCEPTÉ" in done.stdout


def test_default_folder_follows_the_platform() -> None:
    home = Path.home()
    assert default_folder({"CJE_TILL": "/x"}) == Path("/x")
    assert default_folder({}, "linux") == home / ".local/share/cje-caisse"
    assert default_folder({"XDG_DATA_HOME": "/d"}, "linux") == Path("/d/cje-caisse")
    assert default_folder({}, "darwin") == home / "Library/Application Support/cje-caisse"
    assert default_folder({"APPDATA": "/a"}, "win32") == Path("/a/cje-caisse")


def test_watch_decides_line_by_line(shop: Shop) -> None:
    text = shop.text()
    done = shop.run("till", "watch", "--json", stdin=f"{text}\n{text}\nannuler erreur\n".encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [answer.get("verdict") for answer in answers] == ["accepted", "already_accepted", None]
    assert answers[2]["said"] == "Ligne 1 annulée."


def test_repair_says_where_the_old_journal_is(shop: Shop) -> None:
    text = shop.text()
    assert shop.run("verify", text).returncode == 0
    (shop.folder / "journal.sqlite").write_bytes(b"SQLite format 3\x00" + bytes(9000))
    for extra in ("-wal", "-shm"):
        (shop.folder / f"journal.sqlite{extra}").unlink(missing_ok=True)
    broken = shop.run("verify", text)
    assert broken.returncode == 3 and "cje till repair" in broken.stderr
    done = shop.run("till", "repair")
    assert done.returncode == 0 and "abime-" in done.stdout
    assert shop.run("verify", text).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_serving_ends_when_the_system_asks(shop: Shop) -> None:
    command = [sys.executable, "-m", "cje", "till", "serve", "--till", str(shop.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None and serving.stderr is not None
        assert serving.stdout.readline().startswith("http://127.0.0.1:")
        serving.terminate()
        assert (serving.wait(20), serving.stderr.read()) == (0, "")


def test_every_command_explains_itself_in_french(shop: Shop) -> None:
    for command in (
        "init",
        "update",
        "status",
        "journal",
        "void",
        "export",
        "import",
        "watch",
        "serve",
        "repair",
    ):
        done = shop.run("till", command, "--help")
        assert done.returncode == 0 and "caisse" in done.stdout.lower() + command


def test_a_till_is_paired_from_a_file_or_from_stdin_and_then_takes_typed_codes(shop: Shop) -> None:
    coded = tuple(replace(offer, short_code=True) for offer in OFFERS)
    until = shop.now + 90 * DAY
    offers = tuple(replace(o, valid_from=shop.now - DAY, valid_until=until) for o in coded)
    shop.run("till", "update", shop.file("coded.cbor", shop.trust(6, offers=offers)))
    text, claims = pairing_text(issued=shop.now), shop.claims()
    typed = code(claims, week_of(int(time.time())))
    unpaired = shop.run("verify", typed)
    assert unpaired.returncode == 3 and "appairez la caisse" in unpaired.stdout
    assert "cje till pair" in shop.run("till", "status").stdout
    refused = shop.run("till", "pair", "-", stdin=text[:-2].encode())
    assert refused.returncode == 1 and refused.stderr.strip().endswith("Copiez-le en entier.")
    long = shop.run("till", "pair", "-", stdin=(text + "0" * 100_000).encode())
    assert (long.returncode, long.stdout) == (1, "")
    for done in (
        shop.run("till", "pair", "-", stdin=text.encode() + b"\r\n"),
        shop.run("till", "pair", shop.file("pairing.txt", text.encode())),
    ):
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip() == "Cette caisse sait maintenant vérifier les codes tapés."
    assert shop.run("verify", typed).returncode == 3
    spaced = f"{typed[:4]} {typed[4:8]} {typed[8:]}"
    done = shop.run("verify", "--confirmed", "-", stdin=spaced.encode())
    assert done.returncode == 0 and "Un code tapé sert une fois par semaine" in done.stdout
    again = shop.run("verify", "--json", "--confirmed", typed)
    assert (again.returncode, json.loads(again.stdout)["verdict"]) == (1, "already_accepted")
    assert typed not in again.stdout


def test_a_till_may_be_paired_as_it_is_made(shop: Shop) -> None:
    command = ["till", "init", "--partner", PARTNER, "--name", "B", "--root", shop.tmp / "root.cbor"]
    wrong = shop.run(*command, "--pairing", "-", shop.tmp / "b", stdin=pairing_text(demo=True).encode())
    assert wrong.returncode == 1 and not (shop.tmp / "b").exists()
    file = shop.file("pairing.txt", pairing_text().encode())
    assert shop.run(*command, "--pairing", file, shop.tmp / "b").returncode == 0
    found = json.loads(shop.run("till", "status", "--json", "--till", shop.tmp / "b").stdout)
    assert found["paired"] is True
