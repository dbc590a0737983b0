"""What a partner's till is set up with: its name and the key of its short codes, signed (trust-v1 §8)."""

from __future__ import annotations

from catalogue import Catalogue
from issuer.errors import StateRefused
from issuer.register.vault import State
from voucher import pairing
from voucher.pairing import Pairing


def pair(state: State, catalogue: Catalogue, partner: str, *, passphrase: bytes, now: int) -> str:
    """Return the text that makes a device this partner's till. A secret between issuer and partner.

    Args:
        partner: its slug.
        now: seconds since 1970; a till that has a later pairing keeps it.

    Raises:
        StateRefused: the catalogue has no such partner. KeyRefused: see `State.trust_signer`.
    """
    known = catalogue.partners.get(partner)
    if known is None:
        raise StateRefused("partner_unknown", partner=partner)
    signer, secret = state.trust_signer(passphrase), state.campaign_secret(passphrase)
    content = Pairing(now, state.root.demo, partner, known.name, secret.short_code_key(partner))
    payload = pairing.encode_pairing(content)
    signature = signer.sign(pairing.signing_input(payload, signer.public_key))
    return pairing.assemble(payload, {signer.public_key: signature})
