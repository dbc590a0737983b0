"""Pages for many people at once: a file's preview and import, making cards and publishing."""

from __future__ import annotations

from typing import Any, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cje.errors import Fault
from desk.pages.navigation import redirect
from issuer.decisions import enrolment_preview, undoable
from issuer.decisions.enrolment_csv import Survey
from issuer.desk import listing, publishing
from issuer.desk.page import Form, Page, token_of
from issuer.register import people


def import_form(page: Page) -> Response:
    """The form for a file."""
    return page.show("import")


def upload(page: Page, form: Form) -> Response:
    """Keep a file that was sent, and show what it would change."""
    name = page.desk.imports.keep(form["file"].encode("latin-1"))
    return redirect(f"/import/{name}")


def preview(page: Page) -> Response:
    """What a file would change, line by line."""
    name = page.request.path_params["name"]
    survey = _waiting(page, name)
    if survey is None:
        return page.show("message", 404, key="import_gone")
    rows = enrolment_preview.preview(page.desk.state, survey.people)
    counts = {change: sum(row.change == change for row in rows) for change in get_args(people.Change)}
    problems = [problem.said(page.lang) for problem in survey.problems]
    return page.show("preview", name=name, rows=rows, counts=counts, problems=problems, lines=survey.lines)


def confirm(page: Page, form: Form) -> Response:
    """Enrol the people of a file that was shown."""
    name = page.request.path_params["name"]
    survey = _waiting(page, name)
    if survey is None:
        with page.desk.state.register.reading() as connection:
            done = undoable.find(connection, form.get("token", ""))
        return redirect("/history", done=done.token) if done else page.show("message", 404, key="import_gone")
    if survey.problems:
        return redirect(f"/import/{name}")
    done = page.desk.import_people(token_of(form), survey.people)
    page.desk.imports.drop(name)
    return redirect("/history", done=done.token)


def discard(page: Page, _form: Form) -> Response:
    """Set a file aside."""
    page.desk.imports.drop(page.request.path_params["name"])
    return redirect("/")


def publish_form(page: Page) -> Response:
    """The form that makes cards and publishes."""
    return _publish_form(page)


def _publish_form(page: Page, status: int = 200, **values: Any) -> Response:
    now = page.desk.clock()
    waiting = listing.search(page.desk.state, "", "waiting", 1, now, 1).total
    running = publishing.campaigns_running(page.desk.state, now)
    shown = {"published": None, **values}
    return page.show("publish", status, waiting=waiting, running=running, out=page.desk.out, **shown)


def publish(page: Page, form: Form) -> Response:
    """Make the cards that wait, and publish."""
    desk = page.desk
    if desk.out is None:
        raise HTTPException(404)
    try:
        done = publishing.publish(
            desk.state,
            desk.catalogue,
            form.get("campaign") or None,
            out=desk.out,
            base_url=desk.base_url,
            passphrase=form.get("passphrase", "").encode(),
            now=desk.clock(),
        )
    except Fault as error:
        return _publish_form(page, 422, refusal=page.say(error))
    return _publish_form(page, published=done)


def _waiting(page: Page, name: str) -> Survey | None:
    return page.desk.imports.read(name, list(page.desk.programmes), page.desk.clock())
