"""Sentences (说明): what a ruling on staff says aloud is Chinese, whatever was asked."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import cycle, product
from typing import Any

import pytest

from app.domain.asked import Asked
from app.domain.decision import Answer, Finding, Result
from app.domain.rulebook import Rulebook
from app.domain.rulings import QUESTIONS
from app.domain.staffing import dispatch_facts, recall, rotation_facts
from tests.domain.asking import REGULATIONS, Asking, Wire

_CODE = re.compile(r"[a-z_]{2,}|None|True|False")


def _asking(name: str) -> Asking[Any, Any]:  # Any: each question has facts of its own
    question = QUESTIONS[name]

    def answer(book: Rulebook, facts: Any, asked: Asked, _: Rulebook | None) -> Answer[Any]:
        return question.answer(book, facts, asked, None)

    return Asking(question.facts, answer)


def _every(**choices: tuple[object, ...]) -> Iterator[Wire]:
    for chosen in product(*choices.values()):
        yield dict(zip(choices, chosen, strict=True))


def _changes() -> Iterator[Wire]:
    confirmed = {"familiar_confirmed_on": "2025-10-08"}
    learnt = {"name": "某甲", "basic_facts": False, "shadow_from": "2025-10-01"}
    days = {"posted_on": "2025-09-01", "effective_on": "2025-10-09", "filed_on": "2025-10-01"}
    ground = {"ground": "incompetent_or_violation"}
    for facts in _every(
        role=tuple(rotation_facts.Role),
        stage=tuple(rotation_facts.Stage),
        form=tuple(rotation_facts.Form),
        demanded_by_centre=(True, False),
    ):
        yield {**facts, **days, **ground}
    for facts in _every(
        approved=(None, False, True),
        approved_on=(None, "2025-10-08"),
        successor=(
            None,
            *({**confirmed, "familiar_confirmed_by": who} for who in rotation_facts.Confirmer),
            learnt,
            {**learnt, "shadow_to": "2025-10-02"},
        ),
    ):
        yield {**facts, **days, "stage": "execute"}


def _nominations() -> Iterator[Wire]:
    known = {
        "birth_date": "1970-01-01",
        "primary_role": "other",
        "conditions": dict.fromkeys(dispatch_facts.ConditionName, "unmet"),
        "reviews": dict.fromkeys(dispatch_facts.ReviewName, "fail"),
        "enforcement_qualification_valid_until": "2025-10-01",
    }
    postings = _every(role=tuple(dispatch_facts.Role), unit_type=tuple(dispatch_facts.UnitType))
    candidates = _every(
        employment_status=tuple(dispatch_facts.EmploymentStatus),
        establishment=tuple(dispatch_facts.Establishment),
        seconded_by_police=(True, False),
    )
    for posting, candidate in zip(cycle(postings), candidates, strict=False):
        yield {**posting, "start_on": "2025-10-09", "candidate": {**known, **candidate}}


def _recalls() -> Iterator[Wire]:
    for facts in _every(
        ground=tuple(recall.Ground), decided_by=tuple(recall.Decider), written=(None, True)
    ):
        yield {**facts, "evidence": "判决书", "reason": "泄密", "delivered_on": "2025-09-26"}


def _leaves() -> Iterator[Wire]:
    yield from _every(
        role=("clerk", "chief_representative"),
        half_days=(1, 2),
        requested_at=("2025-10-09T03:00:00Z",),
        starts_at=("2025-10-09T01:00:00Z",),
        leaves_window_unstaffed=(True, False),
    )


def _years() -> Iterator[Wire]:
    yield from _every(
        year=(2025,), posted_on=("2025-09-01",), venue=("hall", "township", "village")
    )


ASKED: dict[str, Callable[[], Iterator[Wire]]] = {
    "rotation": _changes,
    "dispatch": _nominations,
    "return": _recalls,
    "leave": _leaves,
    "assessor": _years,
    "guide": lambda: iter([{"elements": {}}]),
}


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("name", ASKED)
def test_what_is_said_of_a_weighed_provision_has_no_code_in_it(name: str, regulation: str) -> None:
    ask = _asking(name)
    coded: set[str] = set()
    unfilled: set[str] = set()
    for facts in ASKED[name]():
        for found in ask(regulation, facts).answer.findings:
            if found.result is not Result.UNKNOWN and _CODE.search(found.message):
                coded.add(found.message)
            if found.result is Result.NOT_APPLICABLE and "（尚无）" in found.message:
                unfilled.add(found.message)
    assert not coded
    assert not unfilled


def _of(name: str, regulation: str, facts: Wire, provision: str) -> Finding:
    found = _asking(name)(regulation, facts).answer.findings
    return next(one for one in found if one.provision == provision)


@pytest.mark.parametrize(
    ("role", "unit_type", "outside"),
    [
        ("clerk", "township_centre", dispatch_facts.UnitType.TOWNSHIP_CENTRE),
        ("village_agent", "county_hall", dispatch_facts.Role.VILLAGE_AGENT),
    ],
)
def test_what_lies_outside_the_scope_is_named(role: str, unit_type: str, outside: StrEnum) -> None:
    facts = {"role": role, "unit_type": unit_type}
    assert _of("dispatch", "aohan", facts, "dispatch.scope").actual is outside


def test_a_week_that_was_cut_short_is_full_on_no_day() -> None:
    facts = {
        "stage": "execute",
        "effective_on": "2025-11-10",
        "successor": {"shadow_from": "2025-10-13", "shadow_to": "2025-10-14"},
    }
    found = _of("rotation", "tianya", facts, "rotation.shadowing")
    assert (found.result, found.expected) == (Result.VIOLATED, None)


@pytest.mark.parametrize(
    ("approved", "given"), [(None, None), (False, False), (True, "2025-10-08")]
)
def test_a_day_of_consent_is_shown_only_where_there_is_consent(
    *, approved: bool | None, given: object
) -> None:
    facts = {"stage": "execute", "approved": approved, "approved_on": "2025-10-08"}
    found = _of("rotation", "shapotou", facts, "rotation.consent")
    assert (found.actual if approved is not True else str(found.actual)) == given


def test_a_change_that_the_centre_demanded_needs_no_notice_and_says_so() -> None:
    facts = {"effective_on": "2025-10-09", "filed_on": "2025-10-08", "demanded_by_centre": True}
    found = _of("rotation", "erdos-hitech", facts, "rotation.notice_exemption")
    assert (found.result, found.rows) == (Result.NOT_APPLICABLE, ("erdos-hitech/16.2.s1",))
