"""Atheris on one decoder: `python tests/fuzz/fuzz_wire.py voucher -max_total_time=15`.

A crash is anything that leaves a decoder and is not its room's own error, and any object that is accepted
without being written again as it was. The corpus is made from our own objects; nothing else is committed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "voucher"), str(HERE.parent / "vectors"), str(HERE.parents[1])]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["voucher"]):
    from wire_world import (
        CODE,
        KEYRING,
        export_file,
        make_bundle,
        make_root,
        make_trust,
        presentation_of,
        presentation_text,
        root_file,
        signed_payload,
        trust_file,
        voucher_of,
        voucher_text,
    )

    from voucher import activation, armour, bundle, cbor, frames, journal, root, trust
    from voucher.claims import decode_voucher, encode_claims
    from voucher.errors import VoucherError
    from voucher.presentation import decode_presentation

ANCHOR = make_root()


def _cbor(data: bytes) -> None:
    assert cbor.dumps(cbor.loads(data)) == data


def _text(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass")
    prefix, found = armour.decode(text)
    assert armour.encode(prefix, found) == text


def _claims(data: bytes) -> None:
    """The fuzzer holds the issuing key: it writes payloads, not signatures."""
    payload = data[:255].ljust(24, b"\0")
    assert encode_claims(decode_voucher(signed_payload(payload), KEYRING).claims) == payload


def _trust(data: bytes) -> None:
    assert trust.encode_trust(trust.decode_trust(trust_file(data), ANCHOR)) == data


def _root(data: bytes) -> None:
    assert root.encode_root(root.decode_anchor(root_file(data))) == data


def _bundle(data: bytes) -> None:
    assert bundle.encode_bundle(bundle.decode_bundle(data)) == data


def _export(data: bytes) -> None:
    assert journal.encode_export(journal.decode_export(export_file(data))) == data


def _typed(data: bytes) -> None:
    activation.normalise(data.decode("utf-8", "replace"))


TARGETS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "cbor": (_cbor, [trust.encode_trust(make_trust()), bundle.encode_bundle(make_bundle())]),
    "text": (_text, [voucher_text().encode(), presentation_text().encode()]),
    "voucher": (lambda data: decode_voucher(data, KEYRING), [voucher_of()]),
    "presentation": (lambda data: decode_presentation(data, KEYRING), [presentation_of()]),
    "claims": (_claims, [voucher_of()[15:-66]]),
    "trust": (_trust, [trust.encode_trust(make_trust())]),
    "trust_file": (lambda data: trust.decode_trust(data, ANCHOR), [trust_file()]),
    "root": (_root, [root.encode_root(make_root())]),
    "bundle": (_bundle, [bundle.encode_bundle(make_bundle())]),
    "export": (_export, [b"\x89\x01"]),
    "export_file": (journal.decode_export, [export_file()]),
    "frames": (lambda data: frames.decode_frames([data.decode("latin-1")]), [b"CJT1:"]),
    "typed": (_typed, [CODE.encode()]),
}


def main() -> None:
    name = sys.argv.pop(1)
    decode, seeds = TARGETS[name]

    def one(data: bytes) -> None:
        try:
            decode(data)
        except (VoucherError, UnicodeDecodeError) as refusal:
            # Decoding UTF-8 is the harness's own step, before the decoder under test.
            assert isinstance(refusal, VoucherError) or name == "text"

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[1:], corpus], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
