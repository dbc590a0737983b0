"""A signing key inside a PKCS#11 token (an HSM, a smart card): it signs there and never leaves.

Beside the other keys stands a small file that says which token and which key; it holds no secret. Ed25519 is
CKM_EDDSA of PKCS#11 3.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cje.files import Disk
from issuer.errors import KeyRefused
from issuer.keys.keyfile import FORMAT, INSIDE, SUFFIX, KeyHeader, read_fields, read_header
from voucher.ed25519 import check_key
from voucher.errors import VoucherError

if TYPE_CHECKING:
    import pkcs11

_CURVE: Final = b"\x13\x0cedwards25519"  # DER: a printable string (PKCS#11 3.0 §2.3.3)
_POINT_HEAD: Final = b"\x04\x20"  # DER: an octet string of 32 bytes

# Gives a token's PIN, asked by its label when a key is first needed.
Pins = Callable[[str], str]


def no_pin(token: str) -> str:
    """The PIN where nobody can be asked.

    Raises:
        KeyRefused: always.
    """
    raise KeyRefused("token_pin_absent", token=token)


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a key is: the PKCS#11 module's path, the token's label, and the key's."""

    module: str
    token: str
    label: str


class TokenSigner:
    """A signer whose seed is in a token; the session lasts as long as this."""

    __slots__ = ("_key", "_session", "public_key")

    def __init__(self, place: TokenPlace, pins: Pins) -> None:
        """Open the key.

        Raises:
            KeyRefused: the module or token is absent, the PIN is wrong, or the key is not there.
        """
        self._session = _open_session(place, pins, writing=False)
        pair = _find(self._session, place)
        if pair is None:
            raise KeyRefused("token_key_absent", token=place.token, label=place.label)
        self._key, self.public_key = pair

    def __repr__(self) -> str:
        return f"TokenSigner({self.public_key.hex()})"

    def __reduce__(self) -> Any:
        raise TypeError("a signing key is never pickled")

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature.

        Raises:
            KeyRefused: the token was taken out, or refuses.
        """
        import pkcs11

        try:
            return bytes(self._key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
        except pkcs11.PKCS11Error as error:
            raise KeyRefused("token_failed", token="", reason=_reason(error)) from error


def make_token_key(place: TokenPlace, pins: Pins) -> bytes:
    """Make an Ed25519 key in the token, never to be exported; return its public key.

    A run that was stopped after it finds the key by its label, and takes it.

    Raises:
        KeyRefused: the module or token is absent, the PIN is wrong, or the token cannot make such keys.
    """
    import pkcs11

    session = _open_session(place, pins, writing=True)
    try:
        if (pair := _find(session, place)) is not None:
            return pair[1]
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC_EDWARDS,
            {pkcs11.Attribute.EC_PARAMS: _CURVE},
            local=True,
        )
        parameters.generate_keypair(
            mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            store=True,
            label=place.label,
            private_template={
                pkcs11.Attribute.SENSITIVE: True,
                pkcs11.Attribute.EXTRACTABLE: False,
            },
        )
        pair = _find(session, place)
    except pkcs11.PKCS11Error as error:
        raise KeyRefused("token_failed", token=place.token, reason=_reason(error)) from error
    finally:
        session.close()
    assert pair is not None
    return pair[1]


def write_token_key(disk: Disk, folder: Path, header: KeyHeader, place: TokenPlace) -> None:
    """Write the file that says where a key is, beside those that hold theirs.

    Raises:
        OutputRefused: it exists already, or the folder cannot be written.
    """
    fields = {"format": FORMAT, **asdict(header), INSIDE: asdict(place)}
    disk.create(folder / (header.name + SUFFIX), (json.dumps(fields, indent=2) + "\n").encode())


def read_token_key(path: Path) -> tuple[KeyHeader, TokenPlace] | None:
    """Read such a file; None when the key is in the file itself.

    Raises:
        KeyRefused: absent, open to others, or damaged.
    """
    header, found = read_header(path), read_fields(path).get(INSIDE)
    if found is None:
        return None
    names = ("module", "token", "label")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in names):
        raise KeyRefused("key_damaged", path=path)
    return header, TokenPlace(*(found[name] for name in names))


def _open_session(place: TokenPlace, pins: Pins, *, writing: bool) -> pkcs11.Session:
    try:
        import pkcs11
    except ModuleNotFoundError:
        raise KeyRefused("token_extra") from None
    try:
        library = pkcs11.lib(place.module)
    except (RuntimeError, OSError):
        raise KeyRefused("token_module", module=place.module) from None
    try:
        token = library.get_token(token_label=place.token)
    except pkcs11.PKCS11Error:
        raise KeyRefused("token_absent", token=place.token) from None
    pin = pins(place.token)
    try:
        return token.open(rw=writing, user_pin=pin)
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid):
        raise KeyRefused("token_pin", token=place.token) from None
    except pkcs11.PinLocked:
        raise KeyRefused("token_locked", token=place.token) from None
    except pkcs11.UserAlreadyLoggedIn:  # by this process: one PIN opens a token for all of it
        return token.open(rw=writing)
    except pkcs11.PKCS11Error as error:
        raise KeyRefused("token_failed", token=place.token, reason=_reason(error)) from error


def _find(session: pkcs11.Session, place: TokenPlace) -> tuple[Any, bytes] | None:
    """The private key of this label, and its public key in the prime-order subgroup; None without any."""
    import pkcs11

    wanted = {pkcs11.Attribute.LABEL: place.label, pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC_EDWARDS}
    try:
        kinds = (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY)
        private, public = (
            list(session.get_objects({**wanted, pkcs11.Attribute.CLASS: kind})) for kind in kinds
        )
        if not private or not public:
            return None
        if len(private) > 1 or len(public) > 1:
            raise KeyRefused("token_key_twice", token=place.token, label=place.label)
        point = bytes(public[0][pkcs11.Attribute.EC_POINT])
        return private[0], check_key(point.removeprefix(_POINT_HEAD))
    except (pkcs11.PKCS11Error, VoucherError) as error:
        raise KeyRefused("token_failed", token=place.token, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
