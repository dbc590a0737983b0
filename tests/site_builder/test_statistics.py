"""The page of figures: what was published and nothing else, drawn, tabled, never changed in silence."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from built_site import DAY, ROOT
from click.testing import CliRunner
from published import NOTE, history, publication

from catalogue import Catalogue
from cje.locales import text
from site_builder.build import build
from site_builder.cli import site
from site_builder.errors import StatisticsRefused
from site_builder.pages.charts import columns
from site_builder.pages.open_data import open_data_files
from site_builder.pages.site_map import content_pages
from site_builder.pages.statistics import PUBLISHED, check_kept, published_files, read_statistics
from site_builder.pages.views import Views
from site_builder.preview.check import check_site
from voucher.statistics import Cell, Published, Table, Total, digest, encode_publication, latest


def words(path: Path) -> str:
    """Return what a page says, on one line, with plain spaces."""
    page = path.read_text(encoding="utf-8").partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub("<[^>]*>", " ", page)).split())


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def test_every_number_of_the_last_month_is_on_its_page(built: Path, catalogue: Catalogue) -> None:
    for one in latest(history(catalogue)):
        month = one.publication
        said = words(built / "statistiques" / month.month / "index.html")
        cells = [*month.needs.cells, *month.territories.cells, *month.programmes.cells]
        for need in month.needs.cells:
            assert need.offers is not None
            cells += need.offers.cells
            if need.offers.others is not None:
                others = f"{need.offers.others.count} autres, ensemble {spaced(need.offers.others.uses)} –"
                assert others in said
        for cell in cells:
            saving = "" if cell.saving is None else f" {spaced(cell.saving // 100)} €"
            assert f"{spaced(cell.uses)}{saving}" in said, (month.month, cell.key)


def test_the_first_page_counts_all_months_and_says_what_was_corrected(
    built: Path, catalogue: Catalogue
) -> None:
    said = words(built / "statistiques" / "index.html")
    totals = [one.publication.total for one in latest(history(catalogue)) if one.publication.total]
    assert spaced(sum(total.uses for total in totals)) in said
    assert f"au moins {spaced(sum(total.saving for total in totals) // 100)} €" in said
    assert f"septembre 2026, corrigé le 9 novembre 2026 {text('site.figures.reason.late_journals')}" in said
    assert NOTE in said
    assert history(catalogue)[-1].sha256 in said
    assert "août 2025" in said and "août 2026" not in said


def test_a_month_of_fewer_than_five_people_says_so(built: Path) -> None:
    assert "Moins de cinq personnes" in words(built / "statistiques" / "2025-05" / "index.html")


def test_without_figures_the_page_is_friendly_and_the_data_are_empty(
    catalogue: Catalogue,
) -> None:
    page = next(
        page for page in content_pages(catalogue, Views(catalogue, DAY, "fr")) if page.name == "statistics"
    )
    assert page.context["figures"] is None
    files = open_data_files(())
    assert json.loads(files[f"{PUBLISHED}index.json"])["files"] == []
    assert files["statistiques/statistiques.csv"].count(b"\r\n") == 1


def test_content_stays_french_on_the_english_page(built: Path) -> None:
    page = (built / "en" / "statistiques" / "2026-10" / "index.html").read_text(encoding="utf-8")
    assert '<span lang="fr">Val-d&#39;Oise</span>' in page
    assert "<span>2 others, together</span>" in page
    assert "Uses" in page and "Utilisations" not in page


def test_charts_are_named_and_their_bars_are_left_to_the_table(built: Path) -> None:
    page = (built / "statistiques" / "index.html").read_text(encoding="utf-8")
    main = page.partition("<main")[2]
    drawings = re.findall("<svg[^>]*>", main)
    assert drawings and all('aria-hidden="true"' in tag or 'role="img"' in tag for tag in drawings)
    assert all("aria-label=" in tag for tag in drawings if 'role="img"' in tag)
    assert "style=" not in main


def test_the_site_with_figures_has_no_fault(built: Path) -> None:
    _, findings = check_site(built)
    assert not [found for found in findings if "statistiques" in found.path]


def test_publications_are_public_as_they_are(built: Path, catalogue: Catalogue) -> None:
    index = json.loads((built / PUBLISHED / "index.json").read_bytes())
    before = None
    for entry in index["files"]:
        data = (built / PUBLISHED / entry["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert json.loads(data)["before"] == before
        before = entry["sha256"]
    assert len(index["files"]) == len(history(catalogue))


def test_the_table_for_spreadsheets_says_the_same(built: Path, catalogue: Catalogue) -> None:
    data = (built / "statistiques" / "statistiques.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    for one in latest(history(catalogue)):
        month, total = one.publication.month, one.publication.total
        of_month = [row for row in rows if row["month"] == month]
        for table in ("needs", "offers"):
            found = [row for row in of_month if row["table"] == table]
            assert sum(int(row["uses"]) for row in found) == (total.uses if total else 0)
            assert 100 * sum(int(row["saving_euros"] or 0) for row in found) == (total.saving if total else 0)
        assert all(int(row["uses"]) >= 5 and int(row["uses"]) % 5 == 0 for row in of_month)


def with_label(catalogue: Catalogue, label: str) -> tuple[Published, ...]:
    table = Table((Cell("99999", label, 10, 100, partner="inconnu"),))
    need = Cell("inconnu", label, 10, 100, offers=table)
    month = replace(
        publication(catalogue, "2026-10", 5),
        total=Total(10, 100),
        needs=Table((need,)),
        territories=Table(),
        programmes=Table(),
    )
    return (Published(month, digest(encode_publication(month))),)


@pytest.mark.promise("P24")
def test_a_name_in_a_publication_is_text_and_no_formula(catalogue: Catalogue, tmp_path: Path) -> None:
    label = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
    found = with_label(catalogue, label)
    assert f'"\'{label}"'.encode() in open_data_files(found)["statistiques/statistiques.csv"] or (
        f"'{label}".encode() in open_data_files(found)["statistiques/statistiques.csv"]
    )
    build(catalogue, tmp_path / "public", day=DAY, statistics=found)
    for name in ("index.html", "2026-10/index.html"):
        assert b"<script>alert" not in (tmp_path / "public" / "statistiques" / name).read_bytes()
    assert label in words(tmp_path / "public" / "statistiques" / "index.html")


def test_a_published_month_is_never_dropped_or_replaced(catalogue: Catalogue) -> None:
    """The ledger of the last build knows what was public; a new revision only adds."""
    whole = history(catalogue)
    earlier = {path: {hashlib.sha256(data).hexdigest()} for path, data in published_files(whole[:-1]).items()}
    check_kept(published_files(whole), {**earlier, f"{PUBLISHED}index.json": {"00"}, "index.html": {"00"}})
    with pytest.raises(StatisticsRefused, match=r"2026-09\.1\.json"):
        check_kept(published_files(whole[:-3]), earlier)
    changed = published_files(whole)
    changed[f"{PUBLISHED}2025-05.1.json"] += b"\n"
    with pytest.raises(StatisticsRefused, match=r"2025-05\.1\.json"):
        check_kept(changed, earlier)


def test_the_command_reads_the_folder_and_refuses_a_silent_change(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    folder, out = tmp_path / "statistics", tmp_path / "public"
    folder.mkdir()
    for path, data in published_files(history(catalogue)[:2]).items():
        (folder / Path(path).name).write_bytes(data)
    assert len(read_statistics(folder)) == 2
    assert read_statistics(tmp_path / "nowhere") == ()
    arguments = ["build", "--content", str(ROOT / "content"), "--out", str(out), "--day", DAY.isoformat()]
    given = [*arguments, "--statistics", str(folder)]
    assert CliRunner().invoke(site, given).exit_code == 0
    public = out / PUBLISHED / "2025-05.1.json"
    data = public.read_bytes()
    (folder / "2025-06.1.json").unlink()
    refused = CliRunner().invoke(site, given)
    assert isinstance(refused.exception, StatisticsRefused) and refused.exception.exit_code == 1
    assert "2025-06.1.json" in refused.exception.sentence
    (folder / "2025-05.1.json").write_bytes(data.replace(b'"heard": 1', b'"heard": 2') + b" ")
    with pytest.raises(StatisticsRefused, match=r"2025-05\.1\.json: statistics: not in its one form"):
        read_statistics(folder)
    assert public.read_bytes() == data


def test_columns_are_as_tall_as_what_they_count() -> None:
    chart = columns([100, None, 50, 0], ["100", "–", "50", "0"], [("m", "")] * 4, 400, 200)
    tops = [column.top for column in chart.columns]
    full = chart.base - 8 - tops[0]
    assert tops[1] == tops[3] == chart.base - 8
    assert (chart.base - 8 - tops[2]) / full == pytest.approx(0.5)
    assert [bool(column.path) for column in chart.columns] == [True, False, True, False]
    assert all(0 < column.middle < 400 and column.top > 10 for column in chart.columns)
    assert columns([], [], [], 400, 200).columns == ()
