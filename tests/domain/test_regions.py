"""Region codes: which are one, what lies above each, and what fits the level of a centre."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.organisation.centre import Level
from app.domain.organisation.region import Region, RegionMalformed

two = st.integers(1, 99).map(lambda number: f"{number:02}")
three = st.integers(1, 999).map(lambda number: f"{number:03}")
counties = st.tuples(two, two, two).map("".join)
villages = st.tuples(counties, three, three).map("".join)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "36010",
        "3601001",
        "36010200100",
        "3601020010010",
        "36010a",
        "３６０１００",
        "003601",
        "000000",
        "360001",  # a county, and no city above it
        "360000001",  # a town right below a province
        "360102000",  # the county itself is written in six digits
        "360102001000",
        "360102000001",
    ],
)
def test_what_names_no_place_is_refused(code: str) -> None:
    with pytest.raises(RegionMalformed):
        Region.read(code)


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("360000", None),
        ("360100", "360000"),
        ("360102", "360100"),
        ("360102001", "360102"),
        ("441900003", "441900"),  # 东莞市 has towns and no counties
        ("360102001201", "360102001"),
    ],
)
def test_a_place_lies_right_below_another(code: str, above: str | None) -> None:
    parent = Region.read(code).parent
    assert (parent.code if parent else None) == above


@given(villages)
def test_from_a_village_one_comes_up_to_its_province(code: str) -> None:
    place: Region | None = Region.read(code)
    seen = []
    while place is not None:
        assert Region.read(place.code) == place
        assert Region.read(code).within(place)
        seen.append(place.code)
        place = place.parent
    assert [len(each) for each in seen] == [12, 9, 6, 6, 6]
    assert seen[-1] == f"{code[:2]}0000"


@given(villages, villages)
def test_within_is_what_the_codes_have_in_common(one: str, other: str) -> None:
    wider = Region.read(other[:6])
    assert Region.read(one).within(wider) is (one[:6] == other[:6])


@given(counties)
def test_the_parts_put_together_are_the_code(code: str) -> None:
    assert "".join(Region.read(code).parts) == code


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (Level.COUNTY, "360100"),
        (Level.TOWNSHIP, "360102001"),
        (Level.VILLAGE, "360102001201"),
    ],
)
def test_a_level_has_codes_of_its_own_length(level: Level, code: str) -> None:
    Region.read(code).check_fits(level)
    for other in set(Level) - {level}:
        with pytest.raises(RegionMalformed):
            Region.read(code).check_fits(other)
