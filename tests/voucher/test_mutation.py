"""P29: seeded bugs, each of a kind that was met in another verifier, are caught by the vectors alone."""

from __future__ import annotations

import mutation
import pytest
from mutation import ROOT, killed

SEEDED = {
    "a longer form of an integer is taken": (
        "cbor",
        "value < (24 if width == 1 else 1 << (4 * width))",
        "False",
    ),
    "trailing bytes are taken": ("cbor", "if end != len(data):", "if False:"),
    "keys of a map in any order": ("cbor", "if encoded <= last:", "if False:"),
    "a group above 65535 wraps": (
        "base45",
        "*words, *tail)",
        "*(w & 65535 for w in words), *(t & 255 for t in tail))",
    ),
    "expiry a second late": ("claims", "self.not_before < self.expires", "self.not_before <= self.expires"),
    "a key outside the subgroup": (
        "ed25519",
        "if not bindings.crypto_core_ed25519_is_valid_point(public_key):",
        "if 0:",
    ),
    "half of the quorum": (
        "cosign",
        "if self._count(quorum) < quorum.threshold:",
        "if self._count(quorum) < 1:",
    ),
    "a root that its successor did not sign": ("root", "    file.open(successor.root)\n", ""),
    "a prefix folded to upper case": ("armour", "_FAMILY.match(text)", "_FAMILY.match(text := text.upper())"),
    "a chain that is not checked": ("journal", "    _check_chain(export)\n", ""),
    "the voucher's end is not checked": ("claims", "if rest or period", "if period"),
}


@pytest.mark.promise("P29")
@pytest.mark.parametrize("name", SEEDED)
def test_the_vectors_catch_a_seeded_bug(name: str) -> None:
    module, old, new = SEEDED[name]
    source = (ROOT / "voucher" / f"{module}.py").read_text(encoding="utf-8")
    assert source.count(old) == 1, "the bug has no place to be seeded in"
    assert killed(f"voucher.{module}", source.replace(old, new), only_vectors=True)


@pytest.mark.promise("P29")
def test_the_vectors_pass_without_a_bug() -> None:
    source = (ROOT / "voucher" / "cbor.py").read_text(encoding="utf-8")
    assert not killed("voucher.cbor", source, only_vectors=True)


def test_every_operator_of_a_module_is_mutated() -> None:
    found = [name for name, _ in mutation.mutants_of(ROOT / "voucher" / "uint.py")]
    assert len(found) > 20 and len(set(found)) > 10
