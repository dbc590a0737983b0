"""A cluster of Dask distributed as an engine (extra `scale`): the same shard function on other machines.

A worker that dies changes nothing: the scheduler gives its shards out again, finished ones too, and a shard
done twice gives the same bytes. Results are written here, whole.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import urlsplit

from issuer.errors import IssuerError

Shard = TypeVar("Shard")
Result = TypeVar("Result")
_AHEAD: Final = 2  # shards given out for each thread: none waits, and little is in memory
_ROOMS: Final = ("catalogue", "cje.locales", "issuer", "voucher")
TLS_FILES: Final = ("ca.pem", "cert.pem", "key.pem")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of a scheduler.

    Attributes:
        scheduler: `tls://machine:8786`; without TLS only on this machine's loopback.
        tls: the folder of ca.pem, cert.pem and key.pem; None takes Dask's own settings.
        keys_may_leave: the operator lets keys travel to the workers.
        patience: seconds for a scheduler to answer, and for a first worker.
    """

    scheduler: str
    tls: Path | None = None
    keys_may_leave: bool = False
    patience: int = 20
    elsewhere: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.scheduler.startswith("tls://") and not _is_loopback(self.scheduler):
            raise IssuerError("scheduler_without_tls", address=self.scheduler)

    def run(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See `Engine`. `work` and shards travel, and so must what they hold."""
        client = self._client()
        dask: Any = import_module("distributed")
        try:
            with client:
                yield from _run(client, work, shards)
        except dask.KilledWorker as error:
            raise IssuerError("shard_kills_workers") from error
        except (dask.CancelledError, OSError) as error:
            raise IssuerError("scheduler_lost", address=self.scheduler) from error

    def _client(self) -> Any:
        try:
            dask: Any = import_module("distributed")
        except ImportError as error:
            raise IssuerError("scale_absent") from error
        security = None
        if self.tls is not None:
            ca, cert, key = (str(self.tls / name) for name in TLS_FILES)
            security = dask.Security(
                tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True
            )
        try:
            client = dask.Client(
                self.scheduler,
                security=security,
                set_as_default=False,
                timeout=self.patience,
                # What a worker has made is fetched from that worker. By way of the scheduler every card would
                # cross the network twice, and lie there.
                direct_to_workers=True,
            )
            client.wait_for_workers(1, timeout=self.patience)
        except (OSError, ValueError, TypeError) as error:
            raise IssuerError("scheduler_absent", address=self.scheduler) from error
        return client


def _run(client: Any, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
    # Sent once, not with each shard; a task, not data, which would be lost with the worker that holds it.
    # Not pure: what was done is not kept for another run, it may hold codes.
    sent = client.submit(_Work, work, digest_of_code(), pure=False)
    window: deque[Any] = deque()
    for shard in shards:
        window.append(client.submit(_do, sent, shard, pure=False))
        if len(window) >= max(1, sum(client.nthreads().values())) * _AHEAD:
            yield window.popleft().result()
    while window:
        yield window.popleft().result()


@dataclass(frozen=True, slots=True)
class _Work:
    """Work, and the code that it was written for. Dask writes what failed into its logs: keys never."""

    do: Callable[[Any], Any] = field(repr=False)
    digest: str


def _do(work: _Work, shard: Any) -> Any:
    if digest_of_code() != work.digest:
        raise IssuerError("worker_of_another_version")
    return work.do(shard)


@cache
def digest_of_code() -> str:
    """Names the code of the rooms that make cards: another one may give other bytes."""
    state = hashlib.sha256()
    for room in _ROOMS:
        root = Path(str(files(room)))
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".toml", ".typ"):
                state.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
