"""The system user that an embedded server runs as, since PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

UNPRIVILEGED = "nobody"


def plain_environment() -> dict[str, str]:
    """Nothing of ours reaches a child: neither PG* variables nor a language for its messages."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


class Switch(TypedDict, total=False):
    """The arguments with which a child process becomes another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A system user: it may be the one that we are."""

    name: str
    uid: int
    gid: int

    def switch(self) -> Switch:
        """How a child becomes this user: not at all when we are it already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, from a folder that everybody can enter."""
        try:
            return subprocess.run(  # noqa: S603 - only programs that we name
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=plain_environment(),
                **self.switch(),
            )
        except PermissionError as refused:  # it may not even see the program
            return subprocess.CompletedProcess(command, 126, "", str(refused))

    def reaches(self, folder: Path) -> bool:
        """Can this user pass through the folder, and through all above it?"""
        return self.run("test", "-x", folder).returncode == 0

    def own_folder(self, folder: Path) -> None:
        """Make a new folder that only this user (and root) can enter."""
        folder.mkdir(mode=0o700)
        if self.uid != os.geteuid():
            os.chown(folder, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """Who serves this data: we ourselves, or as root its owner, or the unprivileged user."""
    uid = os.geteuid()
    if uid == 0:
        try:
            uid = data.stat().st_uid
        except OSError:
            uid = 0
    try:
        who = pwd.getpwuid(uid) if uid != 0 else pwd.getpwnam(UNPRIVILEGED)
    except KeyError:  # a container may run as a user that has no name
        return Account(f"user {uid}", uid, os.getegid())
    return Account(who.pw_name, who.pw_uid, who.pw_gid)
