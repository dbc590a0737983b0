"""Files written whole or not at all, read up to a cap: modes, disks without hard links, faults half-way."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from cje.errors import FileTooBig, OutputRefused
from cje.files import PUBLIC_MODE, SECRET_MODE, Disk, read_capped


@pytest.fixture(params=[0o022, 0o077], ids=["umask 022", "umask 077"])
def umask(request: pytest.FixtureRequest) -> int:
    before = os.umask(request.param)
    request.addfinalizer(lambda: os.umask(before))
    return before


@pytest.mark.parametrize("mode", [PUBLIC_MODE, SECRET_MODE], ids=["public", "secret"])
def test_a_file_has_the_mode_that_was_asked_for_whatever_the_umask(
    tmp_path: Path, umask: int, mode: int
) -> None:
    disk = Disk()
    disk.create(tmp_path / "new", b"1", mode)
    disk.replace(tmp_path / "replaced", b"2", mode)
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert found == {"new": mode, "replaced": mode}


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_a_disk_without_hard_links_takes_new_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """As FAT and exFAT answer."""

    def refuse(*_: object) -> None:
        raise OSError(code, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    Disk().create(tmp_path / "new", b"data")
    assert (tmp_path / "new").read_bytes() == b"data"
    with pytest.raises(OutputRefused) as refused:
        Disk().create(tmp_path / "new", b"other")
    assert refused.value.code == "exists" and (tmp_path / "new").read_bytes() == b"data"
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


class FullDisk(Disk):
    """A disk that is full after the draft is begun."""

    def write(self, path: Path, data: bytes, mode: int) -> None:
        super().write(path, data[:1], mode)
        raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_a_full_disk_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"old")
    with pytest.raises(OSError, match="No space"):
        FullDisk().replace(tmp_path / "kept", b"new")
    with pytest.raises(OutputRefused):
        FullDisk().create(tmp_path / "new", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"kept": b"old"}


@pytest.mark.promise("P10")
@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_a_file_over_its_cap_is_refused(tmp_path: Path, size: int, fits: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    if fits:
        assert len(read_capped(path, 10)) == size
    else:
        with pytest.raises(FileTooBig):
            read_capped(path, 10)
