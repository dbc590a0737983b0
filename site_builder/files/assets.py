"""The bundled browser files, and their published names: `site.js` → `assets/site.3f9c2a1b7d.js`."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from site_builder.errors import AssetsMissing

__all__ = [
    "BUNDLED",
    "Assets",
    "Bundle",
    "content_hash",
    "integrity",
    "integrity_of",
    "published",
    "read_bundle",
]

BUNDLED = Path(__file__).parents[1] / "assets"

# esbuild has already put a content hash into the names of lazy chunks, which other files import by that name.
_HASHED = re.compile(r".+-[A-Z0-9]{8}\.[a-z0-9]+")
_NOT_PUBLISHED = frozenset({"tokens.json", "imports.json", "sw.js", "sw-off.js"})


def content_hash(data: bytes) -> str:
    """The first ten hexadecimal digits of SHA-256: enough to name a version among the few there are."""
    return hashlib.sha256(data).hexdigest()[:10]


def integrity(data: bytes) -> str:
    """Subresource integrity: `sha256-` and base64."""
    return integrity_of(hashlib.sha256(data).hexdigest())


def integrity_of(digest: str) -> str:
    """The same, for a SHA-256 in hexadecimal."""
    return "sha256-" + base64.b64encode(bytes.fromhex(digest)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What `web/build.mjs` wrote, as it is on disk.

    Attributes:
        raw: file name to bytes.
        tokens: colours by appearance (`light`, `dark`) and token name.
        imports: file name to the names of what it imports, `now` or `later`.
    """

    raw: Mapping[str, bytes]
    tokens: Mapping[str, Mapping[str, str]]
    imports: Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Assets:
    """Bundled files, ready to publish.

    Attributes:
        files: published path (`assets/…`) to bytes.
        names: bundle name (`site.js`) to published path.
        worker: source of the service worker, placeholders in it.
        leaver: source of the worker that takes its place and leaves, placeholders in it.
        imports: bundle name to the bundle names of what it imports, `now` or `later`.
    """

    files: Mapping[str, bytes]
    names: Mapping[str, str]
    worker: str
    leaver: str
    imports: Mapping[str, Mapping[str, Sequence[str]]]

    @property
    def has_wasm(self) -> bool:
        return any(name.endswith(".wasm") for name in self.names)

    def style_of(self, app: str) -> str:
        """The stylesheet of an app; an app without one of its own gets the shared base."""
        return f"{app}.css" if f"{app}.css" in self.names else "ui.css"

    def loaded_by(self, app: str) -> list[str]:
        """Published paths of all that an app loads: style, script, worker, and every lazy part of these."""
        entries = (self.style_of(app), f"{app}.js", f"{app}-worker.js")
        return self._closure([name for name in entries if name in self.names], ("now", "later"))

    def preloaded_by(self, script: str) -> list[str]:
        """Published paths of what a script imports before it can start, at any depth."""
        return [path for path in self._closure([script], ("now",)) if path != self.names[script]]

    def _closure(self, waiting: list[str], kinds: Sequence[str]) -> list[str]:
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                parts = self.imports.get(name, {})
                waiting += [part for kind in kinds for part in parts.get(kind, ()) if part in self.names]
        return sorted(self.names[name] for name in found)


def read_bundle(folder: Path) -> Bundle:
    """Read the folder of bundled files.

    Raises:
        AssetsMissing: the folder, or a file without which no site can be built, is absent.
    """
    try:
        raw = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if _is_bundled(path)}
        tokens, imports = json.loads(raw["tokens.json"]), json.loads(raw["imports.json"])
        for name in ("site.js", "site.css", "ui.css", "sw.js", "sw-off.js"):
            raw[name]
    except (FileNotFoundError, NotADirectoryError, KeyError):
        raise AssetsMissing("assets", folder=folder) from None
    return Bundle(MappingProxyType(raw), tokens, imports)


def _is_bundled(path: Path) -> bool:
    # Dot files are drafts of a bundling that runs now, or a make's own marks.
    return path.is_file() and not path.name.startswith(".")


def published(bundle: Bundle, appended_css: str) -> Assets:
    """Append the theme to each stylesheet and put content hashes into the names."""
    files, names = {}, {}
    for name, data in bundle.raw.items():
        if name in _NOT_PUBLISHED:
            continue
        if name.endswith(".css"):
            data += appended_css.encode()
        path = f"assets/{_hashed_name(name, data)}"
        files[path] = data
        names[name] = path
    return Assets(
        MappingProxyType(files),
        MappingProxyType(names),
        bundle.raw["sw.js"].decode(),
        bundle.raw["sw-off.js"].decode(),
        bundle.imports,
    )


def _hashed_name(name: str, data: bytes) -> str:
    if _HASHED.fullmatch(name):
        return name
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{content_hash(data)}.{suffix}"
