"""P10: over its cap an object is refused unread; each cap at n−1, n and n+1."""

from __future__ import annotations

import mmap
import re
import time
import tracemalloc
from pathlib import Path

import pytest
from wire_world import CODE, ISSUER, KEYRING, claims_kid, make_root

from voucher import (
    activation,
    armour,
    base45,
    bundle,
    caps,
    cbor,
    cosign,
    envelope,
    frames,
    journal,
    presentation,
    root,
    short_code,
    trust,
)
from voucher.cosign import ROOT, CosignedFile
from voucher.envelope import Envelope
from voucher.errors import BadSignature, Malformed, NotOurs, TooBig, UnknownKey, VoucherError
from voucher.keyring import protected_header

HEADER = protected_header(claims_kid(ISSUER))


@pytest.mark.promise("P10")
@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize("read, cap", [("anchor", caps.MAX_ROOT), ("trust", caps.MAX_TRUST)])
def test_a_file_over_its_cap_is_refused_unread(read: str, cap: int, over: int) -> None:
    data = bytes(cap + over)
    with pytest.raises(TooBig if over > 0 else Malformed):
        root.decode_anchor(data) if read == "anchor" else trust.decode_trust(data, make_root())


@pytest.mark.promise("P10")
def test_an_export_over_its_cap_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    assert journal.MAX_EXPORT == 256 * 1024 * 1024
    monkeypatch.setattr(journal, "MAX_EXPORT", 1000)
    for size, error in ((999, Malformed), (1000, Malformed), (1001, TooBig)):
        with pytest.raises(error):
            journal.decode_export(bytes(size))


@pytest.mark.promise("P10")
def test_a_gibibyte_is_refused_without_being_touched(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(2**30)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        tracemalloc.start()
        started = time.perf_counter()
        with pytest.raises(TooBig):
            CosignedFile(mapped, ROOT, caps.MAX_ROOT)  # type: ignore[arg-type]
        elapsed, peak = time.perf_counter() - started, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert elapsed < 0.05
    assert peak < 5 * 2**20


@pytest.mark.parametrize("over, error", [(-1, Malformed), (0, Malformed), (1, NotOurs)])
def test_the_longest_text_that_is_looked_at(over: int, error: type[VoucherError]) -> None:
    with pytest.raises(error):
        armour.decode("CJE1:" + "0" * (caps.MAX_TEXT - 5 + over))


@pytest.mark.parametrize(
    "prefix, text_cap, cap",
    [
        (armour.VOUCHER, caps.MAX_VOUCHER_TEXT, caps.MAX_VOUCHER),
        (armour.PRESENTATION, caps.MAX_PRESENTATION_TEXT, caps.MAX_PRESENTATION),
    ],
)
def test_the_caps_of_each_prefix(prefix: str, text_cap: int, cap: int) -> None:
    for size in (cap - 1, cap):
        text = armour.encode(prefix, bytes(size))
        if len(text) <= text_cap:
            assert armour.decode(text) == (prefix, bytes(size))
    with pytest.raises(Malformed):
        armour.decode(armour.encode(prefix, bytes(cap + 1)))
    with pytest.raises(Malformed, match="text over its cap"):
        armour.decode(prefix + "0" * (text_cap - 4))


@pytest.mark.parametrize(
    "depth, taken", [(caps.MAX_DEPTH - 1, True), (caps.MAX_DEPTH, True), (caps.MAX_DEPTH + 1, False)]
)
def test_nesting(depth: int, taken: bool) -> None:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    data = b"\x81" * (depth - 1) + b"\x80"
    if taken:
        assert cbor.loads(data) == value and cbor.dumps(value) == data
        return
    for attempt in (lambda: cbor.loads(data), lambda: cbor.dumps(value)):
        with pytest.raises(Malformed):
            attempt()


@pytest.mark.parametrize(
    "size, taken", [(caps.MAX_BUNDLE - 5, True), (caps.MAX_BUNDLE - 4, True), (caps.MAX_BUNDLE - 3, False)]
)
def test_a_card(size: int, taken: bool) -> None:
    if taken:
        assert bundle.unpad(bundle.pad(bytes(size))) == bytes(size)
    else:
        with pytest.raises(TooBig):
            bundle.pad(bytes(size))


@pytest.mark.parametrize(
    "size, count",
    [
        (1, 1),
        (599, 1),
        (600, 1),
        (601, 2),
        (1200, 2),
        (600 * 64 - 1, 64),
        (600 * 64, 64),
    ],
)
def test_frames(size: int, count: int) -> None:
    texts = frames.encode_frames(bytes(range(256)) * (size // 256) + bytes(size % 256))
    assert len(texts) == count
    decoded = frames.decode_frames(texts)
    assert decoded is not None and len(decoded) == size


@pytest.mark.parametrize("size, error", [(0, Malformed), (600 * 64 + 1, TooBig)])
def test_a_file_that_no_frames_can_hold(size: int, error: type[VoucherError]) -> None:
    with pytest.raises(error):
        frames.encode_frames(bytes(size))


@pytest.mark.parametrize("size, error", [(600, Malformed), (601, NotOurs), (602, NotOurs)])
def test_a_frame_over_its_size_is_no_frame(size: int, error: type[VoucherError]) -> None:
    with pytest.raises(error):
        frames.decode_frames([frames.PREFIX + base45.encode(b"abcd\x00\x01" + bytes(size))])


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_pasted_message(over: int) -> None:
    typed = " " * (activation.MAX_TYPED - len(CODE) + over) + CODE
    if over <= 0:
        assert activation.normalise(typed) == CODE
    else:
        with pytest.raises(Malformed):
            activation.normalise(typed)


@pytest.mark.parametrize("levels", [caps.MAX_DEPTH - 1, caps.MAX_DEPTH, caps.MAX_DEPTH + 1])
def test_nesting_of_maps(levels: int) -> None:
    data = b"\xa1\x00" * (levels - 1) + b"\xa0"
    if levels <= caps.MAX_DEPTH:
        cbor.loads(data)
    else:
        with pytest.raises(Malformed, match="deep"):
            cbor.loads(data)


def test_both_languages_have_the_same_caps() -> None:
    source = (Path(__file__).parents[2] / "web/voucher/caps.ts").read_text(encoding="utf-8")
    found = dict(re.findall(r"export const (\w+) = ([\d_* +-]+);", source))
    ours = {name: getattr(caps, name) for name in dir(caps) if name.isupper()}
    assert {name: eval(value, {"__builtins__": {}}) for name, value in found.items()} == ours  # noqa: S307


@pytest.mark.parametrize("size, fits", [(23, False), (24, True), (255, True), (256, False)])
def test_a_payload_that_the_layout_can_hold(size: int, fits: bool) -> None:
    if not fits:
        with pytest.raises(Malformed):
            envelope.assemble(HEADER, bytes(size), bytes(64))
        return
    data = envelope.assemble(HEADER, bytes(size), bytes(64))
    assert len(data) == len(HEADER) + size + 72
    with pytest.raises(BadSignature):
        Envelope(data).open(KEYRING)


@pytest.mark.parametrize("size", [63, 65])
def test_a_signature_that_the_layout_cannot_hold(size: int) -> None:
    with pytest.raises(Malformed):
        envelope.assemble(HEADER, bytes(24), bytes(size))


@pytest.mark.parametrize("count, fits", [(0, False), (1, True), (5, True), (6, False)])
def test_cosigners_of_a_file(count: int, fits: bool) -> None:
    signatures = {bytes((n,)) * 4: bytes(64) for n in range(count)}
    if fits:
        data = cosign.assemble(ROOT, b"payload", signatures)
        with pytest.raises(UnknownKey):
            CosignedFile(data, ROOT, len(data)).open(cosign.Quorum((ISSUER.public,), 1))
    else:
        with pytest.raises(Malformed):
            cosign.assemble(ROOT, b"payload", signatures)


def test_a_trust_file_that_ends_anywhere_is_malformed() -> None:
    data = cosign.assemble(ROOT, bytes(300), {bytes(4): bytes(64)})
    for end in range(len(data)):
        with pytest.raises(Malformed):
            CosignedFile(data[:end], ROOT, len(data))


@pytest.mark.parametrize(
    "head", ["00", "3f", "41", "5818", "590018", "5a00000018", "5b0000000000000018", "5f", "60"]
)
def test_a_payload_has_one_head(head: str) -> None:
    good = cosign.assemble(ROOT, bytes(24), {bytes(4): bytes(64)})
    at = good.index(b"\x58\x18" + bytes(24))
    forged = good[:at] + bytes.fromhex(head) + good[at + 2 :]
    if head == "5818":
        assert forged == good
    else:
        with pytest.raises(Malformed):
            CosignedFile(forged, ROOT, 1000)


@pytest.mark.parametrize(
    "timestamp, seq, fits",
    [
        (caps.MIN_TIME, 1, True),
        (caps.MIN_TIME - 1, 1, False),
        (caps.MAX_TIME, caps.MAX_SEQ, True),
        (caps.MAX_TIME + 1, 1, False),
        (caps.MIN_TIME, 0, False),
        (caps.MIN_TIME, caps.MAX_SEQ + 1, False),
    ],
)
def test_what_a_phone_can_write(timestamp: int, seq: int, fits: bool) -> None:
    if fits:
        assert len(presentation.encode_content(bytes(24), timestamp, seq)) > 24
    else:
        with pytest.raises(Malformed):
            presentation.encode_content(bytes(24), timestamp, seq)


@pytest.mark.parametrize("levels, fits", [(8, True), (9, False)])
def test_maps_are_written_as_deep_as_they_are_read(levels: int, fits: bool) -> None:
    value: object = None
    for _ in range(levels - 1):
        value = {1: value}
    if fits:
        assert cbor.loads(cbor.dumps(value)) == value
    else:
        with pytest.raises(Malformed):
            cbor.dumps(value)


@pytest.mark.parametrize("content", [[], 1, None, "text", b"bytes", [1]])
def test_a_card_is_a_map(content: object) -> None:
    with pytest.raises(Malformed):
        bundle.decode_bundle(cbor.dumps(content))


def test_sizes_that_the_specification_fixes() -> None:
    assert (short_code.KEY_SIZE, short_code.LENGTH) == (32, 12)
