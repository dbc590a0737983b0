"""Compiled templates, kept beside them as Python keeps its own modules: compiling takes a fifth of a second.

They are code, so they live where our code lives and nowhere else: whoever can write there can change the
program anyway. A cache beside content/, which comes from editors, would be another matter.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

__all__ = ["CompiledTemplates"]


class CompiledTemplates(BytecodeCache):
    """Bytecode in a folder `__pycache__`; without it everything is compiled.

    Args:
        room: the folder of our own modules.
        compiler: files that decide what a template compiles to, besides Jinja and Python.
    """

    def __init__(self, room: Path, *compiler: Path) -> None:
        self._folder = room / "__pycache__"
        self._compiler = sha256(b"".join(path.read_bytes() for path in compiler)).hexdigest()[:16]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja looks at its own and Python's version, and at a digest of the source."""
        with suppress(OSError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            waiting.write_bytes(bucket.bytecode_to_string())
            waiting.replace(path)
            self._prune()

    def _prune(self) -> None:
        """Remove what an earlier compiler made: nobody reads it again."""
        for old in self._folder.glob("*.jinja"):
            if not old.name.endswith(f"-{self._compiler}.jinja"):
                old.unlink(missing_ok=True)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}-{self._compiler}.jinja"
