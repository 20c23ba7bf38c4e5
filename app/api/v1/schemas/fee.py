"""Fees on the wire (收费): what is published, what is taken and by whom; money is a text."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.special_day import RevocationOut
from app.api.wire import Day, Named, Text
from app.db.charges import Charge
from app.db.fees import PublicFee
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import SHANGHAI, ImpossibleFact
from app.domain.items.fee import Charged, Fee, FeeTerms, Payee, PayeeKind
from app.domain.provision import Written
from app.domain.special_day import Revocation

MOST_UNITS: Final = 100_000
Plain = dict[str, Any]  # Any: typed by the models of this file
Name = Annotated[Text, Field(max_length=200)]
Reason = Annotated[Named, Field(max_length=300)]
Basis = Annotated[Text, Field(max_length=1000)]


@dataclass(frozen=True, slots=True)
class _Yuan:
    """The annotation behind `Money`, so that whoever writes it otherwise is told how."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        written = core_schema.str_schema(
            pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$", strict=True
        )
        return core_schema.custom_error_schema(
            written,
            custom_error_type="money_invalid",
            custom_error_message="an amount is a text like 100.00",
        )


Money = Annotated[str, _Yuan(), Field(examples=["100.00"])]
Quantity = Annotated[int, Field(ge=1, le=MOST_UNITS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeIn(Written):
    """收款方：`fiscal` 写明款项是否进入财政专户。"""

    kind: PayeeKind
    name: Name | None = None
    fiscal: bool | None = None

    def payee(self) -> Payee:
        """Raises PersonalValue; ImpossibleFact for a fiscal account that is said to be none."""
        refuse_personal_values(self)
        if self.kind is PayeeKind.FISCAL_ACCOUNT and self.fiscal is False:
            raise ImpossibleFact("payee.fiscal", "收款方为财政专户的，款项即进入财政专户")
        return Payee(kind=self.kind, name=self.name, fiscal=self.fiscal)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeIn(Written):
    """公布一项收费标准，自 `since`（默认今日）起，至 `until`（含，不填即长期）；同名的后一项到时
    取代前一项，期满也不恢复前一项。

    不收费的写 `none: true`，其余不填。金额以元计，写作字符串，至多两位小数。
    """

    none: bool = False
    name: Name | None = None
    basis: Basis | None = None
    amount: Money | None = None
    unit: Name | None = None
    payment_method: Name | None = None
    payee: PayeeIn | None = None
    since: date | None = None
    until: date | None = None

    def terms(self) -> FeeTerms:
        """What is published. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        stated = (self.name, self.basis, self.amount, self.unit, self.payment_method, self.payee)
        if self.none and any(value is not None for value in stated):
            raise ImpossibleFact("none", "不收费的不另写项目、依据、金额、方式与收款方")
        return FeeTerms(
            none=self.none,
            name=_said(self.name),
            basis=_said(self.basis),
            amount=None if self.amount is None else yuan("amount", self.amount),
            unit=_said(self.unit),
            payment_method=_said(self.payment_method),
            payee=None if self.payee is None else self.payee.payee(),
        )


def whole(terms: FeeTerms) -> FeeTerms:
    """What any fee has to say under every text. Raises ImpossibleFact."""
    if not terms.none and (terms.name is None or terms.amount is None):
        raise ImpossibleFact("name", "写明项目名称与金额；不收费的写 none: true")
    return terms


def yuan(field: str, written: str) -> Decimal:
    """The amount to the cent. Raises ImpossibleFact for nothing at all."""
    amount = Decimal(written).quantize(Decimal("0.01"))
    if not amount:
        raise ImpossibleFact(field, "金额须大于零；不收费的事项以 none: true 公布")
    return amount


def _said(text: str | None) -> str | None:
    return (text or "").strip() or None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndIn(Written):
    """终止：`until` 为最后一日，原定有最后一日的须早于它；误登、从未施行的写起始日的前一日。"""

    until: date
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeIn(Written):
    """一笔收费：依据哪一项已公布的标准、几个计费单位、收取多少、交给谁；`charged_on` 默认今日。

    `basis` 为票据上所写的收费依据，可不填。
    """

    item_id: UUID
    amount: Money
    payee: PayeeIn
    fee_id: UUID | None = None
    case_id: UUID | None = None
    quantity: Quantity = 1
    basis: Basis | None = None
    charged_on: date | None = None

    def charged(self, today: date) -> Charged:
        """The charge as it is judged. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        charged_on = self.charged_on or today
        if charged_on > today:
            raise ImpossibleFact("charged_on", "收费之日不得晚于今日")
        return Charged(
            item_id=self.item_id,
            fee_id=self.fee_id,
            quantity=self.quantity,
            amount=yuan("amount", self.amount),
            payee=self.payee.payee(),
            charged_on=charged_on,
            case_id=self.case_id,
            basis=_said(self.basis),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalIn(Written):
    """冲正的理由。"""

    reason: Reason


class FeesQuery(PageQuery):
    """事项的收费标准。"""

    on: Day | None = Field(default=None, description="只列该日有效的；不填则列全部历次标准")


class PublicFeesQuery(PageQuery):
    """公开的收费标准。"""

    on: Day | None = Field(default=None, description="哪一日有效的，默认今日")
    item_id: UUID | None = Field(default=None, description="只列某一事项的")


class ChargesQuery(PageQuery):
    """收费登记的清单。"""

    item_id: UUID | None = Field(default=None, description="只列某一事项的")
    case_id: UUID | None = Field(default=None, description="只列某一办件的")


class PayeeOut(BaseModel):
    """收款方。"""

    kind: PayeeKind = Field(
        description="fiscal_account 财政专户，bank_window 指定的银行收费窗口，"
        "centre_cashier 中心统一收费窗口，other 其他"
    )
    name: str | None
    fiscal: bool | None = Field(description="是否进入财政专户；未写明为 null")


class FeeTermsOut(BaseModel):
    """公布的内容；`none` 为 true 即不收费，其余为 null。"""

    none: bool
    name: str | None = Field(examples=["证照工本费"])
    basis: str | None = Field(examples=["发改价格〔2015〕1号"])
    amount: str | None = Field(description="元，两位小数", examples=["50.00"])
    unit: str | None = Field(description="计费单位", examples=["证"])
    payment_method: str | None = Field(examples=["指定银行窗口缴纳"])
    payee: PayeeOut | None


class FeeOut(FeeTermsOut):
    """一项收费标准。"""

    id: UUID
    item_id: UUID
    since: date
    until: date | None = Field(description="登记的最后一日；被同名的后一项取代的不另写")
    ended_because: str | None
    version: int


class FeesOut(BaseModel):
    """一页收费标准，按登记先后。"""

    items: tuple[FeeOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class PublicFeeOut(FeeTermsOut):
    """一项公开的收费标准。"""

    id: UUID
    item_id: UUID
    item_name: str
    since: date

    @classmethod
    def of(cls, found: PublicFee) -> Self:
        known = {"id": found.id, "item_id": found.fee.item_id, "since": found.fee.since}
        return cls.model_validate(
            {**terms_out(found.fee.terms), **known, "item_name": found.item_name}
        )


class PublicFeesOut(BaseModel):
    """一页公开的收费标准。"""

    on: date
    items: tuple[PublicFeeOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ChargeOut(BaseModel):
    """一笔收费。"""

    id: UUID
    item_id: UUID
    case_id: UUID | None
    fee_id: UUID
    quantity: int
    amount: str = Field(description="元，两位小数", examples=["100.00"])
    payee: PayeeOut
    charged_on: date
    version: int
    reversed: RevocationOut | None = Field(description="冲正：何人、何时、为何")


class ChargesOut(BaseModel):
    """一页收费登记，按登记先后。"""

    items: tuple[ChargeOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


def terms_out(terms: FeeTerms) -> Plain:
    """What is published, as FeeTermsOut has it."""
    return {
        "none": terms.none,
        "name": terms.name,
        "basis": terms.basis,
        "amount": None if terms.amount is None else f"{terms.amount:.2f}",
        "unit": terms.unit,
        "payment_method": terms.payment_method,
        "payee": terms.payee and _payee_out(terms.payee),
    }


def fee_out(fee: Fee) -> Plain:
    """The fee as FeeOut has it."""
    return {
        **terms_out(fee.terms),
        "id": fee.id,
        "item_id": fee.item_id,
        "since": fee.since,
        "until": fee.until,
        "ended_because": fee.ended_because,
        "version": fee.version,
    }


def charge_out(charge: Charge) -> Plain:
    """The charge as ChargeOut has it."""
    charged = charge.charged
    return {
        "id": charge.id,
        "item_id": charged.item_id,
        "case_id": charged.case_id,
        "fee_id": charged.fee_id,
        "quantity": charged.quantity,
        "amount": f"{charged.amount:.2f}",
        "payee": _payee_out(charged.payee),
        "charged_on": charged.charged_on,
        "version": charge.version,
        "reversed": charge.reversed and revocation_out(charge.reversed),
    }


def revocation_out(revocation: Revocation) -> Plain:
    """Who took it back, when and why."""
    at = revocation.at.astimezone(SHANGHAI)
    return {"by": revocation.by, "at": at, "reason": revocation.reason}


def _payee_out(payee: Payee) -> Plain:
    return {"kind": payee.kind, "name": payee.name, "fiscal": payee.fiscal}
