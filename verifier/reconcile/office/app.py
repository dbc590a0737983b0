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
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locales import LANGUAGES
from verifier.reconcile.errors import ReconcileError
from verifier.reconcile.office import handouts, pages
from verifier.reconcile.office.door import COOKIE, HEADERS
from verifier.reconcile.office.frame import Asked
from verifier.reconcile.office.intake import MAX_UPLOAD, Foreign, Intake
from verifier.reconcile.office.office import Office
from verifier.reconcile.printing import say

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
                return HTMLResponse(pages.closed(asked), 403)
            return await _answered(asked, lambda: answer(office, asked, request))

        return handle

    def post(doing: Doing) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            asked = _asked(office, request)
            fields = _fields(await request.body())
            if not _own_form(office, request) or not office.door.is_form_key(one(fields, "form_key")):
                return HTMLResponse(pages.closed(_outside(asked)), 403)
            return await _answered(asked, lambda: doing(office, asked, fields))

        return handle

    async def receive_files(request: Request) -> Response:
        asked = _asked(office, request)
        if not _own_form(office, request):
            return HTMLResponse(pages.closed(_outside(asked)), 403)
        try:
            intake = Intake(office.folder, request.headers.get("content-type", ""), office.door.is_form_key)
        except Foreign:
            return HTMLResponse(pages.closed(_outside(asked)), 403)
        try:
            async for piece in request.stream():
                await run_in_threadpool(intake.feed, piece)
            files = intake.finish()
        except Foreign:
            return HTMLResponse(pages.closed(_outside(asked)), 403)
        except (ClientDisconnect, OSError) as fault:
            why = say(asked.lang, "serve.not_received", why=getattr(fault, "strerror", None) or "–")
            return HTMLResponse(pages.refused(asked, why), 422)
        finally:
            intake.abandon()
        return await _answered(asked, lambda: _go("/", done=office.take(files)) if files else _go("/"))

    async def enter(request: Request) -> Response:
        cookie = office.door.enter(request.query_params.get("token", ""))
        asked = _asked(office, request)
        if cookie is None:
            return HTMLResponse(pages.closed(_outside(asked)), 403)
        answer = HTMLResponse(pages.entered(_outside(asked)))
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path="/")
        return answer

    async def style(_request: Request) -> Response:
        return PlainTextResponse(handouts.stylesheet(), media_type="text/css")

    routes = [Route("/enter", enter), Route("/office.css", style)]
    routes += [Route(path, get(answer), methods=["GET"]) for path, answer in _GET.items()]
    routes += [Route(path, post(doing), methods=["POST"]) for path, doing in _POST.items()]
    routes += [Route("/import", receive_files, methods=["POST"])]
    return _guarded(Starlette(routes=routes), office)


def _home(office: Office, asked: Asked, request: Request) -> Response:
    handed = office.answer(request.query_params.get("done", ""))
    shown = pages.home(asked, office.report(), handed, office.unknown(), took_up=office.took_up)
    return HTMLResponse(shown)


def _totals(office: Office, asked: Asked, request: Request) -> Response:
    month = request.query_params.get("month") or None
    if month is not None and not _MONTH.fullmatch(month):
        return _missing(asked)
    return HTMLResponse(pages.totals(asked, office.totals(month), month, office.months()))


def _language(_office: Office, asked: Asked, request: Request) -> Response:
    after, chosen = request.query_params.get("next", ""), request.path_params["lang"]
    answer = _go(after if after in _PAGES else "/")
    if chosen in LANGUAGES:
        answer.set_cookie(_LANGUAGE, chosen, httponly=True, samesite="strict", path="/")
    return answer


def _accept(office: Office, asked: Asked, fields: Form) -> Response:
    if one(fields, "same") != "yes":
        return HTMLResponse(pages.refused(asked, say(asked.lang, "serve.compare_first")), 422)
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
    "/tills": lambda office, asked, _: HTMLResponse(pages.tills(asked, office.report())),
    "/findings": lambda office, asked, _: HTMLResponse(pages.findings(asked, office.report())),
    "/totals": _totals,
    "/language/{lang}": _language,
    "/report.html": lambda office, asked, _: handouts.report_html(office, asked.lang),
    "/report.json": lambda office, asked, _: handouts.report_json(office, asked.lang),
    "/findings.csv": lambda office, asked, _: handouts.findings_csv(office, asked.lang),
    "/proof/{id}.json": lambda office, _, request: handouts.proof(office, request.path_params["id"]),
    "/settle/{partner}/{month}.{kind}": lambda office, asked, request: handouts.statement(
        office, asked.lang, **request.path_params
    ),
}
_POST: Final[Mapping[str, Doing]] = {
    "/accept": _accept,
    "/aside": _aside,
    "/proposals": lambda office, asked, fields: handouts.proposals(office, fields.get("agreed", [])),
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
    english = request.headers.get("accept-language", "").lower().startswith("en")
    lang = chosen if chosen in LANGUAGES else "en" if english else "fr"
    inside = office.door.is_mine(request.cookies.get(COOKIE))
    return Asked(lang, request.url.path, office.door.form_key if inside else "")


def _outside(asked: Asked) -> Asked:
    return Asked(asked.lang, asked.path, "")


def _own_form(office: Office, request: Request) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    return office.door.is_mine(request.cookies.get(COOKIE)) and office.door.is_own_form(host, origin)


async def _answered(asked: Asked, work: Callable[[], Response]) -> Response:
    """Work off the event loop; what is refused is a page with its sentence."""
    try:
        return await run_in_threadpool(work)
    except ReconcileError as refusal:
        return HTMLResponse(pages.refused(asked, refusal.say(asked.lang)), 422)
    except LookupError:
        return _missing(asked)


def _missing(asked: Asked) -> Response:
    return HTMLResponse(pages.refused(asked, say(asked.lang, "serve.missing")), 404)


def _go(path: str, **query: str) -> Response:
    """After a form: a page that may be loaded again without sending the form again."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def _guarded(inner: ASGIApp, office: Office) -> ASGIApp:
    """Refuse other names than this machine's and bodies over the cap, unread; same headers everywhere."""
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if scope["type"] != "http":
            return
        sent: dict[bytes, bytes] = dict(scope["headers"])
        length = sent.get(b"content-length", b"0").decode("latin-1")
        cap = MAX_UPLOAD if scope["path"] == "/import" else _MAX_FORM
        if not office.door.is_here(sent.get(b"host", b"").decode("latin-1")):
            await PlainTextResponse("?", 421)(scope, receive, with_headers)
        elif b"transfer-encoding" in sent or not length.isdigit() or len(length) > 15 or int(length) > cap:
            await PlainTextResponse(_too_big(), 413)(scope, receive, with_headers)
        else:
            await inner(scope, receive, with_headers)

    return guarded


def _too_big() -> str:
    """In both languages: whoever sent it has not been looked at."""
    size: Any = {"size": MAX_UPLOAD // 2**30}
    return "\n".join(say(lang, "serve.too_big", **size) for lang in LANGUAGES) + "\n"
