"""Asking for a clock (问时限): facts of a case, the rule under a regulation, and what it found."""

import json
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from app.calendars.load import load as load_calendars
from app.domain.asked import Asked, CentreSettings
from app.domain.casework.case_facts import TimeLimitFacts, TimeLimitValues
from app.domain.casework.time_limit import when_due
from app.domain.decision import Answer, Outcome, Result, outcome_of
from app.rulebooks.load import load as load_rulebooks

BOOKS = load_rulebooks()
CALENDARS = load_calendars()
FACTS = TypeAdapter(TimeLimitFacts)
LOCAL = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")
FROM_ACCEPTANCE = ("erdos-hitech", "shapotou", "nanchang", "aohan")

Json = dict[str, Any]  # Any: free JSON facts


def at(day: str, time: str = "09:00") -> str:
    return f"{day}T{time}:00+08:00"


def promised(days: int | None = 5, statutory: int | None = 20) -> Json:
    return {"kind": "promised", "statutory_days": statutory, "promised_days": days}


def accepted(day: str, **more: Any) -> Json:  # Any: free JSON facts
    """Received, complete and accepted on one day."""
    return {
        "item": promised(),
        "received_at": at(day),
        "materials_complete_at": at(day),
        "accepted_at": at(day),
        **more,
    }


def ask(regulation: str, facts: Json, on: str = "2025-10-09", *, national: bool = False) -> Any:
    # Any: the answer with its outcome, spread by the tests as they need it
    day = date.fromisoformat(on)
    book = BOOKS.in_force(regulation, day)
    asked = Asked(
        on=day,
        calendar=CALENDARS.of(book.calendar),
        settings=CentreSettings(national=national),
    )
    below = BOOKS.in_force("national", day).time_limit if national else None
    stated = FACTS.validate_json(json.dumps(facts))
    return when_due(book.time_limit, stated, asked, below)


def values(regulation: str, facts: Json, on: str = "2025-10-09", **more: bool) -> TimeLimitValues:
    found = ask(regulation, facts, on, **more).values
    assert isinstance(found, TimeLimitValues)
    return found


def outcome(answer: Answer[TimeLimitValues]) -> Outcome:
    return outcome_of(answer.findings, computed=True)


def violated(answer: Answer[TimeLimitValues]) -> set[str]:
    return {
        row_id
        for finding in answer.findings
        if finding.result is Result.VIOLATED
        for row_id in finding.rows
    }
