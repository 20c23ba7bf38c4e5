"""Rulebook (规章): one edition of one regulation, chapter by chapter, and which edition answers on
a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from app.domain.casework.acceptance import AcceptanceChapter
from app.domain.casework.deadline import DeadlineChapter
from app.domain.casework.favour import FavourChapter
from app.domain.casework.first_question import FirstQuestionChapter
from app.domain.casework.handling import HandlingChapter
from app.domain.casework.limits import TimeLimitChapter
from app.domain.casework.seal import SealChapter
from app.domain.decision import Caution, Finding
from app.domain.errors import NotFound
from app.domain.items.fee import FeeChapter
from app.domain.items.guide import GuideChapter
from app.domain.items.item_chapter import ItemChapter
from app.domain.items.publication import PublicationChapter
from app.domain.items.publicity import PublicityChapter
from app.domain.organisation.adoption import AdoptionChapter
from app.domain.organisation.appointment import AppointmentChapter
from app.domain.organisation.authority import AuthorityChapter
from app.domain.organisation.delegation import DelegationChapter
from app.domain.organisation.department import DepartmentChapter
from app.domain.organisation.mandate import MandateChapter
from app.domain.organisation.policy import PolicyChapter
from app.domain.organisation.window import WindowChapter
from app.domain.provision import Provision, Written
from app.domain.staffing.annual_score import AnnualScoreChapter
from app.domain.staffing.assessor import AssessorChapter
from app.domain.staffing.dispatch import DispatchChapter
from app.domain.staffing.leave import LeaveChapter
from app.domain.staffing.posting import PostingChapter
from app.domain.staffing.recall import RecallChapter
from app.domain.staffing.rotation import RotationChapter


class TextStatus(StrEnum):
    """What kind of text the edition is."""

    IN_FORCE = "in_force"  # 正式
    DRAFT = "draft"  # 征求意见稿
    EXPIRED = "expired"  # 已失效
    EFFECTIVE_DATE_UNKNOWN = "effective_date_unknown"  # 施行日期未载明


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity(Written):
    """The days on which the edition applies, as far as the text prints them.

    A day that is not printed is not invented: where only the year is printed, `from_year` and
    `until_year` are the first and last year that can be meant.
    """

    effective_from: date | None = None
    effective_until: date | None = None
    from_year: int | None = None
    until_year: int | None = None
    effective_basis: str = ""

    def excludes(self, on: date) -> bool:
        """True where the printed days or years show that the edition does not apply on that day."""
        since, until = self.effective_from, self.effective_until
        return (
            (since is not None and on < since)
            or (until is not None and on > until)
            or (self.from_year is not None and on.year < self.from_year)
            or (self.until_year is not None and on.year > self.until_year)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook(Written):
    """The table of contents of one edition. A chapter that the file leaves out is empty: it finds
    nothing."""

    regulation: str
    edition: str
    title: str
    issuer: str
    jurisdiction: str
    calendar: str  # the key of the working calendar: a region's code (行政区划代码) or CN
    text_status: TextStatus
    articles: int
    validity: Provision[Validity] | None = None
    document_number: str | None = None
    interpreter: str | None = None
    basis: tuple[str, ...] = ()
    digest: str = ""  # SHA-256 of the file, set by the loader
    entered_from: date | None = None  # the day that a text without one was given (see `dated`)
    dispatch: DispatchChapter = field(default_factory=DispatchChapter)
    rotation: RotationChapter = field(default_factory=RotationChapter)
    first_question: FirstQuestionChapter = field(default_factory=FirstQuestionChapter)
    time_limit: TimeLimitChapter = field(default_factory=TimeLimitChapter)
    acceptance: AcceptanceChapter = field(default_factory=AcceptanceChapter)
    recall: RecallChapter = field(default_factory=RecallChapter)
    guide: GuideChapter = field(default_factory=GuideChapter)
    leave: LeaveChapter = field(default_factory=LeaveChapter)
    assessor: AssessorChapter = field(default_factory=AssessorChapter)
    annual_score: AnnualScoreChapter = field(default_factory=AnnualScoreChapter)
    deadline: DeadlineChapter = field(default_factory=DeadlineChapter)
    handling: HandlingChapter = field(default_factory=HandlingChapter)
    favour: FavourChapter = field(default_factory=FavourChapter)
    seal: SealChapter = field(default_factory=SealChapter)
    authority: AuthorityChapter = field(default_factory=AuthorityChapter)
    adoption: AdoptionChapter = field(default_factory=AdoptionChapter)
    departments: DepartmentChapter = field(default_factory=DepartmentChapter)
    appointments: AppointmentChapter = field(default_factory=AppointmentChapter)
    policies: PolicyChapter = field(default_factory=PolicyChapter)
    windows: WindowChapter = field(default_factory=WindowChapter)
    delegations: DelegationChapter = field(default_factory=DelegationChapter)
    postings: PostingChapter = field(default_factory=PostingChapter)
    mandates: MandateChapter = field(default_factory=MandateChapter)
    items: ItemChapter = field(default_factory=ItemChapter)
    publication: PublicationChapter = field(default_factory=PublicationChapter)
    fees: FeeChapter = field(default_factory=FeeChapter)
    publicity: PublicityChapter = field(default_factory=PublicityChapter)

    def provisions(self) -> Iterator[Provision[Any]]:  # Any: terms of every kind
        """Every provision of every chapter, in the order of the chapters."""
        if self.validity is not None:
            yield self.validity
        for chapter in fields(self):
            value = getattr(self, chapter.name)
            if is_dataclass(value) and not isinstance(value, Provision):
                yield from _provisions_of(value)

    def applies(self, on: date) -> bool:
        """False where the days or years, printed or entered beside the text, show that the edition
        does not apply on that day."""
        if self.entered_from is not None and on < self.entered_from:
            return False
        return self.validity is None or not self.validity.terms.excludes(on)

    @property
    def effective_from(self) -> date | None:
        """The first day, as the text prints it or as it was entered; None where nobody knows."""
        printed = self.validity.terms.effective_from if self.validity else None
        return printed or self.entered_from

    def cautions(self, on: date) -> tuple[Caution, ...]:
        """What must be said beside any answer of this edition on that day."""
        said = []
        if self.text_status is TextStatus.DRAFT:
            said.append(Caution(code="rulebook_is_draft", message="本文本为征求意见稿。"))
        if self.text_status is TextStatus.EXPIRED or not self.applies(on):
            said.append(
                Caution(
                    code="rulebook_not_in_force", message=f"本文本于{on.isoformat()}不在施行期内。"
                )
            )
        unknown = self.text_status is TextStatus.EFFECTIVE_DATE_UNKNOWN
        if not said and unknown and self.effective_from is None:
            said.append(
                Caution(code="effective_date_unknown", message="本文本未载明施行日期，不作推定。")
            )
        return tuple(said)

    def outside_validity(self, on: date) -> tuple[Finding, ...]:
        """The finding that cites the provision on validity, where the day lies outside it."""
        if self.validity is None or self.applies(on):
            return ()
        return (Finding.aside(self.validity, actual=on),)


@dataclass(frozen=True, slots=True, eq=False)
class Rulebooks:
    """All editions that are loaded; `version` names them together (SHA-256 over the files and what
    was entered beside them), `files` the files alone where something was entered. Equal only to
    itself, as a calendar is: what is remembered of it need not compare whole texts."""

    books: tuple[Rulebook, ...]
    version: str = ""
    files: str = ""
    _by_regulation: dict[str, tuple[Rulebook, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.books, key=lambda book: (book.regulation, book.edition))
        grouped = groupby(ordered, key=lambda book: book.regulation)
        by_regulation = {regulation: tuple(books) for regulation, books in grouped}
        object.__setattr__(self, "_by_regulation", by_regulation)

    @property
    def regulations(self) -> tuple[str, ...]:
        return tuple(self._by_regulation)

    def editions(self, regulation: str) -> tuple[Rulebook, ...]:
        """All editions of a regulation, the oldest first. Raises NotFound."""
        try:
            return self._by_regulation[regulation]
        except KeyError:
            raise NotFound("规章", regulation) from None

    def in_force(self, regulation: str, on: date) -> Rulebook:
        """The edition that answers on that day: the one in force, else the newest. Raises
        NotFound."""
        editions = self.editions(regulation)
        for book in reversed(editions):
            if book.applies(on):
                return book
        return editions[-1]

    def edition(self, regulation: str, edition: str) -> Rulebook:
        """That very edition. Raises NotFound."""
        return _one(self.editions(regulation), edition)


def _provisions_of(chapter: object) -> Iterator[Provision[Any]]:  # Any: as above
    for part in fields(chapter):  # type: ignore[arg-type] # a chapter is a dataclass
        value = getattr(chapter, part.name)
        for provision in value if isinstance(value, tuple) else (value,):
            if isinstance(provision, Provision):
                yield provision


def _one(editions: Iterable[Rulebook], edition: str) -> Rulebook:
    for book in editions:
        if book.edition == edition:
            return book
    raise NotFound("规章版本", edition)
