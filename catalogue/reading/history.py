"""Comparison with an earlier git revision: a published offer must keep its number and its slug.

Vouchers carry the number, and the slug is the page's address. The comparison runs only when a revision is
given.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import Undecided
from catalogue.problems.breach import Breach
from catalogue.problems.source_file import MAX_BYTES, SourceFile
from catalogue.problems.strict_yaml import read_document
from catalogue.reading.folder import SUFFIX

TIMEOUT = 60  # seconds for one git command
OUT = ("published", "retired")  # statuses of offers for which vouchers may exist


@dataclass(frozen=True)
class PastOffer:
    """An offer that was published or retired at the revision, and whose file has changed since."""

    slug: str
    number: int


def past_offers(content: Path, revision: str) -> tuple[PastOffer, ...]:
    """Return the offers that were published or retired at `revision` and whose files differ now.

    Raises:
        Undecided: git is missing, the folder is in no repository, or the revision does not exist.
    """
    commit = _commit(content, revision)
    listed = _git(
        content, "diff", "--name-status", "--no-renames", "--relative", "-z", commit, "--", "offers"
    )
    words = listed.decode("utf-8", "surrogateescape").split("\0")
    changed = [path for status, path in zip(words[::2], words[1::2], strict=False) if status != "A"]
    return tuple(_out(content, commit, [path for path in changed if path.endswith(SUFFIX)]))


def _commit(content: Path, revision: str) -> str:
    try:
        inside = _git(content, "rev-parse", "--is-inside-work-tree")
    except Undecided as error:
        if error.code == "against.no_git":
            raise
        raise Undecided("against.no_repository", path=content) from None
    assert inside.strip() == b"true", "git answers true or fails"
    try:
        name = _git(content, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except Undecided:
        raise Undecided("against.no_revision", revision=revision) from None
    return name.decode("ascii").strip()


def _git(content: Path, *arguments: str, typed: bytes = b"") -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 (a fixed program, and a revision that git was told is no option)
            ["git", "-C", os.fspath(content), *arguments],  # noqa: S607 (whichever git the editor uses)
            input=typed,
            capture_output=True,
            timeout=TIMEOUT,
            env=environment,
            check=True,
        )
    except FileNotFoundError:
        raise Undecided("against.no_git") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Undecided("against.failed", reason=type(error).__name__) from error
    return done.stdout


def _out(content: Path, commit: str, paths: list[str]) -> Iterator[PastOffer]:
    asked = "".join(f"{commit}:./{path}\n" for path in paths if "\n" not in path)
    held = _git(content, "cat-file", "--batch", typed=asked.encode("utf-8", "surrogateescape"))
    for path in (path for path in paths if "\n" not in path):
        head, _, rest = held.partition(b"\n")
        if not head.endswith(b"missing"):
            size = int(head.split()[-1])
            raw, held = rest[:size], rest[size + 1 :]
            yield from _read(path, raw)
        else:
            held = rest


def _read(path: str, raw: bytes) -> Iterator[PastOffer]:
    """Yield the offer of an old file. A file that is faulty was never published, so it is skipped."""
    if len(raw) > MAX_BYTES:
        return
    data = read_document(SourceFile(path, raw.decode("utf-8", "replace"))).data
    if isinstance(data, dict) and data.get("status") in OUT and type(data.get("number")) is int:
        yield PastOffer(Path(path).name.removesuffix(SUFFIX), data["number"])


def broken_promises(
    past: Iterable[PastOffer], numbers: Mapping[str, int], faulty: frozenset[str]
) -> Iterator[tuple[str, Breach]]:
    """Yield each forbidden change with the slug of the file to correct.

    Args:
        past: the offers of the earlier revision.
        numbers: the number of each present offer, by slug.
        faulty: slugs of present files with errors. They are not compared: their errors come first.
    """
    of_number = {number: slug for slug, number in numbers.items()}
    for offer in past:
        now = numbers.get(offer.slug)
        heir = of_number.get(offer.number)
        values = {"slug": offer.slug, "number": str(offer.number)}
        if now is not None and now != offer.number:
            yield offer.slug, Breach(("number",), "past-number-changed", values, str(offer.number))
        elif now is None and offer.slug not in faulty:
            if heir is None:
                yield offer.slug, Breach((), "past-offer-removed", values)
            else:
                yield heir, Breach(("number",), "past-slug-changed", values, f"{offer.slug}{SUFFIX}")
