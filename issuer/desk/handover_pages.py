"""Pages for coming in and for handing over: the secret is opened here, and shown nowhere else."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from cje.locales import CONTENT_LANGUAGE, LANGUAGES, text
from desk.pages.navigation import LANGUAGE_COOKIE, local_path, redirect
from issuer.desk import listing
from issuer.desk.page import Form, Page, cells_of, status_of
from issuer.errors import KeyRefused
from issuer.handover import letters
from issuer.handover.opening import PAGE
from issuer.handover.texting import text_of


def enter(page: Page) -> Response:
    """Take the one-time token; the page that answers goes on by itself, within this site."""
    answer = page.show("entered")
    return answer if page.desk.door.enter(page.query("token"), answer) else page.show("outside", 403)


def language(page: Page) -> Response:
    """Choose the language of the pages."""
    chosen = page.request.path_params["lang"]
    answer = redirect(local_path(page.query("next")))
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, httponly=True, samesite="strict", path="/")
    return answer


def unlock(page: Page, form: Form) -> Response:
    """Open the secret with the passphrase."""
    target = local_path(form.get("next", "/"))
    try:
        page.desk.lock.open(form.get("passphrase", "").encode())
    except KeyRefused as error:
        return page.show("unlock", 422, next=target, refusal=page.say(error))
    return redirect(target)


def relock(page: Page, _form: Form) -> Response:
    """Close the secret."""
    page.desk.lock.close()
    return redirect("/")


def hand(page: Page) -> Response:
    """What opens a card, on screen: a QR code for the phone that is there, a text for the one that is not."""
    cells_of(page)
    found = page.desk.openings([page.number])
    if found is None:
        return page.show("unlock", next=page.request.url.path)
    if not found:
        return redirect(f"/person/{page.number}")
    texts = {lang: text_of(found[0], lang) for lang in LANGUAGES}
    return page.show("hand", one=found[0], texts=texts)


def letter(page: Page) -> Response:
    """One person's letter."""
    return _pdf(page, [page.number], "letter")


def prints(page: Page) -> Response:
    """The people of a search as letters or cards to cut out, at most one file's worth."""
    wanted, chosen = page.query("q"), status_of(page)
    found = listing.search(page.desk.state, wanted, chosen, 1, page.desk.clock(), PAGE)
    numbers = [one.person.number for one in found.items if one.status == "open"]
    return _pdf(page, numbers, "sheet" if page.query("form") == "sheet" else "letter")


def _pdf(page: Page, numbers: list[int], form: letters.Form) -> Response:
    found = page.desk.openings(numbers)
    if found is None:
        target = f"{page.request.url.path}?{page.request.url.query}"
        return page.show("unlock", next=target)
    if not found:
        return page.show("message", 404, key="nothing_to_print")
    asked = page.query("lang")
    lang = asked if asked in LANGUAGES else CONTENT_LANGUAGE
    file = letters.typeset(found, form, letters.Look(page.desk.state.root.operator, lang))
    name = text(f"desk.print.{form}", page.lang)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.pdf"}
    return Response(file, media_type="application/pdf", headers=headers)
