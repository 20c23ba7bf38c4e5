"""Rectification: whatever was done and put right, the case is what its record tells."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.casework.acts import (
    Completion,
    Correction,
    Prolongation,
    Resumption,
    Sealing,
)
from app.domain.casework.case import Act, Deed, Stage, allowed_at
from app.domain.casework.case_clock import as_it_stands, deadlines
from app.domain.casework.recomputation import Recomputation
from app.domain.casework.rectification import (
    Entered,
    Rectification,
    told,
)
from app.domain.errors import DomainError
from tests.domain.mistakes import GRANTED, HEARING, Story, begun
from tests.domain.told_cases import (
    PAPERS,
    SOMEBODY,
    acceptance,
    at,
    law,
    notice,
)

DEEDS: Mapping[Act, Callable[[date], Deed]] = {
    Act.NOTIFY: lambda _: notice(),
    Act.CORRECT: lambda _: Correction(),
    Act.ACCEPT: lambda _: acceptance(),
    Act.SUSPEND: lambda on: replace(HEARING, from_=on),
    Act.RESUME: lambda on: Resumption(to=on),
    Act.EXTEND: lambda _: Prolongation(days=2, approver_id=SOMEBODY),
    Act.DECIDE: lambda _: GRANTED,
    Act.SEAL: lambda _: Sealing(),
    Act.COMPLETE: lambda _: Completion(),
}
# How many days later, what (of what the stage takes, and the rectification), of which act.
MOVES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 59), st.integers(0, 59)), min_size=4, max_size=20
)


@given(
    moves=MOVES,
    regulation=st.sampled_from(("aohan", "nanchang", "tianya")),
    national=st.booleans(),
    complete=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_whatever_was_done_and_put_right_the_case_is_what_its_record_tells(
    moves: list[tuple[int, int, int]], regulation: str, national: bool, complete: bool
) -> None:
    story = begun(law(regulation, national=national), complete=complete)
    day = date(2025, 9, 30)
    for days, what, which in moves:
        day += timedelta(days=days)
        attempt(story, day, what, which)
        assert told(PAPERS, story.record) == story.case
        assert [each.number for each in story.record] == [*range(1, story.case.version + 1)]
    if story.case.stage is not Stage.ANNULLED:
        innocent = told(PAPERS, never_mistaken(story.record))
        assert replace(story.case, rectified=(), version=innocent.version) == innocent
        assert deadlines(story.case, story.law) == deadlines(innocent, story.law)


def attempt(story: Story, day: date, what: int, which: int) -> None:
    """Somebody tries something; what is refused leaves no trace."""
    seen = as_it_stands(story.case, story.law, at(day.isoformat(), 11))
    acts = (*(act for act in allowed_at(seen.stage) if act in DEEDS), Act.RECTIFY)
    act = acts[what % len(acts)]
    try:
        if act is Act.RECTIFY:
            # The receipt seldom: nothing comes after it.
            number = 2 + which % story.case.version if which else 1
            story.rectify(number, day.isoformat())
        else:
            story.do(DEEDS[act](day), day.isoformat(), 11)
            if which % 4 == 0:
                story.recompute(day.isoformat())
    except DomainError:
        return


def never_mistaken(record: list[Entered]) -> list[Entered]:
    """The record without the mistakes, their counter-acts and what only the calendar did."""
    gone = {each.number for each in record if isinstance(each.deed, Rectification | Recomputation)}
    gone |= {e.deed.rectifies for e in record if isinstance(e.deed, Rectification)}
    return [each for each in record if each.number not in gone]
