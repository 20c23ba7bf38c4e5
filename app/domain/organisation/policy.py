"""Policy (制度): which rules a body has to have in force, and which of them are wanting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.organisation.centre import Level
from app.domain.organisation.department import stands
from app.domain.organisation.document import Document
from app.domain.provision import Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPolicies(Written):
    """Policies that have to be in force: the centre's own, or one of each department that has a
    window. `name` tells this provision from its neighbours; no levels: at every centre."""

    name: str
    kinds: tuple[str, ...]
    of_each_department: bool = False
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    required: tuple[Provision[RequiredPolicies], ...] = ()

    def kinds(self, *, of_department: bool) -> tuple[str, ...]:
        """What the regulation calls the policies that it asks for."""
        return tuple(
            kind
            for rule in self.required
            if rule.terms.of_each_department is of_department
            for kind in rule.terms.kinds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """`until` as it was issued; the next version ends it as well, the day before it begins."""

    number: int
    issued_on: date
    since: date
    entered_by: str
    entered_at: datetime
    until: date | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`kind` is what the regulation calls it, where the regulation asks for it; without
    `department_id` it is the centre's own. `versions` in the order of their first days."""

    centre_id: UUID
    id: UUID
    kind: str | None
    title: str
    department_id: UUID | None = None
    version: int = 1
    versions: tuple[PolicyVersion, ...] = ()

    def periods(self) -> Iterator[tuple[PolicyVersion, date | None]]:
        """Each version with the last day on which it is in force."""
        for place, each in enumerate(self.versions):
            following = self.versions[place + 1 :]
            before = following[0].since - timedelta(days=1) if following else None
            ends = [day for day in (each.until, before) if day is not None]
            yield each, min(ends, default=None)

    def in_force(self, on: date) -> PolicyVersion | None:
        """The version that holds on that day."""
        return next((each for each, until in self.periods() if stands(each.since, until, on)), None)


class VersionBegins(DomainError):
    """A version begins after all versions before it."""

    slug: ClassVar[str] = "version_begins"
    title: ClassVar[str] = "新版本须在前一版本之后施行"

    def __init__(self, last: date) -> None:
        super().__init__(f"已有版本自{last}起施行；新版本的施行日须晚于该日。")


class PolicyKindUnknown(DomainError):
    """The regulation asks for policies of other kinds."""

    slug: ClassVar[str] = "policy_kind_unknown"
    title: ClassVar[str] = "规章未要求该类制度"

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        super().__init__(f"kind：规章要求的制度为{'、'.join(known)}；其他制度不填 kind。")
        self.kind = kind


def check_kind(chapter: PolicyChapter, kind: str | None, *, of_department: bool) -> None:
    """Raises PolicyKindUnknown where the regulation asks for policies, and not for this one."""
    known = chapter.kinds(of_department=of_department)
    if kind is not None and known and kind not in known:
        raise PolicyKindUnknown(kind, known)


def check_next(versions: Sequence[PolicyVersion], since: date) -> None:
    """Raises VersionBegins."""
    if versions and since <= versions[-1].since:
        raise VersionBegins(versions[-1].since)
