"""Postings and duties: as what somebody serves, which days meet, which work is outside."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decision import Outcome, outcome_of
from app.domain.organisation.appointment import Appointment, Office
from app.domain.staffing.duty import Duty, may_be_assigned, outside_on
from app.domain.staffing.posting import (
    PostedAlready,
    Posting,
    PostingChapter,
    PostingRole,
    awaiting_transfer,
    check_free,
    roles_of,
)
from app.rulebooks.load import load
from tests.rows import row

BOOKS = load()
ON = date(2025, 10, 13)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2025, 12, 31))
CLERK = frozenset({PostingRole.WINDOW_CLERK})
POSTING = Posting(
    id=UUID(int=1),
    person_id=UUID(int=2),
    department_id=UUID(int=3),
    role=PostingRole.WINDOW_CLERK,
    since=date(2025, 3, 1),
)
DUTY = Duty(id=UUID(int=4), posting_id=POSTING.id, title="下乡普查", window_related=False, since=ON)
CHIEF = Appointment(
    centre_id=UUID(int=5),
    id=UUID(int=6),
    office=Office.CHIEF_REPRESENTATIVE,
    department_id=POSTING.department_id,
    person_id=POSTING.person_id,
    since=date(2025, 10, 1),
    until=date(2025, 10, 31),
)


def chapter(regulation: str) -> PostingChapter:
    return BOOKS.in_force(regulation, ON).postings


@given(since=DAYS, length=st.none() | st.integers(0, 60), new=DAYS)
def test_a_posting_is_free_to_begin_behind_all_others_and_not_before(
    since: date, length: int | None, new: date
) -> None:
    until = None if length is None else since + timedelta(days=length)
    other = replace(POSTING, since=since, until=until, end_reason="轮换" if until else None)
    if until is not None and new > until:
        check_free([other], new)
    else:
        with pytest.raises(PostedAlready):
            check_free([other], new)


@pytest.mark.parametrize(
    ("days", "chief"),
    [
        ((date(2025, 9, 30), date(2025, 9, 30)), False),
        ((date(2025, 9, 30), date(2025, 10, 1)), True),
        ((date(2025, 10, 31), None), True),
        ((date(2025, 11, 1), None), False),
        ((date(2025, 9, 1), None), True),
    ],
)
def test_an_office_is_a_role_on_the_days_in_office(
    days: tuple[date, date | None], chief: bool
) -> None:
    roles = roles_of(POSTING, [CHIEF], days)
    assert (PostingRole.CHIEF_REPRESENTATIVE in roles) is chief
    assert PostingRole.WINDOW_CLERK in roles


def test_an_office_of_somebody_else_and_one_that_is_no_role_change_nothing() -> None:
    others = [replace(CHIEF, person_id=UUID(int=9)), replace(CHIEF, office=Office.LIAISON)]
    assert roles_of(POSTING, others, (ON, None)) == CLERK


@row("nanchang/12.s3")
def test_whoever_is_appointed_chief_is_given_nothing_else_though_posted_as_a_clerk() -> None:
    chief = roles_of(POSTING, [CHIEF], (DUTY.since, DUTY.until))
    for roles, expected in ((chief, Outcome.REFUSED), (CLERK, Outcome.NO_RULE)):
        findings = may_be_assigned(chapter("nanchang"), DUTY, POSTING, roles)
        assert outcome_of(findings) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (POSTING.since - timedelta(days=1), Outcome.NO_RULE),
        (POSTING.since, Outcome.REFUSED),
        (ON, Outcome.REFUSED),
    ],
)
@pytest.mark.parametrize("regulation", ["erdos-hitech", "aohan", "tianya"])
def test_what_began_before_the_posting_was_not_given_during_it(
    regulation: str, since: date, expected: Outcome
) -> None:
    duty = replace(DUTY, since=since)
    found = may_be_assigned(chapter(regulation), duty, POSTING, CLERK)
    assert outcome_of(found) is expected


def test_work_of_the_window_is_never_outside() -> None:
    duty = replace(DUTY, window_related=True)
    found = may_be_assigned(chapter("aohan"), duty, POSTING, CLERK)
    assert outcome_of(found) is Outcome.PERMITTED
    assert not list(outside_on(chapter("aohan"), [(duty, POSTING, CLERK)], ON))


@given(on=DAYS, until=st.none() | DAYS)
def test_old_work_is_outside_on_the_days_that_it_and_the_posting_share(
    on: date, until: date | None
) -> None:
    duty = replace(DUTY, since=date(2025, 1, 1), until=until)
    shared = POSTING.since <= on and (until is None or on <= until)
    for regulation, reaches in (("erdos-hitech", True), ("nanchang", False), ("shapotou", False)):
        found = list(outside_on(chapter(regulation), [(duty, POSTING, CLERK)], on))
        assert bool(found) is (shared and reaches)


@row("aohan/21")
@pytest.mark.parametrize(
    ("member", "transferred_on", "missing"),
    [
        (True, None, True),
        (True, ON, False),
        (True, ON + timedelta(days=1), True),
        (False, None, False),
        (None, None, False),
    ],
)
def test_only_a_known_member_without_a_transfer_by_that_day_is_named(
    member: bool | None, transferred_on: date | None, missing: bool
) -> None:
    running = [(replace(POSTING, party_member=member), transferred_on)]
    assert bool(list(awaiting_transfer(chapter("aohan"), running, ON))) is missing
    assert not list(awaiting_transfer(chapter("nanchang"), running, ON))
