"""Every room's errors have one base: a code, facts, a sentence in each language, and they cross processes."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

import catalogue.errors
import cje.errors
import issuer.errors
import reconcile.errors
import site_builder.errors
import verifier.errors
from cje.errors import Fault
from cje.locales import LANGUAGES

ROOMS = (catalogue.errors, cje.errors, issuer.errors, reconcile.errors, site_builder.errors, verifier.errors)


def error_classes() -> Iterator[type[Exception]]:
    for room in ROOMS:
        for value in vars(room).values():
            if isinstance(value, type) and issubclass(value, Exception) and value.__module__ == room.__name__:
                yield value


def test_every_error_of_every_room_has_the_one_base() -> None:
    found = list(error_classes())
    assert len(found) > 30
    assert [kind.__qualname__ for kind in found if not issubclass(kind, Fault)] == []
    assert {kind.exit_code for kind in found if issubclass(kind, Fault)} == {1, 2, 3}


ERRORS = [
    cje.errors.OutputRefused("exists", path="a.csv"),
    cje.errors.FileTooBig(path="a.csv", cap=10),
    catalogue.errors.InvalidContent("invalid", (), count=2, where="offers/a.yaml"),
    issuer.errors.InputRefused("people.csv", (issuer.errors.problem(3, "not_utf8"),)),
    reconcile.errors.StoreRefused("exists", place="store"),
    site_builder.errors.PageRefused("address_twice", address="offres/"),
    verifier.errors.NotVoidable(7, "too_late"),
    verifier.errors.NoTill(path="caisse"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__qualname__)
def test_an_error_crosses_processes_with_its_sentence(error: Fault) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - made one line above
    assert type(back) is type(error) and vars(back) == vars(error)
    french, english = (back.said(lang) for lang in LANGUAGES)
    assert (french, english) == (error.said("fr"), error.said("en"))
    assert french == back.sentence != english
    assert str(back) == f"{error.code}: {french}"
