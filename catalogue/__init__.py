"""The catalogue: offers, partners and pages, written as YAML in content/ and read into typed objects.

`read_catalogue(content)` gives a `Catalogue` in which every reference resolves, or raises `InvalidContent`
with every problem of every file. `examine_content(content, today)` gives both, with warnings. Of the
other rooms it imports only the ground, `cje/`, and it is the only one that knows YAML.
"""

from catalogue.errors import CatalogueError, InvalidContent, Refused
from catalogue.model.barcodes import Symbology
from catalogue.model.campaign import CampaignCard
from catalogue.model.catalogue import Catalogue
from catalogue.model.classification import Category, Programme
from catalogue.model.field_types import money_text
from catalogue.model.geography import Place, Territory
from catalogue.model.images import Image, Picture
from catalogue.model.offer import AgeRange, Limit, Offer
from catalogue.model.partner import Contact, Partner
from catalogue.model.saving import AmountSaving, FreeTextSaving, PercentSaving, Saving
from catalogue.model.site_texts import Page, SiteSettings, Theme
from catalogue.model.ways_of_use import BarcodeUse, CardUse, CodeUse, LinkUse, Use, VoucherUse
from catalogue.problems.problem import Problem, Span
from catalogue.reading.cache import OfferCache, rules_digest
from catalogue.reading.examination import Examination
from catalogue.reading.reading import examine_content, read_catalogue, read_lazy_catalogue

__all__ = [
    "AgeRange",
    "AmountSaving",
    "BarcodeUse",
    "CampaignCard",
    "CardUse",
    "Catalogue",
    "CatalogueError",
    "Category",
    "CodeUse",
    "Contact",
    "Examination",
    "FreeTextSaving",
    "Image",
    "InvalidContent",
    "Limit",
    "LinkUse",
    "Offer",
    "OfferCache",
    "Page",
    "Partner",
    "PercentSaving",
    "Picture",
    "Place",
    "Problem",
    "Programme",
    "Refused",
    "Saving",
    "SiteSettings",
    "Span",
    "Symbology",
    "Territory",
    "Theme",
    "Use",
    "VoucherUse",
    "examine_content",
    "money_text",
    "read_catalogue",
    "read_lazy_catalogue",
    "rules_digest",
]
