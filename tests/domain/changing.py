"""Changing people (调换): for each regulation a change that it permits, and how to vary it."""

from typing import Any

from app.domain.staffing.rotation import may_rotate
from app.domain.staffing.rotation_facts import RotationFacts, RotationValues
from tests.domain.asking import Answered, Asking

question = Asking(
    RotationFacts, lambda book, facts, asked, _: may_rotate(book.rotation, facts, asked)
)
LOCAL = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")

# A change that the regulation permits at the moment at which the person leaves.
LAWFUL: dict[str, dict[str, Any]] = {
    "erdos-hitech": {
        "posted_on": "2025-01-06",
        "effective_on": "2025-10-10",
        "filed_on": "2025-10-05",
        "approved": True,
        "successor": {"familiar_confirmed_on": "2025-10-10", "familiar_confirmed_by": "centre"},
        "stage": "execute",
    },
    "shapotou": {
        "posted_on": "2023-10-10",
        "effective_on": "2025-10-10",
        "approved": True,
        "stage": "execute",
    },
    "nanchang": {
        "role": "clerk",
        "posted_on": "2025-08-01",
        "effective_on": "2025-10-13",
        "filed_on": "2025-09-26",
        "form": "written",
    },
    "aohan": {"role": "clerk", "posted_on": "2024-10-10", "effective_on": "2025-10-10"},
    "tianya": {
        "effective_on": "2025-10-20",
        "filed_on": "2025-09-20",
        "form": "letter",
        "approved": True,
        "approved_on": "2025-10-10",
        "successor": {"name": "某甲", "basic_facts": True, "shadow_from": "2025-10-13"},
        "stage": "execute",
    },
}


def ask(regulation: str, **facts: object) -> Answered[RotationValues]:
    return question(regulation, facts)


def lawful(regulation: str, **changed: object) -> Answered[RotationValues]:
    return ask(regulation, **(LAWFUL[regulation] | changed))
