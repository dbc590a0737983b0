"""What rows are compared with: signed lists, roots, the catalogue, the issuing keys, how many were issued.

Lists are kept in every version that was learned: an honest till of Monday knew Monday's list. A revocation
counts from the moment at which the first list that holds it was signed; a third person can check that.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from reconcile.errors import FileRefused
from reconcile.rows.store import Store
from verifier.trust_store import is_root_file
from voucher import pairing, root, trust
from voucher.caps import MAX_PAIRING_TEXT, MAX_TRUST
from voucher.claims import Voucher
from voucher.errors import VoucherError
from voucher.pairing import Pairing
from voucher.root import Root
from voucher.trust import KID_SIZE, IssuingKey, TrustedOffer, TrustList

MAX_JSON: Final = 64 * 2**20
_FOLDER: Final = "known"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """An issuing key as `keys.json` tells it; `revoked` in seconds, or None."""

    kid: int
    programme: str | None
    revoked: int | None


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as the published catalogue tells it."""

    number: int
    title: str
    partner: str
    need: str


@dataclass(frozen=True)
class Known:
    """Everything that was learned. Attributes:

    lists: by partner, oldest first. keys: by kid as a number. offers: by number.
    names: of needs and programmes, by slug.
    issued, activated: how many vouchers of each offer, as far as somebody has told.
    short_keys: by partner, the keys of its typed codes: secrets between issuer and partner.
    """

    lists: Mapping[str, tuple[TrustList, ...]] = field(default_factory=dict)
    keys: Mapping[int, KeyFacts] = field(default_factory=dict)
    offers: Mapping[int, OfferFacts] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    issued: Mapping[int, int] = field(default_factory=dict)
    activated: Mapping[int, int] = field(default_factory=dict)
    short_keys: Mapping[str, frozenset[bytes]] = field(default_factory=dict, repr=False)

    @cached_property
    def issuing(self) -> dict[int, IssuingKey]:
        """Every issuing key that some list has named, in its newest words, by kid as a number."""
        from voucher.ed25519 import kid

        found: dict[int, IssuingKey] = {}
        for versions in self.lists.values():
            for listed in versions:
                found.update({int.from_bytes(kid(entry.key)): entry for entry in listed.keys})
        return found

    @cached_property
    def named(self) -> dict[tuple[str, int], list[IssuingKey]]:
        """What a partner's lists have said of a key, by partner and kid: each names its own offers only."""
        from voucher.ed25519 import kid

        found: dict[tuple[str, int], list[IssuingKey]] = defaultdict(list)
        for partner, versions in self.lists.items():
            for entry in {entry for listed in versions for entry in listed.keys}:
                found[partner, int.from_bytes(kid(entry.key))].append(entry)
        return dict(found)

    @cached_property
    def offered(self) -> dict[tuple[str, int], list[TrustedOffer]]:
        """What a partner's lists have said of an offer, by partner and number."""
        found: dict[tuple[str, int], list[TrustedOffer]] = defaultdict(list)
        for partner, versions in self.lists.items():
            for offer in {offer for listed in versions for offer in listed.offers}:
                found[partner, offer.number].append(offer)
        return dict(found)

    def version(self, partner: str, number: int) -> TrustList | None:
        """Return a partner's list of a version, if it was learned."""
        return next((entry for entry in self.lists.get(partner, ()) if entry.version == number), None)

    def revoked_since(self, partner: str, voucher: Voucher) -> TrustList | None:
        """Return the first list of a partner that revokes a voucher."""
        return next((entry for entry in self.lists.get(partner, ()) if entry.revokes(voucher)), None)

    def compromised(self) -> dict[int, int]:
        """Return when each revoked issuing key was revoked, in seconds, by kid as a number."""
        return {kid: facts.revoked for kid, facts in self.keys.items() if facts.revoked is not None}


def check_anchor(anchor: bytes) -> Root:
    """Read the root that everything else is checked with; nobody vouches for it but who brings it.

    Raises:
        FileRefused: no root.
    """
    try:
        return root.decode_anchor(anchor)
    except VoucherError:
        raise FileRefused("root") from None


def is_root(data: bytes) -> bool:
    """Tell whether a file says that it is a root: roots are learned before the lists that they vouch for."""
    return is_root_file(data)


def begin(store: Store, anchor: bytes) -> Root:
    """Keep the first root of a new store.

    Raises:
        FileRefused: no root.
    """
    first = check_anchor(anchor)
    store.put(f"{_FOLDER}/root.{first.version}.cbor", anchor)
    return first


def learn(store: Store, place: str, data: bytes) -> tuple[str, str]:
    """Keep a file that rows are compared with; return what it is (a sentence's name) and which.

    Raises:
        FileRefused: nothing that is known here, not signed by our roots, or against what was learned.
    """
    if data.startswith(b'{"root":'):
        return "index", place  # the trust folder's table of contents: signed by nobody, nothing to learn
    if data[:1] in (b"{", b"["):
        return _learn_json(store, place, data)
    roots = _roots(store)
    if data.startswith(pairing.PREFIX.encode()):
        return _learn_pairing(store, place, data, roots)
    if is_root_file(data):
        return _learn_root(store, place, data, roots)
    if len(data) > MAX_TRUST:
        raise FileRefused("unknown_kind", place=place)
    for signer in reversed(roots):
        try:
            listed = trust.decode_trust(data, signer)
        except VoucherError:
            continue
        name = f"{_FOLDER}/lists/{listed.partner}/{listed.version:010}.cbor"
        if store.exists(name) and store.get(name) != data:
            raise FileRefused("list_twice", place=place, partner=listed.partner, version=listed.version)
        store.put(name, data)
        return "list", f"{listed.partner} {listed.version}"
    raise FileRefused("unknown_kind", place=place)


def read_known(store: Store) -> Known:
    """Read all that was learned, signatures checked again.

    Raises:
        FileRefused: a file of the store does not hold any more.
    """
    roots = _roots(store)
    lists: dict[str, list[TrustList]] = defaultdict(list)
    for name in store.names(f"{_FOLDER}/lists"):
        listed = _signed(store.get(name), roots, name)
        lists[listed.partner].append(listed)
    facts = {name: _json(store, f"{_FOLDER}/{name}.json") for name in ("keys", "catalogue", "issued")}
    issued = facts["issued"] or {}
    return Known(
        lists={
            partner: tuple(sorted(versions, key=lambda entry: entry.version))
            for partner, versions in lists.items()
        },
        keys={entry.kid: entry for entry in map(_key, facts["keys"] or ())},
        offers={entry.number: entry for entry in map(_offer, (facts["catalogue"] or {}).get("offers", ()))},
        names={
            str(entry["slug"]): str(entry["name"])
            for kind in ("categories", "programmes")
            for entry in (facts["catalogue"] or {}).get(kind, ())
        },
        issued=_counts(issued.get("issued")),
        activated=_counts(issued.get("activated")),
        short_keys=_short_keys(store, roots),
    )


def operator(store: Store) -> str:
    """Return the operator's name, as its newest root says it.

    Raises:
        FileRefused: a root does not hold any more.
    """
    return _roots(store)[-1].operator


def signed_files(store: Store, start: str) -> list[bytes]:
    """Return the files of `known` whose names begin so, in order of their numbers."""
    names = [name for name in store.names(_FOLDER) if name.startswith(f"{_FOLDER}/{start}")]
    return [store.get(name) for name in sorted(names, key=lambda name: (len(name), name))]


def _roots(store: Store) -> list[Root]:
    """Read the roots, each vouched for by the one before."""
    found: list[Root] = []
    names = store.names(_FOLDER)
    numbers = sorted(int(name.split(".")[1]) for name in names if name.startswith(f"{_FOLDER}/root."))
    for number in numbers:
        data = store.get(f"{_FOLDER}/root.{number}.cbor")
        try:
            found.append(root.decode_successor(data, found[-1]) if found else root.decode_anchor(data))
        except VoucherError:
            raise FileRefused("root_damaged", number=number) from None
    return found


def _learn_root(store: Store, place: str, data: bytes, roots: list[Root]) -> tuple[str, str]:
    if any(store.get(f"{_FOLDER}/root.{known.version}.cbor") == data for known in roots):
        return "root", place
    try:
        new = root.decode_successor(data, roots[-1])
    except (VoucherError, IndexError):
        raise FileRefused("root_unknown", place=place) from None
    store.put(f"{_FOLDER}/root.{new.version}.cbor", data)
    return "root", str(new.version)


def _learn_pairing(store: Store, place: str, data: bytes, roots: list[Root]) -> tuple[str, str]:
    """Keep a partner's pairing text, by what it says: another key of the same partner stands beside it."""
    found = _pairing(data, roots)
    if found is None:
        raise FileRefused("pairing", place=place)
    name = hashlib.sha256(found.short_key).hexdigest()[:16]
    store.put(f"{_FOLDER}/pairings/{found.partner}/{name}.txt", _one_line(data))
    return "pairing", found.partner


def _short_keys(store: Store, roots: list[Root]) -> dict[str, frozenset[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    for name in store.names(f"{_FOLDER}/pairings"):
        known = _pairing(store.get(name), roots)
        if known is None:
            raise FileRefused("pairing", place=name)
        found[known.partner].add(known.short_key)
    return {partner: frozenset(keys) for partner, keys in found.items()}


def _pairing(data: bytes, roots: list[Root]) -> Pairing | None:
    text = _one_line(data).decode("utf-8", "replace")
    for signer in reversed(roots):
        try:
            return pairing.decode_pairing(text, signer)
        except VoucherError:
            continue
    return None


def _one_line(data: bytes) -> bytes:
    return data[: MAX_PAIRING_TEXT + 2].replace(b"\r", b"").replace(b"\n", b"")


def _learn_json(store: Store, place: str, data: bytes) -> tuple[str, str]:
    try:
        tree = json.loads(data) if len(data) <= MAX_JSON else None
        if isinstance(tree, list):
            kind = "keys"
            list(map(_key, tree))
        elif isinstance(tree, dict) and tree.get("format") == "cje-catalogue":
            kind = "catalogue"
            list(map(_offer, tree["offers"]))
        elif isinstance(tree, dict) and "issued" in tree:
            kind = "issued"
            _counts(tree["issued"]), _counts(tree.get("activated"))
        else:
            raise FileRefused("unknown_kind", place=place)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise FileRefused("unknown_kind", place=place) from None
    store.put(f"{_FOLDER}/{kind}.json", data)
    return kind, place


def _signed(data: bytes, roots: list[Root], name: str) -> TrustList:
    for signer in reversed(roots):
        try:
            return trust.decode_trust(data, signer)
        except VoucherError:
            continue
    raise FileRefused("list_damaged", place=name)


def _json(store: Store, name: str) -> Any:
    return json.loads(store.get(name)) if store.exists(name) else None


def _key(entry: Mapping[str, Any]) -> KeyFacts:
    revoked, name = entry.get("revoked"), bytes.fromhex(entry["kid"])
    if len(name) != KID_SIZE:
        raise ValueError("kid")
    return KeyFacts(int.from_bytes(name), entry.get("programme"), None if revoked is None else int(revoked))


def _offer(entry: Mapping[str, Any]) -> OfferFacts:
    return OfferFacts(
        int(entry["number"]),
        str(entry.get("title", "")),
        str(entry.get("partner", "")),
        next(iter(map(str, entry.get("categories") or ())), ""),
    )


def _counts(tree: Mapping[str, Any] | None) -> dict[int, int]:
    return {int(number): int(count) for number, count in (tree or {}).items()}
