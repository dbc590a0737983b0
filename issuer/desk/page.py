"""One request at the desk, and how it is answered: a page, a refusal's sentence, or another address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cje.locales import LANGUAGES
from issuer.decisions import person, undoable
from issuer.desk import forms, listing, views
from issuer.desk.desk import Desk
from issuer.errors import IssuerError

Form = Mapping[str, str]
LANGUAGE_COOKIE: Final = "cje_desk_lang"


@dataclass(frozen=True)
class Page:
    """One request at the desk."""

    desk: Desk
    request: Request

    @property
    def lang(self) -> str:
        """The language chosen in the page, else the browser's, else French."""
        chosen = self.request.cookies.get(LANGUAGE_COOKIE)
        if chosen in LANGUAGES:
            return chosen
        return "en" if self.request.headers.get("accept-language", "").lower().startswith("en") else "fr"

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
            "new_token": forms.new_token,
            "path": self.request.url.path,
            "programmes": self.desk.programmes,
            "operator": self.desk.state.root.operator,
            "demo": self.desk.state.root.demo,
            "unlocked": self.desk.lock.secret is not None,
            "done": self.done(),
            "refusal": None,
        }
        return HTMLResponse(views.render(template, self.lang, {**base, **values}), code)

    def done(self) -> undoable.Action | None:
        """What the form before this page did."""
        token = self.request.query_params.get("done", "")
        with self.desk.state.register.reading() as connection:
            return undoable.find(connection, token) if token else None

    def say(self, error: IssuerError) -> str:
        """The sentence of a refusal."""
        return error.render(self.lang)

    def query(self, name: str) -> str:
        """One parameter of the address, cut to a sane length."""
        return self.request.query_params.get(name, "")[:200]


def go(path: str, **query: str) -> Response:
    """After a form: another page, which may be loaded again without sending the form again."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def status_of(page: Page) -> listing.Status | None:
    """The filter of a list's address."""
    status = page.query("status")
    return status if status in listing.STATUSES else None


def token_of(form: Form) -> str:
    """A form's token.

    Raises:
        HTTPException: 400, it has none of ours.
    """
    token = forms.token_of(form)
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


def local(path: str) -> str:
    """An address of this desk, or its first page: never another site's."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
