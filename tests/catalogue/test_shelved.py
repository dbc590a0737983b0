"""A catalogue whose offers lie on the disk says what the whole one says, and notices every change."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from catalogue import InvalidContent, Offer, OfferCache, read_catalogue, read_lazy_catalogue

ROOT = Path(__file__).resolve().parents[2]
LONG_AFTER_NS = 4_102_444_800 * 10**9  # 2100: no file is as new as that, wherever this machine's clock stands


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(copytree(ROOT / "content", tmp_path / "content"))


def shelved(content: Path) -> tuple[list[Offer], OfferCache]:
    memory = OfferCache.for_building(content)
    memory.now_ns = lambda: LONG_AFTER_NS
    return list(read_lazy_catalogue(content, memory).offers), memory


@pytest.mark.parametrize("times", [1, 2], ids=["just read", "remembered"])
def test_tells_every_field_of_every_offer(times: int, content: Path) -> None:
    for _ in range(times):
        offers, memory = shelved(content)
    whole = read_catalogue(content).offers
    assert (memory.hits, len(offers)) == (0 if times == 1 else len(whole), len(whole))
    for offer, model in zip(offers, whole, strict=True):
        for name in (*Offer.model_fields, "estimated_cents", "image_file", "allows_paper"):
            assert getattr(offer, name) == getattr(model, name), name
        for day in (model.valid_from, model.valid_until):
            assert offer.is_current(day) == model.is_current(day)
            assert offer.ends_soon(day) == model.ends_soon(day)


def test_an_edit_is_seen_and_a_fault_is_told(content: Path) -> None:
    before, _ = shelved(content)
    path = content / "offers" / f"{before[0].slug}.yaml"
    source = path.read_text(encoding="utf-8")
    path.write_text(source + "# edited\n", encoding="utf-8")
    offers, memory = shelved(content)
    assert memory.hits == len(before) - 1
    assert [o.slug for o in offers if o.digest not in {b.digest for b in before}] == [before[0].slug]  # type: ignore[attr-defined]
    path.write_text(source.replace("status: published", "status: perhaps"), encoding="utf-8")
    with pytest.raises(InvalidContent) as refused:
        shelved(content)
    assert [problem.path.rpartition("/")[2] for problem in refused.value.problems] == [path.name]


def test_a_fault_that_comes_after_the_reading_is_told_too(content: Path) -> None:
    shelved(content)
    offers, _ = shelved(content)
    (content / "offers" / f"{offers[0].slug}.yaml").write_text("number: one\n", encoding="utf-8")
    with pytest.raises(InvalidContent):
        _ = offers[0].steps
