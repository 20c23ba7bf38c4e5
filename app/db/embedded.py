"""A PostgreSQL of our own for trying and testing: found, started, met again and stopped by us."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.db.account import Account, account_for, plain_environment
from app.db.places import (
    VERSION,
    EmbeddedServerRefused,
    Say,
    binaries,
    data_folder,
    socket_folder,
    working_folder,
)

PATIENCE = 600.0  # seconds: recovery after a crash may take minutes
LEAVING = 30.0  # seconds: the children of a killed server leave the shared memory late
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
ROLES = """
SELECT 'CREATE ROLE guiju_owner LOGIN CREATEROLE'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guiju_owner') \\gexec
SELECT 'CREATE ROLE guiju_service NOLOGIN ADMIN guiju_owner'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guiju_service') \\gexec
SELECT 'CREATE ROLE guiju_app LOGIN IN ROLE guiju_service'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guiju_app') \\gexec
SELECT 'CREATE DATABASE guiju OWNER guiju_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'guiju') \\gexec
"""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a data folder says about the server that runs on it."""

    pid: int
    sockets: Path
    ready: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers; whoever holds the last one of a folder stops the server with it."""

    data: Path
    sockets: Path
    pid: int
    _folder: Path
    _using: IO[bytes]
    _child: subprocess.Popen[bytes] | None

    def url(self, role: str, database: str = "guiju") -> str:
        """Where SQLAlchemy finds the database on the socket, as this role."""
        return f"postgresql+asyncpg://{role}@/{database}?host={self.sockets}&port=5432"

    @property
    def superuser_url(self) -> str:
        return self.url("postgres", "postgres")

    @property
    def owner_url(self) -> str:
        return self.url("guiju_owner")

    @property
    def service_url(self) -> str:
        return self.url("guiju_app")

    def stop(self) -> bool:
        """Stop the server unless another program still uses it; was it stopped?"""
        with held(self._folder / "postgres.lock"):
            fcntl.flock(self._using, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._child is not None:
                    # It outlives us on purpose: nothing is left to wait for.
                    self._child.returncode = 0
                return False
            finally:
                self._using.close()
            _stop(self.pid, self.data)
            if self._child is not None:
                self._child.wait()
            with contextlib.suppress(OSError):
                self.sockets.rmdir()
            return True


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"guiju: {line}\n")
    sys.stderr.flush()


def start(folder: Path, say: Say = _to_stderr) -> Running:
    """The server whose data lies in `folder`/postgres, started if it does not run yet.

    Raises EmbeddedServerRefused. Never changes the rights of a folder that exists already.
    """
    try:
        folder = folder.absolute()
        working_folder(folder)
        with held(folder / "postgres.lock"):
            return _start(folder, say)
    except OSError as problem:
        where = problem.filename or folder
        raise EmbeddedServerRefused(f"{where}: {problem.strerror or problem}") from None


def _start(folder: Path, say: Say) -> Running:
    account = account_for(folder / "postgres")
    programs = binaries(account, say)
    data = data_folder(folder, account, say)
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, account)
    _check_version(data)
    using = private(folder / "postgres.users")
    fcntl.flock(using, fcntl.LOCK_SH)
    launch = _Launch(programs, data, account, folder / "postgres.log")
    postmaster, child = _serve(launch, say)
    _ensure_roles(programs, postmaster.sockets)
    return Running(data, postmaster.sockets, postmaster.pid, folder, using, child)


@contextlib.contextmanager
def held(file: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a file as this process alone; the kernel lets go of it even after kill -9.

    With `wait` false a file that another process holds raises BlockingIOError.
    """
    with private(file) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def private(file: Path) -> IO[bytes]:
    """Open a file to append to, made so that only we read it: logs name rows, locks can be held."""
    file.touch(mode=0o600)
    return file.open("ab")


@dataclass(frozen=True, slots=True)
class _Launch:
    programs: Path
    data: Path
    account: Account
    log: Path

    def go(self) -> tuple[subprocess.Popen[bytes], int]:
        """Start the server detached from our terminal; also where its part of the log begins."""
        sockets = socket_folder(self.data, self.account)
        for left_behind in (self.data / "postmaster.pid", *sockets.iterdir()):
            left_behind.unlink(missing_ok=True)
        settings = {**CONFIGURATION, "unix_socket_directories": str(sockets)}
        with private(self.log) as log:
            child = subprocess.Popen(  # noqa: S603 - the program that we chose
                [
                    self.programs / "postgres",
                    *("-D", self.data),
                    *(part for name, v in settings.items() for part in ("-c", f"{name}={v}")),
                ],
                **self.account.switch(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=plain_environment(),
                cwd="/",
                start_new_session=True,
            )
            return child, log.tell()


def _initialise(programs: Path, data: Path, account: Account) -> None:
    """Make the data folder beside its place and move it there whole."""
    making = data.with_name(f"{data.name}.new")
    if making.exists():
        shutil.rmtree(making)
    account.own_folder(making)
    made = account.run(
        programs / "initdb",
        *("-D", making, "-U", "postgres", "-E", "UTF8"),
        *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    if made.returncode != 0:
        raise EmbeddedServerRefused(f"initdb failed in {making}: {_last_line(made.stderr)}")
    making.rename(data)


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise EmbeddedServerRefused(f"{data} is of PostgreSQL {found}, this program has {VERSION}")


def _postmaster(data: Path) -> Postmaster | None:
    """Who serves this folder now; a file that a killed server left behind is nobody."""
    try:
        # The eight lines are: number, folder, start, port, socket folder, address, memory, status.
        pid, _, _, _, sockets, _, _, *status = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, ValueError):
        return None
    if not _works_in(int(pid), data):
        return None
    return Postmaster(int(pid), Path(sockets), ready=[line.strip() for line in status] == ["ready"])


def _works_in(pid: int, data: Path) -> bool:
    """A number alone proves nothing: after a restart it may be anybody's."""
    try:
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cwd").samefile(data)
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _serve(launch: _Launch, say: Say) -> tuple[Postmaster, subprocess.Popen[bytes] | None]:
    """Meet the server or start it, and wait until it answers, through recovery if need be."""
    began = time.monotonic()
    child: subprocess.Popen[bytes] | None = None
    told, logged_from = 5.0, 0
    while (waited := time.monotonic() - began) < PATIENCE:
        found = _postmaster(launch.data)
        if found is not None and found.ready:
            return found, child
        if child is None and found is None:
            child, logged_from = launch.go()
        elif child is not None and child.poll() is not None:
            _judge(launch.log, logged_from, waited)
            child = None
        if waited > told:
            say(f"waiting for PostgreSQL in {launch.data} ({waited:.0f} s)")
            told += 5.0
        time.sleep(0.05 if child is not None else 0.2)
    raise EmbeddedServerRefused(f"PostgreSQL is not ready after {PATIENCE:.0f} s: {launch.log}")


def _judge(log: Path, logged_from: int, waited: float) -> None:
    """A server that ended at once: tolerable while the children of the killed one are leaving."""
    with log.open("rb") as written:
        written.seek(logged_from)
        said = written.read().decode(errors="replace")
    if "shared memory block" not in said or waited > LEAVING:
        fatal = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line]
        raise EmbeddedServerRefused(f"PostgreSQL does not start: {_last_line(fatal or said)}")


def _stop(pid: int, data: Path) -> None:
    """Fast shutdown, and the immediate one for a server that does not listen."""
    for how in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        until = time.monotonic() + PATIENCE / 10
        while _works_in(pid, data):
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        else:
            return


def _ensure_roles(programs: Path, sockets: Path) -> None:
    """The owner, the service's group and login, and the database: whatever is not there yet."""
    done = subprocess.run(  # noqa: S603 - the program that we chose
        [
            *(programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"),
            *("-h", sockets, "-p", "5432", "-U", "postgres", "-d", "postgres"),
        ],
        input=ROLES,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EmbeddedServerRefused(f"cannot make the roles: {_last_line(done.stderr)}")


def _last_line(said: str | list[str]) -> str:
    lines = said.splitlines() if isinstance(said, str) else said
    return lines[-1].strip() if lines else "no reason given"
