"""Annual score (全年得分): the mean of four quarters, never of three."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.day import ImpossibleFact
from app.domain.decision import Outcome
from app.domain.staffing.annual_score import AnnualScoreFacts, year_scores
from tests.domain.asking import Asking, silent, without
from tests.rows import row

ask = Asking(
    AnnualScoreFacts,
    lambda book, facts, asked, _: year_scores(book.annual_score, facts, asked),
    computed=True,
)


def year(*scores: str | None) -> dict[str, Any]:  # Any: JSON
    quarters = [{"quarter": n, "score": score} for n, score in enumerate(scores, 1)]
    return {"year": 2025, "quarters": quarters}


@row("nanchang/37")
@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        (("90", "85.5", "92", "88.25"), "88.94"),  # 88.9375
        (("90", "90", "90", "90"), "90.00"),
        (("90.00", "90.00", "90.00", "90.02"), "90.01"),  # 90.005, half up
        (("90.00", "90.00", "90.00", "90.01"), "90.00"),  # 90.0025
        (("0", "0", "0", "0"), "0.00"),
    ],
)
def test_the_year_is_the_mean_of_four_rounded_half_up(
    scores: tuple[str, ...], expected: str
) -> None:
    answered = ask("nanchang", year(*scores))
    assert answered.outcome is Outcome.COMPUTED
    assert str(answered.values.score) == expected
    assert (answered.values.missing, answered.rows) == ((), {"nanchang/37"})


@row("nanchang/37")
@pytest.mark.parametrize(
    ("scores", "missing"),
    [
        (("90", "85.5", None, "88.25"), ("2025Q3",)),
        (("90", "85.5", "92"), ("2025Q4",)),
        ((None, "85.5", None, "88.25"), ("2025Q1", "2025Q3")),
        ((), ("2025Q1", "2025Q2", "2025Q3", "2025Q4")),
    ],
)
def test_fewer_than_four_quarters_give_no_score(
    scores: tuple[str | None, ...], missing: tuple[str, ...]
) -> None:
    answered = ask("nanchang", year(*scores))
    assert (answered.outcome, answered.missing) == (Outcome.UNDETERMINED, ("facts.quarters",))
    assert (answered.values.score, answered.values.missing) == (None, missing)


@pytest.mark.parametrize("name", ["year", "quarters"])
def test_year_and_quarters_are_needed(name: str) -> None:
    answered = ask("nanchang", without(year("1", "2", "3", "4"), name))
    assert (answered.missing, answered.values.score) == ((f"facts.{name}",), None)


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya", "national"])
def test_no_other_text_makes_a_year_of_quarters(regulation: str) -> None:
    assert silent(ask(regulation, year("90", "85.5", "92", "88.25")))


def test_a_quarter_stated_twice_is_impossible() -> None:
    quarters = [{"quarter": 1, "score": "90"}, {"quarter": 1, "score": "80"}]
    with pytest.raises(ImpossibleFact):
        ask("nanchang", {"year": 2025, "quarters": quarters})


def test_an_entry_that_does_not_say_its_quarter_scores_none() -> None:
    quarters = [*year("1", "2", "3")["quarters"], {"score": "4"}]
    assert ask("nanchang", {"year": 2025, "quarters": quarters}).values.missing == ("2025Q4",)


@pytest.mark.parametrize("quarter", [0, 5, "1", 1.5])
def test_a_quarter_is_one_of_four(quarter: Any) -> None:  # Any: what a caller may send
    with pytest.raises(ValidationError):
        ask.read({"year": 2025, "quarters": [{"quarter": quarter, "score": "90"}]})


hundredths = st.decimals(min_value=0, max_value=100, places=2)


@given(st.tuples(hundredths, hundredths, hundredths, hundredths))
def test_the_score_is_within_half_a_hundredth_of_the_mean(scores: tuple[Decimal, ...]) -> None:
    score = ask("nanchang", year(*map(str, scores))).values.score
    assert score is not None
    assert abs(score * 4 - sum(scores)) <= Decimal("0.02")
