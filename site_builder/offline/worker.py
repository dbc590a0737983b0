"""The two service workers: same source, a list of files each, and inside the worker only the list's hash.

The day of the build is in none of these: `built.json` beside the site's worker tells it, with the version
that is right on that day (ADR 24).
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
    """What one worker keeps.

    Attributes:
        folder: where its `sw.js` stands, `""` or `caisse/`; also its scope.
        family: name of its caches; the other worker's are left alone.
        paths: published files from the site's root.
        fallback: (start of an address, page to show instead when there is no network), from the scope.
        day: of the build, for a worker that is asked how old its files are.
    """

    folder: str
    family: str
    paths: Sequence[str]
    fallback: Sequence[tuple[str, str]]
    day: date | None = None


def worker_files(source: str, precache: Precache, digests: Mapping[str, str]) -> dict[str, bytes]:
    """`sw.js`, its `precache-<hash>.json` with paths relative to the scope, and `built.json`.

    Args:
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
    """`sw.js` of a site that withdraws its worker, and `built.json`; no list."""
    script = source.replace("CJE_FAMILY", precache.family).encode()
    return {f"{precache.folder}sw.js": script, **_built_file(precache, None)}


def _built_file(precache: Precache, version: str | None) -> dict[str, bytes]:
    """On which day the site was built, and the version of the worker that it had then."""
    if precache.day is None:
        return {}
    tree = {"day": precache.day.isoformat(), "version": version}
    return {f"{precache.folder}{_BUILT}": json.dumps(tree, separators=(",", ":")).encode() + b"\n"}


def _address(path: str, folder: str, up: str) -> str:
    """As the browser asks for it: folders without index.html, relative to the worker's folder."""
    path = path.removesuffix("index.html")
    return path.removeprefix(folder) or "./" if path.startswith(folder) else up + path
