"""What can be taken away: the report, findings as a table, a proof, agreed revocations, statements."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from importlib.resources import files

from starlette.responses import Response

from cje.table import encode_table
from reconcile.figures import statement as statements
from reconcile.figures.settlement import encode_csv
from reconcile.findings import proof as proofs
from reconcile.findings import proposal, reference_data
from reconcile.page.actions import Office
from reconcile.printing import printing, report_page
from verifier.till.printing import plain

_COLUMNS = ("finding", "kind", "what", "offer", "partner", "till", "row", "moment", "age_days", "till_knew")


def stylesheet() -> str:
    """Return the report's colours and shapes, then the page's own rules."""
    return report_page.stylesheet() + (files("reconcile.page") / "page.css").read_text(encoding="utf-8")


def report_html(office: Office, lang: str) -> Response:
    """The report as one page, to keep or send."""
    return _file(report_page.page(office.report(), lang), "text/html; charset=utf-8", "rapport.html")


def report_json(office: Office, lang: str) -> Response:
    """The report for a program."""
    tree = printing.report_json(office.report(), lang)
    return _file(json.dumps(tree, ensure_ascii=False).encode(), "application/json", "rapport.json")


def findings_csv(office: Office, lang: str) -> Response:
    """One line for each row of each finding, as a French spreadsheet opens it."""
    report = office.report()
    rows = []
    for finding in report.findings:
        what = printing.say(lang, f"kind.{finding.kind}", count=1)
        age = finding.facts.get("age")
        for use in finding.uses:
            till = report.by_number[use.till]
            rows.append(
                (
                    finding.id,
                    str(finding.kind),
                    what,
                    finding.offer,
                    till.partner,
                    plain(till.name),
                    use.n,
                    printing.moment(use.effective, lang),
                    "" if age is None else age // 86_400,
                    int(finding.till_knew),
                )
            )
    data = encode_table(_COLUMNS, rows, ";", mark=True).encode()
    return _file(data, "text/csv; charset=utf-8", "trouvailles.csv")


def proof(office: Office, name: str) -> Response:
    """One finding's proof, verified again before it is handed out.

    Raises:
        LookupError: no such finding. FileRefused: it cannot be proved.
    """
    report = office.report()
    wanted = next((finding for finding in report.findings if finding.id == name), None)
    if wanted is None:
        raise LookupError(name)
    data = proofs.write(office.store, wanted, report.by_number, report.known)
    proofs.check(data)
    return _file(data, "application/json", f"preuve-{wanted.id}.json")


def proposals(office: Office, agreed: Collection[str]) -> Response:
    """The revocations that a person has ticked: agreed to, each by its finding."""
    data = proposal.propose(office.report().findings, office.clock(), agreed=frozenset(agreed))
    return _file(data, "application/json", "revocations.json")


def statement(office: Office, lang: str, partner: str, month: str, kind: str) -> Response:
    """A partner's statement for a month, to compute with or to print.

    Raises:
        LookupError: no such partner, month or kind.
    """
    good = kind in ("csv", "pdf") and re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", month)
    made = office.settlement(partner, month) if good else None
    if made is None:
        raise LookupError(partner)
    name = f"releve-{partner}-{month}.{kind}"
    if kind == "csv":
        return _file(encode_csv(made), "text/csv; charset=utf-8", name)
    return _file(statements.pdf(made, reference_data.operator(office.store), lang), "application/pdf", name)


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
