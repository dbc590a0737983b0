"""Every sentence of the room exists in both languages, and is used."""

from __future__ import annotations

import re
from pathlib import Path

from cje.locales import messages
from reconcile.findings.finding import Kind

ROOM = Path(__file__).parents[2] / "reconcile"


def test_every_kind_of_finding_has_its_sentence() -> None:
    assert {f"page.about.{kind}" for kind in Kind} <= messages("reconcile", "fr").keys()
    assert {f"kind.{kind}.{number}" for kind in Kind for number in ("one", "other")} <= messages(
        "reconcile", "fr"
    ).keys()


def test_no_sentence_is_left_over() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py"))
    quoted = set(re.findall(r"""["']([a-z_.]+)["']""", source))
    for key in messages("reconcile", "fr"):
        parts = [part for part in key.split(".") if part not in ("one", "other")]
        assert (
            parts[0] in ("kind", "learned", "page", "statement")
            or parts[-1] in quoted
            or ".".join(parts) in quoted
        ), key
