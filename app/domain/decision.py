"""Decision (决定): the only shape in which a rule may answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

from app.domain.day import SHANGHAI
from app.domain.errors import DomainError
from app.domain.provision import Breach, Force, Provision

Value: TypeAlias = str | int | bool | date | datetime | Decimal | tuple[str, ...] | None


class Result(StrEnum):
    """What one provision says about the facts."""

    NOT_APPLICABLE = "not_applicable"
    SATISFIED = "satisfied"
    OVERRIDABLE = "overridable"
    UNKNOWN = "unknown"
    VIOLATED = "violated"


class Outcome(StrEnum):
    """What the findings come to together."""

    NO_RULE = "no_rule"  # the regulation is silent on the question
    COMPUTED = "computed"  # the question has values, no yes or no
    PERMITTED = "permitted"
    OVERRIDE_REQUIRED = "override_required"  # only soft rules stand against it
    UNDETERMINED = "undetermined"  # a fact or a setting that a provision needs was not given
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one provision says about these facts, and why.

    `expected` and `actual` are the typed facts behind it; `missing` names the facts and settings
    without which the provision cannot be weighed (`facts.filed_on`, `settings.admonitions_min`).
    """

    cited: Provision[Any]  # Any: a finding cites a provision whatever its terms
    result: Result
    expected: Value = None
    actual: Value = None
    missing: tuple[str, ...] = ()

    @classmethod
    def under(
        cls,
        provision: Provision[Any],  # Any: see `cited`
        *,
        met: bool | None,
        expected: Value = None,
        actual: Value = None,
        missing: Iterable[str] = (),
    ) -> Self:
        """Weigh one provision; `met` is None when a fact that it asks about is missing (name it in
        `missing`)."""
        return cls(provision, _weigh(met, provision.force), expected, actual, tuple(missing))

    @classmethod
    def unknown(cls, provision: Provision[Any], *missing: str) -> Self:  # Any: see `cited`
        """The provision cannot be weighed without the facts or settings named."""
        return cls(provision, Result.UNKNOWN, missing=missing)

    @classmethod
    def aside(cls, provision: Provision[Any], *, actual: Value = None) -> Self:  # Any: as above
        """The provision does not reach these facts, and says so."""
        return cls(provision, Result.NOT_APPLICABLE, actual=actual)

    @property
    def provision(self) -> str:
        return self.cited.name

    @property
    def rows(self) -> tuple[str, ...]:
        return self.cited.rows

    @property
    def article(self) -> str:
        return self.cited.article

    @property
    def wording(self) -> str | None:
        """The official text of the article, where one is attached."""
        return self.cited.wording

    @property
    def breach(self) -> Breach:
        return self.cited.breach

    @property
    def message(self) -> str:
        """The provision's Chinese sentence with these facts in it."""
        if self.result is Result.UNKNOWN:
            return f"{self.article}：缺少{'、'.join(self.missing)}，无法判断。"
        return self.cited.message.format(expected=spoken(self.expected), actual=spoken(self.actual))


def _weigh(met: bool | None, force: Force) -> Result:
    if met is None:
        return Result.UNKNOWN
    if met:
        return Result.SATISFIED
    return Result.OVERRIDABLE if force is Force.WAIVABLE else Result.VIOLATED


def spoken(value: Value) -> str:
    """A typed fact as a Chinese sentence has it; a code that has a Chinese word says that."""
    match value:
        case None:
            return "（尚无）"
        case bool():
            return "是" if value else "否"
        case tuple():
            return "、".join(map(spoken, value)) or "无"
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(getattr(value, "chinese", value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A warning (提示) beside an answer: it changes no outcome, and must not be overlooked."""

    code: str
    message: str
    year: int | None = None


V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[V_co]):
    """What a rule returns: its findings in the order of the articles, its values, its warnings.

    `values` is None where the rule has nothing to say (silence)."""

    findings: tuple[Finding, ...]
    values: V_co | None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer that can be read aloud: the question, the edition applied, each finding."""

    question: str
    rulebook: str
    edition: str
    on: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    values: object = None
    cautions: tuple[Caution, ...] = ()
    missing: tuple[str, ...] = field(default=())

    def require(self) -> Self:
        """This decision, unless something stands against the act that it is about.

        Raises RefusedByRegulation, Undetermined or OverrideRequired.
        """
        stands_against = STANDS_AGAINST.get(self.outcome)
        if stands_against is not None:
            raise stands_against(self)
        return self

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of all findings, each once."""
        return tuple(dict.fromkeys(row for finding in self.findings for row in finding.rows))

    def against(self) -> Iterator[Finding]:
        """The findings that made the outcome what it is, the gravest kind only."""
        weight = max((_GRAVITY[finding.result] for finding in self.findings), default=0)
        return (finding for finding in self.findings if _GRAVITY[finding.result] == weight)


_GRAVITY: Final = {
    Result.NOT_APPLICABLE: 0,
    Result.SATISFIED: 1,
    Result.OVERRIDABLE: 2,
    Result.UNKNOWN: 3,
    Result.VIOLATED: 4,
}
_OUTCOMES: Final = (
    Outcome.NO_RULE,
    Outcome.PERMITTED,
    Outcome.OVERRIDE_REQUIRED,
    Outcome.UNDETERMINED,
    Outcome.REFUSED,
)


def outcome_of(findings: Iterable[Finding], *, computed: bool = False) -> Outcome:
    """The gravest finding decides: refused, undetermined, override required, permitted, silence.

    A question that has values instead of a yes or no is `computed` where it would be permitted.
    """
    outcome = _OUTCOMES[max((_GRAVITY[finding.result] for finding in findings), default=0)]
    return Outcome.COMPUTED if computed and outcome is Outcome.PERMITTED else outcome


def missing_in(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The facts and settings that the findings lack, each once, in the order of the findings."""
    return tuple(dict.fromkeys(name for finding in findings for name in finding.missing))


class DecisionStandsAgainst(DomainError):
    """An act is asked for, and the decision on it does not let it through."""

    def __init__(self, decision: Decision) -> None:
        reasons = " ".join(finding.message for finding in decision.against())
        super().__init__(reasons)
        self.decision = decision


class RefusedByRegulation(DecisionStandsAgainst):
    """A binding provision forbids the act; the finding's `breach` says in which way."""

    slug = "refused_by_regulation"
    title = "规定不允许该行为"


class Undetermined(DecisionStandsAgainst):
    """A fact or a setting that a provision needs is missing."""

    slug = "undetermined"
    title = "缺少事实或设置，无法判断"


class OverrideRequired(DecisionStandsAgainst):
    """Only soft rules (原则上) stand against the act: a reason and an approver let it through."""

    slug = "override_required"
    title = "原则上不允许，须说明理由并经批准"


STANDS_AGAINST: Final[dict[Outcome, type[DecisionStandsAgainst]]] = {
    Outcome.REFUSED: RefusedByRegulation,
    Outcome.UNDETERMINED: Undetermined,
    Outcome.OVERRIDE_REQUIRED: OverrideRequired,
}
