"""Annual score (全年得分): the year's score from its four quarters."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.domain.asked import Asked
from app.domain.day import ImpossibleFact
from app.domain.decision import Answer, Finding
from app.domain.provision import Provision, Written
from app.domain.staffing.quarter import QUARTERS, QuarterNumber, label


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean(Written):
    """The arithmetic mean of all four quarters, rounded half up to so many places."""

    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualScoreChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    mean: Provision[Mean] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterScore(Written):
    quarter: QuarterNumber | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualScoreFacts(Written):
    year: int | None = None
    quarters: tuple[QuarterScore, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualScoreValues:
    """`missing` are the quarters without a score: `2025Q3`. Never a mean of three."""

    score: Decimal | None
    missing: tuple[str, ...]


def year_scores(
    chapter: AnnualScoreChapter, facts: AnnualScoreFacts, _: Asked
) -> Answer[AnnualScoreValues]:
    """The year's score, None with fewer than four quarters. Raises ImpossibleFact for a quarter
    that is stated twice."""
    rule = chapter.mean
    if rule is None:
        return Answer((), None)
    scores = _by_quarter(facts.quarters or ())
    lacking = [quarter for quarter in QUARTERS if quarter not in scores]
    unstated = ["facts.year"] if facts.year is None else []
    if lacking:
        unstated.append("facts.quarters")
    if unstated:
        labels = () if facts.year is None else tuple(label(facts.year, one) for one in lacking)
        values = AnnualScoreValues(score=None, missing=labels)
        return Answer((Finding.unknown(rule, *unstated),), values)
    mean = sum(scores.values(), Decimal(0)) / len(QUARTERS)
    score = mean.quantize(Decimal(1).scaleb(-rule.terms.places), ROUND_HALF_UP)
    finding = Finding.under(rule, met=True, actual=score)
    return Answer((finding,), AnnualScoreValues(score=score, missing=()))


def _by_quarter(stated: Iterable[QuarterScore]) -> dict[QuarterNumber, Decimal]:
    scores: dict[QuarterNumber, Decimal] = {}
    for one in stated:
        if one.quarter is None or one.score is None:
            continue
        if one.quarter in scores:
            raise ImpossibleFact("facts.quarters", "同一季度出现两次")
        scores[one.quarter] = one.score
    return scores
