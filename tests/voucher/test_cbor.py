"""The one form of CBOR: written, read again, and nothing else read. cbor2 is the oracle."""

from __future__ import annotations

import cbor2
import pytest

from voucher import cbor
from voucher.errors import Malformed

HONEST = [
    0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, cbor.MAX_INTEGER,
    -1, -24, -25, -256, -257, -(2**32), -(2**32) - 1, -cbor.MAX_INTEGER,
    b"", b"x" * 23, b"x" * 24, b"x" * 255, b"x" * 256, b"x" * 65_536,
    "", "é", "\ufeff", "\0", "\U0001f642", "a" * 24,
    True, False, None, [], {}, [[], {}], {0: 1, 24: 2, -1: 3, "": 4, "a": 5, "aa": 6, "b": 7},
]  # fmt: skip


@pytest.mark.parametrize("value", HONEST, ids=lambda value: repr(value)[:20])
def test_reads_what_it_writes(value: object) -> None:
    data = cbor.dumps(value)
    again = cbor.loads(data)
    assert again == value and type(again) is type(value)
    assert cbor2.loads(data) == value


@pytest.mark.parametrize(
    "data",
    [
        "1800", "1817", "190018", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "390018",
        "1b0020000000000000", "3b001fffffffffffff", "3b0020000000000000", "1bffffffffffffffff",
        "5800", "581700", "7800", "9800", "b800", "5f4100ff", "7f6161ff", "9f00ff", "bf0000ff",
        "f93c00", "fa3f800000", "fb3ff0000000000000", "f97e00", "f7", "f0", "f820", "f8f5", "ff",
        "c100", "c24100", "d81c80", "d81d00", "d9010080", "d82a00",
        "1c", "1d", "1e", "1f", "3c", "5c", "7c", "9c", "bc", "fc", "fd", "fe",
        "61ff", "62c328", "63eda080", "62c0af", "64f4908080", "61c3",
        "a201000000", "a200000000", "a2010001 00", "a1f500", "a14000", "a18000", "a1a000", "a1f600",
        "a26161006000", "a220000000", "18", "19", "1a00", "41", "61", "81", "a1", "a100", "8100 00", "",
    ],
)  # fmt: skip
def test_refuses_every_other_form(data: str) -> None:
    with pytest.raises(Malformed):
        cbor.loads(bytes.fromhex(data))


@pytest.mark.parametrize(
    "data, reason",
    [
        ("", "ends early"),
        ("42 00", "ends early"),
        ("82 4200 00", "ends early"),
        ("62 61", "ends early"),
        ("81", "ends early"),
        ("5c" + "00" * 40, "reserved"),
        ("5f 4100 ff", "indefinite"),
        ("00 00", "trailing"),
        ("a1 80 00", "key of a map"),
        ("a2 0000 0000", "not sorted and distinct"),
        ("c1 00", "type"),
    ],
)
def test_says_what_is_wrong(data: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        cbor.loads(bytes.fromhex(data))


@pytest.mark.parametrize("data", ["5800", "f93c00", "c100", "9f00ff", "190018", "a201000000"])
def test_a_general_reader_takes_other_forms(data: str) -> None:
    cbor2.loads(bytes.fromhex(data))


@pytest.mark.parametrize(
    "value",
    [
        cbor.MAX_INTEGER + 1,
        -cbor.MAX_INTEGER - 1,
        1.0,
        "\ud800",
        (1,),
        {1},
        {b"k": 1},
        {None: 1},
        {True: 1},
        [1.5],
        {1: {2: 0.5}},
        {"\udfff": 1},
        bytearray(b"x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_does_not_write_what_it_could_not_read(value: object) -> None:
    with pytest.raises(Malformed):
        cbor.dumps(value)


def test_keys_are_in_bytewise_order() -> None:
    """RFC 8949 §4.2.1; the older order of RFC 7049, shortest first, would put 1000 after "a"."""
    assert cbor.dumps({"a": 0, 1000: 0, -1: 0, 10: 0}).hex() == "a40a001903e80020006161" + "00"


def test_reads_one_item_after_another_and_says_where_each_ends() -> None:
    data = cbor.dumps([1, "deux"]) + cbor.dumps({3: b"trois"})
    first, end = cbor.item(data, 0)
    second, last = cbor.item(data, end)
    assert (first, second, last) == ([1, "deux"], {3: b"trois"}, len(data))
    with pytest.raises(Malformed):
        cbor.item(data, last)
    with pytest.raises(Malformed):
        cbor.item(bytes.fromhex("81" * cbor.MAX_DEPTH + "00"), 0)
    assert cbor.item(bytes.fromhex("81" * (cbor.MAX_DEPTH - 1) + "00"), 0)[1] == cbor.MAX_DEPTH
