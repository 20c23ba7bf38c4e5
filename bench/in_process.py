"""Without HTTP and database (进程内): what a due date and a ruling cost by themselves."""

import statistics
from collections.abc import Callable
from datetime import date
from functools import partial
from time import perf_counter_ns
from typing import Final

import app.calendars.load
import app.rulebooks.load
from app.domain.asked import Asked
from app.domain.rulings import QUESTIONS, Ruling, question_named, rule
from app.domain.staffing.rotation import may_rotate
from app.domain.staffing.rotation_facts import RotationFacts
from bench.questions import FACTS, ON, REGULATIONS, ruling_of

ROUNDS: Final = 9
ROUND_NS: Final = 20_000_000
_TODAY: Final = date.fromisoformat(ON)
_BOOKS: Final = app.rulebooks.load.load()
_CALENDARS: Final = app.calendars.load.load()


def microseconds(call: Callable[[], object]) -> list[float]:
    """What a call costs, in each of several rounds."""
    began = perf_counter_ns()
    for _ in range(20):
        call()
    calls = max(20, ROUND_NS * 20 // (perf_counter_ns() - began))
    return [_round(call, calls) / 1000 for _ in range(ROUNDS)]


def _round(call: Callable[[], object], calls: int) -> float:
    turns = range(calls)
    began = perf_counter_ns()
    for _ in turns:
        call()
    return (perf_counter_ns() - began) / calls


def due_date() -> list[float]:
    """Five working days after the last day before the long holiday."""
    calendar = _CALENDARS.of("CN")
    return microseconds(partial(calendar.add_working_days, date(2025, 9, 30), 5))


def rotation(regulation: str) -> list[float]:
    """The findings of a change under one regulation."""
    book = _BOOKS.in_force(regulation, _TODAY)
    asked = Asked(on=_TODAY, calendar=_CALENDARS.of(book.calendar))
    ruling: Ruling[RotationFacts] = ruling_of("rotation", regulation)
    return microseconds(partial(may_rotate, book.rotation, ruling.facts, asked))


def ruling(question: str, regulation: str) -> float:
    """A whole ruling: the edition chosen, the rule asked, the decision made."""
    asked = ruling_of(question, regulation)
    named = question_named(question)
    return statistics.median(
        microseconds(partial(rule, named, _BOOKS, asked, today=_TODAY, calendar_of=_CALENDARS.of))
    )


def all_questions() -> dict[str, dict[str, float]]:
    """What each question costs under each regulation."""
    assert FACTS.keys() == QUESTIONS.keys()
    return {name: {each: ruling(name, each) for each in REGULATIONS} for name in QUESTIONS}
