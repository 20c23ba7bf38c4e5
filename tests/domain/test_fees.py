"""Fees (收费): what has to be published of one, and what may be charged, under each text."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decision import Finding, Outcome, outcome_of
from app.domain.items.fee import (
    Charged,
    Fee,
    FeeField,
    FeeTerms,
    FieldsRequired,
    Payee,
    PayeeKind,
    fee_fields_missing,
    may_be_charged,
    may_be_published,
)
from tests.domain.asking import BOOKS

ITEM, FEE = UUID(int=1), UUID(int=2)
OCTOBER = date(2025, 10, 9)
FISCAL = Payee(kind=PayeeKind.FISCAL_ACCOUNT, name="财政专户")
BANK = Payee(kind=PayeeKind.BANK_WINDOW, name="大厅窗口", fiscal=True)
CENTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10**6), places=2)


def fee(amount: Decimal = Decimal("100.00"), payee: Payee = FISCAL) -> Fee:
    terms = FeeTerms(name="费", basis="文", amount=amount, payment_method="窗口", payee=payee)
    return Fee(id=FEE, item_id=ITEM, terms=terms, since=date(2025, 1, 1))


def weighed(
    regulation: str, amount: Decimal, *published: Fee, payee: Payee = FISCAL, quantity: int = 1
) -> tuple[Finding, ...]:
    charged = Charged(
        item_id=ITEM,
        fee_id=FEE,
        quantity=quantity,
        amount=amount,
        payee=payee,
        charged_on=OCTOBER,
    )
    chapter = BOOKS.in_force(regulation, OCTOBER).fees
    return tuple(may_be_charged(chapter, charged, published))


@given(standard=CENTS, amount=CENTS, quantity=st.integers(1, 50))
def test_a_charge_is_at_most_the_standard_of_its_units(
    standard: Decimal, amount: Decimal, quantity: int
) -> None:
    found = outcome_of(weighed("nanchang", amount, fee(standard), quantity=quantity))
    assert (found is Outcome.PERMITTED) is (amount <= standard * quantity)


@given(standard=CENTS, amount=CENTS)
def test_where_the_text_says_by_the_published_standard_it_is_just_that(
    standard: Decimal, amount: Decimal
) -> None:
    found = weighed("aohan", amount, fee(standard, BANK), payee=BANK)
    assert (outcome_of(found) is Outcome.PERMITTED) is (amount == standard)


@pytest.mark.parametrize("regulation", ["shapotou", "tianya", "national"])
def test_a_silent_text_finds_nothing(regulation: str) -> None:
    assert weighed(regulation, Decimal("500.00"), fee()) == ()
    assert list(may_be_published(BOOKS.in_force(regulation, OCTOBER).fees, FeeTerms())) == []


def test_nothing_is_missing_of_what_is_free() -> None:
    required = FieldsRequired(fields=tuple(FeeField))
    assert fee_fields_missing(required, FeeTerms(none=True)) == ()
    assert fee_fields_missing(required, FeeTerms()) == tuple(FeeField)
