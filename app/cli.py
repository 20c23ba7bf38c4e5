"""The command line: serve, work in the background, make a token, check the ledger, migrate."""

import asyncio
import datetime
import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from uvicorn.supervisors import Multiprocess

import app.calendars.load
import app.rulebooks.load
from app import worker
from app.api import logging, metrics, personal_keys
from app.api.personal_keys import PersonalKeysWrong, Vault
from app.api.security import SCOPES, Grant, ensure_local_keys, mint
from app.cli_audit import audit
from app.cli_demo import beside as demo_beside
from app.cli_demo import codes
from app.cli_demo import commands as demonstration
from app.cli_retention import commands as retention
from app.cli_rulebook import rulebook
from app.command import CommandRefused, database, end_with_parent, service_url
from app.db import demo, migrate, reference
from app.db.engine import open_engine
from app.db.places import EmbeddedServerRefused, working_folder
from app.db.repositories import Repositories
from app.domain.errors import DomainError
from app.domain.organisation.authority import Body
from app.main import app_from_environment, create_app
from app.settings import Settings, SettingsRefused, read_settings

DOCUMENT = Path(__file__).parent.parent / "openapi" / "v1.json"
DRAIN = 20  # seconds that requests under way have at the end
WAITING = 2048  # connections that the kernel keeps for us while we are busy

cli = typer.Typer(
    name="guiju",
    help="Guiju (规矩): what the published regulations of a government service centre demand.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
db = typer.Typer(help="The database's schema, as its owner.")
cli.add_typer(db, name="db")
cli.add_typer(rulebook, name="rulebook")
cli.add_typer(audit, name="audit")
cli.add_typer(retention, name="retention")
cli.add_typer(demonstration, name="demo")


# What goes wrong by somebody's mistake, or for want of a resource, and not by a fault of ours.
FORESEEN = (
    typer.TyperException,
    CommandRefused,
    SettingsRefused,
    EmbeddedServerRefused,
    migrate.SchemaRefused,
    PersonalKeysWrong,
    DomainError,
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)


def main() -> None:
    """The entry of the console script: a user's mistake is one line, never a traceback."""
    try:
        code = cli(standalone_mode=False, obj=datetime.datetime.now(datetime.UTC))
    except FORESEEN as no:
        print(f"guiju: {_line(no)}", file=sys.stderr)
        sys.exit(getattr(no, "exit_code", 1))
    sys.exit(code if isinstance(code, int) else 0)


def _line(no: BaseException) -> str:
    match no:
        case typer.TyperException():
            return f"{no.format_message()} (guiju --help)"
        case DBAPIError():
            return f"the database refuses: {no.orig}"
        case OSError(filename=str() as name):
            return f"{name}: {no.strerror}"
        case OSError() | asyncpg.PostgresError() | asyncpg.InterfaceError():
            return f"the database cannot be reached: {no}"
        case _:
            return str(no)


# --- serve --------------------------------------------------------------------------------


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; GUIJU_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; PORT.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; GUIJU_WORKERS.")] = None,
) -> None:
    """Serve in the foreground until Ctrl-C or SIGTERM, with a database of its own if need be."""
    for name, value in {"GUIJU_HOST": host, "PORT": port, "GUIJU_WORKERS": workers}.items():
        if value is not None:
            os.environ[name] = str(value)  # the processes that we start read it there as well
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = read_settings()
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(_listener(settings.host, settings.port))
            settings, owner_url = stack.enter_context(database(settings, alone=True))
            asyncio.run(_prepare(settings, owner_url))
            _welcome(settings)
            stack.enter_context(_worker_beside())
            if settings.invented == "full" and settings.jwks is None:
                stack.enter_context(demo_beside(datetime.datetime.now(datetime.UTC)))
            failed = _answer(settings, listener)
        except KeyboardInterrupt:
            failed = False  # that is how one ends it
    if failed:
        raise CommandRefused("the service has not started; the lines above say why")


@contextmanager
def _listener(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is begun."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family)
    except OSError as no:
        raise CommandRefused(f"GUIJU_HOST: {host}: {no.strerror}") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(WAITING)
        except OSError as no:
            raise CommandRefused(
                f"cannot listen on {host}:{port}: {no.strerror}; set PORT to another"
            ) from None
        yield listener


async def _prepare(settings: Settings, owner_url: str | None) -> None:
    """The schema, the rulebooks and calendars in the database, the trial's demo data; what is
    personal and still in clear is sealed."""
    url = service_url(settings)
    if owner_url is None:
        await migrate.require_head(url)
    else:
        await migrate.upgrade(owner_url)
    engine = open_engine(url, size=1)
    await reference.load(engine, app.rulebooks.load.load(), app.calendars.load.load())
    if settings.invented != "none":
        await demo.ensure(engine)
    vault = Vault.from_file(settings.personal_keys_file)
    await personal_keys.prepare(Repositories.over(engine), vault)
    await engine.dispose()


def _welcome(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Guiju (规矩) serves on http://{host}:{settings.port}")
    print(f"Documentation: http://{host}:{settings.port}/docs")
    if settings.invented != "none":
        print(f"Centres: {' '.join(codes(settings))}")
    if settings.jwks is None:
        print("Token (all scopes, all centres, 12 hours):")
        everything = Grant(
            subject="trial",
            scopes=tuple(SCOPES),
            issuer=settings.issuer,
            audience=settings.audience,
            platform=True,
            roles=tuple(Body),
        )
        print(_minted(settings, everything))
    sys.stdout.flush()


def _answer(settings: Settings, listener: socket.socket) -> bool:
    """Answer requests until a signal; true if the application could not even start."""
    config = uvicorn.Config(
        "app.cli:application",
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
    )
    if settings.workers == 1:
        server = uvicorn.Server(config)
        server.run(sockets=[listener])
        return not server.started
    metrics.share(settings.var)
    crew = Multiprocess(config, sockets=[listener])
    crew.run()
    return any(one.exitcode not in {0, None, -signal.SIGTERM} for one in crew.processes)


def application() -> FastAPI:
    """What each answering process runs."""
    end_with_parent()
    return app_from_environment()


# --- the worker ---------------------------------------------------------------------------


@cli.command("worker")
def work() -> None:
    """Run the background jobs alone: the sequencer of the ledger and the sweep."""
    with database(read_settings()) as (settings, _):
        logging.configure(settings.log_level)
        asyncio.run(migrate.require_head(service_url(settings)))
        with suppress(KeyboardInterrupt):  # that is how one ends it
            worker.run(settings)


@contextmanager
def _worker_beside() -> Iterator[None]:
    """The worker as a process of its own, begun again if it ends before we do."""
    spawn = multiprocessing.get_context("spawn")
    leaving = threading.Event()
    child = spawn.Process(target=_work_beside, name="guiju-worker")

    def keep() -> None:
        nonlocal child
        while wait([child.sentinel]) and not leaving.wait(1):
            print("guiju: the worker ended and is begun again", file=sys.stderr)
            child = spawn.Process(target=_work_beside, name="guiju-worker")
            child.start()

    child.start()
    threading.Thread(target=keep, daemon=True).start()
    try:
        yield
    finally:
        leaving.set()
        child.terminate()
        child.join(DRAIN)


def _work_beside() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who then ends us
    end_with_parent()
    settings = read_settings()
    logging.configure(settings.log_level)
    worker.run(settings)


# --- tokens -------------------------------------------------------------------------------


@cli.command()
def token(  # noqa: PLR0913, PLR0917 - each option of a command is an argument
    scope: Annotated[
        list[str] | None, typer.Option(help="A right; repeat it. Default: all.")
    ] = None,
    centre: Annotated[list[UUID] | None, typer.Option(help="A centre's id; repeat it.")] = None,
    platform: Annotated[bool, typer.Option("--platform", help="All centres.")] = False,
    role: Annotated[
        list[Body] | None, typer.Option(help="A body to speak for; repeat it. Default: all.")
    ] = None,
    department: Annotated[
        list[UUID] | None, typer.Option(help="A department's id; repeat it.")
    ] = None,
    subject: Annotated[str, typer.Option(help="Who it is for.")] = "trial",
    ttl: Annotated[int, typer.Option(min=1, max=30 * 86400, help="Seconds.")] = 12 * 3600,
) -> None:
    """Print a bare token of the trial's own issuer on standard output."""
    settings = read_settings()
    if settings.jwks is not None:
        raise CommandRefused("GUIJU_JWKS is set: tokens come from its issuer, not from here")
    if unknown := sorted(set(scope or ()) - SCOPES.keys()):
        raise CommandRefused(f"no scope {', '.join(unknown)}; there are: {' '.join(SCOPES)}")
    grant = Grant(
        subject=subject,
        scopes=tuple(scope or SCOPES),
        issuer=settings.issuer,
        audience=settings.audience,
        centres=tuple(centre or ()),
        platform=platform,
        roles=tuple(role or Body),
        departments=tuple(department or ()),
        lifetime=datetime.timedelta(seconds=ttl),
    )
    print(_minted(settings, grant))


def _minted(settings: Settings, grant: Grant) -> str:
    working_folder(settings.var)
    private_key, _ = ensure_local_keys(settings.var)
    return mint(private_key, grant, now=datetime.datetime.now(datetime.UTC))


# --- the API's document, the schema -------------------------------------------------------


@cli.command()
def openapi(
    check: Annotated[bool, typer.Option("--check", help="Fail if the file differs.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it there.")] = None,
) -> None:
    """Print, write or check the API's document (openapi/v1.json)."""
    document = create_app(read_settings()).openapi()
    written = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if check:
        place = out or DOCUMENT
        if not place.exists() or place.read_text(encoding="utf-8") != written:
            raise CommandRefused(f"{place} is not what the routes say; run `make openapi`")
    elif out is None:
        print(written, end="")
    else:
        out.write_text(written, encoding="utf-8")


@db.command()
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring the schema up to a revision."""
    with _owner() as url:
        asyncio.run(migrate.upgrade(url, revision))


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help='"base" takes everything away.')],
) -> None:
    """Take the schema down to a revision, and what is kept above it with it."""
    with _owner() as url:
        asyncio.run(migrate.downgrade(url, revision))


@db.command()
def current() -> None:
    """Print the schema's revision and the newest one."""
    with database(read_settings()) as (settings, owner_url):
        found = asyncio.run(migrate.current(owner_url or service_url(settings)))
        print(f"{found or 'nothing'} (newest: {migrate.head() or 'nothing'})")


@contextmanager
def _owner() -> Iterator[str]:
    with database(read_settings()) as (_, owner_url):
        if owner_url is None:
            raise CommandRefused("GUIJU_MIGRATION_URL: needed, only the owner changes the schema")
        yield owner_url
