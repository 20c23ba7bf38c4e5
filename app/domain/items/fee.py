"""Fee (收费): nothing but what is published, up to its standard, to the account that is lawful."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final, Self
from uuid import UUID

from app.domain.day import check_last_day
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class PayeeKind(Word):
    """Who takes the money in (收款方)."""

    FISCAL_ACCOUNT = "fiscal_account", "财政专户"
    BANK_WINDOW = "bank_window", "指定的银行收费窗口"
    CENTRE_CASHIER = "centre_cashier", "中心统一收费窗口"
    OTHER = "other", "其他单位"  # 企业、中介、评估机构等


class FeeField(Word):
    """What is made public of a fee."""

    BASIS = "basis", "收费依据"
    NAME = "name", "收费项目"
    AMOUNT = "amount", "收费标准"
    PAYMENT_METHOD = "payment_method", "缴交方式"


_DESIGNATED: Final = "fee.payee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee(Written):
    """Who takes the money in; `fiscal`: whether it goes on into the fiscal account (财政专户)."""

    kind: PayeeKind
    name: str | None = None
    fiscal: bool | None = None

    @property
    def reaches_fiscal_account(self) -> bool | None:
        """Whether the money ends in the fiscal account; None where nobody said. What goes to a
        third party never does, whatever is said."""
        if self.kind in {PayeeKind.FISCAL_ACCOUNT, PayeeKind.OTHER}:
            return self.kind is PayeeKind.FISCAL_ACCOUNT
        return self.fiscal

    def is_of(self, other: "Payee") -> bool:
        """Whether both name the same window or account."""
        return (self.kind, self.name) == (other.kind, other.name)

    def __str__(self) -> str:
        return f"{self.kind.chinese}（{self.name}）" if self.name else self.kind.chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """What is published of a fee, or with `none` that an item is free; amounts are yuan (CNY) to
    the cent for one `unit`."""

    none: bool = False
    name: str | None = None
    basis: str | None = None
    amount: Decimal | None = None
    unit: str | None = None
    payment_method: str | None = None
    payee: Payee | None = None

    def states(self, field: FeeField) -> bool:
        """Whether the field is there: spaces are nothing."""
        value = getattr(self, field)
        return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A published fee of an item: `since` and `until` are its first and its last day, a later one
    of the same name takes its place; one that never held ends the day before it begins."""

    id: UUID
    item_id: UUID
    terms: FeeTerms
    since: date
    until: date | None = None
    ended_because: str | None = None
    version: int = 1

    def ended(self, until: date, because: str) -> Self:
        """The fee with its last day, earlier than the one planned. Raises FeeEnded,
        ImpossibleFact."""
        if self.until is not None and self.ended_because is not None:
            raise FeeEnded(self.until)
        check_last_day(self.since, until, self.until)
        return replace(self, until=until, ended_because=because, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What is taken from somebody, in yuan to the cent, for so many units of a published fee."""

    item_id: UUID
    fee_id: UUID | None
    quantity: int
    amount: Decimal
    payee: Payee
    charged_on: date
    case_id: UUID | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsRequired(Written):
    """What has to be published of a fee; an item that is explicitly free needs none of it."""

    fields: tuple[FeeField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardBound(Written):
    """A charge is at most the published standard; `exact`: neither more nor less."""

    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeBound(Written):
    """Who may take the money in (anybody where no kind is named), whether it has to end in the
    fiscal account, and whether it has to be the very payee that is published."""

    kinds: tuple[PayeeKind, ...] = ()
    fiscal: bool = False
    designated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    fields: Provision[FieldsRequired] | None = None
    published: Provision[Bare] | None = None
    standard: Provision[StandardBound] | None = None
    basis: Provision[Bare] | None = None
    payee: Provision[PayeeBound] | None = None


class FeeStands(DomainError):
    """The item has something published for that day already, which this would contradict."""

    slug: ClassVar[str] = "fee_stands"
    title: ClassVar[str] = "该日已有公布的收费标准"

    def __init__(self, since: date) -> None:
        super().__init__(
            f"该事项自{since}起已公布同名的标准，或“不收费”与标准并存；"
            "请先结束误登的一项，再行登记。"
        )


class FeeEnded(DomainError):
    """The fee has its last day already."""

    slug: ClassVar[str] = "fee_ended"
    title: ClassVar[str] = "该收费标准已经终止"

    def __init__(self, until: date) -> None:
        super().__init__(f"该标准的最后一日为{until}；需要恢复的请重新公布。")


class FeeNotNamed(DomainError):
    """Where no text forbids the charge, it still has to say under which published fee it stands."""

    slug: ClassVar[str] = "fee_not_named"
    title: ClassVar[str] = "未指明收费标准"

    def __init__(self) -> None:
        super().__init__("fee_id：请写明该次收费所依据的、已公布的收费标准。")


class ChargeReversed(DomainError):
    """The charge was reversed before."""

    slug: ClassVar[str] = "charge_reversed"
    title: ClassVar[str] = "该笔收费已经冲正"

    def __init__(self) -> None:
        super().__init__("该笔收费已经冲正，不再重复冲正；确需收取的请重新登记。")


def fee_fields_missing(required: FieldsRequired, stated: FeeTerms) -> tuple[FeeField, ...]:
    """The fields that are not there, in the order of the text; a free item lacks nothing."""
    if stated.none:
        return ()
    return tuple(field for field in required.fields if not stated.states(field))


def may_be_published(chapter: FeeChapter, stated: FeeTerms) -> Iterator[Finding]:
    """Does the fee state all that the text wants made public?"""
    if rule := chapter.fields:
        lacking = fee_fields_missing(rule.terms, stated)
        yield Finding.under(
            rule,
            met=not lacking,
            expected=tuple(rule.terms.fields),
            actual=lacking,
            missing=lacking,
        )


def may_be_charged(
    chapter: FeeChapter, charged: Charged, published: Sequence[Fee]
) -> Iterator[Finding]:
    """May this be taken? `published` is what holds for the item on the day of the charge."""
    fees = [fee for fee in published if not fee.terms.none]
    fee = next((fee for fee in fees if fee.id == charged.fee_id), None)
    if rule := chapter.published:
        names = tuple(fee.terms.name or "" for fee in fees)
        named = None if charged.fee_id is None else str(charged.fee_id)
        actual = fee.terms.name if fee else named
        yield Finding.under(rule, met=fee is not None, expected=names, actual=actual)
    if fee is not None:
        yield from _as_published(chapter, charged, fee.terms)
    if bound := chapter.payee:
        to_whom = _to_whom(bound, charged.payee, fee.terms.payee if fee else None)
        if fee is not None or _DESIGNATED not in to_whom.missing:  # of no fee no payee is known
            yield to_whom


def _as_published(chapter: FeeChapter, charged: Charged, terms: FeeTerms) -> Iterator[Finding]:
    if (standard := chapter.standard) and terms.amount is not None:
        most = terms.amount * charged.quantity
        exact = standard.terms.exact
        met = charged.amount == most if exact else charged.amount <= most
        yield Finding.under(standard, met=met, expected=most, actual=charged.amount)
    if basis := chapter.basis:
        said = charged.basis or terms.basis
        met = terms.basis is not None and said == terms.basis
        yield Finding.under(basis, met=met, expected=terms.basis, actual=said)


def _to_whom(rule: Provision[PayeeBound], payee: Payee, published: Payee | None) -> Finding:
    terms, actual = rule.terms, str(payee)
    expected: tuple[str, ...] = terms.kinds or (PayeeKind.FISCAL_ACCOUNT,)
    if terms.designated and published is not None:
        expected = (str(published),)
        if not payee.is_of(published):
            return Finding.under(rule, met=False, expected=expected, actual=actual)
    if terms.kinds and payee.kind not in terms.kinds:
        return Finding.under(rule, met=False, expected=expected, actual=actual)
    if terms.designated and published is None:
        return Finding.unknown(rule, _DESIGNATED)
    if not terms.fiscal:
        return Finding.under(rule, met=True, expected=expected, actual=actual)
    return _into_fiscal_account(rule, payee, published if terms.designated else None)


def _into_fiscal_account(
    rule: Provision[PayeeBound], payee: Payee, published: Payee | None
) -> Finding:
    reached = payee.reaches_fiscal_account
    if reached is None and published is not None:
        reached = published.reaches_fiscal_account  # it is the same window
    if reached is None:
        return Finding.unknown(rule, "payee.fiscal")
    return Finding.under(
        rule, met=reached is True, expected=PayeeKind.FISCAL_ACCOUNT, actual=str(payee)
    )
