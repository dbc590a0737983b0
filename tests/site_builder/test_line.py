"""The line that the offline proofs cut: dead for new connections and for those that were open."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tools.line import Line


def answer(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status


def reach(line: Line) -> closing[HTTPConnection]:
    return closing(HTTPConnection(line.url.removeprefix("http://").strip("/"), timeout=5))


def test_a_cut_line_answers_nobody_and_a_mended_one_does_on_the_same_port(built: Path) -> None:
    with Line(built) as line:
        with reach(line) as kept, reach(line) as late:
            assert [answer(kept, "/") for _ in range(2)] == [200, 200]
            line.cut()
            for one in (kept, late):
                with pytest.raises(ConnectionError):
                    answer(one, "/")
        line.mend()
        with reach(line) as later:
            assert answer(later, "/offres/") == 200
        assert line.asked == ["/", "/", "/offres/"]


def test_hangs_up_at_the_path_that_is_dead_and_nowhere_else(built: Path) -> None:
    with Line(built) as line:
        line.dead = "/offres/"
        with reach(line) as first, reach(line) as second:
            with pytest.raises(ConnectionError):
                answer(first, "/offres/")
            assert answer(second, "/") == 200
