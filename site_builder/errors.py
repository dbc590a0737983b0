"""What can go wrong while building the site.

SiteError            base; `.sentence` is a French sentence for the operator
├── OutputRefused    the output folder is not ours, not writable, or a path would leave it
├── ThemeRefused     a pair of colours is too hard to read
├── AssetsMissing    the bundled browser files are not there
├── PageRefused      content that cannot become a page (address taken twice, ...)
└── StatisticsRefused  published figures that do not hold, or would change in silence
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["AssetsMissing", "OutputRefused", "PageRefused", "SiteError", "StatisticsRefused", "ThemeRefused"]


class SiteError(Exception):
    """Base of the room's errors.

    Attributes:
        sentence: what happened and what to do, in French, for the operator.
        exit_code: 1, refused or invalid.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


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
