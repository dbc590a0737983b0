"""Reading the offers of content/: from their files, from the cache, or in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat

from catalogue.model.facts import Facts, share_values
from catalogue.model.offer import Offer
from catalogue.problems.source_file import SourceFile
from catalogue.reading.cache import CachedOffer
from catalogue.reading.lazy_offers import LazyOffer, OfferCapture, OfferStore, WorkerResult
from catalogue.reading.loading import Loader
from catalogue.reading.validation import readable_part
from catalogue.rules import content_rules
from cje.machine.process_pool import WORTH_SHARING, map_in_workers


@dataclass
class OfferReader:
    """Reads the offers of a folder.

    Attributes:
        hints: whether to add hints for plain language, for an editor.
        progress: called after each offer with the number of offers done and in total.
        shelf: stores the whole offers; None keeps them in `offers`.
        jobs: greatest number of processes that read.
        offers: offers whose models are in memory, by slug.
        known: entries of the cache for the other offers, by slug.
        parts: the readable parts of faulty offers, by slug.
    """

    loader: Loader
    hints: bool
    progress: Callable[[int, int], None]
    shelf: OfferStore | OfferCapture | None = None
    jobs: int = 1
    offers: dict[str, Offer] = field(default_factory=dict)
    known: dict[str, CachedOffer] = field(default_factory=dict)
    parts: dict[str, Offer] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of offers without error."""
        return len(self.offers) + len(self.known)

    def all_offers(self) -> Iterator[Offer]:
        """Yield every offer of the catalogue."""
        yield from self.offers.values()
        if isinstance(self.shelf, OfferStore):
            yield from map(LazyOffer.of(self.shelf).on, (known.facts for known in self.known.values()))

    def all_facts(self) -> list[Offer | Facts]:
        """Return what lists need of every offer without error."""
        return [*self.offers.values(), *(known.facts for known in self.known.values())]

    def read_offers(self) -> None:
        """Read all offers, unchanged ones from the cache."""
        files, memory = self.loader.folder.files["offers"], self.loader.memory
        fresh = []
        for slug, path in files.items():
            known = memory.by_signature(slug, path) if memory is not None else None
            if known is None:
                fresh.append(slug)
            else:
                self.recall(known, path)
        shared = self.shelf is not None and self.jobs > 1 and len(fresh) >= WORTH_SHARING
        learnts = map_in_workers(self.learn_alone, fresh, self.jobs) if shared else repeat(None)
        for slug, learnt in zip(fresh, learnts, strict=False):
            if learnt is None or memory is None or self.shelf is None:
                self.read_offer(slug, files[slug])
            else:
                self.shelf.put(slug, learnt.wrapped)
                self.recall(memory.take(slug, learnt.known), files[slug])
            self.progress(self.count, len(files))

    def learn_alone(self, slug: str) -> WorkerResult | None:
        """Read one offer in a worker process; None for an offer that the first process has to read itself."""
        assert self.loader.memory is not None and isinstance(self.shelf, OfferStore), "offers are shelved"
        before, shelf = len(self.loader.found), self.shelf
        self.shelf = catcher = OfferCapture(shelf)
        try:
            self.read_offer(slug, self.loader.folder.files["offers"][slug])
        finally:
            self.shelf = shelf
        del self.loader.found[before:]
        if catcher.caught is None:
            return None
        self.loader.memory.forget(slug)
        return WorkerResult(self.known.pop(slug), catcher.caught)

    def read_offer(self, slug: str, path: str) -> None:
        """Read one offer and check its own rules; remember it when it has no error."""
        memory = self.loader.memory
        signature = memory.signature(path) if memory is not None else None
        source = self.loader.source(path)
        if source is None:
            return
        known = memory.by_text(slug, signature, source.text) if memory is not None else None
        if known is not None:
            self.recall(known, path)
            return
        before = len(self.loader.found)
        offer = self.interpret(source, slug)
        if offer is None:
            return
        self.offers[slug] = offer
        self.loader.report(offer, [breach for rule in content_rules.OFFER_RULES for breach in rule(offer)])
        if self.hints:
            # A late import: its word lists are long, and only editors need them.
            from catalogue.rules.plain_language import offer_hints

            self.loader.report(offer, offer_hints(offer))
        found = self.loader.found[before:]
        if memory is not None and all(problem.severity == "warning" for problem in found):
            known = memory.learn(offer, signature, source.text, found)
            if self.shelf is not None:
                self.shelf.put(slug, self.shelf.wrapped(offer))
                self._know(known)
                del self.offers[slug], self.loader.documents[id(offer)]

    def interpret(self, source: SourceFile, slug: str) -> Offer | None:
        """Make an offer of a file's text; of a faulty one, keep the part that can be read."""
        document = self.loader.document(source)
        if document is None:
            return None
        offer = self.loader.validate_document(document, Offer, slug)
        part = readable_part(Offer, document) if offer is None else None
        if part is not None:
            self.parts[slug] = part
            self.loader.documents[id(part)] = document
        return offer

    def _know(self, known: CachedOffer) -> None:
        if isinstance(self.shelf, OfferStore) and not self.shelf.few:
            known.facts = share_values(known.facts)
        self.known[known.facts.slug] = known

    def recall(self, known: CachedOffer, path: str) -> None:
        """Take an offer and its warnings from the cache."""
        self._know(known)
        if known.warnings:
            self.loader.found += known.problems(self.loader.folder.shown_path(path))
