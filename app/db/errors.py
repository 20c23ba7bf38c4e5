"""What a database says when it cannot answer now (数据库暂不可用), in words callers can use."""

import asyncio
from typing import ClassVar, Final

import asyncpg
import sqlalchemy.exc

from app.domain.errors import DomainError


class Busy(DomainError):
    """The database is overloaded, locked or away; nothing was changed, a retry may help."""

    slug: ClassVar[str] = "busy"
    title: ClassVar[str] = "服务暂时繁忙"

    def __init__(self, why: str = "数据库暂时无法受理，请稍后用同一请求重试。") -> None:
        super().__init__(why)
        self.retry_after = 1  # seconds


TRANSIENT: Final[tuple[type[Exception], ...]] = (
    sqlalchemy.exc.SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    asyncio.TimeoutError,
)
"""What `as_busy` should be asked about when it reaches the edge."""

_WORTH_A_RETRY: Final = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock
        "53200",  # out of memory
        "53300",  # too many connections
        "55P03",  # lock timeout
        "57014",  # statement timeout
        "57P01",  # shutting down
        "57P02",  # crashed
        "57P03",  # starting up
    }
)
_CONNECTION_LOST: Final = "08"


def as_busy(error: BaseException | None) -> Busy | None:
    """The error as Busy, if waiting may help; None for everything that a retry would not change."""
    match error:
        case sqlalchemy.exc.DBAPIError():
            return Busy() if error.connection_invalidated else as_busy(error.orig)
        case sqlalchemy.exc.TimeoutError() | TimeoutError() | ConnectionError():
            return Busy()
        case FileNotFoundError() if error.filename is None or "PGSQL" in str(error.filename):
            return Busy()  # the socket of a server that is down
        case asyncpg.InterfaceError():
            return Busy() if "closed" in str(error) else None
        case _:
            return Busy() if _worth_a_retry(error) else _one_floor_down(error)


def _one_floor_down(error: BaseException | None) -> Busy | None:
    """SQLAlchemy wraps the driver's errors twice: the code may be one floor down."""
    return as_busy(error.__cause__) if error is not None and error.__cause__ else None


def _worth_a_retry(error: BaseException | None) -> bool:
    state = str(getattr(error, "sqlstate", None) or "")
    return state in _WORTH_A_RETRY or state.startswith(_CONNECTION_LOST)
