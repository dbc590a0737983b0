"""One request at the desk, and how it is answered: a page, a refusal's sentence, or another address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cje.errors import Fault
from desk.pages import rendering, tokens
from desk.pages.navigation import language_of
from issuer.decisions import person, undoable
from issuer.desk import forms, listing
from issuer.desk.desk import Desk

Form = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """One request at the desk."""

    desk: Desk
    request: Request

    @property
    def lang(self) -> str:
        """The language to answer in."""
        return language_of(self.request)

    @property
    def number(self) -> int:
        """The person of the address.

        Raises:
            HTTPException: 404, it is no number.
        """
        number = forms.number_of(self.request.path_params["number"])
        if number is None:
            raise HTTPException(404)
        return number

    def show(self, template: str, code: int = 200, /, **values: Any) -> Response:
        """Answer with a page."""
        base = {
            "form_key": self.desk.door.form_key,
            "new_token": tokens.new_token,
            "path": self.request.url.path,
            "programmes": self.desk.programmes,
            "operator": self.desk.state.root.operator,
            "demo": self.desk.state.root.demo,
            "unlocked": self.desk.lock.secret is not None,
            "done": self.done(),
            "refusal": None,
        }
        return HTMLResponse(rendering.render(template, self.lang, {**base, **values}), code)

    def done(self) -> undoable.Action | None:
        """What the form before this page did."""
        token = self.request.query_params.get("done", "")
        with self.desk.state.register.reading() as connection:
            return undoable.find(connection, token) if token else None

    def say(self, error: Fault) -> str:
        """The sentence of a refusal."""
        return error.said(self.lang)

    def query(self, name: str) -> str:
        """One parameter of the address, cut to a sane length."""
        return self.request.query_params.get(name, "")[:200]


def status_of(page: Page) -> listing.Status | None:
    """The filter of a list's address."""
    status = page.query("status")
    return status if status in listing.STATUSES else None


def token_of(form: Form) -> str:
    """A form's token.

    Raises:
        HTTPException: 400, it has none of ours.
    """
    token = tokens.token_of(form)
    if token is None:
        raise HTTPException(400)
    return token


def cells_of(page: Page) -> dict[str, str]:
    """What the register says of the address's person.

    Raises:
        IssuerError: nobody has this number.
    """
    with page.desk.state.register.reading() as connection:
        return person.as_cells(person.the(connection, page.number).enrolment)
