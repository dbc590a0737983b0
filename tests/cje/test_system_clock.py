"""One function reads this machine's clock, so that a test can hold it still."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cje import system_clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC), date(2027, 6, 30)),
        (datetime(2027, 6, 30, 22, 0, 0, tzinfo=UTC), date(2027, 7, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_france(
    moment: datetime, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_clock, "source", moment.timestamp)
    assert system_clock.now() == int(moment.timestamp())
    assert system_clock.today() == day


def test_seconds_are_whole_and_never_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_clock, "source", lambda: 1_795_255_200.999)
    assert system_clock.now() == 1_795_255_200
