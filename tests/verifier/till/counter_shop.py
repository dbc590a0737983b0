"""A till made through the command line, by the machine's own clock."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from till_world import (
    DAY,
    ISSUER,
    OFFERS,
    PARTNER,
    issuing,
    live,
    make_claims,
    make_list,
    make_root,
    root_file,
    trust_file,
)

ROOT = Path(__file__).parents[3]


@dataclass
class Shop:
    """A till made through the command line, by the machine's own clock."""

    tmp: Path
    now: int

    @property
    def folder(self) -> Path:
        return self.tmp / "caisse"

    def run(
        self, *arguments: object, stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cje", *map(str, arguments)]
        env = {**os.environ, "CJE_TILL": str(self.folder), "PYTHONIOENCODING": "utf-8", **environment}
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, env=env, check=False)
        assert b"Traceback" not in done.stderr
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8")
        )

    def file(self, name: str, data: bytes) -> Path:
        path = self.tmp / name
        path.write_bytes(data)
        return path

    def trust(self, version: int = 5, **changes: Any) -> bytes:
        keys = (
            issuing(
                ISSUER,
                use_from=self.now - 90 * DAY,
                use_until=self.now + 90 * DAY,
                accept_until=self.now + 400 * DAY,
            ),
        )
        offers = tuple(
            replace(offer, valid_from=self.now - 90 * DAY, valid_until=self.now + 90 * DAY)
            for offer in OFFERS
        )
        base = {"issued": self.now - 60, "expires": self.now + 60 * DAY, "keys": keys, "offers": offers}
        return trust_file(make_list(version, **{**base, **changes}))

    def claims(self, number: int = 1, **changes: Any) -> Any:
        return make_claims(
            number, **{"not_before": self.now - DAY, "expires": self.now + 30 * DAY, **changes}
        )

    def text(self, number: int = 1, late: int = 0, **changes: Any) -> str:
        return live(self.claims(number, **changes), int(time.time()) - late)


def open_shop(tmp_path: Path) -> Shop:
    """Make a till with a root, a list and its folder `caisse`."""
    made = Shop(tmp_path, int(time.time()))
    root = made.file("root.cbor", root_file(make_root(expires=made.now + 700 * DAY)))
    trust = made.file("list.cbor", made.trust())
    done = made.run(
        "till",
        "init",
        "--partner",
        PARTNER,
        "--name",
        "Guichet 1",
        "--root",
        root,
        "--trust",
        trust,
        made.folder,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return made
