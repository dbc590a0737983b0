"""Signatures over the audit log's end (promise P16): whoever edits the register cannot make them.

Each run that opens the campaign secret signs the last row under a key derived from it. Rows that are decided
without a passphrase (an enrolment, a revocation) are covered by the next signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nacl import bindings, exceptions
from sqlalchemy import Connection, insert, select

from issuer.errors import AuditBroken
from issuer.keys.derive import CampaignSecret
from issuer.keys.signer import SeedSigner
from issuer.register import schema
from issuer.register.audit import Row

_CONTEXT: Final = b"cje-audit-seal-v1"
# Decided only by runs that sign.
_SEALED_KINDS: Final = ("issue", "lists")


def seal(connection: Connection, secret: CampaignSecret) -> None:
    """Sign the log's last row, in the transaction that appended it, unless it is signed."""
    table = schema.audit_seals
    log = schema.audit
    last = connection.execute(select(log).order_by(log.c.number.desc()).limit(1)).first()
    if last is None or connection.execute(select(table).where(table.c.number == last.number)).first():
        return
    signature = SeedSigner(secret.audit_seed()).sign(_message(last.number, last.hash))
    connection.execute(insert(table), {"number": last.number, "signature": signature})


def verify(connection: Connection, rows: Iterable[Row], secret: CampaignSecret) -> int:
    """Check every signature over a log that holds by itself; return the number of the last signed row.

    Raises:
        AuditBroken: a signature is not this state's, or rows that are always signed are not.
    """
    table = schema.audit_seals
    seals = {row.number: row.signature for row in connection.execute(select(table))}
    public = SeedSigner(secret.audit_seed()).public_key
    last = 0
    unsealed = None
    for row in rows:
        if row.number in seals:
            if not _holds(public, row, seals.pop(row.number)):
                raise AuditBroken("audit_seal", row=row.number)
            last, unsealed = row.number, None
        elif row.kind in _SEALED_KINDS:
            unsealed = unsealed or row.number
    if seals:
        raise AuditBroken("audit_seal", row=min(seals))
    if unsealed is not None:
        raise AuditBroken("audit_unsealed", row=unsealed)
    return last


def _holds(public: bytes, row: Row, signature: bytes) -> bool:
    try:
        bindings.crypto_sign_open(signature + _message(row.number, row.hash), public)
    except (exceptions.BadSignatureError, exceptions.ValueError):
        return False
    return True


def _message(number: int, digest: bytes) -> bytes:
    return _CONTEXT + number.to_bytes(8) + digest
