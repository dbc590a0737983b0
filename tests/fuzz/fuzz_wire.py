"""Atheris on one decoder: `python tests/fuzz/fuzz_wire.py voucher --seconds=15`, and libFuzzer's own options.

A crash is anything that leaves a decoder and is not its room's own error, and any object that is accepted
without being written again as it was. It starts from `corpus/`, which is made from our own objects.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "voucher"), str(HERE.parent / "vectors"), str(HERE.parents[1])]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["voucher"]):
    from corpus import claims_payload, stored
    from wire_world import (
        KEYRING,
        export_file,
        make_root,
        pairing_text,
        root_file,
        signed_payload,
        trust_file,
    )

    from voucher import activation, armour, bundle, cbor, frames, journal, pairing, root, trust
    from voucher.claims import decode_voucher, encode_claims
    from voucher.errors import VoucherError
    from voucher.presentation import decode_presentation

ANCHOR = make_root()


def same(data: bytes) -> bytes:
    return data


@dataclass(frozen=True)
class Target:
    """A decoder, what it is given of the fuzzer's bytes, and what writes again what it took."""

    read: Callable[[Any], Any]
    write: Callable[[Any], object] | None = None
    given: Callable[[bytes], Any] = same

    def shown(self, data: bytes) -> None:
        """Show it some bytes: only a refusal may leave it, and what it takes has one form only."""
        given = self.given(data)
        try:
            found = self.read(given)
        except VoucherError:
            return
        if self.write is not None:
            assert self.write(found) == given


def text_of(data: bytes) -> str:
    """Any text: bytes that are no UTF-8 become lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


# Who fuzzes claims, root, trust or export holds the signing keys: it writes payloads, not signatures.
TARGETS: dict[str, Target] = {
    "cbor": Target(cbor.loads, cbor.dumps),
    "text": Target(armour.decode, lambda found: armour.encode(*found), text_of),
    "voucher": Target(lambda data: decode_voucher(data, KEYRING)),
    "presentation": Target(lambda data: decode_presentation(data, KEYRING)),
    "claims": Target(
        lambda payload: decode_voucher(signed_payload(payload), KEYRING).claims, encode_claims, claims_payload
    ),
    "trust": Target(lambda data: trust.decode_trust(trust_file(data), ANCHOR), trust.encode_trust),
    "trust_file": Target(lambda data: trust.decode_trust(data, ANCHOR)),
    "pairing": Target(
        lambda data: pairing.decode_pairing(pairing_text(data), ANCHOR), pairing.encode_pairing
    ),
    "pairing_text": Target(lambda text: pairing.decode_pairing(text, ANCHOR), given=text_of),
    "root": Target(lambda data: root.decode_anchor(root_file(data)), root.encode_root),
    "root_file": Target(root.decode_anchor),
    "bundle": Target(bundle.decode_bundle, bundle.encode_bundle),
    "export": Target(lambda data: journal.decode_export(export_file(data)), journal.encode_export),
    "export_file": Target(journal.decode_export),
    "frames": Target(lambda text: frames.decode_frames([text]), given=lambda data: data.decode("latin-1")),
    "typed": Target(activation.normalise, given=text_of),
}


def main() -> None:
    """Fuzz for seconds of processor time, then print how many inputs that were."""
    name = sys.argv.pop(1)
    seconds = float(sys.argv.pop(1).removeprefix("--seconds="))
    target = TARGETS[name]
    inputs, end = 0, time.process_time() + seconds

    def one(data: bytes) -> None:
        nonlocal inputs
        if time.process_time() > end:
            shutil.rmtree(folder)
            print(inputs, flush=True)
            os._exit(0)
        inputs += 1
        target.shown(data)

    folder = tempfile.mkdtemp()
    for number, seed in enumerate(stored(name)):
        (Path(folder) / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[1:], folder], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
