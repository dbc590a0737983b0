"""Whoever asks for English is answered in English, also when something is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from counter_shop import Shop, open_shop

from cje.cli.commands import error_sentence
from cje.cli.main import main
from voucher.errors import Malformed


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(tmp_path_factory.mktemp("shop"))


def nothing(_: Path) -> None:
    """The till as it is."""


def journal_in_rags(till: Path) -> None:
    (till / "journal.sqlite").write_bytes(b"no database at all" * 400)


FAULTS: dict[tuple[str, ...], tuple[Callable[[Path], None], int, str]] = {
    ("verify", "--till", "{tmp}/nowhere", "x"): (nothing, 3, "There is no till in"),
    ("verify", "--challenge", "12", "x"): (nothing, 2, "The digits that the till shows are four"),
    ("verify", "--amount", "much", "x"): (nothing, 2, "Write the amount in euros"),
    ("verify",): (nothing, 2, "Give a text, or - for standard input"),
    ("verify", "a", "b"): (nothing, 2, "Too much in this command: b."),
    ("verify", "--chalenge", "1"): (nothing, 2, "Unknown option: --chalenge. Did you mean --challenge"),
    ("verify", "x", "--amount"): (nothing, 2, "--amount needs a value."),
    ("verify", "--check=1", "x"): (nothing, 2, "--check takes no value."),
    ("verify", "--image", "{tmp}/none.png"): (nothing, 3, "none.png: not found."),
    ("verify", "--image", "{till}/till.key"): (nothing, 2, "is not a readable image."),
    ("till", "status", "--till", "{tmp}/nowhere"): (nothing, 3, "There is no till in"),
    ("till", "statuts", "--json"): (nothing, 2, "Unknown command: statuts."),
    ("till", "watch", "--till", "{tmp}"): (nothing, 3, "There is no till in"),
    ("till", "journal", "x"): (nothing, 2, "Too much in this command: x."),
    ("till", "journal"): (journal_in_rags, 3, "The till's journal is damaged"),
    ("till", "status"): (journal_in_rags, 3, "The till's journal is damaged"),
    ("reconcile", "totals", "--store", "{tmp}/none"): (nothing, 3, "cje reconcile init"),
    ("reconcile", "totals", "--store", "x", "--month", "2026-13"): (nothing, 2, "a month is expected"),
}


@pytest.mark.parametrize("call", FAULTS, ids=" ".join)
def test_every_fault_is_told_in_the_asked_language(
    call: tuple[str, ...],
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil, code, sentence = FAULTS[call]
    till = tmp_path / "till"
    shutil.copytree(shop.folder, till)
    spoil(till)
    monkeypatch.setenv("CJE_TILL", str(till))
    command = 1 if call[0] == "verify" else 2
    words = [word.format(tmp=tmp_path, till=till) for word in call]

    def told(*asked: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words[:command], *asked, *words[command:]])
        out, err = capsys.readouterr()
        assert (ended.value.code, out, "Traceback" in err) == (code, "", False)
        return err

    english = told("--lang", "en")
    assert sentence in english and told("--lang=en") == english
    assert told() == told("--lang", "fr") != english


def test_a_fault_of_the_wire_is_told_in_both() -> None:
    fault = Malformed("a float")
    assert (error_sentence(fault, "en"), error_sentence(fault, "fr")) == (
        "Object refused (malformed): a float.",
        "Objet refusé (malformed)\u00a0: a float.",
    )
