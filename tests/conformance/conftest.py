"""The world of these tests, and the readers' protocol, can be imported."""

import sys
from pathlib import Path

for room in ("voucher", "conformance", "fuzz", "vectors"):
    sys.path.insert(0, str(Path(__file__).parent.parent / room))
