"""Retention: each kind of record has its place in the catalogue, and no period is made up."""

import pytest

from app.domain.oversight.retention import (
    CATALOGUE,
    DisposedBy,
    KeptKind,
    Retention,
    Term,
    disposable,
)

EACH = pytest.mark.parametrize("kept", CATALOGUE, ids=lambda kept: kept.kind.value)


def test_every_kind_is_listed_once_in_its_order() -> None:
    assert [kept.kind for kept in CATALOGUE] == list(KeptKind)


@EACH
def test_a_number_of_days_is_a_fixed_term_and_an_open_one_names_its_option(kept: Retention) -> None:
    assert (kept.days is not None) == (kept.term is Term.DAYS)
    assert (kept.option is not None) == (kept.term is Term.NAMED)


@EACH
def test_what_is_never_disposed_of_is_disposed_of_by_no_command(kept: Retention) -> None:
    by_command = kept.disposed_by in {DisposedBy.OPERATOR, DisposedBy.PERSON}
    assert by_command == (kept.term is Term.NAMED)


def test_only_events_and_what_is_personal_of_people_can_be_disposed_of_by_command() -> None:
    assert [kept.kind for kept in disposable()] == [KeptKind.EVENTS, KeptKind.PERSONS]


def test_the_proof_holds_nothing_personal_and_is_kept_for_ever() -> None:
    for kind in (KeptKind.LEDGER, KeptKind.DISCLOSURES):
        (kept,) = (each for each in CATALOGUE if each.kind is kind)
        assert (kept.personal, kept.term) == (False, Term.FOR_EVER)
