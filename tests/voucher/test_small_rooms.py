"""The small modules: integers, base45, armour, time in Paris, short codes, activation codes."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from wire_world import CODE, CTI, DAY, NOW

from voucher import activation, armour, base45, civil, short_code, uint
from voucher.claims import Period
from voucher.errors import BadSignature, Malformed, NotOurs, UpdateApp


@pytest.mark.parametrize(
    "value, encoded",
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65_535, "19ffff"),
        (65_536, "1a00010000"),
        (2**32 - 1, "1affffffff"),
    ],
)
def test_integers(value: int, encoded: str) -> None:
    assert uint.encode(value).hex() == encoded
    assert uint.decode(bytes.fromhex(encoded) + b"rest") == (value, b"rest")


@pytest.mark.parametrize("value", [-1, 2**32])
def test_integers_out_of_range(value: int) -> None:
    with pytest.raises(Malformed):
        uint.encode(value)


@pytest.mark.parametrize(
    "text, data",
    [
        ("", b""),
        ("BB8", b"AB"),
        ("%69 VD92EX0", b"Hello!!"),
        ("UJCLQE7W581", b"base-45"),
        ("QED8WEX0", b"ietf!"),
        ("FGW", b"\xff\xff"),
        ("U5", b"\xff"),
        ("000", b"\0\0"),
        ("00", b"\0"),
    ],
)
def test_base45_of_rfc_9285(text: str, data: bytes) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize(
    "text", ["0", "0000", "GGW", ":::", "V5", "::", "bb8", "BB8\n", "BB\u00b8", "B B,", "é00"]
)
def test_base45_refuses(text: str) -> None:
    with pytest.raises(Malformed):
        base45.decode(text)


def test_armour_knows_its_family() -> None:
    assert armour.decode("CJE1:000") == ("CJE1:", b"\0\0")
    for text in ("CJE2:000", "CJA0:", "CJT1:X", "CJZ9:é"):
        with pytest.raises(UpdateApp):
            armour.decode(text)
    for text in ("CJE1", "CJe1:", "CJ11:", "CJEA:", "XCJE1:", "", "CJE\u0661:"):
        with pytest.raises(NotOurs):
            armour.decode(text)


def test_armour_opens_the_longest_text_of_a_voucher() -> None:
    longest = "CJE1:" + "0" * 507
    assert armour.decode(longest) == ("CJE1:", bytes(338))
    with pytest.raises(Malformed, match="text over its cap"):
        armour.decode(longest + "0")


def paris() -> ZoneInfo:
    try:
        return ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database to compare with")


def moments() -> list[int]:
    found = [NOW + n * 86_401 * 3 for n in range(400)]
    for year in range(2024, 2061):
        for month in (1, 2, 3, 10, 12):
            last = calendar.monthrange(year, month)[1]
            for day in range(last - 7, last + 1):
                midnight = int(datetime(year, month, day, tzinfo=UTC).timestamp())
                found += [midnight + h * 3600 + s for h in (-2, -1, 0, 1, 2, 23) for s in (-1, 0)]
    return found


def test_paris_is_what_the_time_zone_database_says() -> None:
    zone = paris()
    for at in moments():
        there = datetime.fromtimestamp(at, zone)
        assert civil.day_of(at) == there.date()
        assert timedelta(seconds=civil.offset(at)) == there.utcoffset()
        start = datetime(there.year, there.month, there.day, tzinfo=zone)
        assert civil.start_of(there.date()) == int(start.timestamp())


@pytest.mark.parametrize(
    "day, hours",
    [
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2028, 2, 29), 24),
        (date(2026, 12, 31), 24),
    ],
)
def test_days_have_their_length(day: date, hours: int) -> None:
    assert civil.end_of(day) - civil.start_of(day) == hours * 3600


@pytest.mark.parametrize(
    "period, first",
    [
        (Period.DAY, date(2026, 10, 25)),
        (Period.WEEK, date(2026, 10, 19)),
        (Period.MONTH, date(2026, 10, 1)),
    ],
)
def test_periods_hold_the_moment(period: Period, first: date) -> None:
    """A Sunday on which the clocks change: it is the last day of its week."""
    start = civil.start_of(date(2026, 10, 25))
    for at in (start, start + 3 * 3600, start + 25 * 3600 - 1):
        assert civil.period_start(at, period) == civil.start_of(first)
    assert civil.period_start(start, Period.TOTAL) == 0
    assert civil.period_start(start + 25 * 3600, Period.WEEK) == start + 25 * 3600


def test_a_short_code_names_voucher_offer_and_week() -> None:
    key, tag = bytes(32), short_code.tag_of(CTI)
    assert tag == 0x00010
    code = short_code.encode(key, 7, 202_640, tag)
    assert len(code) == short_code.LENGTH
    for typed in (
        code,
        code.lower(),
        f"{code[:4]}-{code[4:8]} {code[8:]}",
        code.replace("0", "o").replace("1", "l"),
    ):
        assert short_code.decode(key, 7, 202_640, typed) == tag
    for key_, offer, period in ((bytes(31) + b"\1", 7, 202_640), (key, 8, 202_640), (key, 7, 202_641)):
        with pytest.raises(BadSignature):
            short_code.decode(key_, offer, period, code)
    for typed in ("", code[:-1], code + "0", "U" + code[1:], "é" + code[1:], "\u017f" * 12):
        with pytest.raises(Malformed):
            short_code.decode(key, 7, 202_640, typed)


def test_every_other_short_code_of_a_voucher_is_refused() -> None:
    key, tag = bytes(32), 5
    code = short_code.encode(key, 7, 202_640, tag)
    for at in range(4, 12):
        for symbol in activation.ALPHABET.replace(code[at], ""):
            with pytest.raises(BadSignature):
                short_code.decode(key, 7, 202_640, code[:at] + symbol + code[at + 1 :])


@pytest.mark.parametrize("secret", [0, 1, 2**95 - 1])
def test_activation_codes_at_their_bounds(secret: int) -> None:
    code = activation.from_secret(secret)
    assert len(code) == 20 and activation.normalise(code) == code
    assert activation.normalise(activation.grouped(code)) == code


def test_an_activation_code_is_its_secret_in_base_32() -> None:
    secret = 0x0123456789ABCDEF01234567 & (2**95 - 1)
    digits = [activation.ALPHABET.index(symbol) for symbol in activation.from_secret(secret)]
    assert sum(digit << 5 * at for at, digit in enumerate(reversed(digits[:-1]))) == secret


@pytest.mark.parametrize("secret", [-1, 2**95])
def test_a_secret_out_of_bounds(secret: int) -> None:
    with pytest.raises(Malformed):
        activation.from_secret(secret)


def test_every_typing_mistake_is_found() -> None:
    for at in range(20):
        for symbol in activation.ALPHABET.replace(CODE[at], ""):
            with pytest.raises(Malformed):
                activation.normalise(CODE[:at] + symbol + CODE[at + 1 :])
    for a in range(20):
        for b in range(a):
            swapped = list(CODE)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            if swapped != list(CODE):
                with pytest.raises(Malformed):
                    activation.normalise("".join(swapped))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {} ",
        "Ton code : {}.",
        "({})",
        "« {} »",
        "https://carte.exemple/carte/#{}",
        "{}\nÀ bientôt",
        "OUI {}",
        "LILLE {}",
        "code={}&x=1",
    ],
)
def test_finds_the_code_in_a_message(text: str) -> None:
    for code in (CODE, activation.grouped(CODE), activation.grouped(CODE).lower()):
        assert activation.normalise(text.format(code)) == CODE


@pytest.mark.parametrize("text", ["x{}", "{}x", "0{}", "{}0", "U{}", "{}u", ""])
def test_does_not_cut_a_code_out_of_a_word(text: str) -> None:
    with pytest.raises(Malformed):
        activation.normalise(text.format(CODE))


def test_only_ascii_is_folded() -> None:
    """`str.upper` reads ſ as S, ı as I and ß as SS; the Kelvin sign lowers to k."""
    for odd in "\u017f\u0131\u00df\u212a\uff11":
        with pytest.raises(Malformed):
            activation.normalise(odd + CODE[1:])


def test_what_is_derived_from_a_code() -> None:
    """RFC 5869 with other names: each derivation is independent and of its length."""
    place, key, nonce = activation.bundle_path(CODE), activation.bundle_key(CODE), activation.nonce_key(CODE)
    assert (len(place), len(key), len(nonce)) == (16, 32, 32)
    seeds = {activation.holder_seed(CODE, bytes((n,)) * 16) for n in range(20)}
    assert len({place, key, nonce} | seeds) == 23
    assert activation.file_name(place) == f"w/{place.hex()[:2]}/{place.hex()}.bin"
    assert DAY == 86_400
