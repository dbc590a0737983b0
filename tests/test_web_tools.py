"""Types and linter of the browser code are at work: each seeded fault is found."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent / "web"

TYPE_FAULTS = {
    "Buffer in a page": ("page", "export const size = Buffer.byteLength('é');"),
    "process in a page": ("page", "export const mode = process.env;"),
    "document in a worker": ("workers", "export const title = document.title;"),
    "Buffer in a worker": ("workers", "export const size = Buffer.byteLength('é');"),
    "an undeclared worker event": ("page", "addEventListener('fetch', (event: FetchEvent) => void event);"),
    "a name from an index signature": (
        "page",
        "const words: Record<string, string> = {};\nexport const one = words.one;",
    ),
    "undefined in an optional property": (
        "page",
        "const given: { name?: string } = { name: undefined };\nexport default given;",
    ),
}


@pytest.mark.parametrize("fault", TYPE_FAULTS)
def test_a_seeded_fault_of_types_is_found(fault: str, tmp_path: Path) -> None:
    project, code = TYPE_FAULTS[fault]
    (tmp_path / "fault.ts").write_text(f"{code}\n")
    settings = {"extends": str(WEB / f"tsconfig.{project}.json"), "include": ["fault.ts"], "exclude": []}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    run = subprocess.run(
        [WEB / "node_modules/.bin/tsc", "-p", tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode != 0 and "fault.ts(" in run.stdout


LINT_FAULTS = {
    "typescript(no-floating-promises)": "export function go(): void {\n  Promise.resolve(1);\n}\n",
    "typescript(no-misused-promises)": 'addEventListener("online", async () => await Promise.resolve(1));\n',
    "react-hooks(exhaustive-deps)": (
        'import { useEffect } from "preact/hooks";\n'
        "export function useTitle(title: string): void {\n"
        "  useEffect(() => {\n    document.title = title;\n  }, []);\n}\n"
    ),
    "cje(no-data-spread)": "export const most = (rows: number[]): number => Math.max(...rows);\n",
    "tests(no-bare-ok)": 'import assert from "node:assert/strict";\nassert.ok(Number.MAX_VALUE > 1);\n',
}


@pytest.mark.parametrize("rule", LINT_FAULTS)
def test_the_linter_finds_a_seeded_fault(rule: str, tmp_path: Path) -> None:
    """In a folder laid out as `web/`, with the same settings."""
    for name in (".oxlintrc.json", "lint", "tsconfig.json", "tsconfig.page.json", "tsconfig.tests.json"):
        source = WEB / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(WEB / "node_modules")
    folder = tmp_path / ("test" if rule.startswith("tests(") else "site")
    folder.mkdir()
    (folder / "fault.ts").write_text(LINT_FAULTS[rule])
    run = subprocess.run(
        [WEB / "node_modules/.bin/oxlint", "--type-aware", "-f", "unix"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1 and f"[Error/{rule}]" in run.stdout, run.stdout
