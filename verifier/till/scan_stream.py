"""A stream of scanned lines, as a reader on a serial port or a keyboard gives them: one decision each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from cje.errors import Fault
from verifier.till import printing
from verifier.till.printing import say
from verifier.till.till import Receipt, Till
from voucher.caps import MAX_TEXT

_MAX_LINE: Final = 4 * MAX_TEXT + 2  # bytes: a longer line is not ours, and is never kept in memory
_ENDINGS: Final = re.compile(rb"[\r\n\x1d\x03\x04]")
_YES: Final = ("oui", "yes")
_BACK: Final = re.compile(r"(?:annuler|void) (?P<reason>.+)")


@dataclass
class _Stream:
    """What the next line may refer to."""

    pending: str | None = None
    challenge: int | None = None
    row: int | None = None


def watch_lines(till: Till, stream: IO[bytes], lang: str, *, as_json: bool = False) -> Iterator[str]:
    """Yield what to print after each line; a fault of one line never ends the stream.

    Four digits that were drawn after `not_live` count for the next scan of the same stream.
    """
    state = _Stream()
    for line in _lines(stream):
        try:
            yield _answer(till, state, line, lang, as_json=as_json)
        except Fault as fault:
            sentence = fault.said(lang)
            yield json.dumps({"green": False, "error": sentence}, ensure_ascii=False) if as_json else sentence


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield each line as soon as its ending has come: Enter, GS (some readers' suffix), ETX or EOT.

    Of a line that is too long no more is kept than shows that it is not ours.
    """
    kept = b""
    while block := _block(stream):
        *whole, rest = _ENDINGS.split(kept + block)
        for line in whole:
            if line:
                yield line[:_MAX_LINE].decode("utf-8", errors="replace")
        kept = rest[:_MAX_LINE]
    if kept:
        yield kept.decode("utf-8", errors="replace")


def _block(stream: IO[bytes]) -> bytes:
    """Return what has come, without waiting for more."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return read(4096)


def _answer(till: Till, state: _Stream, line: str, lang: str, *, as_json: bool) -> str:
    back = _BACK.fullmatch(line)
    if back is not None:
        return _take_back(till, state, back["reason"], lang, as_json=as_json)
    if line in _YES:
        if state.pending is None:
            return _said(say(lang, "watch.nothing"), as_json=as_json)
        receipt = till.accept(state.pending, confirmed=True, challenge=state.challenge)
    else:
        receipt = till.accept(line, challenge=state.challenge)
    _remember(state, line if line not in _YES else None, receipt)
    if as_json:
        return json.dumps(printing.receipt_json(receipt, lang), ensure_ascii=False)
    return "\n".join((*printing.receipt_lines(receipt, lang), ""))


def _remember(state: _Stream, text: str | None, receipt: Receipt) -> None:
    waits = receipt.decision.can_confirm and not receipt.green
    state.pending = text if waits else None
    if receipt.digits is not None:
        state.challenge = int(receipt.digits)
    elif receipt.green:
        state.challenge = None
    state.row = receipt.row if receipt.green else state.row


def _take_back(till: Till, state: _Stream, reason: str, lang: str, *, as_json: bool) -> str:
    if state.row is None:
        return _said(say(lang, "watch.no_row"), as_json=as_json)
    till.void(state.row, reason)
    done, state.row = state.row, None
    return _said(say(lang, "void.done", n=done), as_json=as_json)


def _said(sentence: str, *, as_json: bool) -> str:
    return json.dumps({"green": False, "said": sentence}, ensure_ascii=False) if as_json else sentence
