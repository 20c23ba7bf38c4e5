"""Duty (交办工作): what else a person is asked to do during a posting, of the window or not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.staffing.posting import Posting, PostingChapter, PostingEnded, PostingRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`since` and `until` are its first and last day. `end_reason` is there once it was ended."""

    id: UUID
    posting_id: UUID
    title: str
    window_related: bool
    since: date
    until: date | None = None
    end_reason: str | None = None

    def runs_on(self, day: date) -> bool:
        """Whether that is a day of it."""
        return self.since <= day and (self.until is None or day <= self.until)


class DutyEnded(DomainError):
    """A duty ends once."""

    slug = "duty_ended"
    title = "交办工作已结束"

    def __init__(self, until: date) -> None:
        super().__init__(f"该项工作已于{until.isoformat()}结束，不能再次结束。")


def check_days(duty: Duty, posting: Posting) -> None:
    """A duty touches its posting. Raises ImpossibleFact, or PostingEnded where it lies behind."""
    if duty.until is not None and duty.until < duty.since:
        raise ImpossibleFact("until", "末日不能早于首日")
    if duty.until is not None and duty.until < posting.since:
        raise ImpossibleFact("until", f"该项工作在到岗日{posting.since.isoformat()}以前已经结束")
    if posting.until is not None and duty.since > posting.until:
        raise PostingEnded(posting.until)


def check_end(duty: Duty, until: date) -> None:
    """Raises DutyEnded, or ImpossibleFact where it would end before it began or after its own
    last day."""
    if duty.end_reason is not None:
        raise DutyEnded(duty.until or until)
    if until < duty.since:
        raise ImpossibleFact("until", f"末日不能早于首日{duty.since.isoformat()}")
    if duty.until is not None and until > duty.until:
        raise ImpossibleFact("until", f"该项工作原定至{duty.until.isoformat()}，不能延后")


def may_be_assigned(
    chapter: PostingChapter, duty: Duty, posting: Posting, roles: Iterable[PostingRole]
) -> Iterator[Finding]:
    """May the sending unit give this work to somebody at the window, who has these roles?

    What began before the posting was not given during it: it is put on record, and `outside_on`
    names it for as long as it runs.
    """
    rule = chapter.outside_work
    if rule is None or not rule.terms.reaches(roles) or duty.since < posting.since:
        return
    yield Finding.under(rule, met=duty.window_related, actual=duty.since)


def outside_on(
    chapter: PostingChapter,
    running: Iterable[tuple[Duty, Posting, frozenset[PostingRole]]],
    on: date,
) -> Iterator[tuple[Duty, Posting, Finding]]:
    """The work that should have ended when the posting began and goes on that day."""
    if (rule := chapter.outside_work) is None:
        return
    for duty, posting, roles in running:
        outside = not duty.window_related and rule.terms.reaches(roles)
        if outside and duty.runs_on(on) and posting.runs_on(on):
            yield duty, posting, Finding.under(rule, met=False, actual=duty.since)
