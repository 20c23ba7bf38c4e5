"""Form (表格与示范文本): what applicants fill in and look at, free, in the version of the day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.domain.decision import Finding
from app.domain.items.publication import PublicationChapter
from app.domain.provision import Written


class FormKind(StrEnum):
    """What kind of paper it is."""

    FORM = "form"  # 申请表格
    SAMPLE = "sample"  # 示范文本


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile(Written):
    """Where the file lies; the bytes are not kept here."""

    address: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One version of a form: `form_id` is the same in all, `number` counts them. It is the current
    one from `since` until the day before the next begins."""

    id: UUID
    form_id: UUID
    item_id: UUID
    number: int
    kind: FormKind
    title: str
    file: FormFile
    price: Decimal
    since: date


def may_be_offered(chapter: PublicationChapter, price: Decimal) -> Iterator[Finding]:
    """May the form be offered at this price (元)? Where the text is silent, at any."""
    if rule := chapter.free_forms:
        yield Finding.under(rule, met=price == 0, expected=0, actual=price)
