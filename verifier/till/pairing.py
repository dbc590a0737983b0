"""The partner's short-code key on a till: how it comes and where it is kept (trust-v1 §8).

It is a secret between issuer and partner, in a file of its owner alone; it is never printed.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from cje.files import Disk, read_capped
from verifier.errors import KeyExposed, PairingRefused
from verifier.views import TillProfile
from voucher.errors import UpdateApp, VoucherError
from voucher.pairing import Pairing, decode_pairing
from voucher.root import Root
from voucher.short_code import KEY_SIZE

_CAP = 4096  # bytes of the kept file


def open_pairing(text: str, till: TillProfile, root: Root) -> Pairing:
    """Return a pairing that is for this till; line ends of a pasted text are left out.

    Raises:
        PairingRefused: it does not hold under this root, or is another partner's or a demo's.
    """
    try:
        pairing = decode_pairing(text.replace("\r", "").replace("\n", ""), root)
    except UpdateApp:
        raise PairingRefused("update_app") from None
    except VoucherError:
        raise PairingRefused("untrusted") from None
    if pairing.demo != till.demo:
        raise PairingRefused("demo")
    if pairing.partner != till.partner:
        raise PairingRefused("other")
    return pairing


def keep(path: Path, pairing: Pairing) -> None:
    """Write a pairing's key, readable by its owner alone, unless a later one is there.

    Raises:
        PairingRefused: a later one is there. KeyExposed: others can read what is there.
    """
    before = _read(path)
    if before is not None and pairing.issued < before[0]:
        raise PairingRefused("older")
    value = {"issued": pairing.issued, "short_key": pairing.short_key.hex()}
    Disk().replace(path, json.dumps(value).encode())


def short_key(path: Path) -> bytes | None:
    """Return the partner's short-code key, 32 bytes; None before this till was paired, or once it is damaged.

    Raises:
        KeyExposed: others can read it.
    """
    found = _read(path)
    return None if found is None else found[1]


def _read(path: Path) -> tuple[int, bytes] | None:
    try:
        mode, data = path.stat().st_mode, read_capped(path, _CAP)
    except FileNotFoundError:
        return None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyExposed(path=path)
    try:
        value = json.loads(data)
        issued, key = int(value["issued"]), bytes.fromhex(value["short_key"])
    except (ValueError, KeyError, TypeError):
        return None
    return (issued, key) if len(key) == KEY_SIZE else None
