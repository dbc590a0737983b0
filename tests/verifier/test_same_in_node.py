"""Every scenario and every walk gives the same in the browser's code, field by field, word by word."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import scenarios
import walks
from till_world import PARTNER, Scenario, root_file, trust_file

from cje.locales import LANGUAGES, messages
from verifier import decide
from verifier.saving import saving_of
from verifier.trust_store import TrustStore, begin
from verifier.wording import explain

WEB = Path(__file__).parents[2] / "web"
NODE = shutil.which("node")
CASES, WALKS = scenarios.every(), walks.every()

pytestmark = pytest.mark.skipif(
    NODE is None or not (WEB / "node_modules").is_dir(), reason="Node or web/node_modules is missing: npm ci"
)


@cache
def _signed(case: Scenario) -> tuple[str, str | None]:
    return root_file(case.root).hex(), None if case.list is None else trust_file(case.list).hex()


def _scenario(case: Scenario) -> dict[str, Any]:
    root, trust = _signed(case)
    uses = [asdict(use) for use in case.uses]
    plain = {"text": case.text, "floor": case.floor, "now": case.now, "challenge": case.challenge}
    return {**plain, "root": root, "list": trust, "till": asdict(case.till), "uses": uses}


def _walk(walk: walks.Walk) -> dict[str, Any]:
    build = walk.build
    floors = {"floorVersion": build.floor_version, "floorTime": build.floor_time, "app": build.app}
    return {
        "build": {"anchor": build.anchor.hex(), "demo": build.demo, **floors},
        "partner": PARTNER,
        "files": [(data.hex(), now) for data, now in walk.files],
    }


def _decided(case: Scenario) -> dict[str, Any]:
    found = decide(
        case.text, trust=case.trust, till=case.till, uses=case, now=case.now, challenge=case.challenge
    )
    amounts = (None, 0, 333, 1990)
    said = [asdict(explain(found, lang, digits)) for lang in LANGUAGES for digits in (None, "0042")]
    return {
        "verdict": found.verdict,
        "severity": found.severity,
        "canConfirm": found.can_confirm,
        "checks": list(found.checks),
        "details": dict(found.details),
        "effective": found.effective,
        "listVersion": found.list_version,
        "seq": found.seq,
        "offset": found.offset,
        "cti": found.voucher and found.voucher.claims.cti.hex(),
        "kid": found.kid and found.kid.hex(),
        "evidence": found.evidence and found.evidence.hex(),
        "offer": found.offer and found.offer.number,
        "savings": found.offer and [saving_of(found.offer.saving, amount) for amount in amounts],
        "words": said,
    }


def _walked(walk: walks.Walk) -> dict[str, Any]:
    store, outcomes = begin(walk.build, PARTNER), []
    for data, now in walk.files:
        store, outcome = store.take(data, now)
        outcomes.append(outcome)
    return {"outcomes": outcomes, **_state(store)}


def _state(store: TrustStore) -> dict[str, Any]:
    return {
        "root": store.root.version,
        "list": store.installed.list.version if store.installed else None,
        "floor": store.floor,
        "reports": [[report.kind, report.version, report.refused.hex()] for report in store.reports],
    }


@pytest.fixture(scope="module")
def in_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Both lists of results, from one run of Node."""
    file = tmp_path_factory.mktemp("node") / "scenarios.json"
    words = {lang: dict(messages("verdicts", lang)) for lang in LANGUAGES}
    cases, paths = [_scenario(case) for case in CASES], [_walk(walk) for walk in WALKS]
    file.write_text(json.dumps({"messages": words, "scenarios": cases, "walks": paths}))
    command = [str(NODE), "--import", "tsx", "test/verifier/runScenarios.ts", str(file)]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, list[Any]] = json.loads(done.stdout)
    assert (len(result["scenarios"]), len(result["walks"])) == (len(CASES), len(WALKS))
    return result


@pytest.mark.promise("P4")
@pytest.mark.parametrize("i", range(len(CASES)), ids=lambda i: CASES[i].name)
def test_browser_code_decides_the_same(i: int, in_node: dict[str, list[Any]]) -> None:
    assert in_node["scenarios"][i] == _decided(CASES[i])


@pytest.mark.promise("P4")
@pytest.mark.parametrize("i", range(len(WALKS)), ids=lambda i: WALKS[i].name)
def test_browser_code_installs_the_same(i: int, in_node: dict[str, list[Any]]) -> None:
    expected = _walked(WALKS[i])
    assert in_node["walks"][i] == [expected, expected]
