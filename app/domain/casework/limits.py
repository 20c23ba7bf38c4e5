"""Terms of the time limits (限时办结的条款): how a regulation says that days are counted."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.calendar import Span
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class Anchor(StrEnum):
    """The event from which the days are counted; its own day does not count."""

    ACCEPTANCE = "acceptance"  # 受理之日
    RECEIPT = "receipt"  # 收到（齐全的）申请之日


class CompletionEvent(StrEnum):
    """The event that ends the clock."""

    DECISION = "decision"  # 作出决定
    SEAL = "seal"  # 加盖审批专用章


class ExclusionKind(Word):
    """Special procedures (特别程序) whose time may not count."""

    HEARING = "hearing", "听证"
    TENDER = "tender", "招标"
    AUCTION = "auction", "拍卖"
    INSPECTION = "inspection", "检验"
    TESTING = "testing", "检测"
    QUARANTINE = "quarantine", "检疫"
    APPRAISAL = "appraisal", "鉴定"
    EXPERT_REVIEW = "expert_review", "专家评审"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Written):
    anchor: Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSource(Written):
    """`or_statutory`: where no promise is given, the statutory limit is the limit."""

    or_statutory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence(Written):
    """Where a law sets a limit of its own, that one holds instead of what these rows say."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling(Written):
    """The promise is at most the statutory limit, which is `default_days` working days where none
    is given."""

    default_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions(Written):
    """`announced`: only where the guide says so. `told`: only where the applicant was told in
    writing."""

    kinds: tuple[ExclusionKind, ...]
    announced: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extending(Written):
    """One extension of at most so many working days, with an approver."""

    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Written):
    """Not answered within so many working days of receipt (0: on the day itself): accepted as of
    receipt."""

    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Green(Written):
    """The limit in the green channel is at most the promise divided by `divisor`, rounded down."""

    divisor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completing(Written):
    event: CompletionEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving(Written):
    """From delivery; a last day off moves to the next working day."""

    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimitChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    instant: Provision[Bare] | None = None
    counting: Provision[Counting] | None = None
    limit: Provision[LimitSource] | None = None
    precedence: Provision[Precedence] | None = None
    ceiling: Provision[Ceiling] | None = None
    final: Provision[Bare] | None = None
    exclusions: Provision[Exclusions] | None = None
    extension: Provision[Extending] | None = None
    silence: Provision[Silence] | None = None
    green: Provision[Green] | None = None
    completion: Provision[Completing] | None = None
    archive: Provision[Archiving] | None = None
