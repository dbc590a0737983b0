"""Pictures of the content for publication: paths with a hash of the bytes, sizes and alternative texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalogue import Catalogue, Image, Offer
from cje.locales import typographic
from site_builder.errors import PageRefused
from site_builder.files.assets import content_hash

__all__ = ["Gallery", "PictureView", "gallery", "pictures_in_use"]


@dataclass(frozen=True, slots=True)
class PictureView:
    """The attributes of an `<img>`. Width and height reserve its space before it is loaded.

    Attributes:
        path: published path from the site's root.
        width: in pixels.
        height: in pixels.
        alt: the alternative text, in the content's language.
    """

    path: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """The pictures of a site.

    Attributes:
        files: published path to bytes.
        found: name in content/images/ to published path, width and height.
    """

    files: Mapping[str, bytes]
    found: Mapping[str, tuple[str, int, int]]

    def view(self, image: Image | None) -> PictureView | None:
        """Return the picture of a field; None when the field is empty.

        Raises:
            PageRefused: the picture was not read.
        """
        if image is None:
            return None
        try:
            path, width, height = self.found[image.file]
        except KeyError:
            raise _gone(image.file) from None
        return PictureView(path, width, height, typographic(image.alt))


def gallery(catalogue: Catalogue, names: Iterable[str]) -> Gallery:
    """Read the pictures with these names.

    Raises:
        PageRefused: a picture cannot be read, or has changed since the content was checked.
    """
    files, found = {}, {}
    for name in sorted(set(names)):
        try:
            picture = catalogue.pictures[name]
            raw = picture.read()
        except (KeyError, OSError, ValueError):
            raise _gone(name) from None
        stem, _, suffix = name.rpartition(".")
        path = f"assets/{stem}.{content_hash(raw)}.{suffix}"
        files[path] = raw
        found[name] = (path, picture.width, picture.height)
    return Gallery(files, found)


def pictures_in_use(catalogue: Catalogue, offers: Sequence[Offer]) -> list[str]:
    """Return the names of the pictures on pages. Logos come first, because many pages show them.

    Args:
        offers: offers that have a page, by number.
    """
    partners = {offer.partner for offer in offers}
    images = [catalogue.partners[slug].logo for slug in sorted(partners)]
    images += [card.image for card in catalogue.campaigns]
    names = [image.file for image in images if image is not None]
    # Only the name: the alternative text would load the whole offer.
    return list(dict.fromkeys([*names, *filter(None, (offer.image_file for offer in offers))]))


def _gone(name: str) -> PageRefused:
    return PageRefused("picture_gone", name=name)
