"""What can go wrong while building the site; `site.errors` in the locales holds the sentences.

SiteError            base
├── OutputRefused    the output folder is not ours, not writable, or a path would leave it
├── ThemeRefused     a pair of colours is too hard to read
├── AssetsMissing    the bundled browser files are not there
├── PageRefused      content that cannot become a page (address taken twice, ...)
└── StatisticsRefused  published figures that do not hold, or would change in silence
"""

from __future__ import annotations

from cje.errors import Fault

__all__ = ["AssetsMissing", "OutputRefused", "PageRefused", "SiteError", "StatisticsRefused", "ThemeRefused"]


class SiteError(Fault):
    """Base of the room's errors."""

    prefix = "site.errors"


class OutputRefused(SiteError):
    """The output folder is foreign or not writable, or a path would leave it."""


class ThemeRefused(SiteError):
    """A theme whose colours do not reach the contrast that people need."""


class AssetsMissing(SiteError):
    """The bundled scripts and styles are absent: ``node web/build.mjs`` has not run."""


class PageRefused(SiteError):
    """Content that cannot become a page of its own."""


class StatisticsRefused(SiteError):
    """Published figures whose history does not hold, or that the site would change in silence."""
