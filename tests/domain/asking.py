"""Asking (提问): the shipped rulebooks and calendars, and facts as a caller writes them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from app.calendars.load import load as load_calendars
from app.domain.asked import Asked, CentreSettings
from app.domain.decision import Answer, Outcome, Result, missing_in, outcome_of
from app.domain.rulebook import Rulebook
from app.rulebooks.load import load

BOOKS = load()
CALENDARS = load_calendars()
ON = date(2025, 10, 9)
REGULATIONS = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya", "national")
Wire = Mapping[str, Any]  # Any: JSON

F = TypeVar("F")
V = TypeVar("V")


@dataclass(frozen=True)
class Asking(Generic[F, V]):
    """One question: its facts and how a rulebook answers it, with the national layer or without."""

    facts: type[F]
    answer: Callable[[Rulebook, F, Asked, Rulebook | None], Answer[V]]
    computed: bool = False

    def __call__(
        self, regulation: str, facts: Wire, on: date = ON, settings: Wire | None = None
    ) -> "Answered[V]":
        book = BOOKS.in_force(regulation, on)
        stated = CentreSettings(**settings) if settings else CentreSettings()
        national = BOOKS.in_force("national", on) if stated.national else None
        asked = Asked(on=on, calendar=CALENDARS.of(book.calendar), settings=stated)
        return Answered(
            self.answer(book, self.read(facts), asked, national), computed=self.computed
        )

    def read(self, facts: Wire) -> F:
        return TypeAdapter(self.facts).validate_json(json.dumps(facts), strict=True)


@dataclass(frozen=True)
class Answered(Generic[V]):
    """An answer, and what it comes to."""

    answer: Answer[V]
    computed: bool

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.answer.findings, computed=self.computed)

    @property
    def values(self) -> V:
        assert self.answer.values is not None
        return self.answer.values

    @property
    def missing(self) -> tuple[str, ...]:
        return missing_in(self.answer.findings)

    @property
    def rows(self) -> set[str]:
        return {row for finding in self.answer.findings for row in finding.rows}

    def rows_that_are(self, result: Result) -> set[str]:
        found = (finding for finding in self.answer.findings if finding.result is result)
        return {row for finding in found for row in finding.rows}

    @property
    def violated(self) -> set[str]:
        return self.rows_that_are(Result.VIOLATED)

    @property
    def cautions(self) -> set[str]:
        return {caution.code for caution in self.answer.cautions}


def without(facts: Wire, name: str) -> dict[str, Any]:  # Any: JSON
    """The same facts with one left out."""
    return {key: value for key, value in facts.items() if key != name}


def silent(answered: "Answered[Any]") -> bool:  # Any: whatever the values
    """Whether the regulation says nothing at all to the question."""
    return (answered.outcome, answered.answer.values) == (Outcome.NO_RULE, None)
