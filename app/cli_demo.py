"""Commands on the demonstration (演示数据): load it, here or into a service that runs elsewhere."""

import asyncio
import multiprocessing
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

import app.calendars.load
import app.rulebooks.load
from app.api.security import SCOPES, Grant, ensure_local_keys, mint
from app.command import CommandRefused, database, end_with_parent, service_url, shown
from app.db import demo as invented
from app.db import migrate, reference
from app.db.engine import open_engine
from app.db.places import working_folder
from app.demo.asking import Asking, DemoRefused, Speaker
from app.demo.load import Loaded, Loading, Watching, steps
from app.demo.places import BELOW, SANDBOX
from app.domain.day import local_day
from app.domain.organisation.authority import Body
from app.main import create_app
from app.settings import Settings, read_settings

commands = typer.Typer(help="Invented centres, to try the service with.")

CASES: Final = 300
SEED: Final = 7
AT_ONCE: Final = 8  # requests under way
_PATIENCE: Final = 60.0  # seconds for one answer
_LONGEST: Final = 120  # seconds of a service that begins
FORESEEN: Final = (CommandRefused, DemoRefused, migrate.SchemaRefused, OSError)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be loaded, from when on, and who is told of each centre."""

    now: datetime
    cases: int
    seed: int
    say: Callable[[str], None]
    advance: Callable[[int], None]


@commands.callback()
def demo() -> None:
    """Invented centres, to try the service with."""


@commands.command("load")
def load(
    called: typer.Context,
    address: Annotated[
        str, typer.Option(help="A service that runs: http://127.0.0.1:8000. Default: in process.")
    ] = "",
    cases: Annotated[int, typer.Option(min=0, max=100_000, help="Cases in all.")] = CASES,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the keys and of what becomes of whom.")
    ] = SEED,
) -> None:
    """Fill eight invented centres through the API: organisation, people, items, guides, cases.

    What is there is left alone; interrupted, it can be started again and goes on.
    """
    settings = read_settings()
    if settings.jwks is not None:
        raise CommandRefused("GUIJU_JWKS is set: the demonstration needs the trial's own tokens")
    try:
        with shown("demonstration", steps(cases)) as advance:
            order = Order(called.obj, cases, seed, _unwatched, advance)
            done = _somewhere(settings, order, address)
    except KeyboardInterrupt:
        raise CommandRefused("interrupted; the same command goes on with the rest") from None
    except DemoRefused as no:
        raise CommandRefused(f"--address {address}: {no}" if address else str(no)) from None
    typer.echo(said(done))


def _somewhere(settings: Settings, order: Order, address: str) -> Loaded:
    if address:
        return asyncio.run(_elsewhere(settings, order, address))
    with database(settings) as (reached, _):
        return asyncio.run(in_process(reached, order))


def _unwatched(line: str) -> None:
    """One line a centre, where nobody watches a bar."""
    if not sys.stderr.isatty():
        typer.echo(line)


def said(done: Loaded) -> str:
    """What was done, in one line."""
    there = f"; {done.present} centres were there already" if done.present else ""
    if not done.filled:
        return f"nothing to do: the demonstration is there, {done.present} centres"
    return f"loaded {done.filled} centres with {done.cases} cases{there}"


async def in_process(settings: Settings, order: Order) -> Loaded:
    """Load into the database of the settings, without a server. Raises DemoRefused."""
    url = service_url(settings)
    await migrate.require_head(url)
    engine = open_engine(url, size=1)
    await reference.load(engine, app.rulebooks.load.load(), app.calendars.load.load())
    await engine.dispose()
    quiet = settings.model_copy(
        update={"log_level": "error", "rate_limit": 0, "pool_size": 2 * AT_ONCE}
    )
    served = create_app(quiet)
    async with served.router.lifespan_context(served):
        transport = httpx.ASGITransport(served, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
            return await loaded_by(settings, order, client)


async def _elsewhere(settings: Settings, order: Order, address: str) -> Loaded:
    async with _client(address) as client:
        return await loaded_by(settings, order, client)


def codes(settings: Settings) -> tuple[str, ...]:
    """Of the centres that a service with these settings begins with."""
    fixed = tuple(centre.code for centre in invented.CENTRES)
    founded = tuple(place.code for place in (*BELOW, SANDBOX))
    return (*fixed, *founded) if settings.invented == "full" else fixed


@contextmanager
def beside(now: datetime) -> Iterator[None]:
    """Load it in a process of its own while the service answers; one line says when it is there."""
    child = multiprocessing.get_context("spawn").Process(
        target=_load_beside, args=(now,), name="guiju-demo", daemon=True
    )
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()


def _load_beside(now: datetime) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who then ends us
    end_with_parent()
    order = Order(now, CASES, SEED, _nothing, _nothing)
    try:
        typer.echo(f"Demonstration: {said(asyncio.run(_in_time(order)))}")
    except FORESEEN as no:
        typer.echo(f"guiju: {no}; `guiju demo load` goes on with the demonstration", err=True)


async def _in_time(order: Order) -> Loaded:
    try:
        async with asyncio.timeout(_LONGEST):
            return await in_process(read_settings(), order)
    except TimeoutError:
        raise CommandRefused(f"not loaded within {_LONGEST} seconds") from None


def _nothing(_said: str | int) -> None:
    """Nobody watches: the lines of the service are not to be buried."""


@asynccontextmanager
async def _client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    try:
        client = httpx.AsyncClient(base_url=address, timeout=_PATIENCE, trust_env=False)
    except httpx.InvalidURL as no:
        raise CommandRefused(f"--address {address}: {no}") from None
    async with client:
        yield client


async def loaded_by(settings: Settings, order: Order, client: httpx.AsyncClient) -> Loaded:
    """Load through this client. Raises DemoRefused."""
    asking = Asking(
        client=client,
        token=_tokens(settings, order.now),
        seed=order.seed,
        at_once=asyncio.Semaphore(AT_ONCE),
    )
    watching = Watching(order.say, order.advance)
    return await Loading(asking, watching, order.cases, local_day(order.now)).run()


def _tokens(settings: Settings, now: datetime) -> Callable[[Speaker], str]:
    """The trial's own tokens: every right, every body, one subject each."""
    working_folder(settings.var)
    private_key, _ = ensure_local_keys(settings.var)

    def token(by: Speaker) -> str:
        grant = Grant(
            subject=by.subject,
            scopes=tuple(SCOPES),
            issuer=settings.issuer,
            audience=settings.audience,
            platform=True,
            roles=tuple(Body),
            departments=tuple(map(UUID, by.departments)),
        )
        return mint(private_key, grant, now=now)

    return token
