"""The two service workers: same source, a list of files each, and inside the worker only the list's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from site_builder.assets import integrity, integrity_of

__all__ = ["Precache", "leaver_files", "worker_files"]


@dataclass(frozen=True, slots=True)
class Precache:
    """What one worker keeps.

    Attributes:
        folder: where its `sw.js` stands, `""` or `caisse/`; also its scope.
        family: name of its caches; the other worker's are left alone.
        paths: published files from the site's root.
        fallback: (start of an address, page to show instead when there is no network), from the scope.
    """

    folder: str
    family: str
    paths: Sequence[str]
    fallback: Sequence[tuple[str, str]]


def worker_files(source: str, precache: Precache, digests: Mapping[str, str]) -> dict[str, bytes]:
    """`sw.js` and its `precache-<hash>.json`, with paths relative to the scope.

    Args:
        digests: SHA-256 in hexadecimal by published path.
    """
    up = "../" * precache.folder.count("/")
    listed = {
        _address(path, precache.folder, up): integrity_of(digests[path])
        for path in sorted(set(precache.paths))
    }
    tree = {"files": listed, "fallback": [list(pair) for pair in precache.fallback]}
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
    }


def leaver_files(source: str, precache: Precache) -> dict[str, bytes]:
    """`sw.js` of a site that withdraws its worker; no list."""
    return {f"{precache.folder}sw.js": source.replace("CJE_FAMILY", precache.family).encode()}


def _address(path: str, folder: str, up: str) -> str:
    """As the browser asks for it: folders without index.html, relative to the worker's folder."""
    path = path.removesuffix("index.html")
    return path.removeprefix(folder) or "./" if path.startswith(folder) else up + path
