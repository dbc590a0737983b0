"""What a till page is born with: a root to trust, a floor below which nothing is believed (trust-v1 §6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from site_builder.errors import SiteError
from voucher import VoucherError
from voucher.root import Root, decode_anchor
from voucher.trust import decode_trust

__all__ = ["TrustAnchor", "read_trust_anchor"]

_ROOT_NAME = re.compile(r"root\.([1-9][0-9]{0,5})\.cbor")


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """The anchor compiled into the pages.

    Attributes:
        root_file: bytes of the newest root.N.cbor.
        floor_version: least version of a trust list that a fresh till takes; 0 when no list exists yet.
        floor_time: seconds since 1970; the newest moment that this build has seen signed, 0 when none.
        demo: keys made for trying.
    """

    root_file: bytes
    floor_version: int
    floor_time: int
    demo: bool


def read_trust_anchor(folder: Path) -> TrustAnchor | None:
    """Read the newest root of a folder and take the floor from the trust lists beside it.

    Each partner's list has its own version and all stand in one folder, so the floor is the lowest.

    Returns:
        None when the folder holds no root.

    Raises:
        SiteError: the newest root is not one that its own keys signed.
    """
    roots = {int(m[1]): path for path in _files(folder) if (m := _ROOT_NAME.fullmatch(path.name))}
    if not roots:
        return None
    newest = roots[max(roots)]
    data = newest.read_bytes()
    try:
        root = decode_anchor(data)
    except VoucherError:
        raise SiteError("root", path=newest) from None
    lists = [listed for path in _files(folder) if (listed := _version_and_time(path, root))]
    return TrustAnchor(
        root_file=data,
        floor_version=min((version for version, _ in lists), default=0),
        floor_time=max((issued for _, issued in lists), default=0),
        demo=root.demo,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cbor")) if folder.is_dir() else []


def _version_and_time(path: Path, root: Root) -> tuple[int, int] | None:
    if _ROOT_NAME.fullmatch(path.name):
        return None
    try:
        trust = decode_trust(path.read_bytes(), root)
    except VoucherError:
        # A list of an earlier root, or a foreign file: tills will judge it themselves.
        return None
    return trust.version, trust.issued
