"""The one policy in the words of nginx and of Apache, for who serves the site from a machine of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from site_builder.errors import OutputRefused
from site_builder.files.media_types import COMPRESSED, TYPES
from site_builder.files.output import LEDGER
from site_builder.files.policy import WebServer, page_headers, parse_headers_file
from site_builder.files.precompression import ENDINGS

__all__ = ["server_config"]

Rules = list[tuple[str, Mapping[str, str]]]
_PRIVATE = ("_headers", LEDGER)
"""Files of the builder that nobody asks for."""


def server_config(server: WebServer, site: Path, *, base_path: str = "/") -> str:
    """What to include where a server names the built site as its root folder.

    Args:
        server: whose language to write.
        site: a built site; its `_headers` file is the policy.
        base_path: where the site stands on its host, with a slash at both ends.

    Raises:
        OutputRefused: the folder holds no built site.
    """
    try:
        written = (site / "_headers").read_text(encoding="utf-8")
    except OSError as error:
        raise OutputRefused("not_built", path=site) from error
    rules: Rules = list(parse_headers_file(written))
    writers: dict[WebServer, Callable[[Rules, str, list[str]], Iterator[str]]]
    writers = {"nginx": _nginx, "apache": _apache}
    first = (
        f"# Written by cje site config {server}, from the policy of the site: write it again after a change."
    )
    beside = [coding for coding, ending in ENDINGS.items() if (site / f"index.html{ending}").is_file()]
    return "\n".join([first, *writers[server](rules, base_path, beside)]) + "\n"


def _nginx(rules: Rules, base: str, beside: list[str]) -> Iterator[str]:
    if "gzip" in beside:
        yield "gzip_static on;"
    if "br" in beside:
        yield "# Of the module ngx_brotli, Debian's libnginx-mod-http-brotli-static. Without it, remove:"
        yield "brotli_static on;"
    yield "types {"
    for ending, kind in TYPES.items():
        yield f"  {_bare(kind)} {ending[1:]};"
    yield "}"
    yield "default_type application/octet-stream;"
    yield "charset utf-8;"
    named = {_bare(kind) for kind in TYPES.values() if "charset" in kind}
    yield f"charset_types {' '.join(sorted(named - {'text/html'}))};"
    yield "gzip on;"
    yield "gzip_vary on;"
    yield f"gzip_types {' '.join(sorted(_packed() - {'text/html'}))};"
    yield "index index.html;"
    yield "server_tokens off;"
    yield "absolute_redirect off;"
    yield f"error_page 404 {base}404.html;"
    for name in _PRIVATE:
        yield f"location = {base}{name} {{ return 404; }}"
    for rule, headers in [*rules, ("/*", page_headers("page"))]:
        address = base[:-1] + rule
        # nginx answers a folder by asking itself for the index: that address is looked up again.
        exact = [address, f"{address}index.html"] if address.endswith("/") else [address]
        for where in [f"^~ {address[:-1]}"] if address.endswith("*") else [f"= {one}" for one in exact]:
            yield f"location {where} {{"
            yield from (f'  add_header {name} "{_plain(value)}" always;' for name, value in headers.items())
            yield "}"


def _apache(rules: Rules, base: str, beside: list[str]) -> Iterator[str]:
    for ending, kind in TYPES.items():
        yield f"AddType {_bare(kind)} {ending}"
    yield f"AddCharset utf-8 {' '.join(ending for ending, kind in TYPES.items() if 'charset' in kind)}"
    yield "<IfModule mod_deflate.c>"
    yield f"  AddOutputFilterByType DEFLATE {' '.join(sorted(_packed()))}"
    yield "</IfModule>"
    if beside:
        yield from _apache_copies(beside)
    yield "DirectoryIndex index.html"
    yield "Options -Indexes -MultiViews"
    yield f"ErrorDocument 404 {base}404.html"
    for name in _PRIVATE:
        yield f'RedirectMatch 404 "^{base}{name.replace(".", "[.]")}$"'
    copy = f"({_any_of(beside)})?" if beside else ""
    # Later sections win: what every address gets, then each rule over it.
    for rule, headers in [("/*", page_headers("page")), *rules]:
        address = base[:-1] + rule
        literal = address.rstrip("*").replace(".", "[.]")
        pattern = f"^{literal}" if address.endswith("*") else f"^{literal}(index[.]html)?{copy}$"
        yield f'<If "%{{REQUEST_URI}} =~ m#{pattern}#">'
        yield from (f'  Header always set {name} "{_plain(value)}"' for name, value in headers.items())
        yield "</If>"


def _apache_copies(beside: list[str]) -> Iterator[str]:
    """An address is led on to the copy beside its file where that is accepted; it keeps the type."""
    yield "<IfModule mod_rewrite.c>"
    yield "  RewriteEngine On"
    for coding in beside:
        ending, accepted = ENDINGS[coding], f"(^|[, ]){coding} *($|,|; *q=(1|0[.]0*[1-9]))"
        for address, index in (("^(.*/)$", "index.html"), ("^(.*[^/])$", "")):
            yield f'  RewriteCond "%{{HTTP:Accept-Encoding}}" "{accepted}" [NC]'
            yield f'  RewriteCond "%{{DOCUMENT_ROOT}}$1{index}{ending}" -f'
            yield f'  RewriteRule "{address}" "$1{index}{ending}" [E=packed:1,L]'
    yield "  Header merge Vary Accept-Encoding env=packed"
    yield "</IfModule>"
    for coding in beside:
        # Debian's own settings take .gz for a type and .br for Breton.
        yield f'<FilesMatch "[.][a-z]+[.]{ENDINGS[coding][1:]}$">'
        yield f"  AddEncoding {coding} {ENDINGS[coding]}"
        yield f"  RemoveLanguage {ENDINGS[coding]}"
        yield "</FilesMatch>"
    for ending, kind in TYPES.items():
        if kind.startswith(COMPRESSED):
            yield f'<FilesMatch "[.]{ending[1:]}({_any_of(beside)})$">'
            yield f'  ForceType "{kind}"'
            yield "</FilesMatch>"


def _any_of(codings: list[str]) -> str:
    return "|".join(ENDINGS[coding].replace(".", "[.]") for coding in codings)


def _bare(kind: str) -> str:
    return kind.partition(";")[0]


def _packed() -> set[str]:
    return {_bare(kind) for kind in TYPES.values() if kind.startswith(COMPRESSED)}


def _plain(value: str) -> str:
    """A value that neither server reads anything into."""
    assert not set(value) & set('"$\\%\n'), value
    return value
