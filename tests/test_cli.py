"""The command line: one line for a mistake, a bare token, and a service that starts and stops."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app import cli
from app.api import logging
from tests.databases import Clone

GUIJU = Path(sys.executable).with_name("guiju")
NOBODY = "postgresql://u@127.0.0.1:1/d"
CENTRES = [str(uuid4()), str(uuid4())]
Done = subprocess.CompletedProcess[str]


def environment(var: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "GUIJU_VAR": str(var),
        "GUIJU_DEMO": "minimal",
        **more,
    }


def guiju(var: Path, *arguments: str, **more: str) -> Done:
    return subprocess.run(  # noqa: S603 - our own program
        [GUIJU, *arguments],
        env=environment(var, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class Here:
    """The command line in this process: quick, for all but signals, ports, locks and terminals.

    A test that runs in an event loop calls it in a thread."""

    def __init__(self, var: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.var, self.capsys = var, capsys

    def __call__(self, *arguments: str, **more: str) -> Done:
        with pytest.MonkeyPatch.context() as patched:
            for written in ("GUIJU_WORKERS", "DATABASE_URL"):  # by the program; they are put back
                patched.setenv(written, "")
                patched.delenv(written)
            for name, value in environment(self.var, **more).items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["guiju", *arguments])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        logging.configure(stream=sys.__stderr__)  # what a command logs to ends with its test
        out, err = self.capsys.readouterr()
        return Done(arguments, int(str(ended.value.code)), out, err)


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Here]:
    before = signal.getsignal(signal.SIGTERM)
    yield Here(tmp_path / "var", capsys)
    signal.signal(signal.SIGTERM, before)


def claims_in(token: str) -> dict[str, object]:
    payload = token.strip().split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def free_port() -> int:
    """A port below the range that outgoing connections take theirs from."""
    for port in range(20000 + os.getpid() % 5000, 32768):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port")


@contextmanager
def serving(var: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """The service from its first line until it answers, as a process that a test may end."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [GUIJU, "serve"],
        env=environment(var, PORT=str(port), **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_ready(process, port)
        yield process
    finally:
        process.terminate()  # A killed one would leave its database server behind.
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[0])


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "about"),
    [
        (["nonsense"], {}, 2, "nonsense"),
        (["token", "--ttl", "soon"], {}, 2, "--ttl"),
        (["token", "--centre", "here"], {}, 2, "--centre"),
        (["token", "--scope", "everything"], {}, 1, "everything"),
        (["token"], {"GUIJU_JWKS": "https://issuer.invalid/jwks"}, 1, "GUIJU_JWKS"),
        (["token"], {"GUIJU_ALGORITHM": "HS256"}, 1, "GUIJU_ALGORITHM"),
        (["token"], {"GUIJU_ENVIRONMENT": "production"}, 1, "GUIJU_ISSUER"),
        (["db", "downgrade"], {}, 2, "revision"),
        (["db", "upgrade"], {"DATABASE_URL": NOBODY}, 1, "GUIJU_MIGRATION_URL"),
        (["db", "upgrade"], {"GUIJU_MIGRATION_URL": NOBODY}, 1, "DATABASE_URL"),
        (["serve"], {"PORT": "70000"}, 1, "PORT"),
        (["serve"], {"GUIJU_WORKERS": "none"}, 1, "GUIJU_WORKERS"),
        (["serve"], {"GUIJU_HOST": "host.invalid"}, 1, "GUIJU_HOST"),
        (["serve", "--workers", "0"], {}, 1, "GUIJU_WORKERS"),
        (["rulebook", "check", "/nowhere.toml"], {}, 1, "nowhere.toml"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    here: Here, arguments: list[str], settings: dict[str, str], code: int, about: str
) -> None:
    done = here(*arguments, **settings)
    assert done.returncode == code
    assert done.stdout == ""
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    assert about in done.stderr


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "postgresql://u:geheim@127.0.0.1:1/d"])
def test_a_database_out_of_reach_is_one_line_without_its_password(here: Here, url: str) -> None:
    done = here("db", "current", DATABASE_URL=url)
    assert done.returncode == 1
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    assert "geheim" not in done.stderr


def test_a_token_is_bare_and_says_what_was_asked(here: Here) -> None:
    done = here(
        *("token", "--scope", "rulings", "--scope", "cases:read", "--subject", "窗口甲"),
        *("--centre", CENTRES[0], "--centre", CENTRES[1], "--ttl", "60"),
    )
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout), done.stderr
    claims = claims_in(done.stdout)
    assert claims["scope"] == "rulings cases:read"
    assert claims["centres"] == CENTRES
    assert "platform" not in claims
    assert claims["sub"] == "窗口甲"
    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 60
    assert {"iss", "aud", "jti"} <= claims.keys()


def test_the_platforms_token_is_bound_to_no_centre(here: Here) -> None:
    claims = claims_in(here("token", "--platform").stdout)
    assert claims["platform"] is True
    assert "centres" not in claims


def test_a_token_is_made_before_the_service_ever_ran_and_the_key_stays_private(here: Here) -> None:
    first, second = here("token").stdout, here("token").stdout
    assert first.split(".")[0] == second.split(".")[0], "the same key"
    assert (here.var / "signing.pem").stat().st_mode & 0o777 == 0o600


def test_the_service_starts_serves_beside_the_other_commands_and_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, here = free_port(), Here(tmp_path, capsys)
    with serving(tmp_path, port, GUIJU_WORKERS="2") as process:
        token = here("token", "--scope", "rulings").stdout
        assert claims_in(token)["scope"] == "rulings"
        current = here("db", "current")
        assert re.fullmatch(r"(\S+) \(newest: \1\)\n", current.stdout), current.stderr
        again = guiju(tmp_path, "serve", PORT=str(port + 1))
        assert (again.returncode, again.stderr.count("\n")) == (1, 1)
        assert str(tmp_path) in again.stderr
        taken = guiju(tmp_path / "other", "serve", PORT=str(port))
        assert (taken.returncode, taken.stderr.count("\n")) == (1, 1)
        assert str(port) in taken.stderr
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}/docs" in said
        assert re.search(r"^[\w-]+\.[\w-]+\.[\w-]+$", said, re.MULTILINE)
        assert "Traceback" not in said
    assert not list(tmp_path.rglob("postmaster.pid"))


def test_a_killed_service_starts_again_on_the_same_folder_and_port(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(tmp_path, port) as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_without_the_owner_the_service_refuses_a_schema_that_is_not_at_head(
    here: Here, tmp_path: Path, fresh_database: Clone
) -> None:
    owner = {
        "DATABASE_URL": fresh_database.service_url,
        "GUIJU_MIGRATION_URL": fresh_database.owner_url,
    }
    down = here("db", "downgrade", "base", **owner)
    assert down.returncode == 0, down.stderr
    refused = guiju(
        tmp_path, "serve", DATABASE_URL=fresh_database.service_url, PORT=str(free_port())
    )
    assert refused.returncode == 1
    assert re.fullmatch(r"guiju: [^\n]+\n", refused.stderr), refused.stderr
    up = here("db", "upgrade", **owner)
    assert up.returncode == 0, up.stderr
    port = free_port()
    with serving(tmp_path, port, DATABASE_URL=fresh_database.service_url):
        assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200


def test_the_documents_drift_is_found(here: Here, tmp_path: Path) -> None:
    place = tmp_path / "v1.json"
    assert here("openapi", "--out", str(place)).returncode == 0
    assert here("openapi", "--check", "--out", str(place)).returncode == 0
    place.write_text(place.read_text().replace("openapi", "0penapi", 1))
    drifted = here("openapi", "--check", "--out", str(place))
    assert (drifted.returncode, drifted.stderr.count("\n")) == (1, 1)
