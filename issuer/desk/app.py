"""Which address does what. Pages are answers to GET and change nothing; forms are POST, then go elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from cje.errors import Fault
from cje.local_page.limits import guarded
from desk.pages import rendering
from issuer.desk import file_pages, handover_pages, people_pages
from issuer.desk.desk import Desk
from issuer.desk.imports import MAX_UPLOAD
from issuer.desk.page import Form, Page

Get = Callable[[Page], Response]
Post = Callable[[Page, Form], Response]

PAGES: Final[Mapping[str, Get]] = {
    "/": people_pages.home,
    "/person/new": people_pages.new_person,
    "/person/{number}": people_pages.person,
    "/person/{number}/correct": people_pages.correction,
    "/person/{number}/hand": handover_pages.hand,
    "/person/{number}/letter.pdf": handover_pages.letter,
    "/print.pdf": handover_pages.prints,
    "/import": file_pages.import_form,
    "/import/{name}": file_pages.preview,
    "/history": people_pages.history,
    "/publish": file_pages.publish_form,
    "/language/{lang}": handover_pages.language,
}
FORMS: Final[Mapping[str, Post]] = {
    "/person/new": people_pages.enrol,
    "/person/{number}/correct": people_pages.correct,
    "/person/{number}/renew": people_pages.renew,
    "/person/{number}/close": people_pages.close,
    "/person/{number}/replace": people_pages.replace,
    "/undo": people_pages.undo,
    "/unlock": handover_pages.unlock,
    "/lock": handover_pages.relock,
    "/import": file_pages.upload,
    "/import/{name}": file_pages.confirm,
    "/import/{name}/discard": file_pages.discard,
    "/publish": file_pages.publish,
}


def application(desk: Desk) -> ASGIApp:
    """The desk as an ASGI application."""

    def get(handler: Get) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            page = Page(desk, request)
            if not desk.door.is_inside(request):
                return page.show("outside", 403)
            return await _answered(page, lambda: handler(page))

        return answer

    def post(handler: Post) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            page = Page(desk, request)
            if not desk.door.is_own_form(request):
                return page.show("outside", 403)
            form = await _form(request)
            if not desk.door.is_form_key(form.get("form_key", "")):
                return page.show("outside", 403)
            return await _answered(page, lambda: handler(page, form))

        return answer

    async def door(request: Request) -> Response:
        return handover_pages.enter(Page(desk, request))

    async def style(_request: Request) -> Response:
        return PlainTextResponse(rendering.stylesheet(), media_type="text/css")

    routes = [Route("/enter", door), Route("/desk.css", style)]
    routes += [Route(path, get(handler), methods=["GET"]) for path, handler in PAGES.items()]
    routes += [Route(path, post(handler), methods=["POST"]) for path, handler in FORMS.items()]
    return guarded(Starlette(routes=routes), desk.door, lambda _: MAX_UPLOAD, "?")


async def _answered(page: Page, handle: Callable[[], Response]) -> Response:
    """Work off the event loop; what the issuer refuses is a page, and so is what is not there."""
    try:
        return await run_in_threadpool(handle)
    except Fault as error:
        status = 404 if error.code == "person_unknown" else 422
        return page.show("message", status, key=None, refusal=page.say(error))
    except HTTPException as error:
        return page.show("message", error.status_code, key="not_found")


async def _form(request: Request) -> dict[str, str]:
    """A form's fields; an uploaded file is its bytes as Latin-1 characters."""
    fields: dict[str, str] = {}
    async with request.form(max_files=1, max_fields=30, max_part_size=MAX_UPLOAD) as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                fields[name] = (await value.read(MAX_UPLOAD)).decode("latin-1")
            else:
                fields[name] = value
    return fields
