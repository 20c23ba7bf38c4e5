"""The calendar files against two independent packages, and what the loader refuses."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from app.calendars.load import FILES, CalendarDataRefused, load
from app.domain.calendar import Span, Why
from app.domain.errors import NotFound

CALENDARS = load()
NATIONAL = CALENDARS.national
EVERY_DAY = [
    date.fromordinal(o)
    for o in range(date(2004, 1, 1).toordinal(), date(2026, 12, 31).toordinal() + 1)
]
# The two packages differ on this one Saturday. `chinesecalendar` is followed, as for all its days;
# the notice for 2006 is reported to have it worked.
DISPUTED = {date(2005, 12, 31)}


def test_every_day_agrees_with_chinesecalendar() -> None:
    wrong = [d for d in EVERY_DAY if NATIONAL.is_working_day(d) != chinese_calendar.is_workday(d)]
    assert wrong == []


def test_every_day_but_one_agrees_with_holidays() -> None:
    package = holidays.country_holidays("CN", years=range(2004, 2027))
    wrong = {d for d in EVERY_DAY if NATIONAL.is_working_day(d) != package.is_working_day(d)}
    assert wrong == DISPUTED


@pytest.mark.parametrize(("year", "expected"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_official_number_of_working_days(year: int, expected: int) -> None:
    new_years_eve = date(year - 1, 12, 31)
    assert NATIONAL.working_days_between(new_years_eve, date(year, 12, 31)) == expected


def test_every_holiday_is_named_as_the_oracle_groups_it() -> None:
    # A make-up workday stands with the holiday that it is worked for.
    for day, english in chinese_calendar.constants.workdays.items():
        line = NATIONAL.describe(day)
        chinese = chinese_calendar.Holiday(english).chinese
        assert line.why is Why.MAKEUP_WORKDAY
        assert line.name is not None
        assert chinese in line.name


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2024, 10, 1), "国办发明电〔2023〕7号"),
        (date(2025, 1, 26), "国办发明电〔2024〕12号"),
        (date(2020, 1, 30), "国办发明电〔2019〕16号"),
        (date(2020, 1, 31), "国办发明电〔2020〕1号"),
        (date(2018, 12, 31), "国办发明电〔2018〕15号"),
        (date(2026, 10, 1), None),
    ],
)
def test_an_ordered_day_names_the_notice_that_orders_it(day: date, number: str | None) -> None:
    notice = NATIONAL.describe(day).notice
    assert notice is not None
    assert notice.number == number


def test_the_loaded_years_have_no_gap() -> None:
    assert sorted(CALENDARS.notices) == list(range(2004, 2027))
    assert NATIONAL.first_day == date(2004, 1, 1)
    assert NATIONAL.published_until == date(2026, 12, 31)


NINGXIA = [
    date(2020, 5, 25),
    date(2020, 5, 26),
    date(2020, 7, 30),
    date(2020, 7, 31),
    date(2021, 5, 13),
    date(2021, 5, 14),
    date(2021, 7, 19),
    date(2021, 7, 20),
    date(2022, 7, 11),
    date(2022, 7, 12),
]


@pytest.mark.parametrize("day", NINGXIA)
def test_ningxia_rests_where_the_country_works(day: date) -> None:
    line = CALENDARS.of("640502").describe(day)
    assert line.why is Why.REGIONAL_HOLIDAY
    assert line.notice is not None
    assert line.notice.number is None
    assert NATIONAL.is_working_day(day)


@pytest.mark.parametrize("place", ["460204", "460205", "460200", "4602"])
def test_sanya_rested_on_one_day_of_2012(place: str) -> None:
    region = CALENDARS.of(place)
    assert not region.is_working_day(date(2012, 3, 23))
    assert [d for d in EVERY_DAY if region.is_working_day(d) != NATIONAL.is_working_day(d)] == [
        date(2012, 3, 23)
    ]


def test_only_the_ten_days_of_ningxia_differ_from_the_country() -> None:
    region = CALENDARS.of("64")
    differ = [d for d in EVERY_DAY if region.is_working_day(d) != NATIONAL.is_working_day(d)]
    assert differ == NINGXIA


@pytest.mark.parametrize("place", ["CN", "150627", "360100", "150430", "460100", "11"])
def test_a_region_without_days_of_its_own_keeps_the_national_calendar(place: str) -> None:
    calendar = CALENDARS.of(place)
    assert calendar is NATIONAL
    assert calendar.regional_unknown_years(date(2004, 1, 1), date(2030, 1, 1)) == ()


@pytest.mark.parametrize("place", ["", "cn", "XX", "99", "640", "6405022", "710000", "６４"])
def test_an_unknown_jurisdiction_is_not_found(place: str) -> None:
    with pytest.raises(NotFound):
        CALENDARS.of(place)


def test_years_whose_regional_days_are_not_loaded_are_named() -> None:
    region = CALENDARS.of("640502")
    assert region.regional_unknown_years(date(2019, 12, 1), date(2023, 2, 1)) == (2019, 2023)
    assert region.regional_unknown_years(date(2021, 1, 1), date(2021, 12, 31)) == ()


def test_a_regional_holiday_moves_a_due_day() -> None:
    start, span = date(2020, 5, 22), Span(working_days=1)
    assert NATIONAL.after(start, span) == date(2020, 5, 25)
    assert CALENDARS.of("640502").after(start, span) == date(2020, 5, 27)


def test_the_version_is_what_the_files_say_and_not_how(tmp_path: Path) -> None:
    folder = tmp_path / "calendars"
    shutil.copytree(FILES, folder)
    file = folder / "2026.toml"
    file.write_text("# another comment\n" + file.read_text("utf-8"), "utf-8")
    assert load(folder).version == CALENDARS.version
    file.write_text(file.read_text("utf-8").replace("2026-05-05", "2026-05-04"), "utf-8")
    changed = load(folder)
    assert changed.version != CALENDARS.version
    assert changed.national.version == changed.of("640502").version == changed.version


YEAR = """year = 2026
[[notices]]
title = "通知"
[[notices.holidays]]
name = "国庆节"
since = 2026-10-01
until = 2026-10-07
makeup_workdays = [2026-10-10]
"""
REGION = """jurisdiction = "640000"
name = "宁夏"
festivals = "开斋节"
years = [2026]
remark = ""
[[notices]]
title = "安排"
[[notices.holidays]]
name = "开斋节"
since = 2026-03-20
until = 2026-03-20
"""
TWICE = '[[notices.holidays]]\nname = "中秋节"\nsince = 2026-10-07\nuntil = 2026-10-08\n'
REFUSED = {
    "unknown key": ("2026.toml", YEAR.replace("title", "titel"), "notices.0"),
    "unknown top key": ("2026.toml", "yaer = 1\n" + YEAR, "yaer"),
    "no such day": ("2026.toml", YEAR.replace("10-07", "09-31"), "TOML"),
    "text for a day": ("2026.toml", YEAR.replace("2026-10-07", '"7 Oct"'), "notices.0.holidays.0"),
    "text for a year": ("2026.toml", YEAR.replace("= 2026\n", '= "2026"\n'), "year"),
    "another year's file": ("2027.toml", YEAR, "year"),
    "a day twice": ("2026.toml", YEAR + TWICE, "notices"),
    "worked holiday": ("2026.toml", YEAR.replace("10-10]", "10-03]"), "notices"),
    "worked weekday": ("2026.toml", YEAR.replace("10-10]", "10-09]"), "makeup_workdays"),
    "reversed": ("2026.toml", YEAR.replace("10-07", "09-30"), "until"),
    "outside": ("2026.toml", YEAR.replace("until = 2026", "until = 2027"), "notices.0"),
    "no holidays": (
        "2026.toml",
        'year = 2026\n[[notices]]\ntitle = "x"\nholidays = []',
        "holidays",
    ),
    "region: file name": ("overlays/650000.toml", REGION, "jurisdiction"),
    "region: no such code": (
        "overlays/990000.toml",
        REGION.replace("640000", "990000"),
        "jurisdiction",
    ),
    "region: year without a day": (
        "overlays/640000.toml",
        REGION.replace("[2026]", "[2025, 2026]"),
        "years",
    ),
    "region: day of another year": (
        "overlays/640000.toml",
        REGION.replace("[2026]", "[2025]"),
        "notices.0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_file_is_refused_with_its_name_its_key_and_a_remedy(
    case: str, tmp_path: Path
) -> None:
    name, text, key = REFUSED[case]
    (tmp_path / "overlays").mkdir()
    (tmp_path / "2026.toml").write_text(YEAR, "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(CalendarDataRefused) as refused:
        load(tmp_path)
    assert refused.value.file == tmp_path / name
    assert key in refused.value.key
    assert refused.value.remedy


def test_the_small_files_of_these_tests_load(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "2026.toml").write_text(YEAR, "utf-8")
    (tmp_path / "overlays/640000.toml").write_text(REGION, "utf-8")
    assert not load(tmp_path).of("640502").is_working_day(date(2026, 3, 20))


def test_a_missing_year_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2024.toml").write_text(YEAR.replace("2026", "2024").replace("-10]", "-12]"))
    (tmp_path / "2026.toml").write_text(YEAR, "utf-8")
    with pytest.raises(CalendarDataRefused) as refused:
        load(tmp_path)
    assert refused.value.key == "year"


def test_a_folder_without_years_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarDataRefused):
        load(tmp_path)


def test_a_notice_may_reach_into_the_december_before_its_year() -> None:
    worked = date(2018, 12, 29)
    assert worked.weekday() == 5
    assert NATIONAL.is_working_day(worked)
    assert NATIONAL.working_days_between(worked - timedelta(1), date(2019, 1, 2)) == 2
