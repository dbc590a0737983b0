"""P29: seeded bugs, each of a kind that was met in another verifier, are caught by the vectors alone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hunt import BY_VECTORS, HERE, ROOT, SURVIVES, judge, listed
from operators import mutants_of

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
        """    if lanes[1::4].strip(b"\\0"):
        raise Malformed("base45: group too large")
""",
        "",
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
    "a longer form of an offer's number is taken": ("claims", r"|\x19[\x01-\xff].|", r"|\x19..|"),
}


def outcome_of(module: str, source: str) -> int:
    """What the vectors alone say of a module's source, in a process that has not loaded it."""
    program = (
        "import ast, sys, hunt\n"
        "tree = ast.parse(sys.stdin.read())\n"
        "job = (sys.argv[1], lambda: tree)\n"
        "sys.exit(next(hunt.run([job], only_vectors=True))[1])"
    )
    command = [sys.executable, "-c", program, module]
    return subprocess.run(command, input=source, text=True, cwd=HERE, timeout=120, check=False).returncode


@pytest.mark.promise("P29")
@pytest.mark.parametrize("name", SEEDED)
def test_the_vectors_catch_a_seeded_bug(name: str) -> None:
    module, old, new = SEEDED[name]
    source = (ROOT / "voucher" / f"{module}.py").read_text(encoding="utf-8")
    assert source.count(old) == 1, "the bug has no place to be seeded in"
    assert outcome_of(f"voucher.{module}", source.replace(old, new)) == BY_VECTORS


@pytest.mark.promise("P29")
def test_the_vectors_pass_without_a_bug() -> None:
    source = (ROOT / "voucher" / "cbor.py").read_text(encoding="utf-8")
    assert outcome_of("voucher.cbor", source) == SURVIVES


@pytest.mark.promise("P29")
def test_a_sample_of_mutants_is_killed() -> None:
    """Each of them, or it is listed with its reason. The whole hunt is `make mutants`.

    The sample is another one after each change of the sources, and the same until then.
    """
    command = [sys.executable, str(HERE / "hunt.py"), "--sample", "20"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("20 mutants, ")


@pytest.mark.promise("P29")
def test_a_survivor_without_a_reason_is_told() -> None:
    hunted = mutants_of(ROOT, "voucher.ed25519")
    (known,) = (mutant for mutant in hunted if mutant.key in listed())
    other = next(mutant for mutant in hunted if mutant != known)
    assert judge(hunted, [known]) == []
    assert judge(hunted, [known, other]) == [f"survives: {other}"]
    assert judge(hunted, []) == [f"stale, it is killed: {known}"]


@pytest.mark.promise("P29")
def test_every_operator_of_a_module_is_mutated() -> None:
    found = mutants_of(ROOT, "voucher.uint")
    assert len(found) > 20 and len({mutant.key for mutant in found}) == len(found)
    assert {mutant.text for mutant in found} >= {"if 0 <= value < 24:", "return head, data[1:]"}
