"""Codes of which each person gets one: imported once, given once, never given again (promise P15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, insert, select, update

from catalogue import BarcodeUse, CodeUse, Offer
from catalogue.model.barcodes import expected_check_digit, has_shape
from issuer.errors import InputProblem, InputRefused, IssuerError, problem
from issuer.register import audit, schema
from issuer.register.vault import State
from issuer.text_file import read_text

MAX_CODE = 40
LOW_SHARE = 10
TITLES = ("code", "codes")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Level:
    """How many codes of an offer there are, and how many are left."""

    offer: int
    total: int
    left: int

    @property
    def low(self) -> bool:
        """Whether fewer than one in ten is left: time to ask the partner for more."""
        return self.left * LOW_SHARE < self.total


def needs_stock(offer: Offer) -> bool:
    """Whether each person needs a code of their own from an imported list."""
    return isinstance(offer.use, CodeUse | BarcodeUse) and offer.use.source == "imported"


def read_codes(path: Path, offer: Offer) -> tuple[str, ...]:
    """Read a list of codes: one a line, quoted or not, under a title `code` or none.

    Raises:
        InputRefused: with every line that is no code of this offer, or there twice.
    """
    problems: list[InputProblem] = []
    first: dict[str, int] = {}
    for line, raw in enumerate(read_text(path).splitlines(), 1):
        code = _unquoted(raw.strip())
        if not code or (line == 1 and code.lower() in TITLES):
            continue
        if not _is_code(code, offer):
            problems.append(problem(line, "code_shape", found=code[:60]))
        elif first.setdefault(code, line) != line:
            problems.append(problem(line, "code_twice", first=first[code]))
    if not first and not problems:
        problems.append(problem(0, "no_codes"))
    if problems:
        raise InputRefused(str(path), tuple(problems))
    return tuple(first)


def import_codes(state: State, offer: Offer, codes: Sequence[str], now: int) -> int:
    """Add codes of an offer to the stock; return how many were new. The same list again adds none.

    Raises:
        IssuerError: the offer is not one whose codes are imported.
    """
    if not needs_stock(offer):
        raise IssuerError("offer_without_stock", offer=offer.number)
    with state.register.writing() as connection:
        added = add(connection, offer.number, codes)
        if added:
            detail = {"offer": offer.number, "added": added}
            audit.append(connection, state.identity, now, "codes", detail)
    return added


def add(connection: Connection, offer: int, codes: Sequence[str]) -> int:
    """Add codes that are not there yet; return how many."""
    table = schema.stock
    known = set(connection.scalars(select(table.c.code).where(table.c.offer == offer)))
    new = [code for code in codes if code not in known]
    start = len(known)
    if new:
        rows = [{"offer": offer, "code": code, "position": start + i} for i, code in enumerate(new)]
        connection.execute(insert(table), rows)
    return len(new)


def give(connection: Connection, wanted: Mapping[int, Sequence[int]]) -> int:
    """Give each of these people their code; who has one keeps it. Return how many were given.

    Args:
        wanted: people by offer; they are served in the order of their numbers.

    Raises:
        InputRefused: an offer has too few codes left; nothing is given.
    """
    problems: list[InputProblem] = []
    given = 0
    for offer, people in sorted(wanted.items()):
        table = schema.stock
        of_offer = select(table.c.code).where(table.c.offer == offer)
        waiting = sorted(set(people) - served(connection, offer))
        free = (
            of_offer.where(table.c.person.is_(None))
            .where(table.c.spent == 0)
            .order_by(table.c.position)
            .limit(len(waiting))
        )
        codes = list(connection.scalars(free))
        if len(codes) < len(waiting):
            problems.append(problem(0, "stock", offer=offer, missing=len(waiting) - len(codes)))
        elif waiting:
            statement = (
                update(table)
                .where(table.c.offer == offer)
                .where(table.c.code == bindparam("given"))
                .values(person=bindparam("to"))
            )
            pairs = zip(codes, waiting, strict=True)
            connection.execute(statement, [{"given": code, "to": person} for code, person in pairs])
            given += len(waiting)
    if problems:
        raise InputRefused("stock", tuple(problems))
    return given


def served(connection: Connection, offer: int) -> set[int]:
    """Everybody who has a code of the offer."""
    table = schema.stock
    mine = select(table.c.person).where(table.c.offer == offer).where(table.c.person.is_not(None))
    return {int(number) for number in connection.scalars(mine)}


def held(connection: Connection, people: Iterable[int]) -> dict[tuple[int, int], str]:
    """The codes that these people have, by (person, offer)."""
    table, wanted = schema.stock, sorted(set(people))
    found: dict[tuple[int, int], str] = {}
    for start in range(0, len(wanted), _CHUNK):
        statement = select(table).where(table.c.person.in_(wanted[start : start + _CHUNK]))
        found.update(((row.person, row.offer), row.code) for row in connection.execute(statement))
    return found


def levels(connection: Connection) -> list[Level]:
    """The stock of each offer, by number."""
    table = schema.stock
    statement = select(
        table.c.offer, func.count(), func.count(table.c.person) + func.sum(table.c.spent)
    ).group_by(table.c.offer)
    return [
        Level(offer, total, total - int(used))
        for offer, total, used in connection.execute(statement.order_by(table.c.offer))
    ]


def _unquoted(cell: str) -> str:
    """The cell as a spreadsheet meant it: `"AB-1"` and `"AB-1";` are AB-1."""
    if not cell.startswith('"'):
        return cell
    bare = cell.rstrip(",;")
    return bare[1:-1].replace('""', '"') if len(bare) > 1 and bare.endswith('"') else cell


def _is_code(code: str, offer: Offer) -> bool:
    if isinstance(offer.use, BarcodeUse):
        digit = (
            expected_check_digit(offer.use.symbology, code) if has_shape(offer.use.symbology, code) else "?"
        )
        return digit is None or digit == code[-1]
    return len(code) <= MAX_CODE and code.isascii() and code.isprintable() and " " not in code
