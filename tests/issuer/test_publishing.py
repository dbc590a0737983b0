"""What stands beside the site: all of it or the state before, and nothing of what is closed for long."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from issuer_world import (
    DAY,
    NOW,
    PHRASE,
    ROOT,
    VOUCHER,
    list_of,
    make_campaign,
    make_state,
    people,
    run,
    tree,
)

from catalogue import Catalogue
from cje.files import Disk
from issuer.cards import layout, pack_file
from issuer.cards.batches import CLOSED_DAYS
from issuer.cards.engines import Here, Processes
from issuer.cards.layout import Layout
from issuer.cards.seal import open_sealed, place_of, seal
from issuer.decisions import erasure, withdrawal
from issuer.publishing import issue, renewal
from issuer.register import vault
from issuer.register.vault import State
from voucher import activation
from voucher.bundle import Bundle, encode_bundle
from voucher.errors import Malformed, TooBig

LATER = NOW + 7 * DAY
LONG_AFTER = NOW + (CLOSED_DAYS + 1) * DAY


def publish(made: State, catalogue: Catalogue, out: Path, now: int, arranged: Layout | None = None) -> int:
    return renewal.publish(made, catalogue, out=out, passphrase=PHRASE, now=now, arranged=arranged)


def code_of(made: State, number: int, card: int = 1) -> str:
    return made.campaign_secret(PHRASE).activation_code(number, card)


def as_a_wallet(out: Path, code: str) -> Bundle | None:
    """A file of its own counts before a pack (bundle-v1 §3.5); None: gone."""
    place = activation.bundle_path(code)
    own, packed = out / activation.file_name(place), out / pack_file.name_of(pack_file.number_of(place))
    if own.exists():
        return open_sealed(own.read_bytes(), code)
    file = pack_file.find(packed.read_bytes(), place) if packed.exists() else None
    return None if file is None else open_sealed(file, code)


@pytest.mark.parametrize("arranged", layout.LAYOUTS)
def test_a_closed_card_says_so_then_its_file_goes(
    made: State, few: Catalogue, tmp_path: Path, arranged: Layout
) -> None:
    run(made, few, tmp_path, people(3))
    withdrawal.revoke_person(made, 2, NOW)
    publish(made, few, tmp_path, LATER, arranged)
    closed = as_a_wallet(tmp_path, code_of(made, 2))
    assert closed is not None and closed.closed and closed.entries == ()
    publish(made, few, tmp_path, LONG_AFTER)
    assert as_a_wallet(tmp_path, code_of(made, 2)) is None
    assert all(as_a_wallet(tmp_path, code_of(made, number)) for number in (1, 3))


@pytest.mark.parametrize("arranged", layout.LAYOUTS)
def test_a_person_who_was_forgotten_has_no_file(
    made: State, few: Catalogue, tmp_path: Path, arranged: Layout
) -> None:
    run(made, few, tmp_path, people(2))
    withdrawal.replace_card(made, 1, NOW)
    run(made, few, tmp_path, people(2))
    after_campaign = NOW + 300 * DAY
    erasure.erase(made, 1, after_campaign)
    publish(made, few, tmp_path, after_campaign, arranged)
    assert [as_a_wallet(tmp_path, code_of(made, 1, card)) for card in (1, 2)] == [None, None]
    assert as_a_wallet(tmp_path, code_of(made, 2)) is not None


def test_packs_hold_the_very_files_and_a_folder_keeps_its_arrangement(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    run(made, few, tmp_path, people(30))
    withdrawal.replace_card(made, 4, NOW)
    publish(made, few, tmp_path, LATER)
    files = {name: data for name, data in tree(tmp_path).items() if name.startswith("w/")}
    assert len(files) == 31
    assert publish(made, few, tmp_path, LATER, "packs") == 30
    packs = {name: data for name, data in tree(tmp_path).items() if name.startswith("w/")}
    assert set(packs) <= {pack_file.name_of(number) for number in range(pack_file.COUNT)}
    for name, data in files.items():
        place = bytes.fromhex(Path(name).stem)
        assert pack_file.find(packs[pack_file.name_of(pack_file.number_of(place))], place) == data
    publish(made, few, tmp_path, LATER)
    assert {name: data for name, data in tree(tmp_path).items() if name.startswith("w/")} == packs
    publish(made, few, tmp_path, LATER, "files")
    assert {name: data for name, data in tree(tmp_path).items() if name.startswith("w/")} == files


def test_who_is_issued_between_two_publications_lies_beside_the_packs(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    run(made, few, tmp_path, people(5))
    publish(made, few, tmp_path, NOW, "packs")
    run(made, few, tmp_path, people(2, first=5), now=LATER)
    own = [name for name in tree(tmp_path) if name.startswith("w/") and "packs" not in name]
    assert len(own) == 2
    renewed = as_a_wallet(tmp_path, code_of(made, 5))
    assert renewed is not None and renewed.issued == LATER
    publish(made, few, tmp_path, LATER)
    assert not [name for name in tree(tmp_path) if name.startswith("w/") and "packs" not in name]
    assert all(as_a_wallet(tmp_path, code_of(made, number)) for number in range(1, 7))


def test_many_are_issued_straight_into_packs(made: State, few: Catalogue, tmp_path: Path) -> None:
    """As if they had been issued and then published; nobody's older file stands before a pack."""
    run(made, few, tmp_path / "a", people(9))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    links = tmp_path / "links.csv"
    args = (made, few, make_campaign(few), people(30))
    report = issue.issue(
        *args, out=tmp_path / "a", passphrase=PHRASE, now=LATER, links=links, arranged="packs"
    )
    assert [card.number for card in report.cards] == list(range(1, 31))
    assert len(links.read_text().splitlines()) == 31
    publish(made, few, tmp_path / "b", LATER, "packs")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_pack_of_nobody_goes(made: State, few: Catalogue, tmp_path: Path) -> None:
    run(made, few, tmp_path, people(1))
    publish(made, few, tmp_path, NOW, "packs")
    withdrawal.revoke_person(made, 1, NOW)
    publish(made, few, tmp_path, LONG_AFTER)
    assert not [name for name in tree(tmp_path) if name.startswith("w/")]


def test_packs_made_by_processes_are_the_same(made: State, few: Catalogue, tmp_path: Path) -> None:
    run(made, few, tmp_path / "a", people(40))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    for name, engine in (("a", Here()), ("b", Processes(2))):
        renewal.publish(
            made, few, out=tmp_path / name, passphrase=PHRASE, now=NOW, engine=engine, arranged="packs"
        )
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


STOPPED = 77
MAX_STEPS = 150


class StoppingDisk(Disk):
    """Ends the process at the n-th moment before or after a change of the disk."""

    def __init__(self, at: int) -> None:
        self.left = at

    def moment(self) -> None:
        self.left -= 1
        if self.left < 0:
            os._exit(STOPPED)

    def rename(self, temporary: Path, path: Path) -> None:
        self.moment()
        super().rename(temporary, path)
        self.moment()

    def remove(self, path: Path) -> None:
        self.moment()
        super().remove(path)
        self.moment()


def stopped_at(folder: Path, few: Catalogue, at: int, *, wrong: bool = False) -> bool:
    child = os.fork()
    if child == 0:
        try:
            disk = StoppingDisk(at)
            opened = vault.open_state(folder / "vault")
            if wrong:
                for name in layout.others(folder / "out", "packs"):
                    disk.remove(folder / "out" / name)
            renewal.publish(
                opened,
                few,
                out=folder / "out",
                passphrase=PHRASE,
                now=LATER,
                disk=disk,
                arranged="packs",
            )
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status != 1 << 8
    return status == STOPPED << 8


def missing_at_any_moment(tmp_path: Path, few: Catalogue, *, wrong: bool = False) -> tuple[int, int]:
    """Stop a change of arrangement at each moment; how many moments, and how often a card was not there."""
    made = make_state(tmp_path / "start" / "vault")
    run(made, few, tmp_path / "start" / "out", people(3))
    codes = [code_of(made, number) for number in (1, 2, 3)]
    made.close()
    missing = 0
    for at in range(MAX_STEPS):
        folder = tmp_path / str(at)
        shutil.copytree(tmp_path / "start", folder)
        stopped = stopped_at(folder, few, at, wrong=wrong)
        for code in codes:
            card = as_a_wallet(folder / "out", code)
            missing += card is None or len(card.entries) != 3
        list_of(folder / "out", few.offer(VOUCHER).partner)
        if not stopped:
            return at, missing
        shutil.rmtree(folder)
    raise AssertionError("more moments than this test allows")


@pytest.mark.promise("P13")
def test_stopped_at_any_moment_every_card_is_there_whole(few: Catalogue, tmp_path: Path) -> None:
    moments, missing = missing_at_any_moment(tmp_path, few)
    assert moments > 12 and missing == 0


@pytest.mark.promise("P13")
def test_the_harness_finds_a_publisher_that_removes_before_it_puts(few: Catalogue, tmp_path: Path) -> None:
    assert missing_at_any_moment(tmp_path, few, wrong=True)[1] > 0


FILE = b"CJEB1" + bytes(12 + 1024 + 16)


def packed(count: int) -> bytes:
    return pack_file.encode((bytes(1) + i.to_bytes(7) + bytes(8), FILE) for i in range(count))


def test_a_pack_says_where_each_card_is() -> None:
    data = packed(3)
    assert data[:9] == b"CJEP1\0\0\0\3" and len(data) == 9 + 3 * (12 + 1057)
    # place[1..8) names a card: those of one pack share its first twelve bits.
    assert pack_file.encode([]) == b"CJEP1\0\0\0\0"
    assert pack_file.number_of(bytes.fromhex("6a0f" + "00" * 14)) == 0x6A0
    assert pack_file.name_of(0x6A0) == "w/packs/6a0.bin"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:8],
        lambda data: b"<html>" + data,
        lambda data: data[:15],
        lambda data: data[:-1],
        lambda data: data[:5] + (20_000).to_bytes(4) + data[9:],
        lambda data: data.replace(b"CJEB1", b"CJEB0"),
    ],
)
def test_a_pack_that_is_none_or_of_two_versions_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    place = bytes(16)
    data = pack_file.encode([(place, FILE)])
    assert pack_file.find(data, place) is not None
    assert pack_file.find(data, b"\0\1" + bytes(14)) is None
    with pytest.raises(Malformed):
        pack_file.find(spoil(data), place)


def test_two_cards_of_one_name_and_too_many_are_refused() -> None:
    with pytest.raises(Malformed):
        pack_file.encode([(bytes(16), FILE), (bytes(15) + b"\1", FILE)])
    places = (
        (bytes(1) + i.to_bytes(7) + bytes(8), b"CJEB1" + bytes(28)) for i in range(pack_file.MAX_CARDS + 1)
    )
    with pytest.raises(TooBig):
        pack_file.encode(places)


def test_the_head_of_a_pack_is_the_worked_one_of_the_specification() -> None:
    spec = (ROOT / "docs" / "spec" / "bundle-v1.md").read_text(encoding="utf-8")
    shown = bytes.fromhex(spec.split("head of a pack of this card\n")[1].split("\n")[0])
    code, month = activation.from_secret(1), (1_774_998_000, 1_777_586_400)
    closed = Bundle(*month, "Zoé", "CEJ", "La Boussole", False, (), (), True, None)
    name, file = seal(code, encode_bundle(closed))
    assert f"address of its pack\n  {pack_file.name_of(pack_file.number_of(place_of(name)))}\n" in spec
    assert pack_file.encode([(place_of(name), file)]) == shown + file
