"""Civil time in Europe/Paris: dates to seconds and back, and the periods that `uses` counts in.

Summer time in the European Union (directive 2000/84/EC) starts on the last Sunday of March and ends on the
last Sunday of October, at 01:00 UTC. Computing it needs no time zone database, which a till may lack.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from voucher.claims import Period

_HOUR = 3600


def _last_sunday(year: int, month: int) -> datetime:
    """Return the last Sunday of a month of 31 days, at 01:00 UTC."""
    last = date(year, month, 31)
    last -= timedelta(days=(last.weekday() + 1) % 7)
    return datetime(last.year, last.month, last.day, 1, tzinfo=UTC)


def offset(at: int) -> int:
    """Return how many seconds Paris is ahead of UTC at a moment: 3600, or 7200 in summer."""
    year = datetime.fromtimestamp(at, UTC).year
    summer = _last_sunday(year, 3).timestamp() <= at < _last_sunday(year, 10).timestamp()
    return 2 * _HOUR if summer else _HOUR


def day_of(at: int) -> date:
    """Return the date that a calendar in Paris shows at a moment (seconds since 1970)."""
    return datetime.fromtimestamp(at + offset(at), UTC).date()


def start_of(day: date) -> int:
    """Return the first second of a day in Paris, 22:00 or 23:00 UTC: the clocks never change there."""
    utc_midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return utc_midnight - offset(utc_midnight - _HOUR)


def end_of(day: date) -> int:
    """Return the first second that is no longer that day in Paris: `exp` of "until that day inclusive"."""
    return start_of(day + timedelta(days=1))


def period_start(at: int, period: Period) -> int:
    """Return the first second of the period in which a moment lies; 0 for Period.TOTAL."""
    day = day_of(at)
    match period:
        case Period.TOTAL:
            return 0
        case Period.DAY:
            return start_of(day)
        case Period.WEEK:
            return start_of(day - timedelta(days=day.weekday()))
        case _:
            return start_of(day.replace(day=1))


def week_of(at: int) -> int:
    """Return the ISO week in Paris of a moment, as ISO year × 100 + week: the period of a short code."""
    year, week, _ = day_of(at).isocalendar()
    return year * 100 + week
