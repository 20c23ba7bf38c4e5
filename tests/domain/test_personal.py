"""Personal data: identity numbers by GB 11643, telephones, and what a mask leaves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.day import ImpossibleFact
from app.domain.personal import (
    PersonalData,
    PersonalField,
    id_number,
    masked,
    masked_name,
    masked_number,
    phone,
)

TODAY = date(2025, 10, 9)
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


def numbered(region: int, born_on: date, serial: int) -> str:
    """An identity number by the standard's own formula (ISO 7064, MOD 11-2)."""
    digits = f"{region}{born_on:%Y%m%d}{serial:03}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    check = (12 - total) % 11
    return digits + ("X" if check == 10 else str(check))


NUMBERS = st.builds(
    numbered,
    st.integers(min_value=100000, max_value=999999),
    BIRTHS,
    st.integers(min_value=0, max_value=999),
)


@given(number=NUMBERS)
def test_every_number_with_its_check_digit_is_taken(number: str) -> None:
    assert id_number(number, TODAY) == number
    assert id_number(f" {number[:6]} {number[6:].lower()}", TODAY) == number


@given(number=NUMBERS, place=st.integers(0, 16), by=st.integers(1, 9))
def test_no_number_with_one_digit_wrong_is_taken(number: str, place: int, by: int) -> None:
    digit = (int(number[place]) + by) % 10
    with pytest.raises(ImpossibleFact):
        id_number(f"{number[:place]}{digit}{number[place + 1 :]}", TODAY)


@given(number=NUMBERS, place=st.integers(0, 15))
def test_no_number_with_two_neighbours_exchanged_is_taken(number: str, place: int) -> None:
    one, other = number[place], number[place + 1]
    if one == other:
        return
    with pytest.raises(ImpossibleFact):
        id_number(f"{number[:place]}{other}{one}{number[place + 2 :]}", TODAY)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("110105491231002", "18位"),  # the number of 15 digits, out of use since 2013
        ("11010519491231002", "18位"),
        ("11010519491231002Y", "18位"),
        ("１１0105194912310021", "18位"),
        ("010105194912310029", "18位"),
        ("110105194913310021", "日历"),
        ("110105200102290026", "日历"),
        (numbered(110105, date(2025, 10, 10), 2), "出生日期"),
        (numbered(110105, date(1874, 1, 1), 2), "出生日期"),
        ("110105194912310021", "校验位"),
    ],
)
def test_a_refusal_says_which_check_failed(number: str, why: str) -> None:
    with pytest.raises(ImpossibleFact, match=why) as refused:
        id_number(number, TODAY)
    assert refused.value.field == "id_number"
    assert number not in str(refused.value)


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", numbered(830000, date(1990, 5, 1), 1), numbered(911156, TODAY, 7)],
)
def test_residence_permits_and_somebody_born_today_are_taken(number: str) -> None:
    assert id_number(number, TODAY) == number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0791-88888888", "079188888888"),
        ("(010) 6666 6666", "01066666666"),
    ],
)
def test_a_telephone_is_kept_in_digits(written: str, kept: str) -> None:
    assert phone(written) == kept


@pytest.mark.parametrize(
    "written", ["12812345678", "1381234567", "138123456789", "6666 6666", "电话"]
)
def test_what_is_no_telephone_is_refused(written: str) -> None:
    with pytest.raises(ImpossibleFact):
        phone(written)


@pytest.mark.parametrize(
    ("name", "shown"), [("张", "*"), ("张三", "张*"), ("欧阳小明", "欧***"), ("", "*")]
)
def test_a_mask_leaves_the_first_character(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("11010519491231002X", "110***********002X"),
        ("13812345678", "138****5678"),
        ("079188888888", "079*****8888"),
        ("1234567", "*******"),
    ],
)
def test_a_mask_leaves_three_and_four(number: str, shown: str) -> None:
    assert masked_number(number) == shown


def test_what_is_not_known_is_not_shown_as_hidden() -> None:
    assert masked(PersonalData(name="张三")) == PersonalData(name="张*")
    assert PersonalData(name="张三", phone="1").known() == (
        PersonalField.NAME,
        PersonalField.PHONE,
    )
