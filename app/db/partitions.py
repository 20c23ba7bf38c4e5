"""Partitions of the ledger (留痕分区): one table a month, and one for what no month was made for.

They lie in a schema of their own that only the owner may enter: everybody else writes and reads
through the ledger itself.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SCHEMA: Final = "ledger_parts"
MONTHS_AHEAD: Final = 24
_MISSING: Final = text("""
SELECT to_char(month, 'YYYY_MM') AS name, month::date AS since,
       (month + interval '1 month')::date AS until
  FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
                       date_trunc('month', now() AT TIME ZONE 'UTC')
                       + make_interval(months => :ahead),
                       interval '1 month') AS month
 WHERE to_regclass('ledger_parts.ledger_' || to_char(month, 'YYYY_MM')) IS NULL
   AND NOT EXISTS (SELECT FROM ledger_parts.ledger_default
                    WHERE at >= month AT TIME ZONE 'UTC'
                      AND at < (month + interval '1 month') AT TIME ZONE 'UTC')
 ORDER BY month
""")


async def ensure(connection: AsyncConnection, *, ahead: int = MONTHS_AHEAD) -> list[str]:
    """Make the partitions of this month and the next ones, as the owner; name the new ones.

    A month whose entries have gone to the default partition already stays there: they are
    append-only, and reading finds them all the same.
    """
    made = []
    for month in (await connection.execute(_MISSING, {"ahead": ahead})).all():
        table = f"{SCHEMA}.ledger_{month.name}"
        await connection.execute(
            text(
                f"CREATE TABLE {table} PARTITION OF ledger"
                f" FOR VALUES FROM ('{month.since} 00:00:00+00') TO ('{month.until} 00:00:00+00')"
            )
        )
        made.append(table)
    return made
