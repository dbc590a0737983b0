"""Write the vectors: `python tests/vectors/generate.py`. The same scenarios give the same bytes.

`--check` writes nothing and names the files that are not current, missing or left over.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [
    str(HERE),
    *(str(HERE.parent / room) for room in ("voucher", "conformance", "verifier", "verifier/till")),
]
sys.path.append(str(HERE.parent.parent))

import pairing_scenarios  # noqa: E402
import reader_scenarios  # noqa: E402
from python_reader import answer  # noqa: E402
from vector_file import encoded  # noqa: E402
from worlds import with_worlds  # noqa: E402


def reader_vectors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file below this folder, vector) for every reader."""
    for case in (*reader_scenarios.every(), *pairing_scenarios.every()):
        question = {"op": case.op, **case.arguments}
        vector = {"name": case.name, "expect": case.expect, **question}
        if case.expect == "ok":
            vector["value"] = answer(question)["ok"]
        yield f"{case.op}/{slug(case.name)}.json", vector


def verdict_vectors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file, vector) for every decision of the verifier's scenarios."""
    import scenarios

    for case in scenarios.every():
        question = {"op": "decide", **_circumstances(case), "challenge": case.challenge}
        yield f"decide/{slug(case.name)}.json", _decided(case, question)


def typed_vectors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file, vector) for every decision on typed characters."""
    import typed_scenarios

    from voucher.claims import encode_claims

    for case in typed_scenarios.every():
        claims = None if case.claims is None else encode_claims(case.claims).hex()
        key = None if case.short_key is None else case.short_key.hex()
        question = {"op": "decide_typed", **_circumstances(case), "claims": claims, "key": key}
        yield f"decide_typed/{slug(case.name)}.json", _decided(case, question)


def _circumstances(case: Any) -> dict[str, Any]:
    from till_world import root_file, trust_file

    return {
        "text": case.text,
        "anchor": root_file(case.root).hex(),
        "trust": None if case.list is None else trust_file(case.list).hex(),
        "floor": case.floor,
        "till": {"partner": case.till.partner, "name": case.till.name, "demo": case.till.demo},
        "uses": [{"n": use.n, "seq": use.seq, "at": use.at, "till": use.till} for use in case.uses],
        "now": case.now,
    }


def _decided(case: Any, question: dict[str, Any]) -> dict[str, Any]:
    value = answer(question)["ok"]
    assert value["verdict"] == case.verdict
    return {"name": case.name, "expect": case.verdict, **question, "value": value}


def distinct(vectors: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, vector in vectors:
        if name in found:
            raise ValueError(f"two scenarios for {name}")
        found[name] = vector
    return found


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def main(arguments: list[str]) -> int:
    wanted = distinct(chain(reader_vectors(), verdict_vectors(), typed_vectors()))
    files = with_worlds(wanted)
    there = {path.relative_to(HERE).as_posix() for path in HERE.glob("*/*.json")}
    if "--check" in arguments:
        stale = [n for n, v in files.items() if n in there and (HERE / n).read_bytes() != encoded(v)]
        wrong = sorted([*stale, *(there ^ files.keys())])
        print("\n".join(wrong))
        return 1 if wrong else 0
    for left_over in there - files.keys():
        (HERE / left_over).unlink()
    for name, vector in files.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encoded(vector))
    refusals = sum(v["expect"] not in {"ok", "accepted"} for v in wanted.values())
    print(f"{len(wanted)} vectors, {refusals} of them refusals")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
