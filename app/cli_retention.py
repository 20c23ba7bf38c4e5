"""Commands on retention (保存与处置): what is kept how long, and the disposal of what may go."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from app.command import CommandRefused, database, shown
from app.db import migrate, retention
from app.db.engine import open_engine
from app.db.retention import DisposalUnderWay, Order
from app.domain.day import SHANGHAI, local_day
from app.domain.oversight.retention import CATALOGUE, KeptKind, Retention, disposable
from app.settings import read_settings

commands = typer.Typer(help="What is kept, how long, and the disposal of what may go.")

DISPOSABLE: Final = ", ".join(each.kind for each in disposable())


@commands.command("list")
def list_kinds() -> None:
    """Print each kind of record: how long it is kept, and who disposes of it."""
    for each in CATALOGUE:
        term = each.term if each.days is None else f"{each.days} days"
        typer.echo(f"{each.kind:<15} {term:<10} {each.disposed_by:<10} {each.title}")
    typer.echo(f"disposed of by command, with a day that you name: {DISPOSABLE}")


@commands.command("dispose")
def dispose(
    called: typer.Context,
    kind: Annotated[str, typer.Option(help=f"What: {DISPOSABLE}.")] = "",
    before: Annotated[
        str, typer.Option(help="What ended before this day, in Asia/Shanghai: 2026-01-01.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only.")] = False,
) -> None:
    """Dispose of what is old, as the owner; the ledger says so, and stays as it is.

    Interrupted, it can be started again and goes on with what is left.
    """
    chosen = _chosen(kind)
    order = Order(
        kind=chosen.kind,
        before=_day(chosen, before, local_day(called.obj)),
        at=called.obj,
        on=local_day(called.obj),
    )
    with database(read_settings()) as (_, owner_url):
        if owner_url is None:
            raise CommandRefused("GUIJU_MIGRATION_URL: needed, only the owner may dispose of it")
        try:
            said = asyncio.run(_disposed(owner_url, order, dry_run=dry_run))
        except KeyboardInterrupt:
            raise CommandRefused(
                "interrupted; what is gone is gone, the same command goes on with the rest"
            ) from None
    typer.echo(said)


def _chosen(kind: str) -> Retention:
    for each in CATALOGUE:
        if each.kind == kind and each.option is None:
            raise CommandRefused(f"--kind {kind}: not disposed of by command ({each.why})")
        if each.kind == kind:
            return each
    asked = f"no kind {kind}" if kind else "name one"
    raise CommandRefused(f"--kind: {asked}; there are: {DISPOSABLE}")


def _day(chosen: Retention, before: str, today: date) -> date:
    """The day that was named: nothing is made up where no text says how long to keep it."""
    if not before:
        raise CommandRefused(
            f"{chosen.option}: no text says how long {chosen.kind} are kept; name the day"
        )
    try:
        day = date.fromisoformat(before)
    except ValueError:
        raise CommandRefused(f"--before {before}: no such day; write it as 2026-01-01") from None
    if day > today:
        raise CommandRefused(f"--before {day}: that day is still to come, today is {today}")
    return day


async def _disposed(url: str, order: Order, *, dry_run: bool) -> str:
    await migrate.require_head(url)
    engine = open_engine(url, size=2)
    try:
        async with retention.alone(engine):
            return await WAYS[order.kind](engine, order, dry_run)
    except DisposalUnderWay:
        raise CommandRefused("another disposal is under way; try again when it is done") from None
    finally:
        await engine.dispose()


async def _events(engine: AsyncEngine, order: Order, dry_run: bool) -> str:
    midnight = datetime.combine(order.before, time(), SHANGHAI)
    old = await retention.old_events(engine, midnight)
    what = f"{old.count} events before {order.before}"
    if not old.count:
        return f"nothing to do: {what}, the newest of all is kept"
    if dry_run:
        return f"would dispose of {what}"
    with shown("events", old.count) as advance:
        gone = await retention.dispose_of_events(engine, order, old, advance)
    return f"disposed of {gone} events before {order.before}"


async def _persons(engine: AsyncEngine, order: Order, dry_run: bool) -> str:
    left = await retention.leavers(engine, order)
    what = f"{len(left.people)} persons who left before {order.before}"
    needed = f"; {left.needed} more have duties to finish" if left.needed else ""
    if not left.people:
        return f"nothing to do: {what}{needed}"
    if dry_run:
        return f"would erase {what}{needed}"
    with shown("persons", len(left.people)) as advance:
        erased = await retention.erase_leavers(engine, order, left, advance)
    return f"erased {erased} persons who left before {order.before}{needed}"


WAYS: Final[Mapping[KeptKind, Callable[[AsyncEngine, Order, bool], Awaitable[str]]]] = {
    KeptKind.EVENTS: _events,
    KeptKind.PERSONS: _persons,
}
"""How each kind is disposed of, or only counted."""
