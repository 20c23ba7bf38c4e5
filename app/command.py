"""What every command stands on (命令): a refusal in one line, the database within reach, and a bar
for whoever watches."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.db import embedded
from app.db.places import working_folder
from app.settings import Settings, read_settings


class CommandRefused(Exception):
    """What was typed cannot be done; the message says why in one line."""


@contextmanager
def database(settings: Settings, *, alone: bool = False) -> Iterator[tuple[Settings, str | None]]:
    """The settings with an address of the database in them, and its owner's address if we may.

    Without DATABASE_URL our own server runs meanwhile; `alone` refuses a second `serve` on it.
    """
    if settings.database_url is not None:
        owner = settings.migration_url
        yield settings, owner.get_secret_value() if owner else None
        return
    with ExitStack() as stack:
        working_folder(settings.var)
        if alone:
            try:
                stack.enter_context(embedded.held(settings.var / "serve.lock", wait=False))
            except BlockingIOError:
                raise CommandRefused(f"another guiju is serving with {settings.var}") from None
        running = embedded.start(settings.var)
        stack.callback(running.stop)
        os.environ["DATABASE_URL"] = running.service_url
        yield read_settings(), running.owner_url


def service_url(settings: Settings) -> str:
    """The address under which the service reaches the database. Raises CommandRefused."""
    if settings.database_url is None:
        raise CommandRefused("DATABASE_URL: needed to reach the database")
    return settings.database_url.get_secret_value()


@contextmanager
def shown(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, to be told how much was done since the last time; nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)

        def advance(done: int) -> None:
            progress.update(task, advance=done)

        yield advance


def end_with_parent() -> None:
    """A process whose parent was killed must not keep the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
