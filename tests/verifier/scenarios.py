"""Decisions on both sides of every boundary, in all verdicts; run in Python and, as JSON, in Node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from till_world import (
    DAY,
    ELSEWHERE,
    IDENTITY,
    ISSUER,
    NOON,
    OFFERS,
    OLD_ISSUER,
    PAPER,
    PAPER_IDENTITY,
    PLAIN,
    SHORT,
    STRANGER,
    TILL,
    Scenario,
    issuing,
    live,
    make_claims,
    make_list,
    make_root,
    paper,
)

from verifier.views import Use
from voucher.civil import end_of, start_of
from voucher.claims import Period
from voucher.ed25519 import kid

PHONE = make_claims()
BEARER = make_claims(holder=None, offer=PAPER)


def every() -> list[Scenario]:
    """Return all scenarios, named distinctly."""
    groups = (
        _texts,
        _till,
        _keys,
        _rights,
        _times,
        _liveness,
        _uses,
        _periods,
        _limits,
        _days,
        _ends,
        _amber,
    )
    found = [scenario for group in groups for scenario in group()]
    assert len({scenario.name for scenario in found}) == len(found)
    return found


def _texts() -> Iterator[Scenario]:
    good = live(PHONE)
    foreign = {
        "nothing": "",
        "a link": "https://exemple.fr/?CJE1:",
        "a Wi-Fi code": "WIFI:S:cafe;T:WPA;P:secret;;",
        "a health pass": "HC1:6BF+70790T9WJWG.FKY*4GO0",
        "a leading space": " " + good,
        "a lower-case prefix": good.lower(),
        "a full-width prefix": "ＣＪＥ１:" + good[5:],
        "escape characters": "\x1b[2J\x1b]0;green\x07" + good,
        "a text over the cap": "CJE1:" + "0" * 1020,
        "a frame-like word": "CJE1",
        "a lone surrogate": "\ud800" + good,
        "1,025 astral characters": "CJE1:" + "\U0001f600" * 1020,
        "a mebibyte": "CJP1:" + "0" * (2**20 - 5),
    }
    for name, text in foreign.items():
        yield Scenario(f"text: {name}", "not_ours", text)
    settings = {"a pairing": good[5:], "a pairing over the cap": "0" * 1200, "a pairing's prefix": ""}
    for name, rest in settings.items():
        yield Scenario(f"text: {name}", "not_ours", f"CJS1:{rest}")
    yield Scenario("text: a frame of a list", "not_ours", f"CJT1:{good[5:]}")
    yield Scenario("text: a pairing of version 2", "update_app", f"CJS2:{good[5:]}")
    yield Scenario("text: a voucher of version 2", "update_app", "CJE2:ABC")
    yield Scenario("text: an object of a newer kind", "update_app", "CJZ1:" + good[5:])
    broken = {
        "prefix alone": "CJE1:",
        "one character left": "CJE1:0",
        "lower case": "CJE1:abc",
        "trailing space": good + " ",
        "trailing line feed": good + "\n",
        "voucher text of 513": "CJE1:" + "0" * 508,
        "presentation text of 641": "CJP1:" + "0" * 636,
        "zero bytes": "CJE1:" + "000" * 60,
        "shortened": good[:-3],
        "1,024 astral characters": "CJE1:" + "\U0001f600" * 1019,
        "a lone surrogate inside": "CJE1:\udc00",
        "Arabic digits": "CJE1:" + "\u0663" * 60,
        "a voucher under the other prefix": "CJP1:" + paper(BEARER)[5:],
        "a presentation under the other prefix": "CJE1:" + good[5:],
    }
    for name, text in broken.items():
        yield Scenario(f"text: {name}", "malformed", text)


def _till() -> Iterator[Scenario]:
    good = live(PHONE)
    yield Scenario("till: no list", "no_list", good, list=None)
    yield Scenario("till: no list, but not ours comes first", "not_ours", "bonjour", list=None)
    yield Scenario("till: 300 s below the floor", "accepted", live(PHONE, NOON + 300), floor=NOON + 300)
    yield Scenario("till: 301 s below the floor", "clock_wrong", live(PHONE, NOON + 301), floor=NOON + 301)
    demo, trial = make_list(demo=True), replace(TILL, demo=True)
    yield Scenario("till: demo list at a real till", "demo", good, list=demo)
    yield Scenario("till: list under a demo root at a real till", "demo", good, root=make_root(demo=True))
    yield Scenario("till: demo list at a demo till", "accepted", good, list=demo, till=trial)
    yield Scenario("till: wrong clock comes before demo", "clock_wrong", good, list=demo, floor=NOON + DAY)
    old = {"issued": NOON - 31 * DAY, "expires": NOON + 60 * DAY}
    ages = (
        ("fresh to its last second", 7 * DAY, "accepted"),
        ("ageing from the next", 7 * DAY + 1, "list_ageing"),
        ("ageing to its last second", 30 * DAY, "list_ageing"),
        ("too old from the next", 30 * DAY + 1, "list_too_old"),
    )
    for name, age, verdict in ages:
        now = NOON - 31 * DAY + age
        checks = (verdict,) if verdict == "list_ageing" else ()
        claims = make_claims(not_before=now - DAY)
        case = Scenario(f"list: {name}", verdict, live(claims, now), list=make_list(**old), now=now)
        yield replace(case, floor=NOON - 31 * DAY, checks=checks)
    for name, moment, verdict in (("last second", -1, "accepted"), ("expired", 0, "list_too_old")):
        now = NOON + moment
        short = make_list(expires=NOON)
        yield Scenario(f"list: {name}", verdict, live(PHONE, now), list=short, now=now)
        case = Scenario(f"root: {name}", verdict, live(PHONE, now), now=now)
        yield replace(case, root=make_root(expires=NOON))
    yield Scenario(
        "list: too old comes before the object", "list_too_old", "CJE1:000", list=make_list(expires=NOON)
    )


def _keys() -> Iterator[Scenario]:
    yield Scenario("key: stranger", "unknown_key", live(PHONE, signer=STRANGER))
    yield Scenario("key: stranger, on paper", "unknown_key", paper(BEARER, STRANGER))
    yield Scenario("key: presented by another phone", "bad_signature", live(PHONE, holder=STRANGER))
    text = paper(BEARER)
    flipped = text[:-1] + ("0" if text[-1] != "0" else "1")
    yield Scenario("key: last character changed", "bad_signature", flipped)
    yield Scenario("key: phone voucher shown bare", "bare", paper(PHONE))
    yield Scenario("key: bare comes before another partner", "bare", paper(make_claims(offer=ELSEWHERE)))
    yield Scenario("key: offer of another partner", "wrong_partner", live(make_claims(offer=ELSEWHERE)))
    misused = make_claims(offer=IDENTITY)
    yield Scenario("key: signs an offer not its own", "key_misuse", live(misused, signer=OLD_ISSUER))
    entry = issuing(ISSUER)
    edges = (
        ("begins before use_from", {"use_from": PHONE.not_before + 1}, "key_misuse"),
        ("begins at use_from", {"use_from": PHONE.not_before}, "accepted"),
        ("begins at use_until", {"use_until": PHONE.not_before}, "key_misuse"),
        ("begins before use_until", {"use_until": PHONE.not_before + 1}, "accepted"),
        ("ends at accept_until", {"use_until": NOON, "accept_until": PHONE.expires}, "accepted"),
        ("ends after accept_until", {"use_until": NOON, "accept_until": PHONE.expires - 1}, "key_misuse"),
    )
    for name, changes, verdict in edges:
        keys = (replace(entry, **changes),)
        yield Scenario(f"key: voucher {name}", verdict, live(PHONE), list=make_list(keys=keys))


def _rights() -> Iterator[Scenario]:
    good, cti = live(PHONE), PHONE.cti
    for size in (6, 7, 16):
        hit = make_list(prefix=size, revoked=(cti[:size],))
        yield Scenario(f"revoked: prefix of {size}", "revoked", good, list=hit)
        near = cti[: size - 1] + bytes((cti[size - 1] ^ 1,))
        missed = make_list(prefix=size, revoked=(near,))
        yield Scenario(f"revoked: neighbour of {size}", "accepted", good, list=missed)
    crowd = sorted({bytes((i,)) * 6 for i in range(256)} | {cti[:6]})
    yield Scenario("revoked: among many", "revoked", good, list=make_list(revoked=tuple(crowd)))
    for name, before, verdict in (("before", 1, "revoked"), ("at", 0, "accepted")):
        rule = ((kid(ISSUER.public), PHONE.not_before + before),)
        yield Scenario(f"batch: begins {name} the limit", verdict, good, list=make_list(batches=rule))
    other = ((kid(OLD_ISSUER.public), NOON + DAY),)
    yield Scenario("batch: of another key", "accepted", good, list=make_list(batches=other))
    late = make_claims(not_before=NOON + DAY)
    rule = ((kid(ISSUER.public), NOON + 2 * DAY),)
    yield Scenario("batch: comes before not yet valid", "revoked", live(late), list=make_list(batches=rule))


def _times() -> Iterator[Scenario]:
    first, last = PHONE.not_before, PHONE.expires
    clocks = (
        ("a second before its first", first - 1, "not_yet_valid"),
        ("its first second", first, "accepted"),
        ("its last second", last - 1, "accepted"),
        ("the second after", last, "expired"),
    )
    for name, now, verdict in clocks:
        fresh = make_list(issued=now - 60)
        yield Scenario(f"voucher: {name}", verdict, live(PHONE, now), list=fresh, floor=now - 60, now=now)
    offer, claims = OFFERS[SHORT - 1], make_claims(offer=SHORT)
    clocks = (
        ("a second before its first", offer.valid_from - 1, "not_yet_valid"),
        ("its first second", offer.valid_from, "accepted"),
        ("its last second", offer.valid_until - 1, "accepted"),
        ("the second after", offer.valid_until, "expired"),
    )
    for name, now, verdict in clocks:
        fresh = make_list(issued=now - 60)
        yield Scenario(f"offer: {name}", verdict, live(claims, now), list=fresh, floor=now - 60, now=now)
    now = last - 100
    case = Scenario(
        "voucher: expired by the floor, though the clock is slow", "expired", live(PHONE, now), now=now
    )
    yield replace(case, floor=last, list=make_list(issued=now - 60))
    leap = start_of(date(2028, 2, 29))
    claims = make_claims(not_before=leap - 300 * DAY, expires=leap + DAY)
    for name, now, verdict in (
        ("29 February", leap + DAY - 1, "accepted"),
        ("1 March", leap + DAY, "expired"),
    ):
        value = make_list(
            issued=now - 60,
            expires=now + DAY,
            keys=(issuing(ISSUER, use_until=leap, accept_until=leap + DAY),),
            offers=(replace(OFFERS[0], valid_until=leap + 9 * DAY),),
        )
        case = Scenario(f"voucher: until 29 February, on {name}", verdict, live(claims, now), now=now)
        yield replace(case, floor=now - 60, list=value)


def _liveness() -> Iterator[Scenario]:
    yield Scenario("paper: not allowed", "paper_not_allowed", paper(make_claims(holder=None)))
    for name, at, verdict in (
        ("121 s old", NOON - 121, "not_live"),
        ("120 s old", NOON - 120, "accepted"),
        ("60 s ahead", NOON + 60, "accepted"),
        ("61 s ahead", NOON + 61, "not_live"),
        ("a month old", NOON - 30 * DAY, "not_live"),
    ):
        yield Scenario(f"live: {name}", verdict, live(PHONE, at))
    yield Scenario(
        "live: an hour off with the right digits",
        "accepted",
        live(PHONE, NOON - 3600, challenge=0),
        challenge=0,
    )
    yield Scenario(
        "live: right digits, four of them", "accepted", live(PHONE, challenge=9999), challenge=9999
    )
    yield Scenario("live: wrong digits", "wrong_challenge", live(PHONE, challenge=1234), challenge=1235)
    yield Scenario(
        "live: wrong digits count even on time", "wrong_challenge", live(PHONE, challenge=0), challenge=1
    )
    yield Scenario("live: digits for another till", "not_live", live(PHONE, challenge=1234))
    yield Scenario("live: digits shown, on time without them", "accepted", live(PHONE), challenge=1234)
    yield Scenario(
        "live: digits shown, late without them", "not_live", live(PHONE, NOON - 121), challenge=1234
    )


def _uses() -> Iterator[Scenario]:
    here = Use(7, 1, NOON - 12)
    yield Scenario("use: same use 12 s ago", "already_accepted", live(PHONE), uses=(here,))
    yield Scenario(
        "use: same use, long ago", "already_accepted", live(PHONE), uses=(Use(1, 1, NOON - 9 * DAY),)
    )
    yield Scenario(
        "use: same use dated later than now", "already_accepted", live(PHONE), uses=(Use(1, 1, NOON + 9),)
    )
    beside = replace(here, till="Guichet 2")
    yield Scenario("use: same use at the next till", "already_accepted", live(PHONE), uses=(beside, here))
    later = (Use(9, 1, NOON - 5), Use(7, 1, NOON - 12), Use(8, 1, NOON - 6))
    yield Scenario(
        "use: accepted three times, the first is told", "already_accepted", live(PHONE), uses=later
    )
    yield Scenario("use: opened again", "used_up", live(PHONE, seq=2), uses=(here,))
    free = make_claims(uses=0)
    many = tuple(Use(i, i, NOON - i) for i in range(1, 301))
    yield Scenario("use: without limit, 300 uses", "accepted", live(free, seq=301), uses=many)
    yield Scenario("use: without limit, same use", "already_accepted", live(free, seq=300), uses=many)
    full = make_claims(uses=255)
    yield Scenario("use: 255th of 255", "accepted", live(full, seq=400), uses=many[:254])
    yield Scenario("use: 256th of 255", "used_up", live(full, seq=400), uses=many[:255])
    late = live(make_claims(not_before=NOON + 1), seq=1)
    yield Scenario("use: not yet valid comes first", "not_yet_valid", late, uses=(here,))
    highest = live(PHONE, seq=2**32 - 1)
    yield Scenario("use: highest counter", "accepted", highest)
    yield Scenario("paper: second use of one", "used_up", paper(BEARER), uses=(Use(1, 1, NOON - 5),))
    twice = make_claims(holder=None, offer=PAPER, uses=2)
    second = Scenario("paper: second use of two", "paper", paper(twice), uses=(Use(1, 1, NOON - 5),))
    yield replace(second, checks=("paper",))
    gap = Scenario(
        "paper: first use taken back, second not", "paper", paper(twice), uses=(Use(2, 2, NOON - 5),)
    )
    yield replace(gap, checks=("paper",))


def _periods() -> Iterator[Scenario]:
    """Both sides of Paris midnight, Monday, the first of the month, and both changes of the clocks."""
    edges = (
        ("midnight", Period.DAY, start_of(date(2026, 10, 14))),
        ("end of summer time", Period.DAY, start_of(date(2026, 10, 26))),
        ("start of summer time", Period.DAY, start_of(date(2027, 3, 29))),
        ("Monday", Period.WEEK, start_of(date(2026, 10, 12))),
        ("Monday over New Year", Period.WEEK, start_of(date(2026, 12, 28))),
        ("first of the month", Period.MONTH, start_of(date(2026, 11, 1))),
        ("first of January", Period.MONTH, start_of(date(2027, 1, 1))),
        ("first of March in a leap year", Period.MONTH, start_of(date(2028, 3, 1))),
        ("29 February", Period.DAY, start_of(date(2028, 2, 29))),
        ("Monday after summer time", Period.WEEK, start_of(date(2026, 10, 26))),
        ("Monday after winter time", Period.WEEK, start_of(date(2027, 3, 29))),
        ("first of April", Period.MONTH, start_of(date(2027, 4, 1))),
    )
    for name, period, edge in edges:
        claims = make_claims(not_before=edge - 40 * DAY, expires=edge + 40 * DAY, uses=2, period=period)
        world = make_list(
            issued=edge - DAY,
            expires=edge + 40 * DAY,
            keys=(issuing(ISSUER, use_from=edge - 50 * DAY, use_until=edge, accept_until=edge + 50 * DAY),),
            offers=(replace(OFFERS[PLAIN - 1], valid_from=edge - 50 * DAY, valid_until=edge + 50 * DAY),),
        )
        before = (Use(1, 1, edge - 3), Use(2, 2, edge - 2))
        common: dict[str, Any] = {"list": world, "floor": edge - DAY}
        text = live(claims, edge - 1, 3)
        yield Scenario(f"{name}: last second, used up", "used_up", text, uses=before, now=edge - 1, **common)
        text = live(claims, edge, 3)
        yield Scenario(f"{name}: first second, free again", "accepted", text, uses=before, now=edge, **common)
        mixed = (before[0], Use(2, 2, edge))
        yield Scenario(f"{name}: one before, one after", "accepted", text, uses=mixed, now=edge, **common)
        both = (Use(1, 1, edge), Use(2, 2, edge + 5))
        yield Scenario(f"{name}: two after", "used_up", text, uses=both, now=edge, **common)


def _limits() -> Iterator[Scenario]:
    """One use below the limit, at it and above it, in every period, on a phone and on paper."""
    for period in Period:
        for limit in (1, 2, 24):
            for offer, holder in ((PLAIN, PHONE.holder), (PAPER, None)):
                claims = make_claims(uses=limit, period=period, offer=offer, holder=holder)
                text, said = (live(claims, seq=99), "accepted") if holder else (paper(claims), "paper")
                for used in (limit - 1, limit, limit + 1):
                    known = tuple(Use(n, n, NOON - used + n - 1) for n in range(1, used + 1))
                    verdict = said if used < limit else "used_up"
                    checks = (verdict,) if verdict == "paper" else ()
                    where = "phone" if holder else "paper"
                    name = f"limit: {used} used of {limit}, {period.name.lower()}, {where}"
                    yield Scenario(name, verdict, text, uses=known, checks=checks)


def _days() -> Iterator[Scenario]:
    """A voucher of one single day: its four boundary seconds, on days of 23, 24 and 25 hours."""
    days = (date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31), date(2028, 2, 29), date(2026, 10, 14))
    for day in days:
        first, end = start_of(day), end_of(day)
        world = {
            "expires": end + DAY,
            "keys": (issuing(ISSUER, use_until=first + 1, accept_until=end),),
            "offers": (replace(OFFERS[PLAIN - 1], valid_until=end + DAY),),
        }
        clocks = (
            ("before", first - 1, "not_yet_valid"),
            ("first second", first, "accepted"),
            ("last second", end - 1, "accepted"),
            ("after", end, "expired"),
        )
        for name, now, verdict in clocks:
            text = live(make_claims(not_before=first, expires=end), now)
            value = make_list(issued=now - 60, **world)
            yield Scenario(f"only {day}: {name}", verdict, text, list=value, floor=now - 60, now=now)


def _ends() -> Iterator[Scenario]:
    """Used up this month: "again on the 1st" is said only when voucher and offer still hold then."""
    again = start_of(date(2026, 11, 1))
    for voucher_ends, offer_ends in ((0, 9), (1, 9), (9, 0), (9, 1), (9, 9)):
        claims = make_claims(uses=1, period=Period.MONTH, expires=again + voucher_ends)
        offers = (replace(OFFERS[PLAIN - 1], valid_until=again + offer_ends),)
        name = f"month's last: voucher ends {voucher_ends} s, offer {offer_ends} s into the next"
        known = (Use(1, 1, NOON - 5),)
        yield Scenario(name, "used_up", live(claims, seq=2), list=make_list(offers=offers), uses=known)


def _amber() -> Iterator[Scenario]:
    ageing = make_list(issued=NOON - 8 * DAY)
    cases = (
        ("paper", BEARER, make_list(), ("paper",)),
        ("identity", make_claims(offer=IDENTITY), make_list(), ("identity_check",)),
        ("ageing", PHONE, ageing, ("list_ageing",)),
        ("paper and ageing", BEARER, ageing, ("paper", "list_ageing")),
        (
            "all three",
            make_claims(holder=None, offer=PAPER_IDENTITY),
            ageing,
            ("paper", "identity_check", "list_ageing"),
        ),
    )
    for name, claims, world, checks in cases:
        text = live(claims) if claims.holder else paper(claims)
        yield Scenario(f"amber: {name}", checks[0], text, list=world, checks=checks)
    yield Scenario("amber: refusal hides it", "used_up", paper(BEARER), list=ageing, uses=(Use(1, 1, NOON),))
