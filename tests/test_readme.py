"""The README is true: its first request is answered as printed, and whatever it names exists."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.core import TyperGroup

from app.api.deps import now_in_shanghai
from app.api.keys import ensure_local_keys
from app.api.security import Grant, mint
from app.cli import cli
from app.domain.rulings import QUESTIONS
from app.main import create_app
from app.settings import Settings
from tests.api.access.document import DOCUMENT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = {
    str(field.validation_alias or f"GUIJU_{name.upper()}"): field
    for name, field in Settings.model_fields.items()
}


def first(pattern: str) -> str:
    """What the README says at the first place of that form."""
    found = re.search(pattern, README, re.DOTALL)
    assert found, pattern
    return found[1]


def all_of(pattern: str) -> list[str]:
    """All that the README names in that form; a form that finds nothing is out of date."""
    found = sorted(set(re.findall(pattern, README)))
    assert found, pattern
    return found


async def test_the_first_request_is_answered_as_printed(tmp_path: Path) -> None:
    asked = first(r"```sh\n(TOKEN=.*?)```")
    answered = json.loads(first(r"```json\n(.*?)```"))
    scope = asked.partition("--scope ")[2].partition(")")[0]
    ensure_local_keys(tmp_path)
    settings = Settings(var=tmp_path)
    app = create_app(settings)
    grant = Grant(subject="reader", scopes=(scope,), issuer=settings.issuer)
    token = mint(settings.signing_key, grant, now=now_in_shanghai())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
            answer = await client.post(
                asked.partition("http://127.0.0.1:8000")[2].partition(" ")[0],
                content=asked.partition("-d '")[2].partition("'")[0],
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
    assert answer.status_code == 200, answer.text
    assert in_order(answer.json()) == in_order(answered)


def in_order(answer: object) -> str:
    """JSON whose keys stand as they stood."""
    return json.dumps(answer, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    "named", all_of(r"(?:(?:GET|POST) )?(?:http://127\.0\.0\.1:\d+)?/v1/[^\s`]+")
)
def test_an_address_exists(named: str) -> None:
    method, _, path = named.rpartition(" ")
    wanted = path[path.index("/v1/") :].split("/")
    assert any(
        matches(wanted, known.split("/")) and (not method or method.lower() in operations)
        for known, operations in DOCUMENT["paths"].items()
    )


def matches(wanted: list[str], known: list[str]) -> bool:
    """A name in braces stands for anything, on either side; an ellipsis for whatever follows."""
    if wanted[-1] == "…":
        wanted = wanted[:-1]
        known = known[: len(wanted)]
    return len(wanted) == len(known) and all(
        w == k or w.startswith("{") or k.startswith("{") for w, k in zip(wanted, known, strict=True)
    )


def test_the_questions_are_those_that_can_be_asked() -> None:
    named = first(r"`POST /v1/rulings/\{question\}` \|[^`|]*`([^`]*)`")
    assert sorted(named.split()) == sorted(QUESTIONS)


@pytest.mark.parametrize("line", all_of(r"guiju ([a-z][^`\n#)]*)"))
def test_a_command_exists_with_its_options(line: str) -> None:
    command: Any = typer.main.get_command(cli)  # Any: typer keeps click's types to itself
    words = shlex.split(line)
    while isinstance(command, TyperGroup):
        assert words, f"{line} is a group of commands"
        assert words[0] in command.commands
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("target", all_of(r"(?:^|[`\n])make ([a-z]+)"))
def test_a_target_of_make_exists(target: str) -> None:
    assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", all_of(r"\b(GUIJU_[A-Z_]+|DATABASE_URL|PORT)\b"))
def test_a_variable_exists(name: str) -> None:
    assert name in SETTINGS


def test_the_table_has_every_setting_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    assert rows == [
        (name, shown(field.default), field.description) for name, field in SETTINGS.items()
    ]


def shown(default: object) -> str:
    """A default as one would set it."""
    if default is None:
        return "–"
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("path", all_of(r"`((?:docs|app)/[\w./-]*|[A-Z]+\.md)`"))
def test_a_file_exists(path: str) -> None:
    assert (ROOT / path).exists()
