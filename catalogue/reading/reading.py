"""Reading content/ into a catalogue, or into a list of its problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue.model.campaign import CampaignCard
from catalogue.model.catalogue import Catalogue
from catalogue.model.classification import CategoryList, ProgrammeList
from catalogue.model.offer import Offer
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Page, SiteSettings, Theme
from catalogue.reading.cache import OfferCache
from catalogue.reading.checking import Checker
from catalogue.reading.examination import Examination, invalid_content, remove_duplicates, valid_catalogue
from catalogue.reading.folder import Folder, list_folder
from catalogue.reading.history import PastOffer
from catalogue.reading.lazy_offers import OfferStore
from catalogue.reading.loading import Loader
from catalogue.reading.offer_reading import OfferReader
from cje.machine.gc_pause import collector_paused


def read_catalogue(content: Path) -> Catalogue:
    """Read all of content/ into a catalogue.

    Raises:
        InvalidContent: with all problems of all files.
    """
    return valid_catalogue(examine_content(content))


def examine_content(
    content: Path,
    today: date | None = None,
    memory: OfferCache | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    past: Sequence[PastOffer] = (),
) -> Examination:
    """Read and check content/. No content makes it raise: each fault is a problem in the result.

    Args:
        content: the content folder.
        today: the day in Europe/Paris, for warnings that depend on it and hints for plain language. None
            leaves both out.
        memory: the cache of an earlier check. The problems are the same with it, and no catalogue is made
            when an offer comes from it.
        progress: called after each offer with the number of offers done and in total.
        past: offers that were published or retired before, and whose files have changed since.
    """
    assert memory is None or memory.hints == (today is not None), "what is remembered holds the hints, or not"
    loader = Loader(list_folder(content), memory)
    return _Reading(OfferReader(loader, today is not None, progress), today, past).examine_content()


def read_lazy_catalogue(
    content: Path,
    memory: OfferCache,
    progress: Callable[[int, int], None] = lambda done, total: None,
    jobs: int = 1,
) -> Catalogue:
    """Read content/ as `read_catalogue` does, with unchanged offers from the cache.

    The facts of the offers are in memory. Other fields are loaded from the disk on access.

    Args:
        content: the content folder.
        memory: the cache of an earlier build.
        progress: called after each offer with the number of offers done and in total.
        jobs: greatest number of processes that read.

    Raises:
        InvalidContent: with all problems of all files.
    """
    folder = list_folder(content)
    shelf = OfferStore(lambda slug: _one_offer(folder, slug), len(folder.files.get("offers", ())))
    offers = OfferReader(Loader(folder, memory), hints=False, progress=progress, shelf=shelf, jobs=jobs)
    return valid_catalogue(_Reading(offers).examine_content())


def _one_offer(folder: Folder, slug: str) -> Offer:
    """Read an offer again. It was valid, but its file may have changed since."""
    offers = OfferReader(Loader(folder, None), hints=False, progress=lambda done, total: None)
    offers.read_offer(slug, folder.files["offers"][slug])
    if offers.loader.errors:
        raise invalid_content(offers.loader.errors)
    return offers.offers[slug]


@dataclass(frozen=True)
class _Reading:
    """One reading of a whole folder."""

    offers: OfferReader
    today: date | None = None
    past: Sequence[PastOffer] = ()

    def examine_content(self) -> Examination:
        loader = self.offers.loader
        with collector_paused():
            if loader.memory is not None:
                loader.memory.open()
            catalogue, partners = self._read() if loader.folder.files else (None, 0)
        if loader.memory is not None:
            loader.memory.save()
        problems = tuple(sorted(remove_duplicates(loader.problems), key=lambda problem: problem.order))
        wrong = any(problem.severity == "error" for problem in problems)
        remembered = bool(self.offers.known) and self.offers.shelf is None
        whole = catalogue is not None and not wrong and not remembered
        return Examination(catalogue if whole else None, problems, self.offers.count, partners)

    def _read(self) -> tuple[Catalogue | None, int]:
        """Read every file and apply every rule; return the catalogue and the number of files of partners."""
        loader, offers = self.offers.loader, self.offers
        categories = loader.single("categories", CategoryList)
        programmes = loader.single("programmes", ProgrammeList)
        site, theme = loader.single("site", SiteSettings), loader.single("theme", Theme)
        partners = loader.many("partners", Partner)
        pages = loader.many("pages", Page)
        offers.read_offers()
        checker = Checker(loader, offers, partners, self.today)
        checker.check_lists(categories, programmes, theme)
        checker.check_offers(categories, programmes)
        campaigns = [card for card in loader.many("campaigns", CampaignCard).values() if card is not None]
        checker.check_campaigns(campaigns, theme)
        pictures = checker.check_images(campaigns)
        if self.past:
            checker.compare(self.past)
        if categories is None or programmes is None or site is None or theme is None:
            return None, len(partners)
        catalogue = Catalogue(
            offers=tuple(sorted(offers.all_offers(), key=lambda offer: offer.number)),
            partners={slug: partner for slug, partner in partners.items() if partner is not None},
            categories=categories.categories,
            programmes=programmes.programmes,
            pages=tuple(page for page in pages.values() if page is not None),
            site=site,
            theme=theme,
            campaigns=tuple(campaigns),
            pictures=pictures,
        )
        return catalogue, len(partners)
