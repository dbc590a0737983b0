"""The media type of each kind of file that a site is made of, and which types compress well."""

__all__ = ["COMPRESSED", "TYPES"]

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".atom": "application/atom+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".wasm": "application/wasm",
    ".cbor": "application/cbor",
}

COMPRESSED = (
    "text/",
    "application/json",
    "application/manifest",
    "application/atom",
    "image/svg",
    "application/wasm",
)
"""Beginnings of the types that are worth compressing."""
