"""The Python readers behind the protocol of README.md; `web/conformance/answer.ts` is its mirror."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from voucher import (
    activation,
    armour,
    base45,
    bundle,
    cbor,
    civil,
    claims,
    ed25519,
    frames,
    journal,
    pairing,
    presentation,
    root,
    short_code,
    trust,
    uint,
)
from voucher.errors import VoucherError
from voucher.keyring import Keyring
from voucher.trust import AmountSaving, NoSaving, PercentSaving

Question = dict[str, Any]


def answer(question: Question) -> dict[str, Any]:
    """Answer one question; a stray exception is left to fail the test."""
    try:
        return {"ok": plain(_OPS[question["op"]](question))}
    except VoucherError as error:
        return {"error": error.code}


def plain(value: Any) -> Any:
    """JSON as the TypeScript has it: bytes in hexadecimal, names in camelCase."""
    match value:
        case bytes():
            return value.hex()
        case date():
            return value.isoformat()
        case NoSaving():
            return {"kind": "none"}
        case PercentSaving(percent):
            return {"kind": "percent", "percent": percent}
        case AmountSaving(cents):
            return {"kind": "amount", "cents": cents}
        case list() | tuple():
            return [plain(item) for item in value]
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
    if is_dataclass(value):
        found = {camel(field.name): plain(getattr(value, field.name)) for field in fields(value)}
        if "batches" in found:
            found["batches"] = [{"kid": kid, "notBefore": before} for kid, before in found["batches"]]
        return found
    return value


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _text(q: Question) -> Any:
    prefix, data = armour.decode(q["text"])
    decode = claims.decode_voucher if prefix == armour.VOUCHER else presentation.decode_presentation
    return {"value": decode(data, _keyring(q)), "again": armour.encode(prefix, data)}


def _keyring(q: Question) -> Keyring:
    return Keyring(bytes.fromhex(key) for key in q["keys"])


def _data(q: Question) -> bytes:
    return bytes.fromhex(q["data"])


def _again(value: Any, encode: Callable[[Any], bytes]) -> dict[str, Any]:
    return {"value": value, "again": encode(value)}


def _anchor(q: Question) -> root.Root:
    return root.decode_anchor(bytes.fromhex(q["anchor"]))


def _base45(q: Question) -> Any:
    data = base45.decode(q["text"])
    return {"data": data, "again": base45.encode(data)}


def _uint(q: Question) -> Any:
    return list(uint.decode(_data(q)))


def _activation(q: Question) -> Any:
    code = activation.normalise(q["text"])
    place = activation.file_name(activation.bundle_path(code))
    return {"code": code, "grouped": activation.grouped(code), "file": place}


def _bundle(q: Question) -> Any:
    from issuer.cards.seal import open_sealed

    return open_sealed(_data(q), q["code"])


def _civil(q: Question) -> Any:
    day = civil.day_of(q["at"])
    return {
        "day": day,
        "offset": civil.offset(q["at"]),
        "start": civil.start_of(day),
        "end": civil.end_of(day),
        "periods": [civil.period_start(q["at"], period) for period in claims.Period],
    }


def _verify(q: Question) -> bool:
    return ed25519.verify(*(bytes.fromhex(q[name]) for name in ("key", "message", "signature")))


def _circumstances(q: Question) -> dict[str, Any]:
    from verifier.views import TillProfile, TrustView

    anchor = _anchor(q)
    listed = None if q["trust"] is None else trust.decode_trust(bytes.fromhex(q["trust"]), anchor)
    view = TrustView(anchor, listed, q["floor"])
    return {"trust": view, "till": TillProfile(**q["till"]), "now": q["now"]}


def _told(decision: Any, *more: str) -> Any:
    names = ("verdict", "severity", "checks", "details", "effective", "seq", "evidence", "can_confirm", *more)
    return {camel(name): getattr(decision, name) for name in names} | {"checks": list(decision.checks)}


def _decide(q: Question) -> Any:
    from verifier import decide
    from verifier.views import Use

    used = [Use(**use) for use in q["uses"]]

    class Uses:
        def accepted(self, kid: bytes, cti: bytes) -> list[Use]:
            return used

    decision = decide(q["text"], uses=Uses(), challenge=q["challenge"], **_circumstances(q))
    return _told(decision, "offset")


def _decide_typed(q: Question) -> Any:
    from verifier.typed import decide_typed
    from verifier.views import TypedUses, Use

    known = None if q["claims"] is None else claims.decode_claims(bytes.fromhex(q["claims"]))
    told = TypedUses([Use(**use) for use in q["uses"]], known)
    asked: list[Any] = []

    class Uses:
        def typed(self, tag: int, kids: Any) -> TypedUses:
            asked.append({"tag": tag, "kids": kids})
            return told

    key = None if q["key"] is None else bytes.fromhex(q["key"])
    decision = decide_typed(q["text"], uses=Uses(), short_key=key, **_circumstances(q))
    offer = decision.offer and decision.offer.number
    return _told(decision, "typed") | {"offer": offer, "asked": asked}


_OPS: dict[str, Callable[[Question], Any]] = {
    "text": _text,
    "voucher": lambda q: claims.decode_voucher(_data(q), _keyring(q)),
    "presentation": lambda q: presentation.decode_presentation(_data(q), _keyring(q)),
    "claims": lambda q: _again(claims.decode_claims(_data(q)), claims.encode_claims),
    "anchor": lambda q: _again(root.decode_anchor(_data(q)), root.encode_root),
    "successor": lambda q: root.decode_successor(_data(q), _anchor(q)),
    "trust": lambda q: _again(trust.decode_trust(_data(q), _anchor(q)), trust.encode_trust),
    "pairing": lambda q: pairing.decode_pairing(q["text"], _anchor(q)),
    "bundle": _bundle,
    "bundle_content": lambda q: bundle.decode_bundle(_data(q)),
    "export": lambda q: _again(journal.decode_export(_data(q)), journal.encode_export),
    "frames": lambda q: frames.decode_frames(q["texts"]),
    "cbor": lambda q: cbor.dumps(cbor.loads(_data(q))),
    "uint": _uint,
    "base45": _base45,
    "activation": _activation,
    "short_code": lambda q: short_code.decode(bytes.fromhex(q["key"]), q["offer"], q["period"], q["text"]),
    "check_key": lambda q: ed25519.check_key(bytes.fromhex(q["key"])),
    "verify": _verify,
    "civil": _civil,
    "decide": _decide,
    "decide_typed": _decide_typed,
}
