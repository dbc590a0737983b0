"""`cje issuer enrol`: a file of people; its dry run tells of each line what it would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.locales import text
from issuer.cli.options import CONTENT, FILE, JSON, STATE
from issuer.decisions import enrolment, enrolment_csv
from issuer.decisions.enrolment_csv import Survey
from issuer.decisions.enrolment_preview import Previewed, preview
from issuer.errors import InputRefused
from issuer.register import vault
from voucher import civil


@click.command()
@STATE
@CONTENT
@click.option("--dry-run", is_flag=True, help="Dire ce qui changerait, ligne par ligne, sans rien inscrire.")
@JSON
@click.argument("people", type=FILE)
def enrol(folder: Path, content: Path, dry_run: bool, as_json: bool, people: Path) -> None:
    """Inscrire les personnes d'un fichier CSV ; le même fichier deux fois ne change rien."""
    now = system_clock.now()
    opened = vault.open_state(folder)
    programmes = [programme.slug for programme in read_catalogue(content).programmes]
    survey = enrolment_csv.survey_people(people, programmes, civil.day_of(now))
    if dry_run:
        _tell(survey, preview(opened, survey.people), as_json)
    if survey.problems:
        opened.close()
        raise InputRefused(str(people), survey.problems)
    done = enrolment.enrol(opened, survey.people, now, dry_run=dry_run)
    opened.close()
    counts = {"new": len(done.new), "changed": len(done.changed), "unchanged": len(done.unchanged)}
    if as_json and not dry_run:
        click.echo(json.dumps({"dry_run": False, **counts}))
    elif not as_json:
        click.echo(text("issuer.done.dry_run" if dry_run else "issuer.done.enrol", "fr", **counts))


def _tell(survey: Survey, previewed: list[Previewed], as_json: bool) -> None:
    """New and changed people on stdout; who stays as they are is only counted."""
    touched = [one for one in previewed if one.change != "unchanged"]
    if as_json:
        counts = {
            kind: sum(one.change == kind for one in previewed) for kind in ("new", "changed", "unchanged")
        }
        refused = [
            {"line": one.line, "code": one.code, "sentence": one.said("fr")} for one in survey.problems
        ]
        people = [_fields(one, survey.lines[one.number]) for one in touched]
        answer = {"dry_run": True, **counts, "refused": refused, "people": people}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in touched:
        values = {"line": survey.lines[one.number], "number": one.number}
        changes = ", ".join(_shown(one)) if one.change == "changed" else ""
        click.echo(text(f"issuer.preview.{one.change}", "fr", **values, **_only(one, changes)))


def _only(one: Previewed, changes: str) -> dict[str, str]:
    return {"changes": changes} if one.change == "changed" else {}


def _shown(one: Previewed) -> list[str]:
    nothing = text("issuer.preview.nothing", "fr")
    shown = [
        text(
            "issuer.preview.field",
            "fr",
            field=text(f"issuer.preview.fields.{change.field}", "fr"),
            before=change.before or nothing,
            after=change.after or nothing,
        )
        for change in one.differences
    ]
    return [*shown, text("issuer.reasons.closed", "fr")] if one.closed else shown


def _fields(one: Previewed, line: int) -> dict[str, Any]:
    changes = {change.field: [change.before, change.after] for change in one.differences}
    return {"line": line, "number": one.number, "change": one.change, "fields": changes, "closed": one.closed}
