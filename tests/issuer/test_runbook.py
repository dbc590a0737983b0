"""docs/operations.md, run as it is written: each command of the runbooks in its order, and what it brings."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, ROOT, card_of

from cje import system_clock
from cje.cli.main import main
from issuer.cli import main as shell
from issuer.keys import keyfile, root_sheet
from voucher import root, trust
from voucher.claims import decode_voucher
from voucher.errors import UnknownKey
from voucher.trust import TrustList

MANUAL = (ROOT / "docs" / "operations.md").read_text()
KEEPERS = {"awa": b"la phrase d'Awa", "bilal": b"la phrase de Bilal", "chloe": b"la phrase de Chloe"}
PHRASES = {**KEEPERS, "neuf": KEEPERS["bilal"]}
PARTNER = "les-deux-mains"
CEREMONY = "La cérémonie de la racine"
STOLEN = "Une clé d'émission a été volée"
TRUST = "La clé de confiance a été volée, ou la racine expire"
LOST = "Un support de clé racine est perdu ou illisible"


def commands(title: str) -> list[str]:
    """The commands of the first block under a title."""
    [(_, body)] = re.findall(rf"^(##+) {re.escape(title)}\n(.*?)(?=^##)", MANUAL, re.S | re.M)
    block = body.split("```")[1]
    found = [line.partition("#")[0].strip() for line in block.splitlines() if line.startswith("cje issuer")]
    assert found, title
    return found


@dataclass
class Desk:
    """Somebody at a keyboard in `folder`; passphrases are handed over on descriptors, in the order asked."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    changes: dict[str, str] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)

    def follow(self, title: str) -> None:
        for command in commands(title):
            self.run(command)

    def run(self, line: str) -> None:
        for old, new in self.changes.items():
            line = line.replace(old, new)
        line, _, source = line.partition(" < ")
        words = shlex.split(line.replace("/media/", f"{self.folder}/media/"))
        assert words[:2] == ["cje", "issuer"]
        if source:
            self.monkeypatch.setattr(sys, "stdin", io.StringIO((self.folder / source).read_text()))
        with pytest.raises(SystemExit) as left:
            main([*words[1:], *self._phrases(words)])
        assert left.value.code == 0, line

    def _phrases(self, words: list[str]) -> list[str]:
        given: list[str] = []
        media = [words[i + 1] for i, word in enumerate(words) if word == "--root-dir"]
        for medium in media:
            given += ["--root-passphrase-fd", str(self._pipe(PHRASES[Path(medium).name]))]
        needing = {"init", "issue", "publish", "trust", "rotate"}
        if needing & set(words[2:4]) or "--signatures" in words:
            given += ["--passphrase-fd", str(self._pipe(PHRASE))]
        return given

    def _pipe(self, phrase: bytes) -> int:
        read, write = os.pipe()
        os.write(write, phrase)
        os.close(write)
        self.opened.append(read)
        return read


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A vault whose ceremony was held as documented, and a campaign issued from it."""
    monkeypatch.setattr(system_clock, "source", lambda: NOW)  # the campaign below has its own dates
    monkeypatch.chdir(tmp_path)
    for name in PHRASES:
        (tmp_path / "media" / name).mkdir(parents=True)
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "rentree.toml").write_text(
        'name = "rentree-2026"\nfrom = 2026-09-01\nuntil = 2027-06-30\n'
        'programmes = "all"\noffers = [101, 102]\n'
    )
    (tmp_path / "personnes.csv").write_text(
        "numero,programme,fin_de_droit,commune\n1,cej,2027-08-31,95585\n2,cej,2027-08-31,95585\n"
    )
    # The documented commands make real keys; their cost has its own test.
    for module in ("issuer.cli.main", "issuer.cli.root", "issuer.cli.key"):
        monkeypatch.setattr(f"{module}.MODERATE", keyfile.NOMINAL)
    made = Desk(tmp_path, monkeypatch)
    made.follow(CEREMONY)
    made.run(f"{commands(STOLEN)[2]} --links l.csv")
    yield made
    for descriptor in made.opened:
        os.close(descriptor)


def kids(desk: Desk) -> dict[str, bool]:
    """Whether each issuing key is revoked."""
    return {
        key["kid"]: key["revoked"] is not None
        for key in json.loads((desk.folder / "coffre" / "public" / "keys.json").read_bytes())
    }


def listed(desk: Desk, version: int) -> TrustList:
    """The partner's list as a till has it that walked to this root."""
    folder = desk.folder / "public" / "trust"
    known = root.decode_anchor((folder / "root.1.cbor").read_bytes())
    for number in range(2, version + 1):
        known = root.decode_successor((folder / f"root.{number}.cbor").read_bytes(), known)
    return trust.decode_trust((folder / f"{PARTNER}.cbor").read_bytes(), known)


def voucher(desk: Desk) -> bytes:
    code = (desk.folder / "l.csv").read_text().splitlines()[1].split(",")[2]
    return next(e.voucher for e in card_of(desk.folder / "public", code).entries if e.voucher)


@pytest.mark.promise("P12")
def test_the_documented_ceremony_leaves_no_root_in_the_vault(desk: Desk) -> None:
    assert not list((desk.folder / "coffre" / "keys").glob("root-*"))
    for rank, name in enumerate(KEEPERS, 1):
        path = desk.folder / "media" / name / f"root-{rank}.key"
        assert keyfile.open_key(path, KEEPERS[name])[0].role == "root"
        page = (desk.folder / f"root-{rank}.html").read_text()
        assert root_sheet.sheet_text(path).replace('"', "&quot;") in page


@pytest.mark.promise("P11")
def test_the_runbook_of_a_stolen_issuing_key_runs_as_written(desk: Desk) -> None:
    [stolen] = kids(desk)
    before = voucher(desk)
    decode_voucher(before, listed(desk, 1).keyring())
    desk.changes = {"4f2a91c0": stolen}
    desk.follow(STOLEN)
    now = kids(desk)
    assert now.pop(stolen) and list(now.values()) == [False]
    after = listed(desk, 1)
    with pytest.raises(UnknownKey):
        decode_voucher(before, after.keyring())
    decode_voucher(voucher(desk), after.keyring())


@pytest.mark.promise("P12")
def test_the_runbook_of_a_stolen_trust_key_runs_as_written(desk: Desk) -> None:
    desk.follow(TRUST)
    assert listed(desk, 2).root_version == 2
    decode_voucher(voucher(desk), listed(desk, 2).keyring())


def test_the_runbook_of_a_lost_medium_runs_as_written(desk: Desk) -> None:
    lost = desk.folder / "media" / "bilal" / "root-2.key"
    (desk.folder / "page.txt").write_text(root_sheet.sheet_text(lost))
    lost.unlink()
    desk.follow(LOST)
    assert listed(desk, 2).root_version == 2


def test_the_next_quarters_keys_are_made_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    desk.run("cje issuer key rotate --state coffre")
    assert len(kids(desk)) == 2 and "issuing-common-" in capsys.readouterr().out
    desk.run("cje issuer key rotate --state coffre")
    assert len(kids(desk)) == 2 and "déjà prêtes" in capsys.readouterr().err


def test_every_documented_command_exists(desk: Desk) -> None:
    for name, rest in re.findall(r"cje issuer ([a-z]+)(?: ([a-z]+))?", MANUAL):
        command = shell.issuer.commands[name]
        inner: dict[str, object] = getattr(command, "commands", {})
        assert not inner or not rest or rest in inner, f"{name} {rest}"
