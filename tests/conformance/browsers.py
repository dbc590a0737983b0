"""The built TypeScript reader in a real browser, on a page served on loopback under a strict policy."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from engines import WEB, Answer
from playwright.sync_api import Page, Playwright
from python_reader import Question

from tools.chromium import ARGUMENTS

POLICY = "default-src 'none'; script-src 'self'"
PAGE = b"<!doctype html><meta charset=utf-8><title>reader</title><script type=module src=page.js></script>"


def build(folder: Path) -> None:
    """Bundle `web/conformance/page.ts` with its lazy chunks, as the site's own bundles are made."""
    options = ["--bundle", "--minify", "--format=esm", "--splitting", "--target=es2020", f"--outdir={folder}"]
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [str(esbuild), "conformance/page.ts", *options, "--log-level=warning"]
    subprocess.run(command, cwd=WEB, check=True, timeout=120)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; loopback is a secure context, as WebCrypto wants."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.strip("/")
            body = path.read_bytes() if path.is_file() else PAGE
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if path.suffix == ".js" else "text/html")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browser_is_there(name: str) -> bool:
    return shutil.which(_program(name)) is not None


@contextmanager
def page_in(playwright: Playwright, name: str, folder: Path) -> Iterator[Page]:
    """A page of `chromium` or `firefox` with the reader loaded."""
    with served(folder) as address:
        if name == "chromium":
            browser = playwright.chromium.launch(
                executable_path=shutil.which(_program(name)), args=[*ARGUMENTS]
            )
        else:
            browser = playwright.firefox.launch(
                channel="moz-firefox", executable_path=shutil.which(_program(name))
            )
        page = browser.new_page()
        page.goto(address)
        try:
            yield page
        finally:
            browser.close()


def ask_page(page: Page, questions: Sequence[Question]) -> list[Answer]:
    """As JSON text: an argument of `evaluate` loses half of a surrogate pair."""
    script = "text => window.answerAll(JSON.parse(text))"
    found: list[Answer] = page.evaluate(script, json.dumps(list(questions)))
    return found


def _program(name: str) -> str:
    return {"chromium": "chromium", "firefox": "firefox-esr"}[name]
