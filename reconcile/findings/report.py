"""The operator's report: what was found, how the tills are. Plain data, for a terminal, JSON or a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.findings import health
from reconcile.findings.finding import Finding, Kind
from reconcile.findings.findings import find, typed_uses
from reconcile.findings.health import Health
from reconcile.findings.reference_data import Known, read_known
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill, same_names
from reconcile.rows.store import Store


@dataclass(frozen=True, slots=True)
class TypedCodes:
    """Uses that were typed: how many count, and how many of them no key was there to check."""

    accepted: int
    unchecked: int


@dataclass(frozen=True)
class Report:
    """Everything that an operator should look at.

    Attributes:
        now: when it was made, seconds since 1970. rows: in the store. findings: all, sorted.
        tills: how each known till is. same_names: tills that carry one name at one partner.
        by_number: known tills by their number in findings. typed: accepted by twelve typed characters.
    """

    now: int
    rows: int
    findings: tuple[Finding, ...]
    tills: tuple[Health, ...]
    same_names: tuple[tuple[KnownTill, ...], ...]
    by_number: Mapping[int, KnownTill]
    known: Known
    typed: TypedCodes

    @property
    def counts(self) -> dict[Kind, int]:
        counted = Counter(finding.kind for finding in self.findings)
        return {kind: counted[kind] for kind in Kind if counted[kind]}

    def faulty_tills(self) -> dict[int, Counter[Kind]]:
        """Return, by till, what it accepted although it had all it needed to refuse."""
        found: dict[int, Counter[Kind]] = {}
        for finding in self.findings:
            if finding.till_knew:
                for till in {use.till for use in finding.uses}:
                    found.setdefault(till, Counter())[finding.kind] += 1
        return dict(sorted(found.items()))

    @property
    def silent(self) -> list[Health]:
        return [till for till in self.tills if till.silent(self.now)]

    @property
    def clocks_off(self) -> list[Health]:
        return [till for till in self.tills if till.clock_off]

    @property
    def old_lists(self) -> list[Health]:
        return [till for till in self.tills if till.list_old]

    @property
    def with_gaps(self) -> list[Health]:
        return [till for till in self.tills if till.gaps]


def make(store: Store, now: int) -> Report:
    """Look at everything in a store.

    Raises:
        FileRefused: the registry or what was learned cannot be read.
    """
    known, tills, exports = read_known(store), store.tills(), store.exports()
    by_number = {till.number: till for till in tills.values()}
    with Query(store) as query:
        ((rows,),) = query.rows("SELECT count(*) FROM journal")
        findings = find(query, by_number, known, health.two_stories(exports))
        typed = typed_uses(query)
        state = health.examine(query, tills.values(), exports, known)
    unchecked = sum(n for till, n in typed.items() if not known.short_keys.get(by_number[till].partner))
    return Report(
        now,
        rows,
        tuple(findings),
        tuple(state),
        tuple(same_names(tills.values())),
        by_number,
        known,
        TypedCodes(sum(typed.values()), unchecked),
    )
