"""Every outcome and error of the room has its sentence, and every sentence is used."""

from __future__ import annotations

from pathlib import Path

from cje.locales import messages
from verifier import errors
from verifier.trust_store import Outcome

ROOM = Path(__file__).parents[2] / "verifier"


def test_every_outcome_and_every_error_has_its_sentence() -> None:
    known = messages("verifier", "fr")
    for outcome in Outcome:
        assert f"outcome.{outcome}" in known
    keys = [value.key for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "key")]
    assert len(keys) == 6
    assert {f"error.{key}" for key in keys} <= known.keys()


def test_no_sentence_is_left_over() -> None:
    written = [*ROOM.rglob("*.py"), *(ROOM / "till" / "counter").iterdir()]
    source = "".join(path.read_text(encoding="utf-8") for path in written)
    for key in messages("verifier", "fr"):
        parts = [part for part in key.split(".") if part not in ("one", "other")]
        assert parts[0] == "outcome" or parts[-1].split("_")[-1] in source, key
