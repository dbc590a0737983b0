"""The same answers in real browsers: every vector, mutants, and the edge cases of Ed25519."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import corpus
import pytest
from browsers import ask_page, browser_is_there, build, page_in
from engines import ask_python, differences, node_is_there
from playwright.sync_api import Page, Playwright
from test_ed25519_edge_cases import cases, under_the_rule
from test_same_refusals import KEYS, random_edits
from test_vectors import VECTORS, expected, question
from wire_world import presentation_of, voucher_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.promise("P4"),
    pytest.mark.skipif(not node_is_there(), reason="Node or web/node_modules is absent"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    build(folder)
    return folder


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest, playwright: Playwright, bundle: Path) -> Iterator[Page]:
    if not browser_is_there(request.param):
        pytest.skip(f"{request.param} is not installed")
    with page_in(playwright, request.param, bundle) as opened:
        yield opened


def test_every_vector(page: Page) -> None:
    questions = [question(vector) for vector in VECTORS.values()]
    wanted = [expected(vector) for vector in VECTORS.values()]
    assert differences(questions, wanted, ask_page(page, questions)) == []


@pytest.mark.promise("P3")
def test_where_the_fuzzer_starts(page: Page) -> None:
    questions = [question for name in corpus.seeds() for question in corpus.questions(name)]
    assert differences(questions, ask_python(questions), ask_page(page, questions)) == []


def test_mutants(page: Page) -> None:
    questions = [
        {"op": op, "data": mutant.hex(), "keys": KEYS}
        for op, data in (("voucher", voucher_of()), ("presentation", presentation_of(challenge=42)))
        for mutant in random_edits(data, 1000, seed=23)
    ]
    assert differences(questions, ask_python(questions), ask_page(page, questions)) == []


@pytest.mark.parametrize("engine", ["webcrypto", "fallback"])
def test_edge_cases_of_ed25519(page: Page, engine: str) -> None:
    keys = sorted({key.hex() for key, _, _ in cases()})
    checks = ask_page(page, [{"op": "check_key", "key": key} for key in keys])
    trusted = {key for key, said in zip(keys, checks, strict=True) if "ok" in said}
    parts = [{"key": k.hex(), "message": m.hex(), "signature": s.hex()} for k, m, s in cases()]
    said = ask_page(page, [{"op": "verify", "engine": engine, **part} for part in parts])
    found = [part["key"] in trusted and answer["ok"] for part, answer in zip(parts, said, strict=True)]
    assert found == under_the_rule()
