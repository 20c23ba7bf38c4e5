"""Mandates: on which days a window may use a power on an item, text by text."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decision import Outcome, outcome_of
from app.domain.organisation.document import Document
from app.domain.organisation.mandate import (
    Mandate,
    MandateChapter,
    MandateRequired,
    Power,
    Wanted,
    counting_on,
    covers,
)
from app.rulebooks.load import load
from tests.rows import row

BOOKS = load()
ITEM, OTHER, WINDOW = UUID(int=1), UUID(int=2), UUID(int=3)
ON = date(2025, 10, 9)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2025, 12, 31))
MANDATE = Mandate(
    id=UUID(int=9),
    department_id=UUID(int=8),
    item_ids=(ITEM,),
    powers=(Power.DECIDE,),
    since=date(2025, 1, 1),
    signed_on=date(2025, 1, 1),
    document=Document(title="委托书"),
)


def chapter(regulation: str) -> MandateChapter:
    return BOOKS.in_force(regulation, ON).mandates


def outcome(regulation: str, *mandates: Mandate, on: date = ON, power: Power = Power.DECIDE) -> str:
    wanted = Wanted(item_id=ITEM, power=power, on=on, window_id=WINDOW)
    return outcome_of(covers(chapter(regulation), mandates, wanted)).value


@row("erdos-hitech/14")
def test_the_last_day_of_a_mandate_counts_and_the_day_after_does_not() -> None:
    until = replace(MANDATE, until=date(2025, 9, 30))
    assert outcome("erdos-hitech", until, on=date(2025, 9, 30)) == Outcome.PERMITTED
    assert outcome("erdos-hitech", until, on=date(2025, 10, 9)) == Outcome.REFUSED
    assert outcome("erdos-hitech", until, on=date(2024, 12, 31)) == Outcome.REFUSED


@row("aohan/11", "nanchang/13.s4")
@pytest.mark.parametrize("regulation", ["aohan", "nanchang"])
def test_a_mandate_counts_from_the_day_on_which_it_is_filed(regulation: str) -> None:
    signed = replace(MANDATE, since=date(2025, 10, 1), signed_on=date(2025, 10, 1))
    filed = replace(signed, filed_on=date(2025, 10, 10), filing_number="1")
    assert outcome(regulation, signed, on=date(2025, 10, 31)) == Outcome.REFUSED
    assert outcome(regulation, filed, on=date(2025, 10, 9)) == Outcome.REFUSED
    assert outcome(regulation, filed, on=date(2025, 10, 10)) == Outcome.PERMITTED


def test_the_hitech_zone_waits_for_no_filing() -> None:
    assert outcome("erdos-hitech", MANDATE) == Outcome.PERMITTED


@pytest.mark.parametrize("regulation", ["shapotou", "tianya"])
def test_a_text_that_is_silent_asks_for_no_mandate(regulation: str) -> None:
    assert outcome(regulation) == Outcome.NO_RULE


@pytest.mark.parametrize(
    ("regulation", "power", "expected"),
    [
        ("aohan", Power.ACCEPT, Outcome.NO_RULE),
        ("aohan", Power.SEAL, Outcome.REFUSED),
        ("erdos-hitech", Power.ACCEPT, Outcome.NO_RULE),
        ("erdos-hitech", Power.SEAL, Outcome.NO_RULE),
        ("nanchang", Power.ACCEPT, Outcome.NO_RULE),
    ],
)
def test_without_a_mandate_a_window_may_still_accept(
    regulation: str, power: Power, expected: Outcome
) -> None:
    assert outcome(regulation, power=power) == expected


@pytest.mark.parametrize(
    "other",
    [
        replace(MANDATE, item_ids=(OTHER,)),
        replace(MANDATE, powers=(Power.SEAL,)),
        replace(MANDATE, window_id=UUID(int=99)),
        replace(MANDATE, revoked_from=ON, revoked_because="x"),
        replace(MANDATE, since=date(2025, 10, 10)),
        replace(MANDATE, signed_on=date(2025, 10, 10)),
        replace(MANDATE, until=ON, revoked_from=MANDATE.since, revoked_because="x"),
    ],
)
def test_a_mandate_for_something_else_is_none(other: Mandate) -> None:
    assert outcome("erdos-hitech", other) == Outcome.REFUSED
    assert outcome("erdos-hitech", other, MANDATE) == Outcome.PERMITTED


def test_a_revocation_leaves_the_days_before_it() -> None:
    revoked = replace(MANDATE, revoked_from=date(2025, 10, 10), revoked_because="x")
    assert outcome("erdos-hitech", revoked, on=ON) == Outcome.PERMITTED
    assert outcome("erdos-hitech", revoked, on=date(2025, 10, 10)) == Outcome.REFUSED


def test_a_refusal_names_the_days_on_which_there_is_one() -> None:
    until = replace(MANDATE, until=date(2025, 9, 30))
    later = replace(MANDATE, since=date(2025, 11, 1), until=None)
    wanted = Wanted(item_id=ITEM, power=Power.DECIDE, on=ON)
    (finding,) = covers(chapter("erdos-hitech"), (later, until), wanted)
    assert finding.actual == ("2025-01-01/2025-09-30", "2025-11-01/..")


@given(since=DAYS, until=DAYS, signed=DAYS, filed=DAYS, revoked=st.none() | DAYS)
def test_a_mandate_counts_on_exactly_the_days_that_all_its_dates_allow(
    since: date, until: date, signed: date, filed: date, revoked: date | None
) -> None:
    mandate = replace(
        MANDATE, since=since, until=until, signed_on=signed, filed_on=filed, revoked_from=revoked
    )
    allowed = since <= ON <= until and signed <= ON and (revoked is None or revoked > ON)
    period = mandate.effective(MandateRequired(powers=(Power.DECIDE,)))
    assert (period is not None and ON in period) is allowed
    waited = mandate.effective(MandateRequired(powers=(Power.DECIDE,), filed=True))
    assert (waited is not None and ON in waited) is (allowed and filed <= ON)


def test_what_is_published_is_what_counts_under_the_text() -> None:
    filed = replace(MANDATE, id=UUID(int=10), filed_on=ON, filing_number="1")
    assert counting_on(chapter("aohan"), (MANDATE, filed), ON) == [filed]
    assert counting_on(chapter("tianya"), (MANDATE, filed), ON) == [MANDATE, filed]
    assert counting_on(chapter("aohan"), (filed,), date(2025, 10, 8)) == []
