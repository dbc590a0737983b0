"""`cje issuer` as a person runs it: one sentence for each mistake, the right exit code, nothing half."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, ROOT, list_of, tree
from qr_reading import read_back

from cje import system_clock
from cje.cli.main import main
from cje.errors import OutputRefused
from cje.files import Disk
from issuer.cards import shards
from issuer.keys import keyfile
from issuer.register import vault as state
from voucher import armour
from voucher.claims import decode_voucher

CAMPAIGN = """\
name = "rentree-2026"
from = 2026-09-01
until = 2027-06-30
programmes = "all"
offers = [101, 102, 201]
"""
NOBODY = 65_534
CLOCK = str(NOW)
PEOPLE = "numero,prenom,programme,fin_de_droit,commune\n1,Zoé,cej,2027-08-31,95585\n2,,epide,2027-08-31,\n"
ISSUE = (
    "--campaign",
    "c.toml",
    "--people",
    "p.csv",
    "--out",
    "public",
    "--links",
    "links.csv",
    "--clock",
    CLOCK,
)


@dataclass
class Result:
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in; commands without `--clock` read the same fixed time as those with it."""
    monkeypatch.setattr(system_clock, "source", lambda: NOW)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "c.toml").write_text(CAMPAIGN)
    (tmp_path / "p.csv").write_text(PEOPLE)
    return tmp_path


@pytest.fixture
def run(work: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `cje issuer …` in this process; `phrase` is handed over on a descriptor, as a script would."""

    def command(*arguments: str, phrase: bytes | None = PHRASE) -> Result:
        read, write = os.pipe()
        os.write(write, (phrase or b"") + b"\n")
        os.close(write)
        given = ("--passphrase-fd", str(read)) if phrase is not None else ()
        capfd.readouterr()
        try:
            main(["issuer", arguments[0], *given, *arguments[1:]])
            code = 0
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        finally:
            os.close(read)
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return command


@pytest.fixture
def vault(work: Path, run: Run) -> Path:
    assert run("init", "--state", "vault", "--operator", "Le Bon Élan", "--demo").code == 0
    return work / "vault"


def one_sentence(result: Result, code: int = 1) -> str:
    assert result.code == code, result
    assert result.out == ""
    assert "Traceback" not in result.err and len(result.err.strip().splitlines()) == 1, result.err
    assert re.fullmatch(r".{10,250}[.:]", result.err.strip()), result.err
    return result.err.replace("\u202f", " ").replace("\u00a0", " ").strip()


def test_the_whole_path_from_an_empty_folder(work: Path, vault: Path, run: Run) -> None:
    done = run("issue", "--state", "vault", *ISSUE)
    assert done.code == 0 and "2 cartes." in done.out and done.err == ""
    lines = (work / "links.csv").read_text().splitlines()
    assert lines[1].startswith("1,Zoé,") and len(lines) == 3
    assert run("trust", "--state", "vault", "--out", "public").code == 0
    assert run("publish", "--state", "vault", "--out", "public").out == "2 cartes.\n"
    assert run("audit", "--state", "vault", phrase=None).code == 0


def test_issue_answers_a_program_with_json(work: Path, vault: Path, run: Run) -> None:
    answer = json.loads(run("issue", "--state", "vault", "--json", *ISSUE).out)
    assert answer["cards"] == 2 and answer["skipped"] == [] and answer["vouchers"] == 2
    audit = json.loads(run("audit", "--state", "vault", "--json", phrase=None).out)
    assert audit["rows"] == 4
    keys = json.loads(run("key", "list", "--state", "vault", "--json", phrase=None).out)
    assert [key["revoked"] for key in keys] == [None]


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ("numero,programme,fin_de_droit,age\n1,cej,2027-01-01,17\n", "colonne « age » inconnue"),
        (
            "numero,programme,fin_de_droit\n1,cej,2027-01-01\n1,cej,2027-01-01\n",
            "ligne 3 : la personne 1 est déjà à la ligne 2",
        ),
        ('numero,programme,fin_de_droit\n1,"cej,2027-01-01\n', "guillemet"),
        ("", "colonne"),
    ],
    ids=["unknown-column", "duplicate", "broken-csv", "empty"],
)
def test_a_wrong_people_file_issues_nothing(
    work: Path, vault: Path, run: Run, people: str, told: str
) -> None:
    (work / "p.csv").write_text(people)
    before = tree(work / "vault" / "keys")
    result = run("issue", "--state", "vault", *ISSUE)
    assert result.code == 1 and result.out == ""
    assert told in result.err.replace("\u202f", " ").replace("\u00a0", " ")
    assert not (work / "public").exists() and not (work / "links.csv").exists()
    assert tree(work / "vault" / "keys") == before


def test_a_wrong_passphrase_issues_nothing(work: Path, vault: Path, run: Run) -> None:
    sentence = one_sentence(run("issue", "--state", "vault", *ISSUE, phrase=b"une autre phrase"))
    assert sentence.startswith("La phrase secrète n'ouvre pas")
    assert not (work / "public").exists() and not (work / "links.csv").exists()
    assert json.loads(run("audit", "--state", "vault", "--json", phrase=None).out)["rows"] == 1


@pytest.mark.promise("P21")
def test_a_key_that_others_may_read_issues_nothing(work: Path, vault: Path, run: Run) -> None:
    (vault / "keys" / "trust-1.key").chmod(0o644)
    assert "lisible par d'autres comptes (0644)" in one_sentence(run("issue", "--state", "vault", *ISSUE))
    assert not (work / "public").exists()


def test_an_existing_activation_list_is_never_written_over(work: Path, vault: Path, run: Run) -> None:
    (work / "links.csv").write_text("à moi")
    assert "existe déjà" in one_sentence(run("issue", "--state", "vault", *ISSUE))
    assert (work / "links.csv").read_text() == "à moi" and not (work / "public").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(work: Path, vault: Path, run: Run) -> None:
    """A file where a folder should be refuses writing to every account, root too."""
    (work / "public").write_text("un fichier")
    assert "public" in one_sentence(run("issue", "--state", "vault", *ISSUE))
    assert (work / "public").read_text() == "un fichier" and not (work / "links.csv").exists()


def test_a_read_only_folder_is_one_sentence(work: Path) -> None:
    """By an account for which permissions count; relative, since it may not walk down to the folder."""
    (work / "public").mkdir()
    (work / "public").chmod(0o555)
    work.chmod(0o755)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            Disk().create(Path("public/links.csv"), b"x")
        except OutputRefused as refused:
            code = 0 if refused.code == "unwritable" and "public" in refused.sentence else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert not list((work / "public").iterdir())


def test_an_existing_state_is_never_written_over(work: Path, vault: Path, run: Run) -> None:
    before = tree(vault / "keys")
    assert "existe déjà" in one_sentence(run("init", "--state", "vault", "--operator", "Un autre", "--demo"))
    assert tree(vault / "keys") == before
    assert not [path for path in work.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("trust", "--state", "ailleurs", "--out", "public"), "Aucun coffre dans ailleurs"),
        (("revoke", "--state", "vault", "--person", "9"), "La personne 9 n'est pas inscrite"),
        (("revoke", "--state", "vault", "--key", "deadbeef"), "deadbeef"),
        (("replace", "--state", "vault", "--person", "9"), "La personne 9 n'est pas inscrite"),
        (("qr", "--state", "vault", "--out", "q.gif", "XXXX"), ".svg ou .png"),
        (("qr", "--state", "vault", "--out", "q.svg", "XXXX"), "pas bien formé"),
        (("codes", "--state", "vault", "--offer", "9", "c.toml"), "L'offre 9"),
        (("pairing", "--state", "vault", "personne"), "Le partenaire personne n'est pas dans le catalogue"),
        (("pairing", "--state", "vault", "--out", "q.gif", "personne"), ".svg ou .png"),
        (("audit", "--state", "vault", "--witness", "9:" + "0" * 64), "a perdu des lignes"),
    ],
)
def test_each_mistake_is_one_sentence(
    work: Path, vault: Path, run: Run, arguments: tuple[str, ...], told: str
) -> None:
    needs = arguments[0] in ("trust", "qr", "pairing")
    before = tree(vault / "keys")
    assert told in one_sentence(run(*arguments, phrase=PHRASE if needs else None))
    assert tree(vault / "keys") == before and not (work / "public").exists() and not list(work.glob("q.*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("revoke", "--state", "vault"),
        ("revoke", "--state", "vault", "--person", "1", "--key", "x"),
        ("revoke", "--state", "vault", "--person", "0"),
        ("audit", "--state", "vault", "--witness", "x"),
        ("key", "new", "--state", "vault", "--quarter", "demain"),
        ("init", "--state", "x", "--passphrase", "secret", "--operator", "x"),
    ],
)
def test_a_wrong_use_is_exit_two(work: Path, vault: Path, run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, phrase=None).code == 2


def test_a_passphrase_too_short_makes_no_real_state(work: Path, run: Run) -> None:
    sentence = one_sentence(run("init", "--state", "v", "--operator", "X", phrase=b"onze-lettre"))
    assert "12" in sentence and not (work / "v").exists()


def test_without_keyboard_or_descriptor_there_is_no_passphrase(
    work: Path, vault: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert "--passphrase-fd" in one_sentence(run("issue", "--state", "vault", *ISSUE, phrase=None))


@pytest.mark.promise("P21")
def test_no_output_shows_a_seed_a_code_or_the_passphrase(work: Path, vault: Path, run: Run) -> None:
    opened = state.open_state(vault)
    secrets = [
        keyfile.open_key(vault / "keys" / f"{header.name}.key", PHRASE)[1]
        for header in state.key_headers(opened)
    ]
    opened.close()
    said = [
        run("issue", "--state", "vault", *ISSUE),
        run("issue", "--state", "vault", *ISSUE),
        run("issue", "--state", "vault", *ISSUE, phrase=b"une autre phrase"),
        run("key", "list", "--state", "vault", "--json", phrase=None),
        run("audit", "--state", "vault", "--list", phrase=None),
        run("publish", "--state", "vault", "--out", "public"),
        run("qr", "--state", "vault", "--person", "1", "--out", "q.svg"),
        run("trust", "--state", "vault", "--out", "links.csv"),
    ]
    shown = "".join(result.out + result.err for result in said)
    codes = [line.split(",")[2] for line in (work / "links.csv").read_text().splitlines()[1:]]
    assert len(codes) == 2 and len(secrets) == 6
    for secret in (*(seed.hex() for seed in secrets), *codes, PHRASE.decode()):
        assert secret not in shown and secret.replace("-", "") not in shown


def test_workers_layouts_and_storages_are_told_apart(work: Path, vault: Path, run: Run) -> None:
    assert run("issue", "--state", "vault", *ISSUE, "--workers", "2").code == 0
    publish = ("publish", "--state", "vault", "--out", "public", "--clock", CLOCK)
    again = run(*publish, "--json", "--layout", "packs", "--workers", "2", "--to", "served")
    assert json.loads(again.out)["cards"] == 2 and json.loads(again.out)["sent"] > 2
    assert tree(work / "served") == {
        name: data for name, data in tree(work / "public").items() if name.startswith(("w/", "trust/"))
    }
    assert len(list((work / "served" / "w" / "packs").iterdir())) in (1, 2)
    assert "0 fichiers envoyés" in run(*publish, "--to", "served").out
    assert "ftp://" in one_sentence(run(*publish, "--to", "ftp://example/site"))
    dask = ("--engine", "dask", "--scheduler")
    assert "tls://" in one_sentence(run(*publish, *dask, "tcp://192.0.2.1:8786"))
    assert "--send-keys" in one_sentence(run(*publish, *dask, "tcp://127.0.0.1:1"))
    for wrong in (("--engine", "dask"), ("--send-keys",), ("--tls", "."), ("--workers", "0")):
        assert run(*publish, *wrong).code == 2


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_drawn_link_reads_back(work: Path, vault: Path, run: Run, suffix: str) -> None:
    run("issue", "--state", "vault", *ISSUE)
    base = ("--base-url", "https://carte.example/")
    assert run("qr", "--state", "vault", "--person", "1", *base, "--out", f"q.{suffix}").code == 0
    code = (work / "links.csv").read_text().splitlines()[1].split(",")[2]
    assert read_back(work / f"q.{suffix}") == f"https://carte.example/carte/#{code}"
    assert (work / f"q.{suffix}").stat().st_mode & 0o777 == 0o600
    typed = run("qr", "--state", "vault", *base, "--out", f"again.{suffix}", code.lower(), phrase=None)
    assert typed.code == 0
    assert (work / f"again.{suffix}").read_bytes() == (work / f"q.{suffix}").read_bytes()


def test_a_pairing_is_printed_or_drawn_for_one_partner(work: Path, vault: Path, run: Run) -> None:
    slug = min(path.stem for path in (ROOT / "content" / "partners").glob("*.yaml"))
    printed = run("pairing", "--state", "vault", "--clock", CLOCK, slug)
    assert printed.code == 0 and printed.out.startswith("CJS1:") and "main propre" in printed.err
    assert run("pairing", "--state", "vault", "--clock", CLOCK, "--out", "q.png", slug).code == 0
    assert read_back(work / "q.png") == printed.out.rstrip("\n")
    assert (work / "q.png").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_paper_vouchers_read_back_verify_and_are_never_printed_twice(
    work: Path, vault: Path, run: Run, suffix: str
) -> None:
    run("issue", "--state", "vault", *ISSUE)
    order = ("--campaign", "c.toml", "--offer", "101", "--format", suffix, "--clock", CLOCK)
    for out, count in (("first", "3"), ("second", "2")):
        assert run("paper", "--state", "vault", *order, "--count", count, "--out", out).code == 0
    drawn = sorted((work / "first").iterdir()) + sorted((work / "second").iterdir())
    assert [path.stem for path in drawn] == [f"101-{serial:06d}" for serial in range(1, 6)]
    listed = list_of(work / "public", "les-deux-mains")
    seen = set()
    for path in drawn:
        prefix, data = armour.decode(read_back(path))
        voucher = decode_voucher(data, listed.keyring())
        assert prefix == armour.VOUCHER and voucher.claims.holder is None
        assert listed.issuing_key(voucher.key).may_sign(voucher.claims)
        seen.add(voucher.claims.cti)
    assert len(seen) == 5
    again = run("paper", "--state", "vault", *order, "--count", "1", "--out", "first")
    assert "existe déjà" in one_sentence(again)


def test_an_offer_without_paper_is_not_printed(work: Path, vault: Path, run: Run) -> None:
    order = ("--campaign", "c.toml", "--offer", "201", "--count", "1", "--out", "paper", "--clock", CLOCK)
    assert "n'autorise pas le papier" in one_sentence(run("paper", "--state", "vault", *order))
    assert not (work / "paper").exists()


def test_codes_are_imported_once(work: Path, vault: Path, run: Run) -> None:
    (work / "codes.txt").write_text("\ufeffAA-1\r\nAA-2\r\n")
    order = ("codes", "--state", "vault", "--offer", "202", "codes.txt")
    assert (
        run(*order, phrase=None).out
        == run(*order, phrase=None).out
        == "Offre 202 : 2 codes sur 2.\n".replace(" :", "\u00a0:")
    )
    (work / "codes.txt").write_text("AA-3\nAA-3\nA A\n")
    refused = run(*order, phrase=None)
    assert refused.code == 1 and "ligne 2" in refused.err and "ligne 3" in refused.err


def test_one_person_is_enrolled_corrected_renewed_found_and_closed(work: Path, vault: Path, run: Run) -> None:
    def person(*arguments: str) -> Result:
        return run("person", arguments[0], "--state", "vault", *arguments[1:], phrase=None)

    assert (
        person("add", "--programme", "cej", "--until", "2027-06-30", "--reference", "ML 12", "12").code == 0
    )
    assert "déjà inscrite" in one_sentence(person("add", "--programme", "cej", "--until", "2027-06-30", "12"))
    refused = person("add", "--programme", "zz", "--until", "demain", "13")
    assert refused.code == 1 and "parcours « zz » inconnu".replace(" ", " ") in plain(refused.err)
    assert person("correct", "--commune", "95585", "--first-name", "Zoé", "12").code == 0
    assert person("renew", "--until", "2027-12-31", "12").code == 0
    [found] = json.loads(person("find", "--json", "ML 12").out)
    assert found["fin_de_droit"] == "2027-12-31" and (found["prenom"], found["commune"]) == ("Zoé", "95585")
    assert person("find", "13").code == 1
    assert person("close", "12").code == 0 and "fermée" in person("find", "12").out


def test_a_dry_run_tells_each_line_and_writes_nothing(work: Path, vault: Path, run: Run) -> None:
    assert (
        run("enrol", "--state", "vault", "p.csv", phrase=None).out
        == "2 inscrites, 0 modifiées, 0 inchangées.\n"
    )
    (work / "p.csv").write_text(PEOPLE.replace("Zoé", "Léa") + "3,,cej,2027-01-31,\n4,,zz,2020-01-01,\n")
    told = run("enrol", "--state", "vault", "--dry-run", "p.csv", phrase=None)
    assert told.code == 1 and "ligne 5 : parcours" in plain(told.err) and "est déjà passée" in plain(told.err)
    assert [plain(line) for line in told.out.splitlines()] == [
        "ligne 2 : personne 1, prénom : Zoé → Léa.",
        "ligne 4 : personne 3, nouvelle.",
    ]
    answer = json.loads(run("enrol", "--state", "vault", "--dry-run", "--json", "p.csv", phrase=None).out)
    assert [one["code"] for one in answer["refused"]] == ["day_past", "programme"]
    assert (answer["new"], answer["changed"], answer["unchanged"]) == (1, 1, 1)
    assert run("enrol", "--state", "vault", "p.csv", phrase=None).code == 1
    assert run("person", "find", "--state", "vault", "3", phrase=None).code == 1


def test_forgetting_and_keeping_are_commands(work: Path, vault: Path, run: Run) -> None:
    run("issue", "--state", "vault", *ISSUE)
    assert "n'a plus ni nom" in plain(run("erase", "--state", "vault", "--person", "1", phrase=None).out)
    assert "n'est pas inscrite" in one_sentence(
        run("erase", "--state", "vault", "--person", "9", phrase=None)
    )
    counted = json.loads(run("retention", "--state", "vault", "--dry-run", "--json", phrase=None).out)
    assert counted == {"dry_run": True, "gone": 0, "nameless": 1}
    assert run("retention", "--state", "vault", phrase=None).code == 0
    assert "déjà à la version" in run("migrate", "--state", "vault", phrase=None).out
    run("publish", "--state", "vault", "--out", "public")
    assert "Signé jusqu'à la ligne" in run("audit", "--state", "vault", "--signatures").out


def test_a_plan_shows_numbers_and_sizes_without_a_passphrase(work: Path, vault: Path, run: Run) -> None:
    order = ("plan", "--state", "vault", "--campaign", "c.toml", "--clock", CLOCK)
    counted = json.loads(run(*order, "--people", "p.csv", "--json", phrase=None).out)
    assert (counted["people"], counted["new"], counted["vouchers"]) == (2, 2, 2) and counted["size"] > 2000
    assert "0 personnes servies" in plain(run(*order, phrase=None).out)
    shown = run(*order, "--people", "p.csv", phrase=None)
    assert "2 bons signés" in plain(shown.out) and not (work / "public").exists()


def plain(shown: str) -> str:
    return shown.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_documentation_names_every_command(work: Path) -> None:
    from issuer.cli.main import issuer

    operations = (ROOT / "docs" / "operations.md").read_text()
    assert not [name for name in issuer.commands if f"cje issuer {name}" not in operations]


def test_help_is_in_french_and_needs_no_state() -> None:
    command = shutil.which("cje", path=str(Path(sys.executable).parent)) or "cje"
    done = subprocess.run(
        [command, "issuer", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Émettre une campagne" in done.stdout and done.stderr == ""


def test_letters_list_and_screen_hand_over_what_was_issued(work: Path, vault: Path, run: Run) -> None:
    site = ("--base-url", "https://carte.example")
    assert run("issue", "--state", "vault", *ISSUE, *site).code == 0
    links = (work / "links.csv").read_text().split()[1:]
    made = run("letters", "--state", "vault", "--json", *site, "--out", "letters")
    assert json.loads(made.out) == {"people": 2, "files": 1, "skipped": []}
    assert (work / "letters" / "letter-00001.pdf").read_bytes().startswith(b"%PDF")
    assert not any(name.stat().st_mode & 0o077 for name in [work / "letters", *(work / "letters").iterdir()])
    assert run("links", "--state", "vault", *site, "--lang", "en", "--out", "list.csv").code == 0
    listed = (work / "list.csv").read_text()
    assert all(line.rpartition(",")[2] in listed for line in links) and "is here!" in listed
    shown = run("show", "--state", "vault", "--person", "1", *site).out
    assert "█" in shown and links[0].rpartition(",")[2] in shown and "Zoé, ta Carte" in shown
    assert "existe déjà" in one_sentence(run("letters", "--state", "vault", *site, "--out", "letters"))
    assert "--base-url" in one_sentence(run("letters", "--state", "vault", "--out", "other"))
    assert run("revoke", "--state", "vault", "--person", "2", phrase=None).code == 0
    assert "carte fermée" in one_sentence(run("show", "--state", "vault", "--person", "2", *site))
    assert not (work / "other").exists()


@pytest.mark.promise("P21")
def test_a_traceback_in_the_middle_of_issuing_shows_no_seed_code_or_passphrase(
    work: Path, vault: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    codes: list[str] = []

    def broken(code: str, _content: bytes) -> tuple[str, bytes]:
        codes.append(code)
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(shards, "seal", broken)
    read, write = os.pipe()
    os.write(write, PHRASE + b"\n")
    os.close(write)
    arguments = ["--debug", "issuer", "issue", "--passphrase-fd", str(read), "--state", "vault", *ISSUE]
    with pytest.raises(RuntimeError) as caught:
        main(arguments)
    said = capfd.readouterr()
    shown = "".join(traceback.format_exception(caught.value)) + said.out + said.err
    opened = state.open_state(vault)
    seeds = [
        keyfile.open_key(vault / "keys" / f"{one.name}.key", PHRASE)[1] for one in state.key_headers(opened)
    ]
    opened.close()
    assert "a fault of ours" in shown and len(codes) == 1
    for hidden in (*(seed.hex() for seed in seeds), *map(repr, seeds), *codes, PHRASE.decode()):
        assert hidden not in shown
