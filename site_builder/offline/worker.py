"""The two service workers. They share one source, and each holds the hash of its list of files.

The day of the build is in neither: `built.json` beside the site's worker has it, with the version of the
worker on that day (ADR 24).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from site_builder.files.assets import integrity, integrity_of

__all__ = ["Precache", "leaver_files", "worker_files"]


_BUILT = "built.json"


@dataclass(frozen=True, slots=True)
class Precache:
    """The files that one service worker caches.

    Attributes:
        folder: the folder of `sw.js`, `""` or `caisse/`; it is also the worker's scope.
        family: the prefix of its caches' names. The worker leaves other caches alone.
        paths: published paths, from the site's root.
        fallback: pairs of an address prefix and the page to show without network, relative to the scope.
        day: the day of the build, for `built.json`; None writes no such file.
    """

    folder: str
    family: str
    paths: Sequence[str]
    fallback: Sequence[tuple[str, str]]
    day: date | None = None


def worker_files(source: str, precache: Precache, digests: Mapping[str, str]) -> dict[str, bytes]:
    """Return `sw.js`, its `precache-<hash>.json` with paths relative to the scope, and `built.json`.

    Args:
        source: the script of the worker, with placeholders.
        precache: the files to cache.
        digests: SHA-256 in hexadecimal by published path.
    """
    up = "../" * precache.folder.count("/")
    listed = {
        _address(path, precache.folder, up): integrity_of(digests[path])
        for path in sorted(set(precache.paths))
    }
    tree: dict[str, object] = {"files": listed, "fallback": [list(pair) for pair in precache.fallback]}
    if precache.day:
        tree["built"] = _BUILT
    data = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    version = hashlib.sha256(data).hexdigest()[:16]
    script = (
        source.replace("CJE_VERSION", version)
        .replace("CJE_INTEGRITY", integrity(data))
        .replace("CJE_FAMILY", precache.family)
    )
    return {
        f"{precache.folder}precache-{version}.json": data,
        f"{precache.folder}sw.js": script.encode(),
        **_built_file(precache, version),
    }


def leaver_files(source: str, precache: Precache) -> dict[str, bytes]:
    """Return the `sw.js` that removes an installed worker, and `built.json`."""
    script = source.replace("CJE_FAMILY", precache.family).encode()
    return {f"{precache.folder}sw.js": script, **_built_file(precache, None)}


def _built_file(precache: Precache, version: str | None) -> dict[str, bytes]:
    """Return `built.json`: the day of the build and the version of the worker."""
    if precache.day is None:
        return {}
    tree = {"day": precache.day.isoformat(), "version": version}
    return {f"{precache.folder}{_BUILT}": json.dumps(tree, separators=(",", ":")).encode() + b"\n"}


def _address(path: str, folder: str, up: str) -> str:
    """Return the address that a browser requests: relative to the scope, without index.html."""
    path = path.removesuffix("index.html")
    return path.removeprefix(folder) or "./" if path.startswith(folder) else up + path
