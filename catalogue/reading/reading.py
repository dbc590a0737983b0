"""Reading content/ into a catalogue, or into the list of everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from catalogue.model.campaign import CampaignCard, campaign_breaches
from catalogue.model.catalogue import Catalogue
from catalogue.model.classification import CategoryList, ProgrammeList
from catalogue.model.facts import Facts, OfferFacts, sharing
from catalogue.model.images import LOGO, PICTURE, Budget, Picture, image_breaches, list_images
from catalogue.model.offer import Offer
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Page, SiteSettings, Theme
from catalogue.problems.breach import Breach
from catalogue.problems.problem import Problem, Span
from catalogue.problems.source_file import SourceFile, load_source
from catalogue.problems.strict_yaml import Document, read_document
from catalogue.reading.cache import Known, Memory
from catalogue.reading.examination import Examination, distinct, invalid, valid_catalogue
from catalogue.reading.folder import Folder, list_folder
from catalogue.reading.history import PastOffer, broken_promises
from catalogue.reading.lazy_offers import Catcher, Learnt, Shelf, ShelvedOffer
from catalogue.reading.validation import build, readable_part
from catalogue.rules import content_rules, cross_rules
from cje.machine.gc_pause import collector_paused
from cje.machine.process_pool import WORTH_SHARING, each

M = TypeVar("M", bound=BaseModel)


def read_catalogue(content: Path) -> Catalogue:
    """Read content/ whole.

    Raises:
        InvalidContent: with all problems of all files.
    """
    return valid_catalogue(examine(content))


def examine(
    content: Path,
    today: date | None = None,
    memory: Memory | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    past: Sequence[PastOffer] = (),
) -> Examination:
    """Read and check everything; never raises for what the files hold.

    Args:
        today: a day of Europe/Paris, for an editor: warnings that depend on it, and hints for writing simply.
            None leaves both out.
        memory: what an earlier check learnt; the same problems are found, and no catalogue is made.
        progress: told after each offer how many are done, of how many.
        past: offers that were out before, and whose files have changed since.
    """
    assert memory is None or memory.hints == (today is not None), "what is remembered holds the hints, or not"
    return _examined(_Reader(list_folder(content), memory, progress, today=today), past)


def read_shelved(
    content: Path,
    memory: Memory,
    progress: Callable[[int, int], None] = lambda done, total: None,
    jobs: int = 1,
) -> Catalogue:
    """Read content/ as `read_catalogue` does, offers that have not changed excepted: these are remembered.

    The offers of the catalogue tell their facts at once and fetch everything else from the disk.

    Args:
        jobs: processes that read, at most.

    Raises:
        InvalidContent: with all problems of all files.
    """
    folder = list_folder(content)
    shelf = Shelf(lambda slug: _one_offer(folder, slug), len(folder.files.get("offers", ())))
    return valid_catalogue(_examined(_Reader(folder, memory, progress, shelf=shelf, jobs=jobs), ()))


def _one_offer(folder: Folder, slug: str) -> Offer:
    """One offer that was valid; somebody may have changed it since."""
    reader = _Reader(folder, None, lambda done, total: None)
    reader.read_offer(slug, folder.files["offers"][slug])
    if reader.errors:
        raise invalid(reader.errors)
    return reader.offers[slug]


def _examined(reader: _Reader, past: Sequence[PastOffer]) -> Examination:
    memory = reader.memory
    with collector_paused():
        if memory is not None:
            memory.open()
        catalogue = reader.read() if reader.folder.files else None
        if past and reader.folder.files:
            reader.compare(past)
    if memory is not None:
        memory.save()
    problems = tuple(sorted(distinct(reader.problems), key=lambda problem: problem.order))
    wrong = any(problem.severity == "error" for problem in problems)
    whole = catalogue is not None and not wrong and (reader.shelf is not None or not reader.known)
    counts = len(reader.offers) + len(reader.known), len(reader.partners)
    return Examination(catalogue if whole else None, problems, *counts)


@dataclass
class _Reader:
    """The state of one reading: models by slug, and each one's document for the places of messages."""

    folder: Folder
    memory: Memory | None
    progress: Callable[[int, int], None]
    documents: dict[int, Document] = field(default_factory=dict)
    partners: dict[str, Partner | None] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    today: date | None = None
    parts: dict[str, Offer] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)
    shelf: Shelf | Catcher | None = None
    jobs: int = 1

    @property
    def problems(self) -> list[Problem]:
        return self.folder.problems + self.found

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.found if problem.severity == "error")

    def read(self) -> Catalogue | None:
        categories = self.single("categories", CategoryList)
        programmes = self.single("programmes", ProgrammeList)
        site, theme = self.single("site", SiteSettings), self.single("theme", Theme)
        self.partners = self.many("partners", Partner)
        pages = self.many("pages", Page)
        self.read_offers()
        self.check_lists(categories, programmes, theme)
        self.check_offers(self.partners, categories, programmes)
        campaigns = [card for card in self.many("campaigns", CampaignCard).values() if card is not None]
        self.check_campaigns(campaigns, theme)
        pictures = self.check_images(campaigns)
        if categories is None or programmes is None or site is None or theme is None:
            return None
        return Catalogue(
            offers=tuple(sorted(self.all_offers(), key=lambda offer: offer.number)),
            partners={slug: partner for slug, partner in self.partners.items() if partner is not None},
            categories=categories.categories,
            programmes=programmes.programmes,
            pages=tuple(page for page in pages.values() if page is not None),
            site=site,
            theme=theme,
            campaigns=tuple(campaigns),
            pictures=pictures,
        )

    def all_offers(self) -> Iterator[Offer]:
        yield from self.offers.values()
        if isinstance(self.shelf, Shelf):
            yield from map(ShelvedOffer.of(self.shelf).on, (known.facts for known in self.known.values()))

    def single(self, name: str, model: type[M]) -> M | None:
        path = self.folder.root / f"{name}.yaml"
        return self.load(str(path), model) if os.path.lexists(path) else None

    def many(self, kind: str, model: type[M]) -> dict[str, M | None]:
        files = self.folder.files[kind]
        return {slug: self.load(path, model, slug) for slug, path in files.items()}

    def read_offers(self) -> None:
        files = self.folder.files["offers"]
        fresh = []
        for slug, path in files.items():
            known = self.memory.by_signature(slug, path) if self.memory is not None else None
            if known is None:
                fresh.append(slug)
            else:
                self.recall(known, path)
        shared = self.shelf is not None and self.jobs > 1 and len(fresh) >= WORTH_SHARING
        learnts = each(self.learn_alone, fresh, self.jobs) if shared else repeat(None)
        for slug, learnt in zip(fresh, learnts, strict=False):
            if learnt is None or self.memory is None or self.shelf is None:
                self.read_offer(slug, files[slug])
            else:
                self.shelf.put(slug, learnt.wrapped)
                self.recall(self.memory.take(slug, learnt.known), files[slug])
            self.progress(len(self.offers) + len(self.known), len(files))

    def learn_alone(self, slug: str) -> Learnt | None:
        """What one of several processes learns of an offer; None for one that the first has to look at."""
        assert self.memory is not None and isinstance(self.shelf, Shelf), "offers are shelved"
        before, shelf = len(self.found), self.shelf
        self.shelf = catcher = Catcher(shelf)
        try:
            self.read_offer(slug, self.folder.files["offers"][slug])
        finally:
            self.shelf = shelf
        del self.found[before:]
        if catcher.caught is None:
            return None
        self.memory.forget(slug)
        return Learnt(self.known.pop(slug), catcher.caught)

    def read_offer(self, slug: str, path: str) -> None:
        """Read one offer and keep its own rules; what is learnt of one without error is remembered."""
        signature = self.memory.signature(path) if self.memory is not None else None
        source = self.source(path)
        if source is None:
            return
        known = self.memory.by_text(slug, signature, source.text) if self.memory is not None else None
        if known is not None:
            self.recall(known, path)
            return
        before = len(self.found)
        offer = self.interpret(source, Offer, slug)
        if offer is None:
            return
        self.offers[slug] = offer
        self.report(offer, [breach for rule in content_rules.OFFER_RULES for breach in rule(offer)])
        if self.today is not None:
            # Its words are many, and only an editor reads them.
            from catalogue.rules.plain_language import offer_hints

            self.report(offer, offer_hints(offer))
        found = self.found[before:]
        if self.memory is not None and all(problem.severity == "warning" for problem in found):
            known = self.memory.learn(offer, signature, source.text, found)
            if self.shelf is not None:
                self.shelf.put(slug, self.shelf.wrapped(offer))
                self.know(known)
                del self.offers[slug], self.documents[id(offer)]

    def know(self, known: Known) -> None:
        if isinstance(self.shelf, Shelf) and not self.shelf.few:
            known.facts = sharing(known.facts)
        self.known[known.facts.slug] = known

    def recall(self, known: Known, path: str) -> None:
        self.know(known)
        if known.warnings:
            self.found += known.problems(self.folder.shown_path(path))

    def load(self, path: str, model: type[M], slug: str | None = None) -> M | None:
        source = self.source(path)
        return None if source is None else self.interpret(source, model, slug)

    def source(self, path: str) -> SourceFile | None:
        source, refused = load_source(path, self.folder.shown_path(path), self.folder.root)
        self.found += refused
        return source

    def interpret(self, source: SourceFile, model: type[M], slug: str | None) -> M | None:
        document = read_document(source)
        self.found += document.problems
        if document.data is None and document.problems:
            return None  # the fault is told already; what is missing because of it would be noise
        built = build(model, document, {"slug": slug} if slug is not None else None)
        if not isinstance(built, list):
            self.documents[id(built)] = document
            return built
        self.found += built
        part = readable_part(Offer, document) if model is Offer else None
        if part is not None and slug is not None:
            self.parts[slug] = part
            self.documents[id(part)] = document
        return None

    def check_lists(
        self, categories: CategoryList | None, programmes: ProgrammeList | None, theme: Theme | None
    ) -> None:
        if categories is not None:
            self.report(categories, cross_rules.repeated_slugs("categories", categories.categories))
        if programmes is not None:
            self.report(programmes, cross_rules.repeated_slugs("programmes", programmes.programmes))
        if theme is not None:
            self.report(theme, content_rules.theme_breaches(theme))
        if categories is not None and theme is not None:
            self.report(categories, cross_rules.category_colours(categories.categories, theme))

    def check_offers(
        self,
        partners: dict[str, Partner | None],
        categories: CategoryList | None,
        programmes: ProgrammeList | None,
    ) -> None:
        known = cross_rules.Known(
            partners,
            tuple(item.slug for item in categories.categories) if categories else None,
            tuple(item.slug for item in programmes.programmes) if programmes else None,
        )
        broken_references = cross_rules.reference_check(known)
        for offer in self.all_facts():
            breaches = broken_references(offer)
            if self.today is not None:
                breaches = (*breaches, *cross_rules.offer_warnings(offer, self.today))
            if breaches:
                self.report(offer, breaches)
        for part in self.parts.values():
            self.check_part(part, known)
        self.check_numbers()

    def all_facts(self) -> list[Offer | Facts]:
        return [*self.offers.values(), *(known.facts for known in self.known.values())]

    def check_campaigns(self, campaigns: Iterable[CampaignCard], theme: Theme | None) -> None:
        offers: dict[str, OfferFacts | None] = dict.fromkeys(self.folder.files["offers"])
        offers.update({offer.slug: offer for offer in self.all_facts()})
        for card in campaigns:
            self.report(card, campaign_breaches(card, offers, theme.light if theme is not None else None))

    def check_images(self, campaigns: list[CampaignCard]) -> dict[str, Picture]:
        """Check each picture that something names, and say which are not; those that are named, by name."""
        images = list_images(self.folder.root)
        named: list[tuple[BaseModel | Facts, str, str, Budget]] = [
            (offer, "image", offer.image_file, PICTURE)
            for offer in self.all_facts()
            if offer.image_file is not None
        ]
        named += [(card, "image", card.image.file, PICTURE) for card in campaigns if card.image is not None]
        partners = [partner for partner in self.partners.values() if partner is not None]
        named += [(item, "logo", item.logo.file, LOGO) for item in partners if item.logo is not None]
        for model, field_name, name, budget in named:
            self.report(model, image_breaches(field_name, name, budget, images))
        pictures = {
            name: Picture(name, images[name].width, images[name].height, self.folder.root)
            for _, _, name, _ in named
            if name in images
        }
        whole = len(self.offers) + len(self.known) == len(self.folder.files["offers"])
        unread = len(partners) < len(self.partners) or len(campaigns) < len(self.folder.files["campaigns"])
        if not whole or unread:
            return pictures  # what cannot be read may name any of them
        for name in sorted(images.keys() - pictures.keys()):
            path = self.folder.shown_path(self.folder.root / "images" / name)
            self.found.append(Problem(path, "image-unused", values={"file": name}, severity="warning"))
        return pictures

    def check_part(self, part: Offer, known: cross_rules.Known) -> None:
        """The rules that what can be read of a faulty offer is enough for."""
        for rule in content_rules.OFFER_RULES:
            with suppress(AttributeError):
                self.report(part, rule(part))
        for reference in cross_rules.REFERENCE_RULES:
            with suppress(AttributeError):
                self.report(part, reference(part, known))

    def check_numbers(self) -> None:
        numbered = self.all_facts()
        numbered += [part for part in self.parts.values() if hasattr(part, "number")]
        if len({offer.number for offer in numbered}) == len(numbered):
            return
        of_path = {self.shown_path(offer): offer for offer in numbered}
        for path, breach in cross_rules.repeated_numbers(sorted(of_path.items(), key=lambda item: item[0])):
            self.report(of_path[path], [breach])

    def compare(self, past: Sequence[PastOffer]) -> None:
        offers = {offer.slug: offer for offer in self.all_facts()}
        numbers = {slug: offer.number for slug, offer in offers.items()}
        faulty = frozenset(self.folder.files["offers"]) - offers.keys()
        for slug, breach in broken_promises(past, numbers, faulty):
            if slug in offers:
                self.report(offers[slug], [breach])
            else:
                path = f"{self.folder.root}/offers/{slug}.yaml"
                self.found.append(breach.at(self.folder.shown_path(path), Span()))

    def shown_path(self, offer: Offer | Facts) -> str:
        if isinstance(offer, Facts):
            return self.folder.shown_path(self.folder.files["offers"][offer.slug])
        return self.documents[id(offer)].source.path

    def report(self, model: BaseModel | Facts, breaches: Iterable[Breach]) -> None:
        for breach in breaches:
            if isinstance(model, Facts):
                self.found.append(self.remembered_problem(model, breach))
            else:
                document = self.documents[id(model)]
                self.found.append(breach.at(document.source.path, document.span(breach.place)))

    def remembered_problem(self, facts: Facts, breach: Breach) -> Problem:
        """A broken rule of an offer that was not read: its place is known too, or the file is read again."""
        path, memory = self.folder.files["offers"][facts.slug], self.memory
        assert memory is not None, "facts come from a memory"

        def find() -> Span:
            source, _ = load_source(path, "", self.folder.root)
            return Span() if source is None else read_document(source).span(breach.place)

        return breach.at(self.folder.shown_path(path), memory.span(facts.slug, breach, find))
