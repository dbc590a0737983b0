"""The real content/, and a fresh state for each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from issuer_world import IMPORTED, ROOT, SHARED, VOUCHER, WEEKLY, make_state

from catalogue import Catalogue, read_catalogue
from issuer.register.vault import State


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "content")


@pytest.fixture(scope="session")
def few(catalogue: Catalogue) -> Catalogue:
    """The same with four offers only: for tests that issue hundreds of times."""
    offers = tuple(catalogue.offer(number) for number in (WEEKLY, VOUCHER, SHARED, IMPORTED))
    partners = {slug: catalogue.partners[slug] for slug in sorted({offer.partner for offer in offers})}
    return replace(catalogue, offers=offers, partners=partners)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[State]:
    opened = make_state(tmp_path / "vault")
    yield opened
    opened.close()
