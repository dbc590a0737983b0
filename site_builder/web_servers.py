"""The one policy in the words of nginx and of Apache, for who serves the site from a machine of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from locales import text
from site_builder.errors import OutputRefused
from site_builder.output import LEDGER
from site_builder.policy import SERVERS, WebServer, page_headers, parse_headers_file
from site_builder.precompression import ENDING
from site_builder.serve import COMPRESSED, TYPES

__all__ = ["SERVERS", "WebServer", "server_config"]

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
        raise OutputRefused(text("site.cli.not_built", path=site)) from error
    rules: Rules = list(parse_headers_file(written))
    writers: dict[WebServer, Callable[[Rules, str], Iterator[str]]] = {"nginx": _nginx, "apache": _apache}
    first = (
        f"# Written by cje site config {server}, from the policy of the site: write it again after a change."
    )
    static = ["gzip_static on;"] if server == "nginx" and (site / f"index.html{ENDING}").is_file() else []
    return "\n".join([first, *static, *writers[server](rules, base_path)]) + "\n"


def _nginx(rules: Rules, base: str) -> Iterator[str]:
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


def _apache(rules: Rules, base: str) -> Iterator[str]:
    for ending, kind in TYPES.items():
        yield f"AddType {_bare(kind)} {ending}"
    yield f"AddCharset utf-8 {' '.join(ending for ending, kind in TYPES.items() if 'charset' in kind)}"
    yield "<IfModule mod_deflate.c>"
    yield f"  AddOutputFilterByType DEFLATE {' '.join(sorted(_packed()))}"
    yield "</IfModule>"
    yield "DirectoryIndex index.html"
    yield "Options -Indexes -MultiViews"
    yield f"ErrorDocument 404 {base}404.html"
    for name in _PRIVATE:
        yield f'RedirectMatch 404 "^{base}{name.replace(".", "[.]")}$"'
    # Later sections win: what every address gets, then each rule over it.
    for rule, headers in [("/*", page_headers("page")), *rules]:
        address = base[:-1] + rule
        literal = address.rstrip("*").replace(".", "[.]")
        pattern = f"^{literal}" if address.endswith("*") else f"^{literal}(index[.]html)?$"
        yield f'<If "%{{REQUEST_URI}} =~ m#{pattern}#">'
        yield from (f'  Header always set {name} "{_plain(value)}"' for name, value in headers.items())
        yield "</If>"


def _bare(kind: str) -> str:
    return kind.partition(";")[0]


def _packed() -> set[str]:
    return {_bare(kind) for kind in TYPES.values() if kind.startswith(COMPRESSED)}


def _plain(value: str) -> str:
    """A value that neither server reads anything into."""
    assert not set(value) & set('"$\\%\n'), value
    return value
