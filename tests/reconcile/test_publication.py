"""What was published stays; a month that has changed is published again, with the reason, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cje.errors import OutputRefused
from reconcile.errors import PublicationRefused
from reconcile.figures.public.disclosure import Counted
from reconcile.figures.public.publication import Line, Month, OfferLine, publish, read_folder, reason_of
from voucher.errors import Malformed
from voucher.statistics import Reason, latest

NOVEMBER = date(2026, 11, 3)
LATE = Reason("late_journals", "Deux caisses ont envoyé leur journal après la publication.")


def october(uses: int = 120) -> Month:
    counted = Counted(uses, 60, uses * 350)
    offer = OfferLine(
        "601", "Carnet de\u00a0dix trajets\n", "cars-du-plateau", "mobilite", "Mobilité", counted
    )
    return Month("2026-10", [offer], [Line("95", "Val-d'Oise", counted)], [Line("cej", "CEJ", counted)], 9, 1)


def test_a_month_is_published_once_and_again_only_with_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "statistics"
    first = publish(folder, october(), NOVEMBER)
    assert first == folder / "2026-10.1.json"
    bytes_of_first = first.read_bytes()
    assert publish(folder, october(), NOVEMBER.replace(day=4)) is None
    assert publish(folder, october(121), NOVEMBER) is None  # nothing that is told has changed
    with pytest.raises(PublicationRefused) as refused:
        publish(folder, october(130), NOVEMBER)
    assert "déjà publié (révision 1)" in refused.value.sentence
    assert [path.name for path in folder.iterdir()] == ["2026-10.1.json"]
    again = publish(folder, october(130), NOVEMBER.replace(day=9), LATE)
    assert again == folder / "2026-10.2.json"
    history = read_folder(folder)
    assert history[1].publication.before == history[0].sha256
    assert latest(history) == history[1:]
    assert history[1].publication.total is not None and history[1].publication.total.uses == 130
    assert first.read_bytes() == bytes_of_first


def test_names_lose_line_breaks_and_strange_spaces(tmp_path: Path) -> None:
    publish(tmp_path, october(), NOVEMBER)
    need = read_folder(tmp_path)[0].publication.needs.cells[0]
    assert need.offers is not None and need.offers.cells[0].label == "Carnet de dix trajets"


@pytest.mark.parametrize(
    ("month", "day", "reason", "word"),
    [
        (october(), date(2026, 10, 31), None, "n'est pas fini"),
        (october(), NOVEMBER, LATE, "jamais été publié"),
        (replace(october(), month="2026-08"), date(2026, 9, 2), None, "ne peut pas être plus ancienne"),
    ],
    ids=["not over", "a reason too early", "a clock set back"],
)
def test_refuses_and_writes_nothing(
    tmp_path: Path, month: Month, day: date, reason: Reason | None, word: str
) -> None:
    publish(tmp_path, replace(october(), month="2026-09"), date(2026, 10, 2))
    with pytest.raises(PublicationRefused) as refused:
        publish(tmp_path, month, day, reason)
    assert word in refused.value.sentence
    assert len(list(tmp_path.iterdir())) == 1


def test_publishes_nothing_behind_a_history_that_does_not_hold(tmp_path: Path) -> None:
    publish(tmp_path, replace(october(), month="2026-09"), date(2026, 10, 2))
    publish(tmp_path, october(), NOVEMBER)
    first = tmp_path / "2026-09.1.json"
    first.write_bytes(first.read_bytes().replace(b'"heard": 9', b'"heard": 8'))
    with pytest.raises(Malformed, match=r"2026-10\.1\.json"):
        publish(tmp_path, replace(october(), month="2026-11"), date(2026, 12, 2))
    assert len(list(tmp_path.iterdir())) == 2


def test_never_writes_over_a_publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two operators at the same minute: the second one is told."""
    monkeypatch.setattr("reconcile.figures.public.publication.read_folder", lambda folder: ())
    path = publish(tmp_path, october(), NOVEMBER)
    assert path is not None
    data = path.read_bytes()
    with pytest.raises(OutputRefused):
        publish(tmp_path, october(500), NOVEMBER)
    assert path.read_bytes() == data


def test_a_reason_has_a_code_and_a_sentence() -> None:
    assert reason_of(None, None) is None
    assert reason_of("correction", " Une offre\ncomptée deux fois. ") == Reason(
        "correction", "Une offre comptée deux fois."
    )
    for code, note in ((None, "x"), ("correction", None), ("other", "x"), ("correction", "x" * 301)):
        with pytest.raises(PublicationRefused) as refused:
            reason_of(code, note)
        assert "late_journals, correction, withdrawn" in refused.value.sentence
