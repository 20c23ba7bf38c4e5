"""The stand (试验台): a database of its own in a temporary folder, the service in front of it."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import app.calendars.load
import app.rulebooks.load
from app.api.keys import ensure_local_keys
from app.api.security import SCOPES, Grant, mint
from app.db import demo, embedded, migrate, reference
from app.db.account import account_for, plain_environment
from app.db.engine import open_engine
from app.db.places import binaries
from app.settings import DEVELOPMENT_ISSUER
from bench import statements
from bench.driver import LOOPBACK, Load, Plan

PATIENCE: Final = 30.0  # seconds for a service to begin


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where everything is that is measured."""

    var: Path
    server: embedded.Running
    token: str

    def pgbench(self, file: str, *, clients: int, seconds: float) -> float:
        """Transactions a second of one of the SQL files, on this server; each takes a case in."""
        before = self._cases()
        done = self._run(
            "pgbench",
            *("-n", "-M", "prepared", "-j", "2", "-c", str(clients), "-T", f"{seconds:.0f}"),
            *("-D", "n=0", "-U", "guiju_app", "-f", str(statements.FOLDER / file), "guiju"),
        )
        rate = re.search(r"tps = ([0-9.]+)", done)
        failed = re.search(r"number of failed transactions: (\d+)", done)
        assert rate is not None, done
        assert failed is None or failed[1] == "0", done
        processed = re.search(r"number of transactions actually processed: (\d+)", done)
        assert processed is not None, done
        assert self._cases() - before == int(processed[1]), "pgbench took no case in"
        return float(rate[1])

    def _cases(self) -> int:
        return int(self.ask("SELECT count(*) FROM cases"))

    def settle(self) -> None:
        """Write out what the last measurement left, so that it is not the next one's to pay."""
        self._run("psql", "-X", "-q", "-U", "postgres", "-c", "CHECKPOINT", "guiju")

    def ask(self, query: str) -> str:
        return self._run("psql", "-X", "-A", "-t", "-U", "postgres", "-c", query, "guiju").strip()

    def _run(self, program: str, *arguments: str) -> str:
        programs = binaries(account_for(self.server.data), print)
        where = ("-h", str(self.server.sockets), "-p", "5432")
        done = subprocess.run(  # noqa: S603 - programs of the wheel
            [programs / program, *where, *arguments],
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def service(self, workers: int) -> Iterator[int]:
        """The service with so many processes, on the port that is given."""
        port = _free_port()
        with (self.var / f"service-{workers}.log").open("w") as log:
            child = self._begin(log, PORT=str(port), GUIJU_WORKERS=str(workers))
            try:
                _await(port, child)
                yield port
            finally:
                _end(child)

    def _begin(self, log: IO[str], **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.served"],
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("GUIJU_")},
                "GUIJU_VAR": str(self.var),
                "GUIJU_RATE_LIMIT": "0",
                "DATABASE_URL": self.server.service_url,
                **environment,
            },
            stdout=log,
            stderr=log,
        )


@contextmanager
def standing() -> Iterator[Stand]:
    """A database with schema, reference and demonstration data; gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-bench-"))
    folder.chmod(0o711)  # the account of the database passes through
    try:
        var = folder / "var"
        server = embedded.start(var)
        try:
            asyncio.run(_prepare(server))
            yield Stand(var=var, server=server, token=_token(var))
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(server: embedded.Running) -> None:
    await migrate.upgrade(server.owner_url)
    engine = open_engine(server.service_url, size=1)
    try:
        books, days = app.rulebooks.load.load(), app.calendars.load.load()
        await reference.load(engine, books, days)
        await demo.ensure(engine)
    finally:
        await engine.dispose()


def _token(var: Path) -> str:
    key, _ = ensure_local_keys(var)
    grant = Grant(subject="bench", scopes=tuple(SCOPES), issuer=DEVELOPMENT_ISSUER, platform=True)
    return mint(key, grant, now=datetime.now(UTC))


def drive(*plans: Plan) -> list[Load]:
    """Carry the plans out beside one another, each in a process of its own."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in plans
    ]
    for driver, plan in zip(started, plans, strict=True):
        assert driver.stdin is not None
        driver.stdin.write(json.dumps(asdict(plan)))
        driver.stdin.close()
        driver.stdin = None
    said = [driver.communicate()[0] for driver in started]
    return [Load(**json.loads(line)) for line in said]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _await(port: int, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service does not begin; see its log")


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
