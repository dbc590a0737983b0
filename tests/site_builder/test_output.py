"""The output folder: nothing leaves it, nothing foreign in it is touched."""

from __future__ import annotations

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest
from built_site import tree

from cje.machine.file_stamp import FileStamp
from site_builder.errors import OutputRefused
from site_builder.files.output import LEDGER, MAX_NAME_BYTES, Output, checked_path
from site_builder.files.staging import OnDisk, seen_on_disk

SITE = {"index.html": b"home", "offres/a/index.html": b"a", "assets/x.js": b"x"}


def write(root: Path, files: dict[str, bytes]) -> None:
    Output.open(root).write(files)


@pytest.mark.promise("P25")
@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "//host/x",
        "./x",
        "a//b",
        "a/",
        "",
        ".",
        "..",
        "a\\..\\x",
        "a\x00b",
        "a\nb",
        "x" * (MAX_NAME_BYTES + 1),
        "é" * (MAX_NAME_BYTES // 2 + 1),
        "w/bundle.bin",
        "trust/root.1.cbor",
    ],
)
def test_refuses_a_path_that_leaves_the_folder_or_enters_the_issuers(path: str, tmp_path: Path) -> None:
    root = tmp_path / "public"
    with pytest.raises(OutputRefused):
        write(root, {"index.html": b"", path: b"evil"})
    assert tree(tmp_path) == {}


@pytest.mark.promise("P25")
@pytest.mark.parametrize(
    "path", ["x" * MAX_NAME_BYTES, "a/b/c.html", ".well-known/security.txt", "..a/b", "a..b"]
)
def test_takes_a_plain_path(path: str) -> None:
    assert str(checked_path(path)) == path


@pytest.mark.promise("P25")
def test_never_writes_through_a_folder_that_is_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "public", tmp_path / "public-evil"
    root.mkdir()
    outside.mkdir()
    write(root, {"index.html": b"home"})
    (root / "offres").symlink_to(outside)
    with pytest.raises(OutputRefused, match="lien symbolique"):
        write(root, SITE)
    assert tree(outside) == {}
    assert (root / "index.html").read_bytes() == b"home"


@pytest.mark.promise("P25")
def test_replaces_a_link_in_the_place_of_a_file_and_not_what_it_points_to(tmp_path: Path) -> None:
    root, target = tmp_path / "public", tmp_path / "precious"
    target.write_bytes(b"precious")
    write(root, SITE)
    (root / "index.html").unlink()
    (root / "index.html").symlink_to(target)
    write(root, SITE)
    assert target.read_bytes() == b"precious"
    assert not (root / "index.html").is_symlink()


@pytest.mark.promise("P25")
def test_a_forged_ledger_deletes_nothing_outside(tmp_path: Path) -> None:
    root, target = tmp_path / "public", tmp_path / "precious"
    target.write_bytes(b"precious")
    root.mkdir()
    forged = {"format": "cje-build", "version": 1, "files": {"../precious": ["0"]}}
    (root / LEDGER).write_text(json.dumps(forged))
    with pytest.raises(OutputRefused):
        write(root, SITE)
    assert target.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "ledger", ["", "{}", "[]", '{"format": "cje-build", "version": 2, "files": {}}', "\xff"]
)
def test_a_spoilt_ledger_is_a_sentence(ledger: str, tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_text(ledger)
    with pytest.raises(OutputRefused) as refused:
        Output.open(tmp_path)
    assert str(tmp_path / LEDGER) in refused.value.sentence


def test_refuses_a_folder_with_foreign_files_and_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputRefused, match=r"notes\.txt"):
        Output.open(tmp_path)
    assert tree(tmp_path) == {"notes.txt": b"mine"}


def test_refuses_to_replace_a_file_that_somebody_put_among_ours(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": b"home"})
    (tmp_path / "robots.txt").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(OutputRefused, match=r"robots\.txt"):
        write(tmp_path, {"index.html": b"new", "robots.txt": b"ours"})
    assert tree(tmp_path) == before


def test_refuses_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": b"home"})
    (tmp_path / "offres").write_text("mine")
    with pytest.raises(OutputRefused):
        write(tmp_path, SITE)
    assert (tmp_path / "offres").read_text() == "mine"


def test_refuses_a_file_as_the_folder(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("mine")
    with pytest.raises(OutputRefused):
        Output.open(tmp_path / "public")
    with pytest.raises(OutputRefused):
        Output.open(tmp_path / "public" / "deeper")


def test_an_unwritable_folder_is_a_sentence_before_anything_is_written() -> None:
    was = os.geteuid()
    # Not tmp_path: only its owner may look into it.
    locked = Path(tempfile.mkdtemp())
    locked.chmod(0o555)
    if was == 0:
        # Root may write anywhere: be nobody for a moment.
        os.seteuid(65534)
    try:
        with pytest.raises(OutputRefused, match="modifiable"):
            Output.open(locked / "public")
    finally:
        os.seteuid(was)
    assert tree(locked) == {}
    locked.rmdir()


def test_the_issuers_folders_survive_and_come_first(tmp_path: Path) -> None:
    for name in ("w/ab/cdef", "trust/root.1.cbor"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    write(tmp_path, SITE)
    write(tmp_path, {"index.html": b"other"})
    assert tree(tmp_path).keys() == {"index.html", "w/ab/cdef", "trust/root.1.cbor", LEDGER}


def test_deletes_only_what_it_wrote_and_nobody_changed(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / "assets/x.js").write_bytes(b"edited by hand")
    (tmp_path / "offres/a/photo.jpg").write_bytes(b"mine")
    report = Output.open(tmp_path).write({"index.html": b"home"})
    assert report.deleted == ("offres/a/index.html",)
    assert report.kept == ("assets/x.js",)
    assert (tmp_path / "offres/a/photo.jpg").read_bytes() == b"mine"
    assert (tmp_path / "assets/x.js").read_bytes() == b"edited by hand"


def test_an_equal_file_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    before = {path: (tmp_path / path).stat().st_ino for path in [*SITE, LEDGER]}
    report = Output.open(tmp_path).write({**SITE, "index.html": b"new"})
    assert report.written == ("index.html",)
    assert report.unchanged == len(SITE) - 1
    after = {path: (tmp_path / path).stat().st_ino for path in SITE}
    assert {path for path in SITE if before[path] != after[path]} == {"index.html"}


def test_a_second_build_of_the_same_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    before = {path: (tmp_path / path).stat() for path in [*SITE, LEDGER]}
    report = Output.open(tmp_path).write(SITE)
    assert report.written == report.deleted == ()
    assert {path: (tmp_path / path).stat() for path in [*SITE, LEDGER]} == before


@pytest.mark.parametrize("stop", range(1, 7))
def test_a_build_that_was_killed_is_taken_up_by_the_next(
    stop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each of its renames: every file is whole, old or new, and the next build ends as if alone."""
    old = {**SITE, "gone.html": b"gone"}
    new = {
        "index.html": b"HOME",
        "offres/a/index.html": b"A",
        "assets/x.js": b"x",
        "added.html": b"added",
        "aide/en/ligne/index.html": b"help",
        "aide/index.html": b"all help",
    }
    write(tmp_path, old)
    renames = 0
    rename = os.replace

    def killed(draft: str, target: str) -> None:
        nonlocal renames
        renames += 1
        if renames == stop:
            raise KeyboardInterrupt
        rename(draft, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, new)
    for path, data in tree(tmp_path).items():
        if path in old or path in new:
            assert data in {old.get(path), new.get(path)}
    write(tmp_path, new)
    left = {path: data for path, data in tree(tmp_path).items() if path != LEDGER}
    assert left == new


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "public", SITE)
    before = tree(tmp_path)
    with (
        Output.open(tmp_path / "public").stage(),
        pytest.raises(OutputRefused, match="Une autre construction"),
    ):
        write(tmp_path / "public", {"index.html": b"other"})
    assert tree(tmp_path) == before


def test_drafts_of_a_killed_build_go_and_nothing_else_does(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    left = tmp_path / ".cje-new-12"
    left.mkdir()
    (left / "0-1").write_bytes(b"draft")
    (left / "new" / "offres").mkdir(parents=True)
    (left / "new" / "offres" / "index.html").write_bytes(b"draft")
    (tmp_path / ".cje-new-13").mkdir()
    (tmp_path / ".cje-new-13" / "notes.txt").write_bytes(b"mine")
    write(tmp_path, SITE)
    assert not left.exists()
    assert (tmp_path / ".cje-new-13" / "notes.txt").read_bytes() == b"mine"


def test_a_stage_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    out = Output.open(tmp_path / "public")
    with pytest.raises(ZeroDivisionError), out.stage() as stage:
        stage.put("index.html", b"home")
        raise ZeroDivisionError
    assert not (tmp_path / "public").exists()


def test_a_file_that_looks_untouched_is_not_read_and_one_that_does_not_is(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    for path in SITE:  # else a clock that ticks slowly hides the change below
        os.utime(tmp_path / path, ns=(1, 1))
    states = {path: (tmp_path / path).lstat() for path in SITE}
    known = {
        path: OnDisk(
            FileStamp(s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino), sha256(SITE[path]).hexdigest()
        )
        for path, s in states.items()
    }
    (tmp_path / "offres/a/index.html").write_bytes(b"b")  # as long as it was
    with Output.open(tmp_path).stage(known) as stage:
        assert stage.holds("index.html", known["index.html"].digest)
        assert not stage.holds("index.html", known["assets/x.js"].digest)
        assert not stage.is_untouched("offres/a/index.html")
        assert stage.put("offres/a/index.html", b"a").draft is not None
    (tmp_path / "assets").rename(tmp_path / "elsewhere")
    (tmp_path / "assets").symlink_to(tmp_path / "elsewhere")
    with (
        Output.open(tmp_path).stage(known) as stage,
        pytest.raises(OutputRefused, match="lien symbolique"),
    ):
        stage.is_untouched("assets/x.js")


@pytest.mark.parametrize("ago, settled", [(0, False), (1, True)])
def test_remembers_only_what_cannot_change_unseen(ago: int, settled: bool, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    later = path.stat().st_ctime_ns + ago * 1_000_000_000
    assert (seen_on_disk(str(path), "", lambda: later) is not None) is settled
    assert seen_on_disk(str(tmp_path), "", lambda: later) is None
