"""Run every bench of this folder, one after another: `python -m bench [name …]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

HARNESS = {"__main__", "corpus", "figures", "site_peers"}


def main(names: list[str]) -> int:
    found = [
        module.name
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.name not in HARNESS
    ]
    unknown = set(names) - set(found)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(found)}", file=sys.stderr)
        return 2
    results = {name: importlib.import_module(f"bench.{name}").main() for name in names or found}
    missed = [name for name, holds in results.items() if not holds]
    print(f"\n{len(results) - len(missed)} of {len(results)} benches hold their figures")
    if missed:
        print(f"not: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
