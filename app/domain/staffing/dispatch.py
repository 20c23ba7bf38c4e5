"""Dispatch (选派): who may be posted to a window."""

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.asked import Asked
from app.domain.decision import Answer, Caution, Finding
from app.domain.provision import Bare, Provision, Written
from app.domain.staffing.dispatch_facts import (
    Attested,
    Candidate,
    ConditionName,
    Conditions,
    DispatchFacts,
    DispatchValues,
    EmploymentStatus,
    Establishment,
    Reviewed,
    ReviewName,
    Reviews,
    Role,
    UnitType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(Written):
    """Whom a provision concerns. No roles: every role; no unit types: every unit."""

    roles: tuple[Role, ...] = ()
    unit_types: tuple[UnitType, ...] = ()

    def excludes(self, facts: DispatchFacts) -> bool:
        """Whether what is known of the posting lies outside."""
        return bool(
            (self.roles and facts.role and facts.role not in self.roles)
            or (self.unit_types and facts.unit_type and facts.unit_type not in self.unit_types)
        )

    def lacks(self, facts: DispatchFacts) -> tuple[str, ...]:
        """The facts without which it is open whether the posting lies inside."""
        role = ("facts.role",) if self.roles and facts.role is None else ()
        unit = ("facts.unit_type",) if self.unit_types and facts.unit_type is None else ()
        return (*role, *unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Written):
    """The units that the text reaches, and the roles that it knows there (empty: all)."""

    unit_types: tuple[UnitType, ...]
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReference(Written):
    """The units that follow the text without being named by it (参照执行)."""

    unit_types: tuple[UnitType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Written):
    """The roles that exist at these units."""

    name: str
    unit_types: tuple[UnitType, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumAge(Reach):
    """In full years on the first day at the post, the number included; the birthday counts."""

    years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryRole(Reach):
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Reach):
    name: ConditionName


@dataclass(frozen=True, slots=True, kw_only=True)
class Employed(Written):
    among: tuple[EmploymentStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Established(Reach):
    name: str
    among: tuple[Establishment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem(Written):
    name: ReviewName


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    scope: Provision[Scope] | None = None
    by_reference: Provision[ByReference] | None = None
    tiers: tuple[Provision[Tier], ...] = ()
    maximum_age: Provision[MaximumAge] | None = None
    police_exemption: Provision[PrimaryRole] | None = None
    primary_role: Provision[PrimaryRole] | None = None
    qualification: Provision[Bare] | None = None
    establishment: tuple[Provision[Established], ...] = ()
    conditions: tuple[Provision[Condition], ...] = ()
    employment: Provision[Employed] | None = None
    reviews: tuple[Provision[ReviewItem], ...] = ()


_NOBODY: Final = Candidate()
_NO_CONDITIONS: Final = Conditions()
_NO_REVIEWS: Final = Reviews()


def may_be_dispatched(
    chapter: DispatchChapter, facts: DispatchFacts, _asked: Asked
) -> Answer[DispatchValues]:
    """May this person be posted there from that day?

    Every condition and review that the chapter lists has to be met; one that is not known leaves
    the question open. A unit or role outside the text's scope is no question for it.
    """
    if chapter.scope and (outside := _outside(chapter.scope.terms, facts)):
        return Answer((Finding.aside(chapter.scope, actual=outside),), None)
    findings = (
        *_scope(chapter, facts),
        *_tiers(chapter, facts),
        *_age(chapter, facts),
        *_primary_role(chapter, facts),
        *_qualification(chapter, facts),
        *_establishment(chapter, facts),
        *_conditions(chapter, facts),
        *_employment(chapter, facts),
        *_reviews(chapter, facts),
    )
    if not findings:
        return Answer((), None)
    return Answer(findings, DispatchValues(), _cautions(chapter, facts))


def _outside(scope: Scope, facts: DispatchFacts) -> UnitType | Role | None:
    """What of the posting the text does not reach: the unit, or the role at it."""
    if Reach(unit_types=scope.unit_types).excludes(facts):
        return facts.unit_type
    return facts.role if Reach(roles=scope.roles).excludes(facts) else None


def _scope(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    if chapter.scope and facts.unit_type is None:
        yield Finding.unknown(chapter.scope, "facts.unit_type")
    if (reference := chapter.by_reference) and facts.unit_type in reference.terms.unit_types:
        yield Finding.under(reference, met=True, actual=facts.unit_type)


def _cautions(chapter: DispatchChapter, facts: DispatchFacts) -> tuple[Caution, ...]:
    reference = chapter.by_reference
    if reference and facts.unit_type in reference.terms.unit_types:
        return (Caution(code="applied_by_reference", message=reference.message),)
    return ()


def _tiers(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    if not chapter.tiers:
        return
    names = (("facts.role", facts.role), ("facts.unit_type", facts.unit_type))
    if missing := [name for name, fact in names if fact is None]:
        yield Finding.unknown(chapter.tiers[0], *missing)
        return
    for tier in chapter.tiers:
        if facts.unit_type in tier.terms.unit_types:
            met = facts.role in tier.terms.roles
            yield Finding.under(tier, met=met, expected=tier.terms.roles, actual=facts.role)


def _age(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    age = chapter.maximum_age
    if age is None or age.terms.excludes(facts):
        return
    candidate = facts.candidate or _NOBODY
    if (police := chapter.police_exemption) and (
        candidate.seconded_by_police or candidate.primary_role in police.terms.among
    ):
        yield Finding.aside(police)
        return
    missing = (*_lacking(facts, "birth_date"), *_start_day(facts))
    if lacking := age.terms.lacks(facts) or missing:
        yield Finding.unknown(age, *lacking)
    if lacking or candidate.birth_date is None or facts.start_on is None:
        return
    years = full_years(candidate.birth_date, facts.start_on)
    yield Finding.under(age, met=years <= age.terms.years, expected=age.terms.years, actual=years)


def full_years(born_on: date, on: date) -> int:
    """The age on that day; it goes up on the birthday itself, which is the last day of February for
    who was born on a leap day (the clamped month of 民法典第二百零二条)."""
    leap_day = (born_on.month, born_on.day) == (2, 29)
    birthday = (2, 28) if leap_day and not isleap(on.year) else (born_on.month, born_on.day)
    return on.year - born_on.year - ((on.month, on.day) < birthday)


def _primary_role(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    role = chapter.primary_role
    if role is None or role.terms.excludes(facts):
        return
    held = (facts.candidate or _NOBODY).primary_role
    if missing := role.terms.lacks(facts) or _lacking(facts, "primary_role"):
        yield Finding.unknown(role, *missing)
    else:
        yield Finding.under(role, met=held in role.terms.among, actual=held)


def _qualification(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    qualification = chapter.qualification
    if qualification is None:
        return
    until = (facts.candidate or _NOBODY).enforcement_qualification_valid_until
    if until is None or facts.start_on is None:
        missing = _lacking(facts, "enforcement_qualification_valid_until")
        yield Finding.unknown(qualification, *missing, *_start_day(facts))
    else:
        valid = until >= facts.start_on
        yield Finding.under(qualification, met=valid, expected=facts.start_on, actual=until)


def _establishment(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    held = (facts.candidate or _NOBODY).establishment
    for demanded in chapter.establishment:
        if demanded.terms.excludes(facts):
            continue
        if missing := demanded.terms.lacks(facts) or _lacking(facts, "establishment"):
            yield Finding.unknown(demanded, *missing)
        else:
            yield Finding.under(demanded, met=held in demanded.terms.among, actual=held)


def _conditions(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    conditions = (facts.candidate or _NOBODY).conditions or _NO_CONDITIONS
    for condition in chapter.conditions:
        terms = condition.terms
        if terms.excludes(facts):
            continue
        status: Attested | None = getattr(conditions, terms.name)
        open_ = status is None or status is Attested.UNKNOWN
        own = (_of_candidate(facts, f"conditions.{terms.name}"),) if open_ else ()
        if missing := terms.lacks(facts) or own:
            yield Finding.unknown(condition, *missing)
        else:
            yield Finding.under(condition, met=status is Attested.MET, actual=status)


def _employment(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    if employment := chapter.employment:
        status = (facts.candidate or _NOBODY).employment_status
        if status is None:
            yield Finding.unknown(employment, *_lacking(facts, "employment_status"))
        else:
            met = status in employment.terms.among
            yield Finding.under(employment, met=met, actual=status)


def _reviews(chapter: DispatchChapter, facts: DispatchFacts) -> Iterator[Finding]:
    reviews = (facts.candidate or _NOBODY).reviews or _NO_REVIEWS
    for review in chapter.reviews:
        name = review.terms.name
        result: Reviewed | None = getattr(reviews, name)
        if result is None or result is Reviewed.UNKNOWN:
            yield Finding.unknown(review, _of_candidate(facts, f"reviews.{name}"))
        else:
            yield Finding.under(review, met=result is Reviewed.PASS, actual=result)


def _start_day(facts: DispatchFacts) -> tuple[str, ...]:
    return ("facts.start_on",) if facts.start_on is None else ()


def _lacking(facts: DispatchFacts, name: str) -> tuple[str, ...]:
    """The candidate's fact by its name, where it was not sent."""
    known = facts.candidate is not None and getattr(facts.candidate, name) is not None
    return () if known else (_of_candidate(facts, name),)


def _of_candidate(facts: DispatchFacts, name: str) -> str:
    """Where no candidate was sent at all, that is what is missing."""
    return "facts.candidate" if facts.candidate is None else f"facts.candidate.{name}"
