"""Where the fuzzer starts, made from our own objects: `python tests/fuzz/corpus.py` writes it, byte-stable.

One file for each decoder, one input a line in hexadecimal: honest objects and what seeded edits make of
them. `--check` writes nothing and names the files that are not current. Every input is also a question of the
readers' protocol, so that Python, Node and browsers answer it the same.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "voucher"), str(HERE.parents[1])]

from wire_world import (  # noqa: E402
    CODE,
    ISSUER,
    ROOTS,
    export_file,
    make_bundle,
    make_claims,
    make_export,
    make_pairing,
    make_root,
    make_trust,
    pairing_text,
    presentation_of,
    presentation_text,
    root_file,
    signed_payload,
    trust_file,
    voucher_of,
    voucher_text,
)

from voucher import activation, bundle, frames, journal, pairing, root, trust  # noqa: E402
from voucher.claims import encode_claims  # noqa: E402

FOLDER = HERE / "corpus"
EDITS = 24
# Heads of CBOR that are legal elsewhere: other types and lengths, tags, floats, indefinite, shared values.
HEADS = bytes.fromhex("00171819 1a1b20 3b405b5f607f809f a0bfc0d81c d81d f4f6f7f9fbff".replace(" ", ""))
KEYS = [ISSUER.public.hex()]


def seeds() -> dict[str, list[bytes]]:
    """Return the honest objects of each decoder."""
    bearer, live = make_claims(holder=None), presentation_of(challenge=42)
    list_payload, card = trust.encode_trust(make_trust()), bundle.encode_bundle(make_bundle())
    texts = (voucher_text(), presentation_text(), presentation_text(live))
    return {
        "cbor": [list_payload, card, journal.encode_export(make_export())],
        "text": [text.encode() for text in texts],
        "voucher": [voucher_of(), voucher_of(bearer)],
        "presentation": [presentation_of(), live],
        "claims": [encode_claims(make_claims()), encode_claims(bearer)],
        "trust": [list_payload, trust.encode_trust(make_trust(offers=(), revoked=(), batches=()))],
        "trust_file": [trust_file()],
        "pairing": [pairing.encode_pairing(make_pairing())],
        "pairing_text": [pairing_text().encode()],
        "root": [root.encode_root(make_root()), root.encode_root(make_root(2, demo=True))],
        "root_file": [root_file(), root_file(signers=ROOTS[:3])],
        "bundle": [card, bundle.encode_bundle(make_bundle(entries=(), closed=True))],
        "export": [journal.encode_export(make_export()), journal.encode_export(make_export([]))],
        "export_file": [export_file()],
        "frames": [text.encode() for text in frames.encode_frames(bytes(range(256)) * 2)],
        "typed": [CODE.encode(), activation.grouped(CODE).lower().encode(), f"Ton code : {CODE}.".encode()],
    }


def inputs() -> dict[str, list[bytes]]:
    """Return all inputs of each decoder: honest ones first."""
    return {name: [*honest, *_edited(name, honest)] for name, honest in seeds().items()}


def stored(name: str) -> list[bytes]:
    """Return the committed inputs of a decoder."""
    return [bytes.fromhex(line) for line in (FOLDER / f"{name}.txt").read_text(encoding="ascii").splitlines()]


def claims_payload(data: bytes) -> bytes:
    """Fit bytes to the lengths that a voucher's envelope holds."""
    return data[:255].ljust(24, b"\0")


def questions(name: str) -> Iterator[dict[str, Any]]:
    """Yield the committed inputs of a decoder as questions; what is signed is signed by a hostile issuer."""
    for data in stored(name):
        yield _QUESTIONS[name](data)


def _data(op: str, file: Callable[[bytes], bytes] = lambda data: data, **more: Any) -> Callable[[bytes], Any]:
    return lambda data: {"op": op, "data": file(data).hex(), **more}


_ANCHOR = root_file().hex()
_QUESTIONS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "cbor": _data("cbor"),
    "text": lambda data: {"op": "text", "text": data.decode("utf-8", "replace"), "keys": KEYS},
    "voucher": _data("voucher", keys=KEYS),
    "presentation": _data("presentation", keys=KEYS),
    "claims": _data("voucher", lambda data: signed_payload(claims_payload(data)), keys=KEYS),
    "trust": _data("trust", trust_file, anchor=_ANCHOR),
    "trust_file": _data("trust", anchor=_ANCHOR),
    "pairing": lambda data: {"op": "pairing", "text": pairing_text(data), "anchor": _ANCHOR},
    "pairing_text": lambda data: {
        "op": "pairing",
        "text": data.decode("utf-8", "replace"),
        "anchor": _ANCHOR,
    },
    "root": _data("anchor", root_file),
    "root_file": _data("anchor"),
    "bundle": _data("bundle_content"),
    "export": _data("export", export_file),
    "export_file": _data("export"),
    "frames": lambda data: {"op": "frames", "texts": [data.decode("latin-1")]},
    "typed": lambda data: {"op": "activation", "text": data.decode("utf-8", "replace")},
}


def _edited(name: str, honest: list[bytes]) -> Iterator[bytes]:
    dice = random.Random(f"corpus of {name}")
    for _ in range(EDITS):
        data = bytearray(dice.choice(honest))
        for _ in range(dice.randint(1, 3)):
            _edit(data, dice)
        yield bytes(data)


def _edit(data: bytearray, dice: random.Random) -> None:
    at, length = dice.randrange(len(data)), dice.randint(1, 8)
    match dice.randrange(6):
        case 0:
            data[at] ^= 1 << dice.randrange(8)
        case 1:
            data[at] = dice.choice(HEADS)
        case 2:
            data[at:at] = bytes((dice.choice(HEADS),)) + dice.randbytes(dice.choice((0, 1, 2, 4, 8)))
        case 3 if len(data) > 9:
            del data[at : at + length]
        case 4:
            data[at:at] = data[at : at + length]
        case _:
            del data[max(at, 1) :]


def main(arguments: list[str]) -> int:
    wanted = {f"{name}.txt": "".join(item.hex() + "\n" for item in found) for name, found in inputs().items()}
    if "--check" in arguments:
        there = {path.name: path.read_text(encoding="ascii") for path in FOLDER.iterdir()}
        wrong = sorted(name for name in wanted.keys() | there if wanted.get(name) != there.get(name))
        print("\n".join(wrong))
        return 1 if wrong else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
