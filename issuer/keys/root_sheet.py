"""The paper copy of a root key: its file as a QR code and as text, as encrypted as on the medium.

Paper outlives a USB stick. Whoever finds the sheet has what whoever finds the stick has: nothing without the
passphrase, which is never written on it.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Final

from cje import qr
from cje.locales import text
from issuer.errors import KeyRefused
from issuer.keys.keyfile import FORMAT, MAX_FILE, KeyHeader, read_fields, read_header

_STYLE: Final = """\
@page { size: A4; margin: 18mm }
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 174mm; margin: 0 auto }
html { color: #111; background: #fff }
h1 { font-size: 20pt; margin: 0 0 2mm } h2 { font-size: 12pt; margin: 6mm 0 1mm }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 0 }
dt { color: #444 } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
svg { width: 88mm; height: 88mm; display: block; margin: 4mm auto 2mm }
code { display: block; font: 9pt/1.35 ui-monospace, monospace; overflow-wrap: anywhere }
ol { margin: 0; padding-left: 6mm } .hand { border-bottom: .3mm solid #111; height: 9mm; margin-right: 30% }
"""


def sheet_text(path: Path) -> str:
    """A key file as one line of text: what the QR code says.

    Raises:
        KeyRefused: absent, open to others, or no root key.
    """
    if read_header(path).role != "root":
        raise KeyRefused("sheet_root_only", path=path)
    return json.dumps(read_fields(path), separators=(",", ":"))


def draw_sheet(path: Path, operator: str, lang: str = "fr") -> bytes:
    """Return the page to print, one HTML file that needs nothing else.

    Raises:
        KeyRefused: see `sheet_text`.
    """
    header, line = read_header(path), sheet_text(path)
    drawn = qr.svg(line, sized=False).decode()
    words = {
        key: escape(text(f"issuer.sheet.{key}", lang))
        for key in ("title", "operator", "name", "public", "qr", "text", "warning", "restore", "kept_by")
    }
    steps = "".join(f"<li>{escape(text(f'issuer.sheet.step_{n}', lang))}</li>" for n in (1, 2, 3))
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">\n<title>{words["title"]}</title>\n'
        f"<style>\n{_STYLE}</style>\n<h1>{words['title']}</h1>\n<p>{words['warning']}</p>\n"
        f"<dl>{_facts(words, header, operator)}</dl>\n"
        f'<figure role="img" aria-label="{words["qr"]}">{drawn}</figure>\n'
        f"<h2>{words['text']}</h2>\n<code>{escape(line)}</code>\n"
        f'<h2>{words["restore"]}</h2>\n<ol>{steps}</ol>\n<h2>{words["kept_by"]}</h2>\n<p class="hand"></p>\n'
        "</html>\n"
    ).encode()


def _facts(words: dict[str, str], header: KeyHeader, operator: str) -> str:
    facts = ((words["operator"], operator), (words["name"], header.name), (words["public"], header.public))
    return "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in facts)


def read_sheet(line: str) -> bytes:
    """Return the key file that a sheet's text holds, to the byte as it was.

    Raises:
        KeyRefused: it is no key's text.
    """
    try:
        fields = json.loads(line) if len(line) <= MAX_FILE else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or fields.get("format") != FORMAT or fields.get("role") != "root":
        raise KeyRefused("sheet_text")
    return (json.dumps(fields, indent=2) + "\n").encode()
