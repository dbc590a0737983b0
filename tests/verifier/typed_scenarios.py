"""Typed codes on both sides of every boundary (trust-v1 §8.3); run in Python, Node and browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from till_world import (
    DAY,
    LIST,
    NOON,
    PARTNER,
    ROOT,
    TILL,
    TRUSTS,
    Signer,
    live,
    make_claims,
    make_list,
    make_offer,
    make_root,
    paper,
)

from verifier.views import TillProfile, TrustView, TypedUses, Use
from voucher import pairing, short_code
from voucher.caps import CLOCK_SLACK
from voucher.civil import start_of, week_of
from voucher.claims import Claims, Period
from voucher.pairing import Pairing
from voucher.root import Root
from voucher.trust import TrustedOffer, TrustList

SHORT_KEY, OTHER_KEY = (hashlib.sha256(b"cje tests: short key %d" % n).digest() for n in (1, 2))
CODED, SECOND, SCANNED, IDENTITY, FUTURE, PAST = 11, 12, 13, 14, 15, 16
WEEK = week_of(NOON)  # 2026-W42, from Monday the 12th
MONDAY, NEXT_MONDAY = start_of(date(2026, 10, 12)), start_of(date(2026, 10, 19))
SLACK = 300


def _offer(number: int, **changes: Any) -> TrustedOffer:
    return make_offer(number, **{"short_code": True, **changes})


OFFERS = (
    _offer(CODED),
    _offer(SECOND),
    _offer(SCANNED, short_code=False),
    _offer(IDENTITY, identity_check=True),
    _offer(FUTURE, valid_from=NOON + DAY, valid_until=NOON + 2 * DAY),
    _offer(PAST, valid_from=NOON - 2 * DAY, valid_until=NOON - DAY),
)
_NUMBERS = tuple(offer.number for offer in OFFERS)
CODED_LIST = make_list(
    offers=OFFERS, keys=tuple(replace(entry, offers=_NUMBERS) for entry in make_list().keys)
)


def claims_of(number: int = 1, **changes: Any) -> Claims:
    return make_claims(number, **{"offer": CODED, **changes})


def code(
    claims: Claims | None = None, week: int = WEEK, key: bytes = SHORT_KEY, offer: int | None = None
) -> str:
    """Return what a card says for a voucher in a week."""
    claims = claims or claims_of()
    return short_code.encode(key, offer or claims.offer, week, short_code.tag_of(claims.cti))


def pairing_text(signer: Signer = TRUSTS[0], **changes: Any) -> str:
    """Return what the shop's tills are paired with."""
    base = Pairing(NOON - DAY, False, PARTNER, "Les Cars du Plateau", SHORT_KEY)
    payload = pairing.encode_pairing(replace(base, **changes))
    signature = signer.sign(pairing.signing_input(payload, signer.public))
    return pairing.assemble(payload, {signer.public: signature})


@dataclass(frozen=True)
class TypedScenario:
    """One decision on typed characters and what it must be."""

    name: str
    verdict: str
    text: str = field(default_factory=code)
    list: TrustList | None = CODED_LIST
    root: Root = ROOT
    floor: int = NOON - DAY
    till: TillProfile = TILL
    uses: tuple[Use, ...] = ()
    claims: Claims | None = None
    now: int = NOON
    short_key: bytes | None = SHORT_KEY
    checks: tuple[str, ...] = ()

    @property
    def trust(self) -> TrustView:
        return TrustView(self.root, self.list, self.floor)

    def typed(self, tag: int, kids: object) -> TypedUses:
        """The scenario is its own view of the uses: all of the one voucher that it names."""
        return TypedUses(self.uses, self.claims)


AMBER = ("short_code",)
GOOD = TypedScenario("", "short_code", checks=AMBER)


def every() -> list[TypedScenario]:
    """Return all scenarios, named distinctly."""
    groups = (_forms, _unknown, _weeks, _till, _revoked, _windows, _used, _limits, _amber, _order)
    found = [scenario for group in groups for scenario in group()]
    assert len({scenario.name for scenario in found}) == len(found)
    return found


def _case(name: str, verdict: str, **changes: Any) -> TypedScenario:
    return replace(
        GOOD, name=name, verdict=verdict, checks=AMBER if verdict == "short_code" else (), **changes
    )


def _forms() -> Iterator[TypedScenario]:
    good = code()
    grouped = f"{good[:4]} {good[4:8]}-{good[8:]}"
    folding = next(code(claims_of(n)) for n in range(1, 99) if {"0", "1"} <= set(code(claims_of(n))))
    forms = {
        "as it is": good,
        "in lower case": good.lower(),
        "in groups": grouped,
        "in groups and lower case": grouped.lower(),
        "with a line end": good + "\r\n",
        "with no-break spaces": good.replace(good[5], good[5] + "\u202f", 1),
        "with O for 0 and I for 1": folding.replace("0", "O").replace("1", "I"),
        "with o for 0 and l for 1": folding.replace("0", "o").replace("1", "l"),
        "of 64 characters with its spaces": good + " " * (short_code.MAX_TYPED - len(good)),
    }
    for name, text in forms.items():
        yield _case(f"typed: {name}", "short_code", text=text)
    second = claims_of(offer=SECOND)
    yield _case("typed: of another offer of the shop", "short_code", text=code(second))
    for number, tag in enumerate((0, 1, 2**20 - 1)):
        text = short_code.encode(SHORT_KEY, CODED, WEEK, tag)
        yield _case(f"typed: outermost tag {number}", "short_code", text=text)


def _unknown() -> Iterator[TypedScenario]:
    good = code()
    texts = {
        "nothing": "",
        "eleven characters": good[:-1],
        "thirteen characters": good + "0",
        "a letter that is none of the alphabet": good[:-1] + "U",
        "65 characters with its spaces": good + " " * (short_code.MAX_TYPED - len(good) + 1),
        "full-width characters": "".join(chr(ord(c) + 0xFEE0) for c in good),
        "a lone surrogate": good[:-1] + "\ud800",
        "a voucher on paper": paper(make_claims()),
        "a presentation": live(make_claims()),
        "another week's code": code(week=WEEK - 1),
        "next week's code": code(week=WEEK + 1),
        "the same week of last year": code(week=WEEK - 100),
        "another shop's code": code(key=OTHER_KEY),
        "a code of an offer without codes": code(claims_of(offer=SCANNED)),
        "a code of an offer that is not on the list": code(claims_of(offer=77)),
    }
    for name, text in texts.items():
        yield _case(f"typed: {name}", "short_unknown", text=text)
    for at, character in enumerate(good):
        other = good[:at] + ("8" if character == "7" else "7") + good[at + 1 :]
        yield _case(f"typed: character {at + 1} changed", "short_unknown", text=other)
    offers = (_offer(CODED, short_code=False), *OFFERS[1:])
    yield _case("typed: the offer takes codes no more", "short_unknown", list=make_list(offers=offers))


def _weeks() -> Iterator[TypedScenario]:
    """A phone and a till that do not agree on midnight: both sides of 300 seconds, each side of Monday."""
    turns = {
        "in summer": date(2026, 10, 19),
        "as winter time begins": date(2026, 10, 26),
        "as week 53 ends": date(2027, 1, 4),
        "as week 52 ends": date(2024, 12, 30),
    }
    for name, day in turns.items():
        midnight = start_of(day)
        before, after = code(week=week_of(midnight - 1)), code(week=week_of(midnight))
        listed = make_list(
            issued=midnight - DAY,
            expires=midnight + DAY,
            offers=(_offer(CODED, valid_from=midnight - DAY, valid_until=midnight + DAY),),
        )
        kept: dict[str, Any] = {
            "list": listed,
            "floor": midnight - DAY,
            "root": make_root(expires=midnight + DAY),
        }
        for text, which in ((before, "the old code"), (after, "the new code")):
            for shift in (-SLACK - 1, -SLACK, -1, 0, SLACK - 1, SLACK):
                side = "before" if shift < 0 else "after"
                holds = shift < SLACK if text == before else shift >= -SLACK
                verdict = "short_code" if holds else "short_unknown"
                yield _case(
                    f"week {name}: {which} {abs(shift)} s {side}",
                    verdict,
                    text=text,
                    now=midnight + shift,
                    **kept,
                )


def _till() -> Iterator[TypedScenario]:
    demo_list, demo_root = replace(CODED_LIST, demo=True), make_root(demo=True)
    trial = replace(TILL, demo=True)
    yield _case("typed: no list", "no_list", list=None)
    yield _case("typed: no list and no key", "no_list", list=None, short_key=None)
    yield _case("typed: no list and a clock behind", "no_list", list=None, floor=NOON + CLOCK_SLACK + 1)
    yield _case("typed: clock behind by the slack", "short_code", floor=NOON + CLOCK_SLACK)
    yield _case("typed: clock behind by more", "clock_wrong", floor=NOON + CLOCK_SLACK + 1)
    yield _case("typed: a demo's list", "demo", list=demo_list)
    yield _case("typed: a demo's root", "demo", root=demo_root)
    yield _case(
        "typed: a demo's list on a trial till", "short_code", list=demo_list, root=demo_root, till=trial
    )
    refuse = CODED_LIST.issued + CODED_LIST.refuse_after
    old = {"text": code(week=week_of(refuse)), "claims": None}
    yield replace(
        _case("typed: list at the age of refusal", "short_code", now=refuse, **old),
        checks=("short_code", "list_ageing"),
    )
    yield _case("typed: list beyond it", "list_too_old", now=refuse + 1, **old)
    yield _case("typed: list too old and no key", "list_too_old", now=refuse + 1, short_key=None)
    yield _case("typed: root at its end", "list_too_old", root=make_root(expires=NOON))
    yield _case("typed: root a second before its end", "short_code", root=make_root(expires=NOON + 1))
    yield _case("typed: not paired", "short_no_key", short_key=None)
    yield _case("typed: not paired and no code", "short_no_key", short_key=None, text="")
    # The floor, not the clock, says which week it is.
    yield _case(
        "typed: the floor is in the week",
        "short_code",
        now=NEXT_MONDAY - 1,
        floor=NEXT_MONDAY + SLACK - 2,
        text=code(week=WEEK),
    )
    yield _case(
        "typed: the floor is beyond the week",
        "short_unknown",
        now=NEXT_MONDAY,
        floor=NEXT_MONDAY + SLACK,
        text=code(week=WEEK),
    )


def _revoked() -> Iterator[TypedScenario]:
    cti = claims_of().cti
    tag = short_code.tag_of(cti)
    near = [(other << 4).to_bytes(3) + cti[3:6] for other in (tag - 1, tag + 1)]
    same = (tag << 4 | 15 - (cti[2] & 15)).to_bytes(3) + b"other"[:3]

    def listed(*prefixes: bytes) -> TrustList:
        return replace(CODED_LIST, prefix=len(prefixes[0]), revoked=tuple(sorted(prefixes)))

    yield _case("typed: its voucher is revoked", "short_revoked", list=listed(cti[:6]))
    yield _case("typed: revoked by its whole id", "short_revoked", list=listed(cti))
    yield _case("typed: another's tag is the same", "short_revoked", list=listed(same))
    yield _case("typed: revoked among others", "short_revoked", list=listed(*near, cti[:6]))
    yield _case("typed: its neighbours are revoked", "short_code", list=listed(*near))
    # A batch names no voucher, and a typed code no key.
    batches = tuple((entry.key[:4], NOON) for entry in LIST.keys[:1])
    yield _case("typed: a batch is revoked", "short_code", list=replace(CODED_LIST, batches=batches))


def _windows() -> Iterator[TypedScenario]:
    future, past = code(claims_of(offer=FUTURE)), code(claims_of(offer=PAST))
    begin, end = NOON + DAY, NOON - DAY
    yield _case("typed: offer a second before it begins", "not_yet_valid", text=future, now=begin - 1)
    yield _case("typed: offer as it begins", "short_code", text=future, now=begin)
    yield _case("typed: offer in its last second", "short_code", text=past, now=end - 1, floor=end - 1)
    yield _case("typed: offer as it ends", "expired", text=past, now=end, floor=end)
    seen = (Use(1, 1, MONDAY - DAY),)
    for name, verdict, terms in (
        ("a second before it begins", "not_yet_valid", {"not_before": NOON + 1}),
        ("as it begins", "short_code", {"not_before": NOON}),
        ("in its last second", "short_code", {"expires": NOON + 1}),
        ("as it ends", "expired", {"expires": NOON}),
    ):
        claims = claims_of(uses=0, **terms)
        yield _case(f"typed: known voucher {name}", verdict, uses=seen, claims=claims)


def _used() -> Iterator[TypedScenario]:
    for name, verdict, use in (
        ("typed this week", "already_accepted", Use(4, -WEEK, NOON - 12)),
        ("scanned this week", "already_accepted", Use(4, 7, NOON - 12)),
        ("scanned in the week's first second", "already_accepted", Use(4, 7, MONDAY)),
        ("scanned in the last second of last week", "short_code", Use(4, 7, MONDAY - 1)),
        ("typed last week", "short_code", Use(4, 1 - WEEK, MONDAY - 1)),
        ("typed ahead, before midnight", "already_accepted", Use(4, -WEEK, MONDAY - SLACK)),
        ("dated later by a neighbour", "already_accepted", Use(4, 7, NOON + 600, "Guichet 2")),
        ("typed at a neighbour", "already_accepted", Use(2, -WEEK, NOON - 3600, "Entrée")),
        ("counter of the week's number", "short_code", Use(4, WEEK, MONDAY - 1)),
    ):
        yield _case(f"typed, and {name}", verdict, uses=(use,))
    several = (Use(9, -WEEK, NOON - 5), Use(7, 3, NOON - 12), Use(8, 4, NOON - 8), Use(1, 2, MONDAY - 9))
    yield _case(
        "typed, and used several times: the first of the week is told", "already_accepted", uses=several
    )
    old, new = code(week=WEEK), code(week=WEEK + 1)
    after, before = NEXT_MONDAY + SLACK - 1, NEXT_MONDAY - SLACK
    for name, verdict, text, now, use in (
        ("old code, used on Sunday", "already_accepted", old, after, Use(3, 1, NEXT_MONDAY - 60)),
        ("old code, used as its week began", "already_accepted", old, after, Use(3, 1, MONDAY)),
        ("old code, used the week before", "short_code", old, after, Use(3, 1, MONDAY - 1)),
        ("new code, used on Sunday", "already_accepted", new, before, Use(3, 1, before - 60)),
        ("new code after midnight, used on Sunday", "short_code", new, after, Use(3, 1, NEXT_MONDAY - 1)),
        (
            "new code after midnight, typed on Sunday",
            "already_accepted",
            new,
            after,
            Use(3, -WEEK - 1, before),
        ),
        ("new code after midnight, old one typed on Sunday", "short_code", new, after, Use(3, -WEEK, before)),
    ):
        yield _case(f"typed at the turn: {name}", verdict, text=text, now=now, uses=(use,))


def _limits() -> Iterator[TypedScenario]:
    """What a voucher allows is known once it was scanned here."""
    before = tuple(Use(n, n, MONDAY - DAY * n) for n in (1, 2))
    month = Period.MONTH
    for name, verdict, terms, uses in (
        ("one in all, used last week", "used_up", {}, before[:1]),
        ("two in all, used once", "short_code", {"uses": 2}, before[:1]),
        ("two in all, used twice", "used_up", {"uses": 2}, before),
        (
            "two in all, used once and typed once",
            "used_up",
            {"uses": 2},
            (before[0], Use(5, -41, MONDAY - 5)),
        ),
        ("without limit", "short_code", {"uses": 0}, before),
        ("two a month, used once", "short_code", {"uses": 2, "period": month}, before[:1]),
        ("two a month, used twice", "used_up", {"uses": 2, "period": month}, before),
        ("one a week, used last week", "short_code", {"period": Period.WEEK}, before[:1]),
        ("one a day, used last week", "short_code", {"period": Period.DAY}, before[:1]),
        (
            "one a month that ends before the next",
            "used_up",
            {"period": month, "expires": NOON + DAY},
            before[:1],
        ),
    ):
        yield _case(f"typed: known voucher, {name}", verdict, claims=claims_of(**terms), uses=uses)
    yield _case("typed: unknown voucher, typed twice before", "short_code", uses=before)


def _amber() -> Iterator[TypedScenario]:
    identity = code(claims_of(offer=IDENTITY))
    fresh = CODED_LIST.issued + CODED_LIST.fresh_for
    ageing = {"now": fresh + 1, "floor": NOON}
    week = week_of(fresh)
    for name, text, checks, changes in (
        ("identity", identity, ("short_code", "identity_check"), {}),
        ("list fresh to the second", code(week=week), AMBER, {"now": fresh}),
        ("list ageing", code(week=week), ("short_code", "list_ageing"), ageing),
        (
            "all three",
            code(claims_of(offer=IDENTITY), week),
            ("short_code", "identity_check", "list_ageing"),
            ageing,
        ),
    ):
        yield replace(_case(f"typed amber: {name}", "short_code", text=text, **changes), checks=checks)


def _order() -> Iterator[TypedScenario]:
    """Everything is wrong from here on: the first check speaks."""
    past = claims_of(offer=PAST)
    revoked = replace(CODED_LIST, revoked=(past.cti[:6],))
    spent: dict[str, Any] = {
        "claims": replace(past, expires=NOON - 5),
        "uses": (Use(1, 1, NOON - 60),),
        "text": code(past),
    }
    yield _case("typed order: revoked before the rest", "short_revoked", list=revoked, **spent)
    yield _case("typed order: the offer's time before the voucher's", "expired", **spent)
    coded = {**spent, "text": code(), "claims": claims_of(expires=NOON - 5)}
    yield _case("typed order: the voucher's time before its uses", "expired", **coded)
    coded = {**coded, "claims": claims_of()}
    yield _case("typed order: used this week before used up", "already_accepted", **coded)
