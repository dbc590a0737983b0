"""Loading files of content/ into models, with the position of every problem in them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from catalogue.model.facts import Facts
from catalogue.model.offer import Offer
from catalogue.problems.breach import Breach
from catalogue.problems.problem import Problem, Span
from catalogue.problems.source_file import SourceFile, load_source
from catalogue.problems.strict_yaml import Document, read_document
from catalogue.reading.cache import OfferCache
from catalogue.reading.folder import Folder
from catalogue.reading.validation import validate_document

M = TypeVar("M", bound=BaseModel)


@dataclass
class Loader:
    """Loads files of one folder and collects their problems.

    Attributes:
        documents: the document of each loaded model, by the model's `id`; it gives lines and columns.
        found: problems of files, in the order of discovery; the folder has its own.
    """

    folder: Folder
    memory: OfferCache | None
    documents: dict[int, Document] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return self.folder.problems + self.found

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.found if problem.severity == "error")

    def single(self, name: str, model: type[M]) -> M | None:
        """Load a file of the folder itself; None when it is absent or faulty."""
        path = self.folder.root / f"{name}.yaml"
        return self.load(str(path), model) if os.path.lexists(path) else None

    def many(self, kind: str, model: type[M]) -> dict[str, M | None]:
        """Load every file of a kind, by slug; None for a faulty one."""
        files = self.folder.files[kind]
        return {slug: self.load(path, model, slug) for slug, path in files.items()}

    def load(self, path: str, model: type[M], slug: str | None = None) -> M | None:
        """Load one file; None when it is faulty."""
        source = self.source(path)
        return None if source is None else self.interpret(source, model, slug)

    def source(self, path: str) -> SourceFile | None:
        """Read the text of a file; None when it cannot be read."""
        source, refused = load_source(path, self.folder.shown_path(path), self.folder.root)
        self.found += refused
        return source

    def interpret(self, source: SourceFile, model: type[M], slug: str | None) -> M | None:
        """Make a model of a file's text; None when it has errors, which are then in `found`."""
        document = self.document(source)
        return None if document is None else self.validate_document(document, model, slug)

    def document(self, source: SourceFile) -> Document | None:
        """Read YAML; None when nothing of it can be read."""
        document = read_document(source)
        self.found += document.problems
        # The fault is reported already. Fields that are missing because of it would only be noise.
        return None if document.data is None and document.problems else document

    def validate_document(self, document: Document, model: type[M], slug: str | None) -> M | None:
        """Validate a document; None when it has errors, which are then in `found`."""
        built = validate_document(model, document, {"slug": slug} if slug is not None else None)
        if isinstance(built, list):
            self.found += built
            return None
        self.documents[id(built)] = document
        return built

    def shown_path(self, offer: Offer | Facts) -> str:
        """Return the path of an offer as messages show it."""
        if isinstance(offer, Facts):
            return self.folder.shown_path(self.folder.files["offers"][offer.slug])
        return self.documents[id(offer)].source.path

    def report(self, model: BaseModel | Facts, breaches: Iterable[Breach]) -> None:
        """Add a problem for each broken rule of a model."""
        for breach in breaches:
            if isinstance(model, Facts):
                self.found.append(self._remembered_problem(model, breach))
            else:
                document = self.documents[id(model)]
                self.found.append(breach.at(document.source.path, document.span(breach.place)))

    def _remembered_problem(self, facts: Facts, breach: Breach) -> Problem:
        """Return a problem of a cached offer. The file is read again if the position is not stored."""
        path, memory = self.folder.files["offers"][facts.slug], self.memory
        assert memory is not None, "facts come from a memory"

        def find() -> Span:
            source, _ = load_source(path, "", self.folder.root)
            return Span() if source is None else read_document(source).span(breach.place)

        return breach.at(self.folder.shown_path(path), memory.span(facts.slug, breach, find))
