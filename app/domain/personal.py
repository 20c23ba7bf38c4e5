"""Personal data (个人信息): what is kept sealed of a person, how it is masked, and what an identity
number must be (GB 11643)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.day import ImpossibleFact
from app.domain.errors import DomainError


class PersonalField(StrEnum):
    """What is kept sealed, and leaves the service masked."""

    NAME = "name"  # 姓名
    ID_NUMBER = "id_number"  # 证件号码
    PHONE = "phone"  # 联系电话


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What is known of a person; all three are None once the person is erased."""

    name: str | None = None
    id_number: str | None = None
    phone: str | None = None

    def of(self, field: PersonalField) -> str | None:
        """The value of that field."""
        value: str | None = getattr(self, field.value)
        return value

    def known(self) -> tuple[PersonalField, ...]:
        """The fields that have a value."""
        return tuple(field for field in PersonalField if self.of(field) is not None)


class PersonErased(DomainError):
    """Nothing is known of the person any more, and nothing is entered of him anew."""

    slug = "person_erased"
    title = "该人员的个人信息已删除"

    def __init__(self) -> None:
        super().__init__("该人员的个人信息已按请求删除，只留编号供留痕引用；再来的，另行登记。")


class PersonOfAnotherDepartment(DomainError):
    """Who speaks for departments only sees the data of their own people, and of nobody else's."""

    slug = "person_of_another_department"
    title = "该人员不属于本令牌所代表的部门"

    def __init__(self) -> None:
        super().__init__(
            "该人员没有本部门的派驻或任职，而本令牌只代表部门；未脱敏的信息请由其所在部门或中心查看。"
        )


class PersonNeeded(DomainError):
    """Something that goes on needs to know who the person is."""

    slug = "person_needed"
    title = "尚不能删除个人信息"

    def __init__(self, by: Iterable[str]) -> None:
        named = "、".join(by)
        super().__init__(f"该人员尚有{named}，须先结束，再删除个人信息。")


_MASK: Final = "*"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_ID_NUMBER: Final = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_LANDLINE: Final = re.compile(r"0[0-9]{2,3}[0-9]{7,8}", re.ASCII)
_HEAD, _TAIL = 3, 4
_OLDEST: Final = 150  # years; nobody on duty was born before


def masked_name(name: str) -> str:
    """The first character and one star for each that follows; a single one is not shown."""
    return name[:1] + _MASK * (len(name) - 1) if len(name) > 1 else _MASK


def masked_number(number: str) -> str:
    """The first three and the last four characters, of identity numbers and telephones alike."""
    hidden = len(number) - _HEAD - _TAIL
    return number[:_HEAD] + _MASK * hidden + number[-_TAIL:] if hidden > 0 else _MASK * len(number)


def masked(data: PersonalData) -> PersonalData:
    """The data as they may be shown to everybody who may read the centre."""
    return PersonalData(
        name=None if data.name is None else masked_name(data.name),
        id_number=None if data.id_number is None else masked_number(data.id_number),
        phone=None if data.phone is None else masked_number(data.phone),
    )


def id_number(written: str, on: date) -> str:
    """The identity number (GB 11643, 18 characters) as it is kept: without blanks, a capital X.

    Its date of birth is a day of the calendar and not after `on`, and its check digit is right.
    The region it begins with is not looked up: regions were dissolved, and residence permits have
    prefixes of their own. Raises ImpossibleFact, which says which check failed.
    """
    number = re.sub(r"\s", "", written).upper()
    if not _ID_NUMBER.fullmatch(number):
        raise ImpossibleFact("id_number", "须为18位：前17位是数字，末位是数字或X")
    _check_birth(number[6:14], on)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if number[-1] != _CHECKS[total % len(_CHECKS)]:
        raise ImpossibleFact("id_number", "校验位不符，请核对号码")
    return number


def _check_birth(written: str, on: date) -> None:
    try:
        born_on = date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        raise ImpossibleFact("id_number", "第7至14位不是日历上的日期") from None
    if not on.year - _OLDEST <= born_on.year or born_on > on:
        raise ImpossibleFact("id_number", "第7至14位的出生日期不可能成立")


def phone(written: str) -> str:
    """The telephone as it is kept: a mobile number without +86, or a landline with its area code,
    digits only. Raises ImpossibleFact."""
    number = re.sub(r"[\s()-]", "", written).removeprefix("+86")
    if not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
        raise ImpossibleFact("phone", "须为11位手机号码，或带区号的固定电话")
    return number
