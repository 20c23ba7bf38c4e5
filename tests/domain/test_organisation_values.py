"""Values of the organisation: the credit code's checks, and what a centre may set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.organisation.credit_code import (
    ALPHABET,
    CreditCodeWrong,
    body_check,
    check_credit_code,
    whole_check,
)
from app.domain.organisation.setting import CATALOGUE, SettingWrong, Unit, check
from app.rulebooks.load import load_register

letters = st.sampled_from(ALPHABET)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """A code that is put together as the standard says."""
    authority = draw(st.text(letters, min_size=2, max_size=2))
    region = draw(st.integers(0, 999_999))
    body = draw(st.text(letters, min_size=8, max_size=8))
    first = f"{authority}{region:06}{body}{body_check(body)}"
    return first + whole_check(first)


@pytest.mark.parametrize(
    "code",
    ["12441500196720244T", "11511301008778183N", "115113010833722043", "91350100M000100Y43"],
)
def test_a_code_that_is_in_use_passes(code: str) -> None:
    assert check_credit_code(code) == code


@given(codes())
def test_a_code_that_is_made_by_the_standard_passes(code: str) -> None:
    assert check_credit_code(code) == code


@given(codes(), st.integers(0, 17), letters)
def test_one_wrong_character_is_always_found(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(CreditCodeWrong):
            check_credit_code(wrong)


@given(codes(), st.integers(0, 16))
def test_two_neighbours_in_each_others_place_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(CreditCodeWrong):
            check_credit_code(swapped)


def test_every_setting_is_asked_for_by_rows_that_there_are() -> None:
    rows = load_register().rows
    for key, setting in CATALOGUE.items():
        assert setting.key == key
        assert set(setting.rows) <= set(rows)
        assert (setting.unit is Unit.CHOICE) is bool(setting.choices)


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_setting_takes_its_own_unit_and_what_lies_between_its_ends(key: str) -> None:
    setting = CATALOGUE[key]
    good = setting.choices or (setting.least, setting.most)
    for value in (*good, None):
        assert check(key, value, setting.unit) == setting
    for value in ("other", setting.least - 1, setting.most + 1):
        with pytest.raises(SettingWrong):
            check(key, value, setting.unit)
    for unit in set(Unit) - {setting.unit}:
        with pytest.raises(SettingWrong):
            check(key, good[0], unit)
