"""The catalogue: offers, partners and pages, written as YAML in content/ and read into typed objects.

`read_catalogue(content)` gives a `Catalogue` in which every reference resolves, or raises `InvalidContent`
with every problem of every file. `examine(content, today)` gives both, with warnings. This room imports
nothing of ours but `locales` and `machine`, and is the only one that knows YAML.
"""

from catalogue.barcodes import Symbology
from catalogue.campaign import CampaignCard
from catalogue.classification import Category, Programme
from catalogue.errors import CatalogueError, InvalidContent, Refused
from catalogue.examination import Examination
from catalogue.field_types import money_text
from catalogue.geography import Place, Territory
from catalogue.images import Image, Picture
from catalogue.offer import AgeRange, Limit, Offer
from catalogue.partner import Contact, Partner
from catalogue.problem import Problem, Span
from catalogue.reading import examine, read_catalogue, read_shelved
from catalogue.remembered import Memory, rules_digest
from catalogue.saving import AmountSaving, FreeTextSaving, PercentSaving, Saving
from catalogue.site_texts import Page, SiteSettings, Theme
from catalogue.ways_of_use import BarcodeUse, CardUse, CodeUse, LinkUse, Use, VoucherUse
from catalogue.whole import Catalogue

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
    "Memory",
    "Offer",
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
    "examine",
    "money_text",
    "read_catalogue",
    "read_shelved",
    "rules_digest",
]
