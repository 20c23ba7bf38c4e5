"""Questions to measure with (测速用题): one set of facts for each, as a caller writes them."""

import json
from collections.abc import Mapping
from itertools import cycle, islice, product
from typing import Any, Final

from pydantic import TypeAdapter

from app.domain.rulings import QUESTIONS, Ruling

REGULATIONS: Final = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")
ON: Final = "2025-10-09"
_ELEMENTS: Final = ("item_name", "legal_basis", "promised_limit", "process", "materials")
Wire = Mapping[str, Any]  # Any: JSON

FACTS: Final[Mapping[str, Wire]] = {
    "time-limit": {
        "item": {"kind": "promised", "statutory_days": 20, "promised_days": 5},
        "received_at": "2025-09-26T10:00:00+08:00",
        "materials_complete_at": "2025-09-26T10:00:00+08:00",
        "accepted_at": "2025-09-26T11:00:00+08:00",
        "exclusions": [
            {
                "kind": "hearing",
                "from": "2025-09-28",
                "to": "2025-09-30",
                "announced_in_guide": True,
                "applicant_told_in_writing": True,
            }
        ],
        "as_of": "2025-10-09T09:00:00+08:00",
    },
    "acceptance": {
        "in_jurisdiction": True,
        "materials_complete": False,
        "corrections": ["身份证明", "营业执照"],
        "received_at": "2025-09-26T10:00:00+08:00",
        "notified_at": "2025-09-28T10:00:00+08:00",
        "notices_given": 0,
        "form": "written",
        "channel": "window",
        "item_kind": "promised",
    },
    "rotation": {
        "role": "clerk",
        "posted_on": "2023-08-01",
        "effective_on": "2025-10-13",
        "filed_on": "2025-09-26",
        "form": "written",
        "approved": True,
        "approved_on": "2025-09-28",
        "reported": True,
        "ground": "health",
        "ground_evidence": "诊断证明",
        "reason": "健康",
        "successor": {
            "basic_facts": True,
            "shadow_from": "2025-09-28",
            "shadow_to": "2025-10-12",
            "familiar_confirmed_on": "2025-10-12",
            "familiar_confirmed_by": "window_head",
        },
        "stage": "execute",
    },
    "dispatch": {
        "role": "clerk",
        "start_on": "2025-10-13",
        "unit_type": "county_hall",
        "candidate": {
            "birth_date": "1990-05-01",
            "employment_status": "in_service",
            "establishment": "civil_servant",
            "conditions": {
                "political_conduct": "met",
                "approval_qualification": "met",
                "business_knowledge": "met",
                "teamwork_and_service": "met",
                "accepts_management": "met",
                "pre_post_training": "met",
                "computer_skill": "met",
            },
            "reviews": {"identity": "pass", "business_knowledge": "pass"},
        },
    },
    "return": {
        "ground": "case_errors",
        "decided_by": "centre",
        "evidence": "记录",
        "reason": "多次出错",
        "errors": ["2025-08-04", "2025-08-11", "2025-09-01"],
        "training_on": "2025-09-05",
        "retest": {"on": "2025-09-10", "passed": False},
        "written": True,
        "delivered_on": "2025-09-26",
    },
    "leave": {
        "role": "clerk",
        "half_days": 4,
        "requested_at": "2025-10-09T09:00:00+08:00",
        "starts_at": "2025-10-13T09:00:00+08:00",
        "leaves_window_unstaffed": False,
    },
    "assessor": {"year": 2025, "posted_on": "2024-03-01", "venue": "hall", "police": False},
    "annual-score": {
        "year": 2025,
        "quarters": [{"quarter": number, "score": f"9{number}.5"} for number in (1, 2, 3, 4)],
    },
    "first-question": {
        "within_duties": True,
        "materials_complete": True,
        "actions": ["handled", "explained"],
    },
    "guide": {"elements": dict.fromkeys(_ELEMENTS, True), "reviewed_on": "2025-09-01"},
    "deadline": {"kind": "archive", "from": "2025-09-26"},
}


def ruling_of(question: str, regulation: str) -> Ruling[Any]:
    """The question as the domain takes it. Any: each has facts of its own."""
    stated = {"rulebook": regulation, "on": ON, "facts": FACTS[question]}
    # Any: which type it is shows only at run time.
    generic: Any = Ruling
    kind = generic[QUESTIONS[question].facts]
    read: Ruling[Any] = TypeAdapter(kind).validate_json(json.dumps(stated))
    return read


def mixed(count: int) -> list[Wire]:
    """So many questions for a batch: every question under every regulation, in turn."""
    pairs = cycle(product(FACTS, REGULATIONS))
    return [
        {"question": question, "rulebook": regulation, "on": ON, "facts": FACTS[question]}
        for question, regulation in islice(pairs, count)
    ]
