"""Atheris on one decoder: `python tests/fuzz/fuzz_wire.py voucher -max_total_time=15`.

A crash is anything that leaves a decoder and is not its room's own error, and any object that is accepted
without being written again as it was. It starts from `corpus/`, which is made from our own objects.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "voucher"), str(HERE.parent / "vectors"), str(HERE.parents[1])]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["voucher"]):
    from corpus import claims_payload, stored
    from wire_world import KEYRING, export_file, make_root, root_file, signed_payload, trust_file

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
    payload = claims_payload(data)
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


TARGETS: dict[str, Callable[[bytes], object]] = {
    "cbor": _cbor,
    "text": _text,
    "voucher": lambda data: decode_voucher(data, KEYRING),
    "presentation": lambda data: decode_presentation(data, KEYRING),
    "claims": _claims,
    "trust": _trust,
    "trust_file": lambda data: trust.decode_trust(data, ANCHOR),
    "root": _root,
    "root_file": root.decode_anchor,
    "bundle": _bundle,
    "export": _export,
    "export_file": journal.decode_export,
    "frames": lambda data: frames.decode_frames([data.decode("latin-1")]),
    "typed": _typed,
}


def main() -> None:
    name = sys.argv.pop(1)
    decode = TARGETS[name]

    def one(data: bytes) -> None:
        try:
            decode(data)
        except (VoucherError, UnicodeDecodeError) as refusal:
            # Decoding UTF-8 is the harness's own step, before the decoder under test.
            assert isinstance(refusal, VoucherError) or name == "text"

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(stored(name)):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
