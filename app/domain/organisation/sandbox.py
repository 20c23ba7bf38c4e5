"""Sandbox (沙箱): a centre for trying, founded as one, whose legal day is set ahead of ours."""

from datetime import date, timedelta
from typing import ClassVar, Final

from app.domain.errors import DomainError

FARTHEST: Final = timedelta(days=1096)  # three years


class NoSandbox(DomainError):
    """The day of a centre that serves people is the day itself."""

    slug: ClassVar[str] = "no_sandbox"
    title: ClassVar[str] = "该中心不是沙箱"

    def __init__(self) -> None:
        super().__init__("只有设立时写明 sandbox: true 的中心才能设定日期；请另设沙箱中心试用。")


class SandboxDayRefused(DomainError):
    """A sandbox runs ahead, never back, and not out of sight."""

    slug: ClassVar[str] = "sandbox_day_refused"
    title: ClassVar[str] = "沙箱的日期不可设"

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(f"沙箱的日期只能往后设：{earliest.isoformat()}至{latest.isoformat()}。")


def check_sandbox_day(on: date, stands_on: date | None, today: date) -> None:
    """`stands_on` is the day of the sandbox so far, None for a centre that is none; `today` the
    real one. Raises NoSandbox, SandboxDayRefused."""
    if stands_on is None:
        raise NoSandbox
    earliest, latest = max(stands_on, today), today + FARTHEST
    if not earliest <= on <= latest:
        raise SandboxDayRefused(earliest, latest)
