"""From the folder to where the site is served: whole files, the index last, closed cards gone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from issuer_world import NOW, PHRASE, make_campaign, make_state, people, run, tree

from catalogue import Catalogue
from issuer.cards.batches import CLOSED_DAYS
from issuer.decisions import withdrawal
from issuer.errors import UploadRefused
from issuer.publishing import issue, renewal, upload
from issuer.publishing.upload import INDEX, Sent
from issuer.register.vault import State

LATER = NOW + 7 * 86_400


@pytest.fixture
def bucket() -> Iterator[str]:
    url = f"memory://{uuid.uuid4()}/site"
    yield url
    with suppress(FileNotFoundError):
        fsspec.filesystem("memory").rm(url.removeprefix("memory:/").rpartition("/")[0], recursive=True)


@pytest.fixture
def public(made: State, few: Catalogue, tmp_path: Path) -> Path:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("the site's own")
    run(made, few, tmp_path / "public", people(3))
    return tmp_path / "public"


def stored(url: str) -> dict[str, bytes]:
    storage, root = fsspec.core.url_to_fs(url)
    names = storage.find(root) if storage.exists(root) else []
    return {name.removeprefix(f"{root}/"): storage.cat_file(name) for name in names}


def published(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if name.startswith(upload.FOLDERS)}


def test_the_storage_holds_what_the_folder_holds_and_the_same_is_not_sent_twice(
    public: Path, bucket: str
) -> None:
    count = len(published(public))
    assert upload.send(public, bucket, public.parent) == Sent(count, 0, 0)
    assert stored(bucket) == published(public)
    assert upload.send(public, bucket, public.parent) == Sent(0, count, 0)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_what_changed_is_sent_and_what_is_closed_for_long_goes(
    made: State, few: Catalogue, public: Path, bucket: str, tmp_path: Path, kind: str
) -> None:
    target = bucket if kind == "memory" else str(tmp_path / "served")
    upload.send(public, target, public.parent)
    withdrawal.revoke_person(made, 2, NOW)
    long_after = NOW + (CLOSED_DAYS + 1) * 86_400
    renewal.publish(made, few, out=public, passphrase=PHRASE, now=long_after)
    sent = upload.send(public, target, public.parent)
    assert sent.removed == 1 and sent.sent >= 3
    assert stored(target) == published(public)
    renewal.publish(made, few, out=public, passphrase=PHRASE, now=long_after, arranged="packs")
    upload.send(public, target, public.parent)
    assert stored(target) == published(public)
    assert any(name.startswith("w/packs/") for name in stored(target))


class Failing(MemoryFileSystem):
    """A storage that refuses after a number of changes, and notes their order."""

    cachable = False
    left = 0
    changes: list[str]

    def change(self, name: str) -> None:
        if self.left <= 0:
            raise OSError("quota")
        self.left -= 1
        self.changes.append(name)

    def pipe_file(self, path: str, value: bytes, *rest: Any, **more: Any) -> None:  # type: ignore[override]
        self.change(f"put {path}")
        super().pipe_file(path, value, *rest, **more)

    def rm_file(self, path: str) -> None:
        self.change(f"remove {path}")
        super().rm_file(path)


def test_stopped_at_any_change_nothing_is_half_there_and_the_index_is_last(
    made: State, few: Catalogue, public: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload.send(public, bucket, public.parent)
    before = published(public)
    withdrawal.replace_card(made, 1, NOW)
    run(made, few, public, people(4), now=LATER)
    renewal.publish(made, few, out=public, passphrase=PHRASE, now=LATER, arranged="packs")
    after = published(public)
    storage = Failing()
    root = bucket.removeprefix("memory:/")
    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda url: (storage, root))
    for allowed in range(100):
        storage.left, storage.changes = allowed, []
        # Every time from the same beginning: what was sent stays as it was.
        for name in list(storage.find(root)):
            storage.store.pop(name, None)
        for name, data in before.items():
            MemoryFileSystem.pipe_file(storage, f"{root}/{name}", data)
        for stamp in public.parent.glob("sent-*"):
            stamp.unlink()
        try:
            upload.send(public, bucket, public.parent)
        except UploadRefused as refused:
            assert refused.code == "storage" and "quota" in refused.sentence
            now = {name.removeprefix(f"{root}/"): storage.cat_file(name) for name in storage.find(root)}
            assert all(data in (before.get(name), after.get(name)) for name, data in now.items())
            assert now[INDEX] == before[INDEX] or now.keys() >= after.keys()
        else:
            break
    else:
        raise AssertionError("never came to its end")
    puts = [change for change in storage.changes if change.startswith("put")]
    assert puts[-1].endswith(INDEX) and storage.changes[: len(puts)] == puts and allowed > 8


def test_what_could_be_seen_half_or_is_not_installed_is_refused(public: Path, tmp_path: Path) -> None:
    for url, code in (
        ("ftp://host/site", "storage_unknown"),
        ("http://host/site", "storage_unknown"),
        ("gs://bucket/site", "storage"),
    ):
        with pytest.raises(UploadRefused) as caught:
            upload.send(public, url, tmp_path)
        assert caught.value.code == code
    with pytest.raises(UploadRefused) as caught:
        upload.send(tmp_path, "memory://nothing", tmp_path)
    assert caught.value.code == "nothing_published"


def test_a_file_changed_within_the_same_second_is_sent(public: Path, bucket: str) -> None:
    upload.send(public, bucket, public.parent)
    card = next(public.glob("w/*/*.bin"))
    card.write_bytes(card.read_bytes()[::-1])
    assert upload.send(public, bucket, public.parent).sent == 1
    assert stored(bucket) == published(public)


def test_nothing_secret_is_sent(few: Catalogue, public: Path, bucket: str, tmp_path: Path) -> None:
    """An activation list that was put in the site's folder by mistake stays there."""
    made = make_state(tmp_path / "other", seed=b"other")
    issue.issue(
        made,
        few,
        make_campaign(few),
        people(1),
        out=public,
        passphrase=PHRASE,
        now=NOW,
        links=public / "liens.csv",
        base_url="https://carte.example",
    )
    made.close()
    upload.send(public, bucket, public.parent)
    assert set(stored(bucket)) == set(published(public))
    assert not any("liens" in name or "sent" in name for name in stored(bucket))
