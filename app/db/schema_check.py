"""Schema check (库结构检查): is the database at the revision that this program was written for?"""

from functools import cache

from sqlalchemy import Text, column, select, table
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import migrate

_REVISION = select(column("version_num", Text)).select_from(table("alembic_version"))
_head = cache(migrate.head)


async def at_head(engine: AsyncEngine) -> bool:
    """Whether this program may serve; an empty database is not an error, only not ready."""
    try:
        async with engine.connect() as connection:
            found = (await connection.execute(_REVISION)).scalar_one_or_none()
    except ProgrammingError:  # there is no such table, or it is not ours to read
        return False
    return found is not None and found == _head()
