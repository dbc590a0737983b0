"""statistics-v1 §1, §2 and §4: one form of a file, sums that are sums, and a history that shows any edit."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figures import EMPTY, OCTOBER, chain, revised

from voucher.errors import Malformed, TooBig, UpdateApp
from voucher.statistics import (
    MAX_PUBLICATION,
    REASONS,
    Cell,
    Others,
    Table,
    decode_publication,
    encode_publication,
    latest,
    read_history,
)

DATA = encode_publication(OCTOBER)
SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "statistics.json"


@pytest.mark.parametrize("publication", [OCTOBER, EMPTY, revised(OCTOBER)], ids=["october", "empty", "again"])
def test_what_was_written_is_read_back(publication: Any) -> None:
    assert decode_publication(encode_publication(publication)) == publication


def test_no_changed_byte_is_read_as_other_sums() -> None:
    """Every byte of a file, turned into three others: refused, or a word and not a number has changed."""
    rng = random.Random(1)
    for at in range(len(DATA)):
        for _ in range(3):
            changed = bytearray(DATA)
            changed[at] ^= rng.randrange(1, 256)
            try:
                found = decode_publication(bytes(changed))
            except (Malformed, UpdateApp):
                continue
            assert encode_publication(found) == changed
            assert found.needs.uses == found.total.uses if found.total else not found.needs.uses


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(tree: Any) -> None:
        for name in path[:-1]:
            tree = tree[name]
        tree[path[-1]] = to

    return change


REFUSED = {
    "no format": _set("format", to="statistics"),
    "version zero": _set("version", to=0),
    "a version in words": _set("version", to="1"),
    "a month that is none": _set("month", to="2026-13"),
    "a month in full-width digits": _set("month", to="２026-10"),
    "revision zero": _set("revision", to=0),
    "a revision without a reason": _set("revision", to=2),
    "a first publication with a reason": _set("reason", to={"code": "correction", "note": "Erreur."}),
    "another reason": _set("reason", to={"code": "other", "note": "Erreur."}),
    "published before the month's end": _set("published", to="2026-10-31"),
    "a day that is none": _set("published", to="2026-11-31"),
    "a day in another form": _set("published", to="20261103"),
    "a short digest": _set("before", to="ab"),
    "truth as a number": _set("demo", to=1),
    "fewer than no tills": _set("tills", "silent", to=-1),
    "tills as text": _set("tills", to="many"),
    "another least": _set("least", to=3),
    "another rounding": _set("round", to=1),
    "a total that is not the sum": _set("total", "uses", to=225),
    "a saving that is not the sum": _set("total", "saving", to=88_500),
    "truth as a sum": _set("total", to=True),
    "a need that is not the sum of its offers": _set("needs", "cells", 0, "uses", to=165),
    "an exact number": _set("territories", "cells", 0, "uses", to=151),
    "four people": _set("territories", "others", "uses", to=4),
    "zero": _set("territories", "others", "uses", to=0),
    "one cell called others": _set("territories", "others", "count", to=1),
    "a number with a point": _set("territories", "others", "uses", to=15.0),
    "a number beyond what JavaScript holds": _set("tills", "heard", to=2**53),
    "a territory too far from the total": _set("territories", "cells", 0, "uses", to=200),
    "an order that is not theirs": _set("territories", "cells", 0, "uses", to=50),
    "an exact amount": lambda tree: [
        member.update(saving=member["saving"] + 50)
        for member in (
            tree["total"],
            tree["needs"]["cells"][1],
            tree["needs"]["cells"][1]["offers"]["cells"][0],
        )
    ],
    "one key twice": _set("territories", "cells", 1, "key", to="95"),
    "a key with a slash": _set("territories", "cells", 0, "key", to="../95"),
    "an empty name": _set("territories", "cells", 0, "label", to=""),
    "a name of two lines": _set("territories", "cells", 0, "label", to="Val\nd'Oise"),
    "a name that turns the line round": _set("territories", "cells", 0, "label", to="Val\u202ed'Oise"),
    "half a character": _set("territories", "cells", 0, "label", to="\ud800"),
    "a name as a number": _set("territories", "cells", 0, "label", to=95),
    "a saving by territory": _set("territories", "cells", 0, "saving", to=100),
    "an offer without a partner": lambda tree: tree["needs"]["cells"][0]["offers"]["cells"][0].pop("partner"),
    "a need without offers": lambda tree: tree["needs"]["cells"][0].pop("offers"),
    "a table as a list": _set("programmes", to=[]),
    "a member too many": _set("people", to=3),
    "a member missing": lambda tree: tree.pop("demo"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refuses(name: str) -> None:
    tree = json.loads(DATA)
    REFUSED[name](tree)
    data = (json.dumps(tree, ensure_ascii=name == "half a character", indent=1) + "\n").encode()
    with pytest.raises(Malformed):
        decode_publication(data)


def test_one_publication_has_one_text() -> None:
    tree = json.loads(DATA)
    other_texts = (
        json.dumps(tree, ensure_ascii=False).encode(),
        json.dumps(tree, indent=1).encode() + b"\n",
        DATA + b"\n",
        DATA.replace(b'"demo": false', b'"demo": false, "demo": false'),
        b"\xef\xbb\xbf" + DATA,
        b"[]",
        b"[" * 100_000,
        b"\xff",
    )
    for data in other_texts:
        with pytest.raises(Malformed):
            decode_publication(data)


def test_both_sides_of_each_bound() -> None:
    assert MAX_PUBLICATION == 1_048_576
    for heard, silent in ((0, 0), (0, 1), (1, 0)):
        counted = replace(OCTOBER, heard=heard, silent=silent)
        assert decode_publication(encode_publication(counted)) == counted
    for change, length in ((_named, 200), (_noted, 300)):
        decode_publication(change(length))
        decode_publication(change(1))
        with pytest.raises(Malformed):
            decode_publication(change(length + 1))


@pytest.mark.parametrize("uses", [(40, 40, 40, 40, 40), (60, 50, 50, 40, 40)])
@pytest.mark.parametrize("others", [True, False])
def test_a_table_is_as_near_to_the_total_as_its_roundings_allow(uses: tuple[int, ...], others: bool) -> None:
    """Ten numbers, each rounded by two at most: 220 − 20 and 220 + 20, and no more (§2)."""

    def territories(uses: tuple[int, ...]) -> Table:
        cells = tuple(Cell(str(at), "Ici", count) for at, count in enumerate(uses, 1))
        return Table(cells[:4], Others(uses[4], 2)) if others else Table(cells)

    near = replace(OCTOBER, territories=territories(uses))
    assert decode_publication(encode_publication(near)) == near
    further = (*uses[:4], uses[4] - 5) if sum(uses) < 220 else (uses[0] + 5, *uses[1:])
    with pytest.raises(Malformed):
        decode_publication(encode_publication(replace(OCTOBER, territories=territories(further))))


def test_a_table_may_be_kept_back_and_one_without_savings_saves_nothing() -> None:
    kept_back = replace(OCTOBER, territories=Table(), programmes=Table())
    assert decode_publication(encode_publication(kept_back)) == kept_back
    assert OCTOBER.territories.saving == 0


def _named(length: int) -> bytes:
    tree = json.loads(DATA)
    tree["territories"]["cells"][0]["label"] = "é" * length
    return _text(tree)


def _noted(length: int) -> bytes:
    tree = json.loads(encode_publication(revised(OCTOBER)))
    tree["reason"]["note"] = "é" * length
    return _text(tree)


def _text(tree: Any) -> bytes:
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode()


def test_a_reason_is_one_of_the_listed_and_a_need_saves_what_its_offers_do() -> None:
    tree = json.loads(encode_publication(revised(OCTOBER)))
    assert decode_publication(_text(tree)).revision > 1
    tree["reason"]["code"] = "other"
    with pytest.raises(Malformed):
        decode_publication(_text(tree))
    tree = json.loads(DATA)
    tree["total"]["saving"] += 100
    tree["needs"]["cells"][0]["saving"] += 100
    with pytest.raises(Malformed):
        decode_publication(_text(tree))


def test_says_when_a_reader_is_too_old_or_a_file_too_big() -> None:
    with pytest.raises(UpdateApp):
        decode_publication(DATA.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(Malformed):
        decode_publication(b" " * MAX_PUBLICATION)
    with pytest.raises(TooBig):
        decode_publication(b" " * (MAX_PUBLICATION + 1))


def test_the_schema_names_the_members_and_the_bounds() -> None:
    """docs/schema/statistics.json beside a file of every kind of member; nothing may be added or left out."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    def resolved(part: Any) -> Any:
        return schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part

    def compare(value: Any, part: Any) -> None:
        part = resolved(part)
        if "oneOf" in part:
            part = resolved(
                next(one for one in part["oneOf"] if (one.get("type") == "null") == (value is None))
            )
        if isinstance(value, dict):
            assert part["additionalProperties"] is False
            assert list(value) == part["required"] == list(part["properties"])
            for name, inner in value.items():
                compare(inner, part["properties"][name])
        elif isinstance(value, list):
            for inner in value:
                compare(inner, part["items"])
        else:
            kinds = part.get("type", [])
            assert part.get("const", value) == value
            assert (
                {str: "string", int: "integer", bool: "boolean", type(None): "null"}[type(value)]
                in (kinds if isinstance(kinds, list) else [kinds])
                or "const" in part
                or "enum" in part
            )

    compare(json.loads(encode_publication(revised(OCTOBER))), schema)
    compare(json.loads(encode_publication(EMPTY)), schema)
    reason = schema["properties"]["reason"]["oneOf"][1]["properties"]
    assert tuple(reason["code"]["enum"]) == REASONS


HISTORY = chain(EMPTY, OCTOBER, revised(OCTOBER), replace(OCTOBER, month="2026-08"))


def test_a_history_is_read_in_the_order_of_publication_whatever_the_order_of_files() -> None:
    for seed in range(20):
        files = random.Random(seed).sample(HISTORY, len(HISTORY))
        found = read_history(files)
        assert [published.publication.name for published in found] == [name for name, _ in HISTORY]
    assert [p.publication.name for p in latest(found)] == [
        "2026-08.1.json",
        "2026-09.1.json",
        "2026-10.2.json",
    ]
    assert read_history([]) == () == latest(())


def test_any_edit_of_a_file_that_others_stand_on_is_seen() -> None:
    """Also one that makes a perfectly good publication of it."""
    older = replace(EMPTY, heard=43)
    for edited in (older, replace(older, published=OCTOBER.published.replace(day=4))):
        with pytest.raises(Malformed, match=r"2026-10\.1\.json: what was published before"):
            read_history([(edited.name, encode_publication(edited)), *HISTORY[1:]])


@pytest.mark.parametrize("gone", range(len(HISTORY) - 1))
def test_a_file_that_was_removed_is_missed(gone: int) -> None:
    with pytest.raises(Malformed, match="missing or has changed"):
        read_history(HISTORY[:gone] + HISTORY[gone + 1 :])


def test_names_the_file_that_is_wrong() -> None:
    cases = {
        r"2026-09\.1\.json: statistics: not JSON": [("2026-09.1.json", b"{")],
        r"2026-10\.3\.json: the file must be named 2026-10\.1\.json": [("2026-10.3.json", DATA)],
        "two publications after the same one": [*chain(OCTOBER), *chain(EMPTY)],
        r"2026-10\.3\.json: revisions are not in order": chain(revised(revised(OCTOBER))),
        "real and made-up": chain(EMPTY, replace(OCTOBER, demo=True)),
    }
    for sentence, files in cases.items():
        with pytest.raises(Malformed, match=sentence):
            read_history(files)
    with pytest.raises(UpdateApp, match=r"2026-10\.1\.json"):
        read_history([("2026-10.1.json", DATA.replace(b'"version": 1', b'"version": 2'))])
