"""The whole path, tried: from an activation code fetched over HTTP to a till's verdicts without network."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

from cje import system_clock
from cje.demo.phone import Phone
from cje.demo.world import World
from verifier.till.till import Till, make_till
from verifier.trust_store import Outcome
from verifier.verdict import Verdict
from verifier.views import TillProfile
from voucher import activation
from voucher.bundle import Entry
from voucher.caps import LIVE_PAST

Say = Callable[[str], None]
_PAGES = ("", "carte/", "caisse/", "sw.js", "caisse/sw.js", "catalogue.json")
_TIMEOUT = 10


class TrialFailed(Exception):
    """Something did not behave as promised; the sentence says what."""

    exit_code = 1

    @property
    def sentence(self) -> str:
        return f"L'essai a échoué : {self}."


def run(world: World, say: Say) -> None:
    """Try everything; the server is stopped half-way and must not be missed.

    Raises:
        TrialFailed: at the first thing that is not as promised.
    """
    for page in _PAGES:
        _fetch(world, page)
    say(f"{len(_PAGES)} adresses répondent, avec une politique de sécurité stricte")

    phone = _activate(world)
    entry = phone.vouchers()[0]
    till, other = _till(world, entry.partner, "a"), _till(world, _another_partner(world, phone, entry), "b")
    held = f"{len(phone.bundle.entries)} offres, dont {len(phone.vouchers())} bons"
    say(f"carte de {phone.bundle.first_name} activée : {held}")

    world.server.shutdown()
    world.server.server_close()
    say("serveur arrêté : la suite se passe sans réseau")
    with till, other:
        _decide(till, other, phone, entry, say)


def _decide(till: Till, other: Till, phone: Phone, entry: Entry, say: Say) -> None:
    shown = phone.show(entry, till.now)
    flipped = shown[:-9] + ("0" if shown[-9] != "0" else "1") + shown[-8:]
    _expect(till, flipped, {Verdict.BAD_SIGNATURE, Verdict.MALFORMED}, say)
    _expect(other, shown, {Verdict.WRONG_PARTNER}, say)
    _expect(till, phone.show(entry, till.now - LIVE_PAST - 60), {Verdict.NOT_LIVE}, say)
    receipt = till.accept(shown, confirmed=True)
    if not receipt.green:
        raise TrialFailed(f"le bon n'a pas été accepté ({receipt.decision.verdict})")
    say(f"« {entry.title} » : {receipt.explain().word}, inscrit au journal")
    _expect(till, shown, {Verdict.ALREADY_ACCEPTED}, say)


def _expect(till: Till, text: str, verdicts: set[Verdict], say: Say) -> None:
    receipt = till.accept(text, confirmed=True)
    if receipt.green or receipt.decision.verdict not in verdicts:
        raise TrialFailed(f"{receipt.decision.verdict} au lieu de {' ou '.join(sorted(verdicts))}")
    explained = receipt.explain()
    say(f"{explained.word} : {explained.sentence}")


def _activate(world: World) -> Phone:
    code = activation.normalise(world.wallet.partition("#")[2])
    return Phone.activate(code, _fetch(world, activation.file_name(activation.bundle_path(code))))


def _another_partner(world: World, phone: Phone, entry: Entry) -> str:
    names = {other.partner for other in phone.vouchers()} - {entry.partner}
    if not names:
        raise TrialFailed("un seul partenaire dans la carte")
    return min(names)


def _till(world: World, partner_name: str, place: str) -> Till:
    slug = next(slug for slug, partner in world.catalogue.partners.items() if partner.name == partner_name)
    folder = world.folder / "tills" / place
    folder.parent.mkdir(exist_ok=True)
    anchor, listed = _fetch(world, "trust/root.1.cbor"), _fetch(world, f"trust/{slug}.cbor")
    outcome = make_till(folder, TillProfile(slug, "Caisse 1", demo=True), anchor, listed, system_clock.now())
    if outcome is not Outcome.INSTALLED:
        raise TrialFailed(f"liste de confiance refusée ({outcome})")
    return Till.open(folder)


def _fetch(world: World, path: str) -> bytes:
    with urllib.request.urlopen(world.site + path, timeout=_TIMEOUT) as answer:  # noqa: S310  loopback, ours
        if "default-src 'none'" not in answer.headers.get("Content-Security-Policy", ""):
            raise TrialFailed(f"/{path} n'a pas de politique de sécurité")
        data: bytes = answer.read()
        return data
