"""A PostgreSQL of one's own for a test or a bench: a temporary folder, a Unix socket, gone with its user.

It listens on no network. Debian's binaries refuse root, so that root runs them as Debian's `postgres`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final

import psycopg
from psycopg import sql

USER: Final = "postgres"
_READY: Final = b"ready to accept connections"
_STOP_SECONDS: Final = 20.0


class Missing(RuntimeError):
    """There are no server binaries on this machine."""


class PostgreSQL:
    """A server that runs from `with` to its end; a process that dies takes it along (Linux)."""

    def __init__(self, **settings: str) -> None:
        """`settings` go to the server; without any it waits for its disk at each commit, as in a shop."""
        self._binaries, self._settings, self._names = binaries(), settings, count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="cje-pg-"))

    def __enter__(self) -> PostgreSQL:
        if os.getuid() == 0:
            shutil.chown(self.folder, USER, USER)
        command = (self._binaries / "initdb", "-D", self._data, "-U", USER, "-E", "UTF8", "--no-locale")
        made = subprocess.run(
            _as_server(*command, "-A", "trust", "--no-sync"), capture_output=True, timeout=60, check=False
        )
        if made.returncode:
            shutil.rmtree(self.folder)
            raise RuntimeError(made.stderr.decode(errors="replace"))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()  # without a last checkpoint: the folder goes anyway
        shutil.rmtree(self.folder)

    def stop(self) -> None:
        """Stop the server in the middle of whatever it does; `start` brings its cluster back."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(_STOP_SECONDS)
        self._drain.join(_STOP_SECONDS)
        assert self._server.stderr is not None
        self._server.stderr.close()

    def database(self) -> str:
        """Make a fresh, empty database and return its URL for libpq and psycopg."""
        name = f"fresh_{next(self._names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start the server on its cluster, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "60",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = _as_server(self._binaries / "postgres", "-D", self._data, *options)
        self._server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert self._server.stderr is not None
        said = []
        for line in self._server.stderr:
            said.append(line)
            if _READY in line:
                break
        else:
            raise RuntimeError(b"".join(said).decode(errors="replace"))
        self._drain = threading.Thread(target=self._server.stderr.read, daemon=True)
        self._drain.start()


def binaries() -> Path:
    """Return the folder of the newest server's programs.

    Raises:
        Missing: none is installed.
    """
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not debian:
        raise Missing("no PostgreSQL server on this machine: apt-get install postgresql")
    return debian[-1].parent


def _as_server(*command: object) -> list[str]:
    """Return a command that ends with this process and does not run as root."""
    given = [str(part) for part in command]
    wrap = shutil.which("setpriv")
    if wrap is None:
        return given
    root = ("--reuid", USER, "--regid", USER, "--init-groups") if os.getuid() == 0 else ()
    return [wrap, "--pdeathsig", "QUIT", *root, *given]
