"""Checks across the files of a folder: lists, references, numbers, campaigns, pictures, earlier offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from catalogue.model.campaign import CampaignCard, campaign_breaches
from catalogue.model.classification import CategoryList, ProgrammeList
from catalogue.model.facts import Facts, OfferFacts
from catalogue.model.images import LOGO, PICTURE, Budget, Picture, image_breaches, list_images
from catalogue.model.offer import Offer
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Theme
from catalogue.problems.problem import Problem, Span
from catalogue.reading.history import PastOffer, broken_promises
from catalogue.reading.loading import Loader
from catalogue.reading.offer_reading import OfferReader
from catalogue.rules import content_rules, cross_rules


@dataclass(frozen=True)
class Checker:
    """Reports every broken rule to the loader.

    Attributes:
        partners: by slug; None for a file that cannot be read.
        today: the day for warnings that depend on it; None leaves them out.
    """

    loader: Loader
    offers: OfferReader
    partners: Mapping[str, Partner | None]
    today: date | None

    def check_lists(
        self, categories: CategoryList | None, programmes: ProgrammeList | None, theme: Theme | None
    ) -> None:
        """Check categories, programmes and colours."""
        if categories is not None:
            self.loader.report(categories, cross_rules.repeated_slugs("categories", categories.categories))
        if programmes is not None:
            self.loader.report(programmes, cross_rules.repeated_slugs("programmes", programmes.programmes))
        if theme is not None:
            self.loader.report(theme, content_rules.theme_breaches(theme))
        if categories is not None and theme is not None:
            self.loader.report(categories, cross_rules.category_colours(categories.categories, theme))

    def check_offers(
        self,
        categories: CategoryList | None,
        programmes: ProgrammeList | None,
    ) -> None:
        """Check references and numbers of all offers, and warnings that depend on the day."""
        known = cross_rules.ReferenceTargets(
            self.partners,
            tuple(item.slug for item in categories.categories) if categories else None,
            tuple(item.slug for item in programmes.programmes) if programmes else None,
        )
        broken_references = cross_rules.reference_check(known)
        for offer in self.offers.all_facts():
            breaches = broken_references(offer)
            if self.today is not None:
                breaches = (*breaches, *cross_rules.offer_warnings(offer, self.today))
            if breaches:
                self.loader.report(offer, breaches)
        for part in self.offers.parts.values():
            self.check_part(part, known)
        self.check_numbers()

    def check_campaigns(self, campaigns: Iterable[CampaignCard], theme: Theme | None) -> None:
        """Check the offers and colours that each campaign names."""
        offers: dict[str, OfferFacts | None] = dict.fromkeys(self.loader.folder.files["offers"])
        offers.update({offer.slug: offer for offer in self.offers.all_facts()})
        colours = theme.light if theme is not None else None
        for card in campaigns:
            self.loader.report(card, campaign_breaches(card, offers, colours))

    def check_images(self, campaigns: list[CampaignCard]) -> dict[str, Picture]:
        """Check every named picture and warn of unused ones; return the named pictures by name."""
        images = list_images(self.loader.folder.root)
        named: list[tuple[BaseModel | Facts, str, str, Budget]] = [
            (offer, "image", offer.image_file, PICTURE)
            for offer in self.offers.all_facts()
            if offer.image_file is not None
        ]
        named += [(card, "image", card.image.file, PICTURE) for card in campaigns if card.image is not None]
        partners = [partner for partner in self.partners.values() if partner is not None]
        named += [(item, "logo", item.logo.file, LOGO) for item in partners if item.logo is not None]
        for model, field_name, name, budget in named:
            self.loader.report(model, image_breaches(field_name, name, budget, images))
        pictures = {
            name: Picture(name, images[name].width, images[name].height, self.loader.folder.root)
            for _, _, name, _ in named
            if name in images
        }
        files = self.loader.folder.files
        read = (self.offers.count, len(partners), len(campaigns))
        if read != (len(files["offers"]), len(self.partners), len(files["campaigns"])):
            return pictures  # an unreadable file may use any picture
        for name in sorted(images.keys() - pictures.keys()):
            path = self.loader.folder.shown_path(self.loader.folder.root / "images" / name)
            self.loader.found.append(Problem(path, "image-unused", values={"file": name}, severity="warning"))
        return pictures

    def check_part(self, part: Offer, known: cross_rules.ReferenceTargets) -> None:
        """Apply the rules for which the readable part of a faulty offer is enough."""
        for rule in content_rules.OFFER_RULES:
            with suppress(AttributeError):
                self.loader.report(part, rule(part))
        for reference in cross_rules.REFERENCE_RULES:
            with suppress(AttributeError):
                self.loader.report(part, reference(part, known))

    def check_numbers(self) -> None:
        """Report offers that share a number."""
        numbered = self.offers.all_facts()
        numbered += [part for part in self.offers.parts.values() if hasattr(part, "number")]
        if len({offer.number for offer in numbered}) == len(numbered):
            return
        of_path = {self.loader.shown_path(offer): offer for offer in numbered}
        for path, breach in cross_rules.repeated_numbers(sorted(of_path.items(), key=lambda item: item[0])):
            self.loader.report(of_path[path], [breach])

    def compare(self, past: Sequence[PastOffer]) -> None:
        """Report changes to offers that were published before: numbers and slugs must stay the same."""
        offers = {offer.slug: offer for offer in self.offers.all_facts()}
        numbers = {slug: offer.number for slug, offer in offers.items()}
        faulty = frozenset(self.loader.folder.files["offers"]) - offers.keys()
        for slug, breach in broken_promises(past, numbers, faulty):
            if slug in offers:
                self.loader.report(offers[slug], [breach])
            else:
                path = f"{self.loader.folder.root}/offers/{slug}.yaml"
                self.loader.found.append(breach.at(self.loader.folder.shown_path(path), Span()))
