"""Every limit of the wire format, with its reason. Tests stand at n−1, n and n+1 of each."""

from __future__ import annotations

from typing import Final

# voucher-v1 §1.3: refused before any other look at the text. The largest legal presentation has about 400
# characters; a QR of version 40 holds 4,296.
MAX_TEXT: Final = 1024
MAX_VOUCHER_TEXT: Final = 512
MAX_PRESENTATION_TEXT: Final = 640
MAX_VOUCHER: Final = 340
MAX_PRESENTATION: Final = 420

# voucher-v1 §2: the CBOR head of every time is then `1a` and four bytes, whatever the date until 2106.
MIN_TIME: Final = 2**30 + 1
MAX_TIME: Final = 2**32 - 1
MAX_VALIDITY: Final = 400 * 86_400
MAX_OFFER: Final = 2**32 - 1
MAX_USES: Final = 255
MAX_SEQ: Final = 2**32 - 1
MAX_CHALLENGE: Final = 9_999

# trust-v1 §1.2, §3: a list of a large national partner with 100,000 revocations has about 700 KiB.
MAX_ROOT: Final = 16 * 1024
MAX_TRUST: Final = 1024 * 1024
MAX_COSIGNERS: Final = 5
MAX_REFUSE_AFTER: Final = 90 * 86_400
MIN_PREFIX: Final = 6

# voucher-v1 §4.4: phones drift; a screenshot older than two minutes is not live.
LIVE_PAST: Final = 120
LIVE_FUTURE: Final = 60
CHALLENGE_LIFE: Final = 180

# trust-v1 §6: a till whose clock is below what it has seen signed decides nothing.
CLOCK_SLACK: Final = 300

# bundle-v1 §3.2.
MAX_BUNDLE: Final = 512 * 1024
BUNDLE_STEP: Final = 1024
# bundle-v1 §4.3: a list older than 30 days is refused by its till, so a card is made again within five weeks.
MAX_SHORT_CODES: Final = 8

# trust-v1 §7: one QR of version 25 at L.
FRAME_CHUNK: Final = 600
MAX_FRAMES: Final = 64

# trust-v1 §8: five cosigners and the longest names; one QR of version 31 at L, and in practice of version 12.
MAX_PAIRING: Final = 800
MAX_PAIRING_TEXT: Final = 1205

# Nesting of any of our objects; the deepest legal one has four levels.
MAX_DEPTH: Final = 8
