"""Taking back: a person's card, one of its vouchers, an issuing key. The next lists and cards say so."""

from __future__ import annotations

from sqlalchemy import Connection

from cje.files import Disk
from issuer.errors import IssuerError
from issuer.register import audit, issuing_keys, people, revocation
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.people import Person
from issuer.register.vault import State


def revoke_person(state: State, number: int, now: int) -> bool:
    """Revoke every voucher of a person's card and close it; False if that was done before.

    Raises:
        IssuerError: nobody has this number.
    """
    with state.register.writing() as connection:
        return revoke_within(connection, state, number, now)


def revoke_within(connection: Connection, state: State, number: int, now: int) -> bool:
    """`revoke_person` in a transaction that is open already."""
    person = _person(connection, number)
    revoked = revocation.revoke_card(connection, person, None, now)
    if person.closed is None:
        people.close(connection, person, now)
    elif not revoked:
        return False
    _note(connection, state, now, "revoke", person=number, card=person.card)
    return True


def revoke_voucher(state: State, number: int, offer: int, now: int) -> bool:
    """Revoke a person's voucher of one offer; False if that was done before.

    Raises:
        IssuerError: nobody has this number.
    """
    with state.register.writing() as connection:
        person = _person(connection, number)
        revoked = revocation.revoke_card(connection, person, offer, now)
        if revoked:
            _note(connection, state, now, "revoke", person=number, card=person.card, offer=offer)
    return revoked


def replace_card(state: State, number: int, now: int) -> Person:
    """For a lost phone or letter: revoke the card and give the person the next one, with another code.

    The campaign is issued again for this person afterwards.

    Raises:
        IssuerError: nobody has this number.
    """
    with state.register.writing() as connection:
        return replace_within(connection, state, number, now)


def replace_within(connection: Connection, state: State, number: int, now: int) -> Person:
    """`replace_card` in a transaction that is open already."""
    person = _person(connection, number)
    revocation.revoke_card(connection, person, None, now)
    person = people.replace_card(connection, person)
    _note(connection, state, now, "replace", person=number, card=person.card)
    return person


def revoke_key(
    state: State, kid: str, now: int, *, before: int | None = None, disk: Disk | None = None
) -> IssuingKeyRecord:
    """Revoke an issuing key, or only its vouchers that begin before a moment.

    Args:
        kid: 8 hexadecimal digits.
        before: seconds since 1970; None revokes the key itself, for good.

    Raises:
        KeyRefused: no issuing key has this kid.
    """
    with state.register.writing() as connection:
        key = revocation.revoke_key(connection, kid, before, now)
        _note(connection, state, now, "revoke-key", kid=kid, before=before)
        records = issuing_keys.read(connection)
    with (disk or Disk()).staging(state.public) as staging:
        staging.put("keys.json", issuing_keys.public_list(records))
    return key


def _person(connection: Connection, number: int) -> Person:
    found = people.find(connection, (number,)).get(number)
    if found is None:
        raise IssuerError("person_unknown", number=number)
    return found


def _note(connection: Connection, state: State, now: int, kind: str, **detail: object) -> None:
    audit.append(connection, state.identity, now, kind, detail)
