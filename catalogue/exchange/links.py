"""Asking whether the links of the content still lead somewhere. The only thing here that uses the network.

A polite client: it says who it is, asks for headers before it asks for a page and never reads the page, sends
one request at a time to a host, waits between two, and gives up after some seconds.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from catalogue.problems.problem import Problem, Severity
from catalogue.problems.source_file import SourceFile, load_source
from catalogue.problems.strict_yaml import Value, read_document
from catalogue.reading.folder import list_folder

TIMEOUT = 10.0  # seconds for one answer
PAUSE = 1.0  # seconds between two requests to one host
MAX_HOPS = 5
MAX_HOSTS_AT_ONCE = 8
AGENT = "cje-links/1 (+{contact})"
# Answers that speak of us or of today, not of the link: asked for a password, unwanted, too many, busy.
UNSURE = frozenset({401, 403, 408, 425, 429, 451, 500, 502, 503, 504})
MOVED = frozenset({301, 308})
ELSEWHERE = frozenset({301, 302, 303, 307, 308})

_IN_MARKDOWN = re.compile(r"\]\((https://[^\s()]+)\)")
Connect = Callable[[SplitResult, float], http.client.HTTPConnection]


@dataclass(frozen=True)
class Link:
    """A link and the place where it is written."""

    url: str
    source: SourceFile

    def problem(self, answer: Answer) -> Problem | None:
        """What the editor should know of the answer; None when the link is well."""
        if answer.code is None:
            return None
        severity: Severity = "warning" if answer.code in ("link-moved", "link-unsure") else "error"
        span = self.source.span_at(max(0, self.source.text.find(self.url)), len(self.url))
        values = {"url": self.url, "reason": answer.reason}
        return Problem(self.source.path, answer.code, span, values, answer.better, severity)


@dataclass(frozen=True)
class Answer:
    """What came of asking: the code of a message, or None when all is well.

    Attributes:
        reason: a status or a system's word, for the message.
        better: the address to write instead.
    """

    code: str | None = None
    reason: str = ""
    better: str | None = None


def links_of(content: Path) -> list[Link]:
    """Every link of content/, with its file; files that cannot be read have none."""
    folder = list_folder(content)
    return [
        Link(url, source)
        for files in folder.files.values()
        for path in files.values()
        for source, _ in [load_source(path, folder.shown_path(path), folder.root)]
        if source is not None
        for url in dict.fromkeys(_urls(read_document(source).data))
    ]


def _urls(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value.startswith("https://") else _IN_MARKDOWN.findall(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "contact":  # people are not asked
                yield from _urls(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _urls(item)


def over_tls(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    """A connection to the host, which must show a certificate that this machine trusts."""
    host = address.hostname or ""
    return http.client.HTTPSConnection(
        host, address.port, timeout=timeout, context=ssl.create_default_context()
    )


@dataclass
class Client:
    """Asks for links.

    Attributes:
        contact: an address where a webmaster can complain, sent with each request.
        connect: how a host is reached.
        wait: spends the pause between two requests to one host.
    """

    contact: str
    connect: Connect = over_tls
    timeout: float = TIMEOUT
    wait: Callable[[float], None] = time.sleep
    _hosts: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _asked: set[str] = field(default_factory=set)

    def ask_all(
        self, urls: Iterable[str], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Mapping[str, Answer]:
        """One answer for each different link; hosts side by side, links of one host one after another."""
        wanted = sorted(set(urls))
        answers: dict[str, Answer] = {}
        with ThreadPoolExecutor(MAX_HOSTS_AT_ONCE) as pool:
            asked = {pool.submit(self.ask, url): url for url in wanted}
            for done, future in enumerate(as_completed(asked), 1):
                answers[asked[future]] = future.result()
                progress(done, len(wanted))
        return answers

    def ask(self, url: str) -> Answer:
        """Follow one link to its end."""
        try:
            return self._follow(url)
        except ssl.SSLCertVerificationError as error:
            return Answer("link-certificate", error.verify_message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer("link-unreachable", getattr(error, "strerror", None) or type(error).__name__)

    def _follow(self, url: str) -> Answer:
        here, moved = url, True
        for _ in range(MAX_HOPS + 1):
            status, target = self._status(here)
            if status not in ELSEWHERE or target is None:
                return _verdict(url, here, status, moved)
            moved = moved and status in MOVED
            here = urljoin(here, target)
            if urlsplit(here).scheme != "https":
                return Answer("link-insecure", here)
        return Answer("link-loop", str(MAX_HOPS))

    def _status(self, url: str) -> tuple[int, str | None]:
        status, target = self._request("HEAD", url)
        if status >= 400:  # many servers know no HEAD, or answer it wrongly
            status, target = self._request("GET", url)
        return status, target

    def _request(self, method: str, url: str) -> tuple[int, str | None]:
        address = urlsplit(url)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        with self._turn(address.netloc), closing(self.connect(address, self.timeout)) as connection:
            if address.netloc in self._asked:
                self.wait(PAUSE)
            self._asked.add(address.netloc)
            headers = {"User-Agent": AGENT.format(contact=self.contact), "Accept": "text/html,*/*;q=0.5"}
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheader("Location")

    def _turn(self, host: str) -> threading.Lock:
        with self._guard:
            return self._hosts.setdefault(host, threading.Lock())


def _verdict(url: str, here: str, status: int, moved: bool) -> Answer:
    if status in UNSURE:
        return Answer("link-unsure", str(status))
    if status >= 400 or status in ELSEWHERE:
        return Answer("link-gone", str(status))
    if here != url and moved:
        return Answer("link-moved", here, here)
    return Answer()
