"""Comparison (对照): what each regulation says to one question, side by side, empty where it is
silent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from app.domain.provision import Provision, wire_name
from app.domain.rulebook import Rulebook, Rulebooks
from app.domain.rulings import NATIONAL, Question


@dataclass(frozen=True, slots=True)
class Parameter:
    """One term of a provision: its value in each regulation; a silent one is not among them."""

    name: str
    values: Mapping[str, Any]  # Any: terms of every kind


@dataclass(frozen=True, slots=True)
class Compared:
    """One provision in every regulation that has it, by regulation."""

    name: str
    texts: Mapping[str, Provision[Any]]  # Any: terms of every kind

    @property
    def parameters(self) -> Iterator[Parameter]:
        """Every term that one of them writes, in the order of the first that does."""
        terms = {regulation: text.terms for regulation, text in self.texts.items()}
        names = dict.fromkeys(part.name for term in terms.values() for part in fields(term))
        for name in names:
            values = {key: getattr(term, name) for key, term in terms.items()}
            yield Parameter(wire_name(name), values)


def editions_compared(books: Rulebooks, on: date) -> tuple[Rulebook, ...]:
    """The edition of each regulation that answers on that day, without the national layer."""
    local = (regulation for regulation in books.regulations if regulation != NATIONAL)
    return tuple(books.in_force(regulation, on) for regulation in local)


def side_by_side(
    question: Question[Any, Any],  # Any: each question has facts of its own
    editions: tuple[Rulebook, ...],
) -> Iterator[Compared]:
    """Every provision of the question's chapter that one of the editions has, in the chapter's
    order."""
    chapters = {book.regulation: getattr(book, question.chapter) for book in editions}
    for part in fields(next(iter(chapters.values()))):
        found: dict[str, dict[str, Provision[Any]]] = {}
        for regulation, chapter in chapters.items():
            for provision in _provisions(getattr(chapter, part.name)):
                found.setdefault(provision.name, {})[regulation] = provision
        yield from (Compared(name, texts) for name, texts in found.items())


def _provisions(value: object) -> Iterator[Provision[Any]]:  # Any: as above
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Provision):
            yield each
