"""Each worked example of docs/spec is derived again, byte by byte; and the readers take it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import worked_bytes
from worked_bytes import DOCUMENTS, ISSUER, block

from voucher import armour, frames, journal, root, trust
from voucher.claims import decode_voucher
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation

SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec"


def blocks(document: str) -> list[str]:
    return re.findall(r"```worked\n(.*?)```", (SPEC / document).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_document_shows_what_is_derived(document: str) -> None:
    assert blocks(document) == [block(DOCUMENTS[document]())]


def test_every_document_of_a_byte_form_has_a_worked_example() -> None:
    of_bytes = {path.name for path in SPEC.glob("*.md") if "```cddl" in path.read_text(encoding="utf-8")}
    assert of_bytes == DOCUMENTS.keys()


def test_the_readers_take_the_examples() -> None:
    shown = dict(worked_bytes.voucher_lines())
    keyring = Keyring([ISSUER.public])
    assert decode_voucher(armour.decode(str(shown["text"]))[1], keyring).claims.offer == 7
    read = decode_presentation(armour.decode(str(shown["presentation text"]))[1], keyring)
    assert (read.seq, read.challenge) == (1, 42)
    files = dict(worked_bytes.trust_lines())
    anchor = root.decode_anchor(bytes(files["root file"]))  # type: ignore[arg-type]
    file = frames.decode_frames([str(files["its only frame"])])
    assert file == files["trust file"] and file is not None
    assert trust.decode_trust(file, anchor).partner == "cars"
    export = dict(worked_bytes.journal_lines())["export"]
    assert journal.decode_export(bytes(export)).last == 1  # type: ignore[arg-type]
