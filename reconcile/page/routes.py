"""Which address does what. GET shows or hands out; a form is a POST, then another page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from cje.local_page.limits import guarded
from cje.locales import LANGUAGES, preferred_language
from reconcile.errors import ReconcileError
from reconcile.page import downloads, views
from reconcile.page.actions import Office
from reconcile.page.frame import Asked
from reconcile.page.uploads import MAX_FILES, MAX_UPLOAD, Foreign, Intake, TooMany
from reconcile.printing.printing import say

_LANGUAGE: Final = "cje_office_lang"
_MAX_FORM: Final = 1 << 20  # bytes of a form without files: a thousand agreements
_MAX_FIELDS: Final = 50_000
_MONTH: Final = re.compile("20[0-9]{2}-(0[1-9]|1[0-2])")
_PAGES: Final = ("/", "/tills", "/findings", "/totals")

Form = Mapping[str, list[str]]
Answer = Callable[[Office, Asked, Request], Response]
Doing = Callable[[Office, Asked, Form], Response]


def application(office: Office) -> ASGIApp:
    """The page as an ASGI application."""

    def get(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            asked = _asked(office, request)
            if not asked.form_key:
                return HTMLResponse(views.closed(asked), 403)
            return await _answered(asked, lambda: answer(office, asked, request))

        return handle

    def post(doing: Doing) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            asked = _asked(office, request)
            fields = _fields(await request.body())
            if not office.door.is_own_form(request) or not office.door.is_form_key(one(fields, "form_key")):
                return HTMLResponse(views.closed(_outside(asked)), 403)
            return await _answered(asked, lambda: doing(office, asked, fields))

        return handle

    async def receive_files(request: Request) -> Response:
        asked = _asked(office, request)
        if not office.door.is_own_form(request):
            return HTMLResponse(views.closed(_outside(asked)), 403)
        try:
            intake = Intake(office.folder, request.headers.get("content-type", ""), office.door.is_form_key)
        except Foreign:
            return HTMLResponse(views.closed(_outside(asked)), 403)
        try:
            async for piece in request.stream():
                await run_in_threadpool(intake.feed, piece)
            files = intake.finish()
        except Foreign:
            return HTMLResponse(views.closed(_outside(asked)), 403)
        except TooMany:
            return HTMLResponse(views.refused(asked, say(asked.lang, "serve.too_many", most=MAX_FILES)), 422)
        except (ClientDisconnect, OSError) as fault:
            why = say(asked.lang, "serve.not_received", why=getattr(fault, "strerror", None) or "–")
            return HTMLResponse(views.refused(asked, why), 422)
        finally:
            intake.abandon()
        return await _answered(asked, lambda: _go("/", done=office.take(files)) if files else _go("/"))

    async def enter(request: Request) -> Response:
        outside = _outside(_asked(office, request))
        answer = HTMLResponse(views.entered(outside))
        inside = office.door.enter(request.query_params.get("token", ""), answer)
        return answer if inside else HTMLResponse(views.closed(outside), 403)

    async def style(_request: Request) -> Response:
        return PlainTextResponse(downloads.stylesheet(), media_type="text/css")

    routes = [Route("/enter", enter), Route("/office.css", style)]
    routes += [Route(path, get(answer), methods=["GET"]) for path, answer in _GET.items()]
    routes += [Route(path, post(doing), methods=["POST"]) for path, doing in _POST.items()]
    routes += [Route("/import", receive_files, methods=["POST"])]
    return guarded(Starlette(routes=routes), office.door, _cap, _too_big())


def _home(office: Office, asked: Asked, request: Request) -> Response:
    handed = office.answer(request.query_params.get("done", ""))
    shown = views.home(asked, office.report(), handed, office.unknown(), took_up=office.took_up)
    return HTMLResponse(shown)


def _totals(office: Office, asked: Asked, request: Request) -> Response:
    month = request.query_params.get("month") or None
    if month is not None and not _MONTH.fullmatch(month):
        return _missing(asked)
    return HTMLResponse(views.totals(asked, office.totals(month), month, office.months()))


def _language(_office: Office, asked: Asked, request: Request) -> Response:
    after, chosen = request.query_params.get("next", ""), request.path_params["lang"]
    answer = _go(after if after in _PAGES else "/")
    if chosen in LANGUAGES:
        answer.set_cookie(_LANGUAGE, chosen, httponly=True, samesite="strict", path="/")
    return answer


def _accept(office: Office, asked: Asked, fields: Form) -> Response:
    if one(fields, "same") != "yes":
        return HTMLResponse(views.refused(asked, say(asked.lang, "serve.compare_first")), 422)
    try:
        return _go("/", done=office.accept(one(fields, "file"), one(fields, "territory").strip()))
    except LookupError:
        return _missing(asked)


def _aside(office: Office, asked: Asked, fields: Form) -> Response:
    try:
        office.set_aside(one(fields, "file"))
    except LookupError:
        return _missing(asked)
    return _go("/")


_GET: Final[Mapping[str, Answer]] = {
    "/": _home,
    "/tills": lambda office, asked, _: HTMLResponse(views.tills(asked, office.report())),
    "/findings": lambda office, asked, _: HTMLResponse(views.findings(asked, office.report())),
    "/totals": _totals,
    "/language/{lang}": _language,
    "/report.html": lambda office, asked, _: downloads.report_html(office, asked.lang),
    "/report.json": lambda office, asked, _: downloads.report_json(office, asked.lang),
    "/findings.csv": lambda office, asked, _: downloads.findings_csv(office, asked.lang),
    "/proof/{id}.json": lambda office, _, request: downloads.proof(office, request.path_params["id"]),
    "/settle/{partner}/{month}.{kind}": lambda office, asked, request: downloads.statement(
        office, asked.lang, **request.path_params
    ),
}
_POST: Final[Mapping[str, Doing]] = {
    "/accept": _accept,
    "/aside": _aside,
    "/proposals": lambda office, asked, fields: downloads.proposals(office, fields.get("agreed", [])),
}


def _fields(body: bytes) -> Form:
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}


def one(fields: Form, name: str) -> str:
    """A form's field, "" without it."""
    return fields.get(name, [""])[0]


def _asked(office: Office, request: Request) -> Asked:
    chosen = request.cookies.get(_LANGUAGE)
    preferred = preferred_language(request.headers.get("accept-language", ""))
    lang = chosen if chosen in LANGUAGES else preferred
    return Asked(lang, request.url.path, office.door.form_key if office.door.is_inside(request) else "")


def _outside(asked: Asked) -> Asked:
    return Asked(asked.lang, asked.path, "")


async def _answered(asked: Asked, work: Callable[[], Response]) -> Response:
    """Work off the event loop; what is refused is a page with its sentence."""
    try:
        return await run_in_threadpool(work)
    except ReconcileError as refusal:
        return HTMLResponse(views.refused(asked, refusal.said(asked.lang)), 422)
    except LookupError:
        return _missing(asked)


def _missing(asked: Asked) -> Response:
    return HTMLResponse(views.refused(asked, say(asked.lang, "serve.missing")), 404)


def _go(path: str, **query: str) -> Response:
    """After a form: a page that may be loaded again without sending the form again."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def _cap(path: str) -> int:
    return MAX_UPLOAD if path == "/import" else _MAX_FORM


def _too_big() -> str:
    """In every language: whoever sent it has not been looked at."""
    size: Any = {"size": MAX_UPLOAD // 2**30}
    return "\n".join(say(lang, "serve.too_big", **size) for lang in LANGUAGES) + "\n"
