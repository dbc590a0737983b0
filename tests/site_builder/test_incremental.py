"""After any edit, a build that remembers the last one gives what a build that remembers nothing gives."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from built_site import DAY, some_content, tree
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from catalogue import InvalidContent, OfferCache, read_catalogue, read_lazy_catalogue
from cje.machine import process_pool
from cje.machine.file_stamp import StampCheck
from site_builder.build import BuildReport, build
from site_builder.files.trust_anchor import TrustAnchor
from site_builder.pages.offer_views import TicketView
from site_builder.rebuild import page_keys, prefetch
from site_builder.rebuild.cache import Remembered

KEPT_OFFERS = 9
LONG_AFTER_NS = 4_102_444_800 * 10**9  # 2100: no file is as new as that, wherever this machine's clock stands
EXAMPLES = 200 if os.environ.get("CJE_NIGHTLY") else 6


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small content folder: every kind of thing in it, few of each."""
    return some_content(tmp_path_factory.mktemp("few") / "content", KEPT_OFFERS)


def load(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def edit(path: Path, **changes: object) -> None:
    """Change fields of a YAML file; None removes one."""
    tree = {**load(path), **changes}
    kept = {name: value for name, value in tree.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


class Site:
    """A content folder, its site, and the day; every step builds both ways and compares."""

    def __init__(self, few: Path, folder: Path, *, french: bool = False) -> None:
        self.content, self.out, self.day = folder / "content", folder / "public", DAY
        shutil.copytree(few, self.content)
        self.trust: TrustAnchor | None = None
        self.whole: dict[str, bytes] = {}
        if french:
            edit(self.content / "site.yaml", languages=["fr"])

    @property
    def offers(self) -> list[Path]:
        return sorted((self.content / "offers").iterdir())

    def rebuilt(self) -> BuildReport:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prefetch, "_WORTH_A_PROCESS", 1)
            seen = prefetch.look_ahead(self.content, self.out)()
        memory = OfferCache.for_building(self.content, seen.offers)
        remembered = Remembered.of(self.content, self.out, seen.site)
        memory.now_ns = remembered.now_ns = lambda: LONG_AFTER_NS
        catalogue = read_lazy_catalogue(self.content, memory)
        return build(catalogue, self.out, day=self.day, trust=self.trust, remembered=remembered)

    def compared(self) -> BuildReport:
        before = tree(self.out) if self.out.exists() else {}
        report = self.rebuilt()
        with TemporaryDirectory() as fresh:
            build(read_catalogue(self.content), Path(fresh) / "public", day=self.day, trust=self.trust)
            self.whole = tree(Path(fresh) / "public")
        after = tree(self.out)
        for path in report.written.kept:  # stale, and edited by somebody: it is told, and left in its place
            del after[path]
        assert after.keys() == self.whole.keys()
        assert [path for path in after if after[path] != self.whole[path]] == []
        changed = {path for path in after if before.get(path) != after[path]} - {".cje-build.json"}
        assert set(report.written.written) == changed
        return report


TITLES = st.sampled_from(["Un autre titre", "« Deux » pour un : 10 %", "Gras & fin", "Ton deuxième"])
OFFER_EDITS = st.one_of(
    st.fixed_dictionaries({"title": TITLES}),
    st.fixed_dictionaries({"headline": st.sampled_from(["−10 %", "Gratuit", "Une place offerte"])}),
    st.fixed_dictionaries({"conditions": st.lists(TITLES, min_size=1, max_size=3, unique=True)}),
    st.fixed_dictionaries({"tags": st.lists(st.sampled_from(["sport", "été", "vélo"]), unique=True)}),
    st.fixed_dictionaries({"status": st.sampled_from(["draft", "published", "retired"])}),
    st.fixed_dictionaries({"valid_from": st.sampled_from(["2026-11-01", "2026-11-21", "2026-12-24"])}),
    st.fixed_dictionaries({"valid_until": st.sampled_from(["2026-12-31", "2027-10-17", "2027-10-30"])}),
    st.fixed_dictionaries({"channel": st.just("both"), "description": st.just("Un *mot*.\n\n- Deux")}),
    st.fixed_dictionaries(
        {"territory": st.sampled_from([{"kind": "national", "label": "Partout"}, None])}
    ).map(lambda change: {name: value for name, value in change.items() if value}),
    st.fixed_dictionaries({"age": st.just({"min": 18, "max": 25}), "reviewed": st.just("2026-11-20")}),
)


def act(site: Site, what: str, data: st.DataObject) -> None:
    offers = site.offers
    path = data.draw(st.sampled_from(offers), label="offer")
    if what == "offer":
        edit(path, **data.draw(OFFER_EDITS))
    elif what == "partner of offer":
        partner = data.draw(st.sampled_from(sorted((site.content / "partners").iterdir())))
        need = data.draw(st.sampled_from(load(site.content / "categories.yaml")["categories"]))
        edit(path, partner=partner.stem, categories=[need["slug"]])
    elif what == "renamed offer":
        path.rename(path.with_name(f"autrement-{load(path)['number']}.yaml"))
    elif what == "new offer":
        number = max(load(one)["number"] for one in offers) + data.draw(st.integers(1, 3))
        copy = path.with_name(f"encore-{number}.yaml")
        shutil.copy(path, copy)
        edit(copy, number=number)
    elif what == "no offer" and len(offers) > 1:
        path.unlink()
    elif what == "partner":
        partner = data.draw(st.sampled_from(sorted((site.content / "partners").iterdir())))
        edit(partner, name=data.draw(TITLES), colour=data.draw(st.sampled_from(["#123456", "#0369a1"])))
    elif what == "page":
        page = data.draw(st.sampled_from(sorted((site.content / "pages").iterdir())))
        edit(page, title=data.draw(TITLES), body=data.draw(st.sampled_from(["Un.", "## Deux\n\nTrois."])))
    elif what == "category":
        needs = yaml.load((site.content / "categories.yaml").read_text(), Loader=yaml.BaseLoader)[  # noqa: S506
            "categories"
        ]
        needs[data.draw(st.integers(0, len(needs) - 1))]["name"] = data.draw(TITLES)
        edit(site.content / "categories.yaml", categories=needs)
    elif what == "site":
        edit(site.content / "site.yaml", name=data.draw(TITLES), languages=data.draw(LANGUAGES))
    elif what == "day":
        site.day += timedelta(days=data.draw(st.integers(1, 60)))
    elif what == "signed again":
        site.trust = TrustAnchor(b"root", 1, floor_time=data.draw(st.integers(1, 2)), demo=False)
    elif what == "spoilt page":
        page = data.draw(st.sampled_from(sorted(site.out.rglob("*.html"))))
        page.write_bytes(page.read_bytes().swapcase())
    elif what == "lost page":
        data.draw(st.sampled_from(sorted(site.out.rglob("*.html")))).unlink()
    elif what == "touched":
        path.touch()
    elif what == "lost cache":
        shutil.rmtree(site.content.parent / ".cje-cache", ignore_errors=True)  # lost twice, or never made


LANGUAGES = st.sampled_from([["fr"], ["fr", "en"]])
EDITS = (
    "offer",
    "renamed offer",
    "partner of offer",
    "new offer",
    "no offer",
    "partner",
    "page",
    "category",
    "site",
)
ACTS = (*EDITS, "day", "signed again")
ACCIDENTS = ("spoilt page", "lost page", "touched", "lost cache")


SLOW_STEPS = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a step takes a second: shrinking takes an hour
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@settings(SLOW_STEPS, max_examples=EXAMPLES)
@given(st.data())
def test_any_edits_give_the_bytes_of_a_full_build_and_rewrite_nothing_else(
    few: Path, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        site = Site(few, Path(folder))
        site.rebuilt()
        for what in data.draw(st.lists(st.sampled_from((*ACTS, *ACTS, *ACCIDENTS)), min_size=1, max_size=3)):
            act(site, what, data)
        try:
            read_catalogue(site.content)
        except InvalidContent:
            reject()  # edits that the checks refuse never reach the builder
        site.compared()


def test_an_edited_condition_rewrites_its_page_and_what_lists_it_for_programs(
    few: Path, tmp_path: Path
) -> None:
    site = Site(few, tmp_path)
    site.rebuilt()
    path = next(one for one in site.offers if load(one)["status"] == "published")
    edit(path, conditions=["Une condition toute neuve."])
    written = site.compared().written.written
    own = {f"{lang}offres/{path.stem}/index.html" for lang in ("", "en/")}
    data = {f"{lang}catalogue.json" for lang in ("", "en/")}
    lists = {one for one in written if one.startswith("precache-")}
    assert set(written) == own | data | lists | {"sw.js", "_headers", "built.json"} and len(lists) == 1
    assert site.compared().written.written == ()


def test_an_offer_that_is_renamed_has_its_new_address_everywhere(few: Path, tmp_path: Path) -> None:
    site = Site(few, tmp_path)
    site.rebuilt()
    path = next(one for one in site.offers if load(one)["status"] == "published")
    path.rename(path.with_name("tout-autre-nom.yaml"))
    written = site.compared().written
    assert "catalogue.json" in written.written and f"offres/{path.stem}/index.html" in written.deleted


# What says the day; everything else says the same until an offer begins, ends, or is written with its year.
SAY_THE_DAY = {"built.json", "mise-a-jour/index.html", "en/mise-a-jour/index.html"}


def test_a_day_on_which_nothing_happens_rewrites_the_files_that_say_the_day(
    few: Path, tmp_path: Path
) -> None:
    site = Site(few, tmp_path)
    site.rebuilt()
    site.day += timedelta(days=1)
    assert set(site.compared().written.written) == SAY_THE_DAY


def test_lists_that_are_signed_again_change_the_till_and_no_other_page(few: Path, tmp_path: Path) -> None:
    site = Site(few, tmp_path)
    site.trust = TrustAnchor(b"root", floor_version=1, floor_time=1, demo=False)
    site.rebuilt()
    site.trust = TrustAnchor(b"root", floor_version=2, floor_time=2, demo=False)
    written = set(site.compared().written.written)
    assert {"caisse/index.html", "caisse/en/index.html", "caisse/sw.js"} < written
    assert {path.split("/")[0] for path in written} == {"caisse"}


def test_a_day_on_which_an_offer_begins_or_ends_rewrites_what_names_it(few: Path, tmp_path: Path) -> None:
    site = Site(few, tmp_path, french=True)
    named = [one for one in site.offers if load(one)["status"] == "published"]
    begins, ends = (one.stem for one in named[:2])
    edit(named[0], valid_from=date(2026, 11, 22))
    edit(named[1], valid_until=date(2026, 11, 22))
    site.rebuilt()
    counted = {"recherche", "partenaires", "besoins", "territoires", "etiquettes"}  # how many there are
    for slug, also in ((begins, set()), (ends, counted | {"offres"})):  # a word may be left without a page
        site.day += timedelta(days=1)
        before = tree(site.out)
        written = site.compared().written
        html = {path for path in written.written if path.endswith(".html")} - SAY_THE_DAY
        own = f"offres/{slug}/index.html"
        silent = [path for path in html - {own} if slug.encode() not in before[path] + site.whole[path]]
        assert {path.split("/")[0] for path in silent} <= also
        assert own in {*html, *written.deleted} and "index.html" in html


@settings(SLOW_STEPS, max_examples=EXAMPLES // 3)
@given(st.lists(st.dates(date(2026, 9, 1), date(2027, 12, 31)), min_size=1, max_size=2), st.data())
def test_a_rebuild_on_any_other_day_gives_the_bytes_of_a_full_build(
    few: Path, days: list[date], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        site = Site(few, Path(folder), french=True)
        for path in (site.content / "partners").iterdir():
            edit(path, agreement_until=None)
        for path in site.offers:  # something happens often
            start = data.draw(st.dates(date(2026, 9, 1), date(2027, 6, 1)))
            end = start + timedelta(days=data.draw(st.integers(5, 399)))
            edit(path, valid_from=start, valid_until=end)
        site.rebuilt()
        for site.day in days:
            site.compared()


def test_words_of_the_day_that_keys_forget_would_be_found(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harness is not blind: an offer that begins must change its page although its file is the same."""
    site = Site(few, tmp_path, french=True)
    edit(site.offers[0], status="published", valid_from=date(2026, 11, 22))
    monkeypatch.setattr(TicketView, "said_today", "")
    site.rebuilt()
    site.day += timedelta(days=1)
    with pytest.raises(AssertionError):
        site.compared()


def test_what_a_fast_machine_wrote_last_is_remembered_too(few: Path, tmp_path: Path) -> None:
    """Else the largest file, which is renamed last, would be made from every offer each time."""
    site = Site(few, tmp_path)
    site.rebuilt()
    edit(next(one for one in site.offers if load(one)["status"] == "published"), title="Un titre tout neuf")
    remembered = Remembered.of(site.content, site.out)
    remembered.now_ns = lambda: disk_time_ns(tmp_path / "clock")
    build(read_catalogue(site.content), site.out, day=site.day, remembered=remembered)
    files = {path for path in tree(site.out) if not path.startswith(".cje-")}
    assert "catalogue.json" in files and files <= set(Remembered.of(site.content, site.out).files)


def disk_time_ns(probe: Path) -> int:
    """Return the time that the disk gives to a file now; another clock may stand before it."""
    probe.write_bytes(b"")
    return probe.stat().st_mtime_ns


def test_a_forgotten_dependency_would_be_found(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harness is not blind: with keys that leave offers out, an edit must not go unnoticed."""
    site = Site(few, tmp_path)
    monkeypatch.setattr(page_keys, "digest_of", lambda offer: "the same")
    site.rebuilt()
    edit(site.offers[0], title="Un titre tout neuf")
    with pytest.raises(AssertionError):
        site.compared()


@pytest.mark.parametrize("of", ["offers", "site"])
def test_a_look_that_misses_a_change_would_be_found(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    site = Site(few, tmp_path)
    site.rebuilt()
    kept = {"offers": "build-content", "site": "site-*"}[of]
    (cache,) = (tmp_path / ".cje-cache").glob(f"{kept}.json")
    blind = StampCheck(cache.read_bytes()[:32].decode(), frozenset())
    monkeypatch.setattr(prefetch, "look_ahead", lambda *_: lambda: prefetch.Looks(**{of: blind}))
    if of == "offers":
        edit(site.offers[0], title="Un titre tout neuf")
    else:
        (site.out / "index.html").write_text("Ma page.")
    with pytest.raises(AssertionError):
        site.compared()


def test_a_spoilt_cache_costs_time_and_nothing_else(few: Path, tmp_path: Path) -> None:
    site = Site(few, tmp_path)
    site.rebuilt()
    for cache in (tmp_path / ".cje-cache").glob("*.json"):
        cache.write_bytes(cache.read_bytes()[:-20] + b'"}')
    edit(site.offers[0], title="Un titre tout neuf")
    site.compared()


def test_a_cache_that_cannot_be_written_is_done_without(few: Path, tmp_path: Path) -> None:
    site = Site(few, tmp_path)
    (tmp_path / ".cje-cache").write_bytes(b"a file in its place")
    site.compared()


def test_two_processes_give_the_same_site(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "WORTH_SHARING", 1)
    catalogue = read_catalogue(few)
    for jobs in (1, 2):
        build(catalogue, tmp_path / str(jobs), day=DAY, jobs=jobs)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
