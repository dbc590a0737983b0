"""Pages and catalogues as programs that are not ours see them: html-validate, and a JSON Schema validator."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from built_site import ROOT

SCHEMA = ROOT / "docs" / "spec" / "catalogue-v1.schema.json"


def faults(*, schema: Path = SCHEMA, catalogues: list[Path], pages: list[Path]) -> list[str]:
    node = shutil.which("node")
    assert node, "Node is needed to validate pages"
    command = [node, str(Path(__file__).with_name("validate.mjs")), schema, *catalogues, "--", *pages]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == bool(run.stdout), run.stderr
    return run.stdout.splitlines()


def one_page_of_each_kind(built: Path) -> list[Path]:
    """By what `data-page` says, in each language; of offers one of each way of use."""
    found: dict[tuple[str, ...], Path] = {}
    for path in sorted(built.rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        name = re.search(r'data-page="([^"]+)"|<body class="app ([^"]+)"', source)
        assert name, path
        shapes = tuple(sorted(set(re.findall(r'class="(prose|places|offer-picture|ticks|pager)', source))))
        lang = "en" if path.relative_to(built).parts[0] == "en" else "fr"
        found.setdefault((lang, name[1] or name[2], *shapes), path)
    kinds = {name for _, name, *_ in found}
    assert {
        "home",
        "listing",
        "tag",
        "territory",
        "offer",
        "partner",
        "become",
        "kit-notice",
        "statistics",
        "month",
        "text",
    } <= kinds
    return list(found.values())


def test_every_kind_of_page_and_the_catalogues_are_valid(built: Path) -> None:
    pages = one_page_of_each_kind(built)
    assert len(pages) > 40
    assert faults(catalogues=[built / "catalogue.json", built / "en" / "catalogue.json"], pages=pages) == []


def test_the_validators_see_a_faulty_page_and_a_faulty_catalogue(built: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text((built / "index.html").read_text(encoding="utf-8").replace("<h1>", "<h1><div>"))
    tree = json.loads((built / "catalogue.json").read_text(encoding="utf-8"))
    tree["offers"][0]["until"] = "31 mars"
    tree["secret"] = "PROMO"
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text(json.dumps(tree))
    found = "\n".join(faults(catalogues=[catalogue], pages=[page]))
    assert "/offers/0/until" in found and "additional properties" in found and "page.html" in found


def test_the_specification_names_every_member_of_the_schema() -> None:
    words = (ROOT / "docs" / "spec" / "catalogue-v1.md").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for members in (schema["properties"], schema["$defs"]["offer"]["properties"]):
        assert [name for name in members if f"`{name}`" not in words] == []
