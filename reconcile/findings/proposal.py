"""Revocations that findings suggest, as a file that a person reads, agrees to and hands to the issuer.

Nothing is revoked by a program: a copied voucher may be a stolen phone, or a brother's joke. The file has one
entry for each voucher, with why, and `agreed` set to false; `cje issuer revoke --proposed` takes only those
that a person has set to true.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, Final

from reconcile.findings.finding import DOUBLE, Finding

FORMAT: Final = "cje-revocations"
VERSION: Final = 1


def propose(findings: Iterable[Finding], now: int, agreed: Collection[str] = ()) -> bytes:
    """Return the file: vouchers used too often, one entry each, by offer and id.

    Args:
        agreed: names of findings whose voucher a person has agreed to revoke.
    """
    chosen = [finding for finding in findings if is_proposable(finding)]
    yes = {finding.cti for finding in chosen if finding.id in agreed}
    by_voucher = {finding.cti: _entry(finding, finding.cti in yes) for finding in chosen}
    entries = sorted(by_voucher.values(), key=lambda entry: (entry["offer"], entry["cti"]))
    tree = {"format": FORMAT, "version": VERSION, "made": now, "vouchers": entries}
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"


def is_proposable(finding: Finding) -> bool:
    """Tell whether there is a voucher to revoke: a typed code names none."""
    return finding.kind in DOUBLE and finding.cti is not None and finding.uses[0].kid is not None


def _entry(finding: Finding, agreed: bool) -> dict[str, Any]:
    return {
        "cti": (finding.cti or b"").hex(),
        "offer": finding.offer,
        "why": str(finding.kind),
        "finding": finding.id,
        "uses": len(finding.uses),
        "agreed": agreed,
    }
