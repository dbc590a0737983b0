"""Files appear whole or not at all, whatever the disk says."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, make_campaign, people, run, tree

from catalogue import Catalogue
from cje.errors import OutputRefused
from cje.files import Disk
from issuer.publishing import issue
from issuer.register.vault import State


class FullDisk(Disk):
    """A disk on which there is room for so many files, and for half of the next."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, path: Path, data: bytes, mode: int) -> None:
        if self.room == 0:
            path.write_bytes(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        self.room -= 1
        super().write(path, data, mode)


def issue_on(disk: Disk, made: State, few: Catalogue, folder: Path) -> None:
    issue.issue(
        made,
        few,
        make_campaign(few),
        people(2),
        out=folder / "out",
        passphrase=PHRASE,
        now=NOW,
        links=folder / "links.csv",
        disk=disk,
    )


def test_a_full_disk_is_one_sentence_and_running_again_gives_everything(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    for room in range(50):
        folder = tmp_path / str(room)
        folder.mkdir()
        try:
            issue_on(FullDisk(room), made, few, folder)
            break
        except OutputRefused as refused:
            assert refused.code == "unwritable" and "No space" in refused.sentence
        assert not (folder / "links.csv").exists()
        assert len(tree(folder)) == room, "only whole files, and no temporary one"
        issue_on(Disk(), made, few, folder)
    else:
        raise AssertionError("the run never ended")
    whole = tree(folder)
    assert room > 5 and all(tree(tmp_path / str(n)) == whole for n in range(room))


def test_what_a_killed_run_left_is_swept_and_a_running_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".cje-staging-dead").mkdir()
    (tmp_path / ".cje-staging-dead" / "0").write_bytes(b"half")
    with Disk().staging(tmp_path) as first:
        assert not (tmp_path / ".cje-staging-dead").exists()
        with Disk().staging(tmp_path) as second:
            assert first.put("a", b"1") and second.put("b", b"2")
            assert len(list(tmp_path.glob(".cje-staging-*"))) == 2
    assert tree(tmp_path) == {"a": b"1", "b": b"2"}


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    with Disk().staging(tmp_path) as staging:
        assert staging.put("w/aa/x.bin", b"1") and not staging.put("w/aa/x.bin", b"1")
        assert staging.put("w/aa/x.bin", b"2")
    assert tree(tmp_path) == {"w/aa/x.bin": b"2"}


def test_public_files_can_be_served_and_secret_ones_not(made: State, few: Catalogue, tmp_path: Path) -> None:
    run(made, few, tmp_path / "out", people(1), links=tmp_path / "links.csv")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes == {0o644}
    assert (tmp_path / "links.csv").stat().st_mode & 0o777 == 0o600


def test_nothing_is_created_over_a_file_a_link_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "folder", "link"):
        with pytest.raises(OutputRefused) as refused:
            Disk().create(tmp_path / name, b"other")
        assert refused.value.code == "exists"
        with pytest.raises(OutputRefused):
            Disk().create_folder(tmp_path / name, {"x": b"1"})
    assert tree(tmp_path) == {"file": b"mine"} and not (tmp_path / "nowhere").exists()
