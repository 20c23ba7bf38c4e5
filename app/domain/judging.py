"""Judging (审查): what the findings on an act come to under an edition, ready to be required."""

from collections.abc import Iterable
from datetime import date

from app.domain.decision import Decision, Finding, missing_in, outcome_of
from app.domain.rulebook import Rulebook


def judged(
    act: str, book: Rulebook, on: date, findings: Iterable[Finding], values: object = None
) -> Decision:
    """The decision on an act on that legal day; `.require()` raises where something stands
    against it. No finding: the regulation is silent, and nothing does."""
    found = tuple(findings)
    return Decision(
        question=act,
        rulebook=book.regulation,
        edition=book.edition,
        on=on,
        outcome=outcome_of(found),
        findings=(*book.outside_validity(on), *found),
        values=values,
        cautions=book.cautions(on),
        missing=missing_in(found),
    )
