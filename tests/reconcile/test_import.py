"""What an import takes, what it refuses and how it says so; what is lost can be made again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from till_world import make_root, root_file, trust_file
from tills import NOON, PARTNER, Shop, Till, in_folder, make_claims, make_list

from reconcile.errors import ExportRefused, FileRefused, StoreRefused
from reconcile.findings import reference_data, report
from reconcile.findings.finding import Kind
from reconcile.importing import importing
from reconcile.importing.accepting import till_of
from reconcile.importing.importing import Imported, import_exports
from reconcile.rows.export import CLOCK_BACK, read_head, verify, walk
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill
from reconcile.rows.sources import Source, find
from reconcile.rows.store import Store
from voucher.errors import VoucherError
from voucher.journal import MAX_EXPORT, Row, decode_export, encode_row
from voucher.journal import Kind as RowKind


@pytest.fixture
def till() -> Till:
    """Three uses, a refusal, a void, a use with money."""
    made = Till("Guichet 1")
    for number in range(3):
        made.accept(make_claims(number), NOON + number * 60)
    made.refuse(at=NOON + 200)
    made.void(3, NOON + 300)
    made.accept(make_claims(7), NOON + 400, amount=1250, saving=188)
    return made


def shop_of(*tills: Till) -> Shop:
    shop = Shop()
    shop.know(*tills)
    return shop


def reasons(done: Imported) -> list[str]:
    return [outcome.refusal.code for outcome in done.refused if outcome.refusal]


def refused(shop: Shop, data: bytes) -> ExportRefused:
    done = shop.take(data)
    (outcome,) = done.outcomes
    assert outcome.refusal is not None and done.rows == 0
    return outcome.refusal


def stored(shop: Shop) -> list[tuple[object, ...]]:
    with Query(shop.store) as query:
        return sorted(query.rows("SELECT till, n, time, kind, seq, amount, voids FROM journal"))


def test_the_same_export_twice_adds_nothing(till: Till) -> None:
    shop = shop_of(till)
    assert shop.take(till.export()).rows == 6
    again = shop.take(till.export(), till.export(2, 4))
    assert (again.rows, again.known, again.refused) == (0, 2, [])
    assert len(stored(shop)) == 6


def test_parts_that_overlap_bring_each_row_once(till: Till) -> None:
    shop = shop_of(till)
    for first, last in ((3, 4), (1, 2), (2, 5), (1, 6), (5, 5)):
        shop.take(till.export(first, last))
    assert [row[1] for row in stored(shop)] == [1, 2, 3, 4, 5, 6]
    assert shop.report().findings == ()


def test_a_missing_middle_is_reported_until_it_comes(till: Till) -> None:
    shop = shop_of(till)
    shop.take(till.export(1, 2), till.export(5))
    (health,) = shop.report().with_gaps
    assert health.gaps == ((3, 4),)
    shop.take(till.export(3, 4))
    assert shop.report().with_gaps == []


def test_a_missing_beginning_is_reported(till: Till) -> None:
    shop = shop_of(till)
    shop.take(till.export(3))
    assert [health.gaps for health in shop.report().with_gaps] == [((1, 2),)]


@pytest.mark.promise("P18")
def test_each_byte_that_flips_in_an_export_is_reported_with_till_and_row(till: Till) -> None:
    """The row itself where it contradicts its own evidence, else the rows among which it is."""
    data, name = till.export(), "Guichet 1"
    starts = {row.n: data.index(encode_row(row)) for row in till.rows}
    shop, told = shop_of(till), Counter[str]()
    for at in range(len(data)):
        wrong = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        with pytest.raises(VoucherError):
            decode_export(wrong)
        refusal = refused(shop, wrong)
        told[refusal.code] += 1
        assert not any(value == "" for value in refusal.facts.values())
        row = max((n for n, start in starts.items() if start <= at < len(data) - 66), default=0)
        if row == 0 or refusal.code in ("version", "foreign", "unsigned", "head_damaged", "unknown_till"):
            assert at < starts[1] or at >= len(data) - 66, "a changed row hides its till"
            continue
        assert refusal.facts["till"] == name
        if refusal.code == "row":
            assert refusal.facts["n"] == row, f"byte {at}"
        else:
            assert refusal.code in ("rows", "ends") and refusal.facts["first"] == 1
    assert told["row"] > 0.85 * (told["row"] + told["rows"] + told["ends"]), told
    assert stored(shop) == []


def test_a_flipped_byte_is_found_to_the_row_when_the_till_was_imported_before(till: Till) -> None:
    shop = shop_of(till)
    shop.take(till.export())
    data = bytearray(till.export())
    data[data.index(encode_row(till.rows[3])) + 10] ^= 1  # the list's version of a refusal: no evidence
    refusal = refused(shop, bytes(data))
    assert (refusal.code, refusal.facts["n"]) == ("row", 4)


@pytest.mark.parametrize("cut", [1, 2, 60, 120, 300, 900])
def test_a_truncated_export_is_refused(till: Till, cut: int) -> None:
    assert refused(shop_of(till), till.export()[:-cut]).code in ("row", "ends", "head_damaged")
    assert refused(shop_of(till), till.export()[:cut]).code in (
        "row",
        "head_damaged",
        "foreign",
        "unsigned",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"caisse;ligne\n1;2\n", "csv"),
        (b"\xef\xbb\xbfn\ttime\r\n1\t2\r\n", "csv"),
        (b'{"rows": []}', "json"),
        (b"PK\x03\x04\x14\x00", "archive"),
        (b"\xd2\x84\x43\xa1\x01\x32", "unsigned"),
        (b"\x00\x01\x02", "foreign"),
    ],
)
def test_what_is_no_export_has_its_sentence(till: Till, data: bytes, reason: str) -> None:
    refusal = refused(shop_of(till), data)
    assert refusal.code == reason
    assert refusal.sentence.endswith(".") and refusal.said("en") != refusal.said("fr")


def test_another_version_says_to_update(till: Till) -> None:
    from voucher import cbor
    from voucher.journal import assemble, encode_export, signing_input

    payload = cbor.loads(encode_export(decode_export(till.export())))
    assert isinstance(payload, list)
    newer = cbor.dumps([2, *payload[1:]])
    signed = assemble(newer, till.known.key, till.signer.sign(signing_input(newer, till.known.key)))
    assert refused(shop_of(till), signed).code == "version"


def test_a_wrong_signature_is_told_from_changed_rows(till: Till) -> None:
    data = till.export()
    assert refused(shop_of(till), data[:-64] + bytes(64)).code == "signature"


def test_an_unknown_till_does_not_count_until_a_person_has_accepted_it(till: Till) -> None:
    shop = Shop()
    refusal = refused(shop, till.export())
    assert refusal.code == "unknown_till"
    assert refusal.facts["fingerprint"] == till.known.key[:10].hex(" ")
    shop.know(till)
    assert shop.take(till.export()).rows == 6


@pytest.mark.parametrize(
    "partner",
    [
        "",
        "Épicerie",
        "a b",
        "../x",
        '"><img src=x>',
        f'x"\nname = "y"\n[[till]]\nkey = "{"ab" * 32}"\npartner = "z',
    ],
)
def test_a_till_that_calls_its_partner_what_no_partner_is_called_cannot_become_known(partner: str) -> None:
    """Its words would stand in the registry, as another till of another partner."""
    till, shop = Till("Guichet 1", partner), Shop()
    till.accept(make_claims(1))
    assert refused(shop, till.export()).code == "no_partner"
    with pytest.raises(ExportRefused, match="no_partner"):
        till_of(till.export())
    with pytest.raises(FileRefused):
        shop.store.add_till(till.known)
    assert shop.store.tills() == {}


def test_an_export_of_another_partner_is_refused(till: Till) -> None:
    shop = Shop()
    shop.store.add_till(replace(till.known, partner="epicerie"))
    assert refused(shop, till.export()).code == "other_partner"


def test_two_tills_with_one_name_both_count_and_are_reported() -> None:
    one, other = Till("a", label="Guichet 1"), Till("b", label="Guichet 1")
    one.accept(make_claims(1))
    other.accept(make_claims(2))
    shop = shop_of(one, other)
    assert shop.take(one.export(), other.export()).rows == 2
    (group,) = shop.report().same_names
    assert {till.key for till in group} == {one.known.key, other.known.key}


def test_ten_gigabytes_are_refused_unread(tmp_path: Path, till: Till) -> None:
    path = in_folder(tmp_path / "in", good=till.export()) / "huge.cje"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)
    shop = shop_of(till)
    done = import_exports(shop.store, find([str(tmp_path / "in")]))
    assert (reasons(done), done.rows) == (["too_big"], 6)


def test_the_cap_is_where_the_format_puts_it() -> None:
    with pytest.raises(ExportRefused):
        Source("nowhere", MAX_EXPORT + 1, "").read()
    with pytest.raises(OSError):
        Source("nowhere", MAX_EXPORT, "").read()


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, till: Till) -> None:
    folder = in_folder(tmp_path / "in", good=till.export())
    (folder / "gone.cje").symlink_to(folder / "nowhere")
    shop = shop_of(till)
    done = import_exports(shop.store, find([str(folder)]))
    assert (reasons(done), done.rows) == (["unreadable"], 6)


def test_a_replayed_export_brings_nothing_back(till: Till) -> None:
    shop = shop_of(till)
    early = till.export(1, 3)
    shop.take(till.export())
    before = stored(shop)
    assert shop.take(early).rows == 0
    assert stored(shop) == before


def test_two_stories_both_count_in_whatever_order_they_come(till: Till) -> None:
    copy = Till("Guichet 1", rows=till.rows[:2])
    copy.accept(make_claims(8), NOON + 120)
    copy.refuse(at=NOON + 200)
    seen = []
    for exports in ((till.export(), copy.export()), (copy.export(), till.export())):
        for together in (True, False):
            shop = shop_of(till)
            done = [shop.take(*exports)] if together else [shop.take(data) for data in exports]
            assert sum(one.rows for one in done) == 7  # six, and the copy's third; its fourth is the same row
            findings = shop.report().findings
            seen.append((stored(shop), [(f.kind, [use.n for use in f.uses]) for f in findings]))
            assert shop.take(*exports).rows == 0
    assert all(state == seen[0] for state in seen)
    assert seen[0][1] == [(Kind.TWO_STORIES, [3])]


def test_clock_jumps_are_seen_within_an_export_and_between_two() -> None:
    till = Till("Guichet 1")
    for number, at in enumerate((NOON, NOON + 9000, NOON + 8699, NOON + 20_000, NOON + 100)):
        till.accept(make_claims(number), at, time=at)
    for parts in ([(1, 5)], [(1, 2), (3, 4), (5, 5)], [(5, 5), (1, 4), (2, 3)]):
        shop = shop_of(till)
        for first, last in parts:
            shop.take(till.export(first, last))
        (health,) = shop.report().clocks_off
        assert health.jumps == (3, 5)


def test_a_till_is_silent_after_two_missed_weeks_and_its_list_old(till: Till) -> None:
    shop = shop_of(till, Till("Guichet 2"))
    shop.take(till.export())
    made = shop.report(NOON + 400 + 14 * 86_400)
    assert [health.till.name for health in made.silent] == ["Guichet 2"]
    assert [health.till.name for health in shop.report(NOON + 401 + 14 * 86_400).silent] == [
        "Guichet 1",
        "Guichet 2",
    ]
    assert made.old_lists == []
    late = Till("Guichet 3")
    late.accept(make_claims(1), NOON + 6 * 86_400 + 1)
    shop.know(late)
    shop.take(late.export())
    assert [health.till.name for health in shop.report().old_lists] == ["Guichet 3"]


@pytest.mark.promise("P18")
def test_what_was_derived_can_be_lost_and_made_again(tmp_path: Path, till: Till) -> None:
    other = Till("Guichet 2")
    other.accept(make_claims(1), NOON + 60)
    folder = in_folder(tmp_path / "in", a=till.export(1, 4), b=till.export(3), c=other.export())
    shop = Shop(str(tmp_path / "store"))
    shop.know(till, other)
    import_exports(shop.store, find([str(folder)]))
    before = shop.report()
    assert [finding.kind for finding in before.findings] == [Kind.SAME_USE]
    for kind in ("rows", "pairs", "exports"):
        shop.store.fs.rm(shop.store.path(kind), recursive=True)
    assert shop.report().rows == 0
    assert import_exports(shop.store, find([str(folder)])).rows == 7
    assert shop.report() == before


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_import_that_was_killed_half_way_is_finished_by_the_next(
    tmp_path: Path, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = in_folder(tmp_path / "in", a=till.export())
    shop = Shop(str(tmp_path / "store"))
    shop.know(till)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "finish", _stopped)
        with pytest.raises(KeyboardInterrupt):
            import_exports(shop.store, find([str(folder)]))
    assert shop.store.names("rows") and shop.report().rows == 0
    other = in_folder(tmp_path / "other", a=till.export(1, 2))
    import_exports(shop.store, find([str(other)]))
    assert shop.report().rows == 2
    assert import_exports(shop.store, find([str(folder)])).rows == 4
    assert len(stored(shop)) == 6


def test_several_processes_bring_what_one_brings(
    tmp_path: Path, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Till("Guichet 2")
    other.accept(make_claims(1), NOON + 60)
    folder = in_folder(tmp_path / "in", a=till.export(), b=other.export())
    (folder / "c.csv").write_text("a;b")
    states = []
    for processes, least in ((1, 2**23), (2, 1)):
        monkeypatch.setattr(importing, "_LEAST", least)
        monkeypatch.setattr(importing, "_ALONE", least)
        shop = Shop(str(tmp_path / f"store-{processes}"))
        shop.know(till, other)
        done = import_exports(shop.store, find([str(folder)]), processes=processes)
        assert (done.rows, reasons(done)) == (7, ["csv"])
        states.append((stored(shop), shop.report()))
    assert states[0] == states[1]


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    store = Store.create(str(tmp_path / "store"))
    with store.alone(), pytest.raises(StoreRefused, match="busy"), store.alone():
        pass


def test_a_row_is_read_as_the_strict_reader_reads_it(till: Till) -> None:
    """The expression for usual rows and the reader for all others agree on every column."""
    long = "é" * 30
    till.accept(make_claims(1), NOON + 500, 70_000, amount=2**33, saving=0, offset=-70_000, list_version=300)
    till.rows.append(Row(8, 1, 2**40, RowKind.REFUSED, long, *(None,) * 7, 0, b"", None, long))
    data = till.export()
    kept = []
    head = read_head(data)
    verify(data, head)
    seen = walk(data, head, {2, 8}, lambda n, record: kept.append((n, record)))
    export = decode_export(data)
    assert (seen.after, set(seen.marks)) == (export.after, {2, 8})
    for (n, record), row in zip(kept, export.rows, strict=True):
        assert (n, record[1], record[2], record[3], record[4]) == (
            row.n,
            row.time,
            row.effective,
            row.kind,
            row.verdict,
        )
        assert record[8:12] == (row.seq, row.offer, row.amount, row.saving)
        assert record[12:15] == (row.list_version, row.offset, row.voids)
        cti = None if record[6] is None else record[6].to_bytes(8) + record[7].to_bytes(8)
        assert cti == row.cti
    assert kept[7][1][22] & CLOCK_BACK


def test_the_registry_is_a_file_that_a_person_may_write(tmp_path: Path, till: Till) -> None:
    store = Store.create(str(tmp_path / "store"))
    path = tmp_path / "store" / "tills.toml"
    path.write_text(path.read_text() + "# Bourg, rez-de-chaussée\n")
    odd = KnownTill(till.known.key, PARTNER, 'Guichet « 1 »\n"\\\x7f', "2A004", NOON)
    store.add_till(odd)
    assert store.tills() == {till.known.key: odd}
    assert "rez-de-chaussée" in path.read_text()
    with pytest.raises(FileRefused, match="tills_twice"):
        store.add_till(odd)
    for wrong in ("x", "[[till]]\nkey = 1", "till = 3", f'[[till]]\nkey = "{"00" * 32}"'):
        path.write_text(wrong)
        with pytest.raises(FileRefused):
            store.tills()


def test_lists_are_learned_only_when_our_root_vouches_for_them() -> None:
    shop = Shop()
    theirs = trust_file(make_list(9))
    with pytest.raises(FileRefused, match="unknown_kind"):
        reference_data.learn(shop.store, "x", theirs[:-1])
    with pytest.raises(FileRefused, match="list_twice"):
        reference_data.learn(shop.store, "x", trust_file(make_list(5, issued=NOON - 2)))
    assert reference_data.learn(shop.store, "x", theirs)[0] == "list"
    assert reference_data.learn(shop.store, "x", root_file(make_root()))[0] == "root"
    with pytest.raises(FileRefused, match="root_unknown"):
        reference_data.learn(shop.store, "x", root_file(make_root(3)))
    assert [listed.version for listed in reference_data.read_known(shop.store).lists[PARTNER]] == [5, 9]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"issued": {"1": Infinity}}',
        b'[{"kid": "ffffffffff", "revoked": 1}]',
        b'[{"kid": 7}]',
        b'{"format": "cje-catalogue", "offers": [{"number": 1e999}]}',
    ],
)
def test_a_file_of_json_that_is_none_of_ours_is_refused_before_it_counts(data: bytes) -> None:
    shop = Shop()
    with pytest.raises(FileRefused, match="unknown_kind"):
        reference_data.learn(shop.store, "x", data)
    assert shop.report().findings == ()


def test_the_report_without_lists_says_what_is_not_judged(till: Till) -> None:
    from reconcile.printing.printing import report_lines

    shop = shop_of(till)
    shop.store.fs.rm(shop.store.path("known/lists"), recursive=True)
    shop.take(till.export())
    lines = list(report_lines(report.make(shop.store, NOON), "fr"))
    assert any("Aucune liste" in line for line in lines)
