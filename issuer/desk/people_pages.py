"""Pages about people: find, enrol, correct, renew, close, replace, undo."""

from __future__ import annotations

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cje.errors import Fault
from desk.pages.navigation import redirect
from issuer.decisions import undoable
from issuer.desk import forms, listing
from issuer.desk.page import Form, Page, cells_of, status_of, token_of

_SHOWN_ACTIONS: Final = 50


def home(page: Page) -> Response:
    """People, found and filtered."""
    wanted, chosen = page.query("q"), status_of(page)
    number = forms.number_of(page.query("page")) or 1
    found = listing.search(page.desk.state, wanted, chosen, number, page.desk.clock())
    waiting = listing.search(page.desk.state, "", "waiting", 1, page.desk.clock(), 1).total
    return page.show(
        "home", q=wanted, status=chosen or "", statuses=listing.STATUSES, found=found, waiting=waiting
    )


def person(page: Page) -> Response:
    """One person and what can be done."""
    return _person(page)


def _person(page: Page, status: int = 200, **values: Any) -> Response:
    with page.desk.state.register.reading() as connection:
        found = listing.listed(connection, [page.number], page.desk.clock())
    if not found:
        raise HTTPException(404)
    return page.show("person", status, one=found[0], until=values.pop("until", ""), **values)


def new_person(page: Page) -> Response:
    """The form for somebody new."""
    return page.show("form", person=None, number="", cells=dict.fromkeys(forms.FIELDS, ""))


def enrol(page: Page, form: Form) -> Response:
    """Enrol somebody new."""
    number, cells = form.get("numero", "").strip()[:40], forms.cells_of(form)
    try:
        done = page.desk.enrol(token_of(form), number, cells)
    except Fault as error:
        return page.show("form", 422, person=None, number=number, cells=cells, refusal=page.say(error))
    return redirect(f"/person/{done.number}" if done.number else "/", done=done.token)


def correction(page: Page) -> Response:
    """The form that corrects."""
    return page.show("form", person=page.number, number=str(page.number), cells=cells_of(page))


def correct(page: Page, form: Form) -> Response:
    """Change what is known of a person."""
    cells = forms.cells_of(form)
    try:
        done = page.desk.correct(token_of(form), page.number, cells)
    except Fault as error:
        number = str(page.number)
        return page.show("form", 422, person=page.number, number=number, cells=cells, refusal=page.say(error))
    return redirect(f"/person/{page.number}", done=done.token)


def renew(page: Page, form: Form) -> Response:
    """Give a later end of right."""
    until = form.get("fin_de_droit", "").strip()[:40]
    try:
        done = page.desk.renew(token_of(form), page.number, until)
    except Fault as error:
        return _person(page, 422, refusal=page.say(error), until=until)
    return redirect(f"/person/{page.number}", done=done.token)


def close(page: Page, form: Form) -> Response:
    """Close a card."""
    return redirect(f"/person/{page.number}", done=page.desk.close(token_of(form), page.number).token)


def replace(page: Page, form: Form) -> Response:
    """Give another card for a lost one."""
    return redirect(f"/person/{page.number}", done=page.desk.replace(token_of(form), page.number).token)


def undo(page: Page, form: Form) -> Response:
    """Put everything back as it was."""
    try:
        done = page.desk.undo(form.get("action", ""))
    except Fault as error:
        return page.show("history", 422, refusal=page.say(error), actions=_history(page))
    return redirect("/history", done=done.token)


def history(page: Page) -> Response:
    """What was done last."""
    return page.show("history", actions=_history(page))


def _history(page: Page) -> list[undoable.Action]:
    with page.desk.state.register.reading() as connection:
        return undoable.latest(connection, _SHOWN_ACTIONS)
