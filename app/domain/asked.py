"""Asked (提问的情境): the day, the calendar and the centre's settings under which a rule
is asked."""

from dataclasses import dataclass
from datetime import date

from app.domain.calendar import WorkingCalendar
from app.domain.decision import Caution
from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreSettings(Written):
    """The numbers that the texts leave to a centre, as far as a ruling asks for them. None: not
    set."""

    admonitions_min: int | None = None  # how often 多次批评教育 is (erdos-hitech/19.1)
    national: bool = False  # the national layer lies below the local rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`on` is the legal day (Asia/Shanghai) of the question."""

    on: date
    calendar: WorkingCalendar
    settings: CentreSettings = CentreSettings()

    def cautions(self, since: date, until: date) -> tuple[Caution, ...]:
        """What must be said about the calendar where working days from `since` to `until` were
        counted."""
        unpublished = tuple(
            Caution(
                code="calendar_unpublished",
                message=f"{year}年放假安排尚未公布，按周一至周五推算，公布后可能变动。",
                year=year,
            )
            for year in self.calendar.unpublished_years(since, until)
        )
        regional = tuple(
            Caution(
                code="regional_calendar_unknown",
                message=f"本地区{year}年的地方性放假日未录入，推算结果可能变动。",
                year=year,
            )
            for year in self.calendar.regional_unknown_years(since, until)
        )
        return unpublished + regional
