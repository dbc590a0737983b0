"""What can go wrong while reconciling; each error carries its French sentence.

ReconcileError
├── ExportRefused     one file of an import: the others still count
├── StoreRefused      the folder is no store, or another run holds it
├── FileRefused       something that was handed in cannot be used
└── PublicationRefused  a month that cannot be published so
"""

from __future__ import annotations

from cje.errors import Fault


class ReconcileError(Fault):
    """Base of the room's errors."""

    prefix = "reconcile.error"
    exit_code = 3


class ExportRefused(ReconcileError):
    prefix = "reconcile.refused"
    exit_code = 1


class StoreRefused(ReconcileError):
    prefix = "reconcile.store"


class FileRefused(ReconcileError):
    prefix = "reconcile.file"
    exit_code = 1


class PublicationRefused(ReconcileError):
    prefix = "reconcile.publication"
    exit_code = 2
