"""Posts of a window (窗口人员配备): which of them somebody holds on a day."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Exists,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.appointments import appointment
from app.db.postings import posting
from app.domain.organisation.appointment import Office
from app.domain.organisation.window import Post, Window
from app.domain.staffing.posting import PostingRole

_head: Final = appointment.alias("head")
_chief: Final = appointment.alias("chief")


def _here(of: Any) -> ColumnElement[bool]:  # Any: a table with departments and days
    """What is the department's and holds on the day."""
    on = bindparam("on", type_=Date)
    return and_(
        of.c.centre_id == bindparam("centre_id"),
        of.c.department_id == bindparam("department_id"),
        of.c.since <= on,
        or_(of.c.until.is_(None), of.c.until >= on),
    )


def _held(office: Office) -> Exists:
    return exists().where(_here(appointment), appointment.c.office == office.value)


_HEADING: Final = exists().where(
    _here(_chief),
    _chief.c.office == Office.CHIEF_REPRESENTATIVE.value,
    _here(_head),
    _head.c.office == Office.APPROVAL_OFFICE_HEAD.value,
    _head.c.person_id == _chief.c.person_id,
)
# The chief is no clerk beside oneself.
_STAFF: Final = exists().where(
    _here(posting),
    or_(posting.c.window_id.is_(None), posting.c.window_id == bindparam("window_id")),
    posting.c.role == PostingRole.WINDOW_CLERK.value,
    ~exists()
    .where(
        _here(_chief),
        _chief.c.office == Office.CHIEF_REPRESENTATIVE.value,
        _chief.c.centre_id == posting.c.centre_id,
        _chief.c.person_id == posting.c.person_id,
    )
    .correlate(posting),
)
_POSTS: Final = select(
    _held(Office.CHIEF_REPRESENTATIVE).label(Post.CHIEF.name),
    _HEADING.label(Post.HEADING_CHIEF.name),
    _STAFF.label(Post.STAFF.name),
    _held(Office.LIAISON).label(Post.LIAISON.name),
    _held(Office.SUPERVISING_LEADER).label(Post.LEADER.name),
)


async def held(
    connection: AsyncConnection, centre_id: UUID, window: Window, on: date
) -> frozenset[Post]:
    """The posts of the window's department that somebody holds on that day. A clerk is posted to
    this very window, or to the department without a window."""
    values = {
        "centre_id": centre_id,
        "department_id": window.department_id,
        "window_id": window.id,
        "on": on,
    }
    row = (await connection.execute(_POSTS, values)).one()
    return frozenset(post for post in Post if getattr(row, post.name))
