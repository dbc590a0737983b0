"""The wire format: pure functions on bytes. No file, no clock, no randomness, no network.

`docs/spec/` is the authority; each module names the section that it implements.

    armour         text in a QR <-> bytes
    envelope       COSE_Sign1 in one layout; unverified, it has no readable field
    keyring        trusted keys by whole protected header
    claims         what a voucher says           presentation   the holder's live proof
    cosign, root, trust                          the two signed trust files
    activation, bundle                           how vouchers reach a wallet
    journal        a till's rows and exports     frames, short_code   for when there is no network or camera
    pairing        what makes a device a partner's till
    statistics     a month's public figures      civil          dates and periods in Europe/Paris
"""

from voucher.claims import Claims, Period, Voucher
from voucher.errors import VoucherError
from voucher.presentation import Presentation
from voucher.root import Root
from voucher.trust import TrustList

__all__ = ["Claims", "Period", "Presentation", "Root", "TrustList", "Voucher", "VoucherError"]
