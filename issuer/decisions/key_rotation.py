"""The issuing keys that come after: of the next quarter in good time, or in place of a stolen one."""

from __future__ import annotations

from issuer.decisions import withdrawal
from issuer.decisions.key_making import Token, new_issuing_key
from issuer.errors import KeyRefused
from issuer.keys.keyfile import MODERATE, Cost
from issuer.keys.quarter import Quarter
from issuer.register import issuing_keys
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.vault import State


def prepare_next(
    state: State, *, passphrase: bytes, now: int, cost: Cost = MODERATE, token: Token | None = None
) -> list[IssuingKeyRecord]:
    """Make the next quarter's key of each programme that has a good one now; return the new ones.

    Raises:
        KeyRefused: the passphrase is not this state's, or the token refuses.
    """
    records = _read(state)
    after = Quarter.of(now).next()
    good = [one for one in records if one.revoked is None]
    served = {one.programme for one in good if one.use_from <= now < one.use_until}
    ready = {one.programme for one in good if one.use_from == after.start}
    wanted = sorted(served - ready, key=lambda programme: programme or "")
    return [
        new_issuing_key(
            state, after, passphrase=passphrase, now=now, programme=programme, cost=cost, token=token
        )
        for programme in wanted
    ]


def replace_stolen(
    state: State, kid: str, *, passphrase: bytes, now: int, cost: Cost = MODERATE, token: Token | None = None
) -> IssuingKeyRecord:
    """Revoke a key for good and make the next of its quarter; run again, it goes on where it stopped.

    Raises:
        KeyRefused: no issuing key has this kid, it was replaced already, or the passphrase is wrong.
    """
    found = next((one for one in _read(state) if one.kid == kid), None)
    if found is None:
        raise KeyRefused("kid_unknown", kid=kid)
    state.campaign_secret(passphrase)  # a wrong one revokes nothing
    if found.revoked is None:
        withdrawal.revoke_key(state, kid, now)
    return new_issuing_key(
        state,
        Quarter.of(found.use_from),
        passphrase=passphrase,
        now=now,
        programme=found.programme,
        cost=cost,
        token=token,
    )


def _read(state: State) -> list[IssuingKeyRecord]:
    with state.register.reading() as connection:
        return issuing_keys.read(connection)
