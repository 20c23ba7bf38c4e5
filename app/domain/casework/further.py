"""Further findings (另有的认定): what else is said to an act that was weighed on its own."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.domain.casework.weighing import Taken
from app.domain.decision import (
    Answer,
    Decision,
    DecisionStandsAgainst,
    OverrideRequired,
    missing_in,
    outcome_of,
)

Further = Answer[Any]  # Any: whatever its values are


def with_further(weighed: Callable[[], Taken], further: Further) -> Taken:
    """The act as it is weighed, with these findings beside its own, also where it is refused.

    Raises what the weighing raises, and RefusedByRegulation or Undetermined where more than a soft
    rule stands against the act.
    """
    try:
        taken = weighed()
    except DecisionStandsAgainst as refused:
        _joined(refused.decision, further).require()
        raise
    if not further.findings and not further.cautions:
        return taken
    decision = _joined(taken.decision, further)
    with suppress(OverrideRequired):
        decision.require()
    return replace(taken, decision=decision)


def _joined(own: Decision, further: Further) -> Decision:
    findings = tuple(dict.fromkeys((*own.findings, *further.findings)))
    return replace(
        own,
        findings=findings,
        outcome=outcome_of(findings),
        cautions=tuple(dict.fromkeys((*own.cautions, *further.cautions))),
        missing=missing_in(findings),
    )
