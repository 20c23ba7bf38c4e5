"""Attaching an official text from the command line: what is found, and one line for a fault."""

import re
from pathlib import Path

import pytest

from app.domain.article import numeral
from tests.databases import Clone
from tests.test_cli import Done, Here, here

__all__ = ["here"]  # the fixture

TIANYA = 19  # articles


def written(file: Path, *numbers: int, encoding: str = "utf-8") -> str:
    """A text of invented articles with these numbers."""
    lines = [f"第{numeral(number)}条 窗口甲{number}号按时开门。" for number in numbers]
    file.write_text("\n".join(["某某办法", *lines]), encoding=encoding)
    return str(file)


def one_line(done: Done) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    return done.stderr


def test_a_text_is_attached_replaced_and_detached(
    here: Here, tmp_path: Path, fresh_database: Clone
) -> None:
    url = fresh_database.service_url
    file = written(tmp_path / "a.txt", *range(1, TIANYA + 1), encoding="gb18030")
    attach = ("rulebook", "attach-text", "tianya", file)
    for _ in range(2):
        done = here(*attach, DATABASE_URL=url)
        assert (done.returncode, done.stderr) == (0, "")
        assert "19 articles, 第一条 to 第十九条" in done.stdout
        assert "第十一条（一）" in done.stdout  # items that this text does not have
    detach = ("rulebook", "detach-text", "tianya", "--edition", "undated")
    assert here(*detach, DATABASE_URL=url).returncode == 0
    assert "no text" in one_line(here(*detach, DATABASE_URL=url))


@pytest.mark.parametrize(
    ("numbers", "about"),
    [
        ((), "第一条"),
        (range(1, TIANYA), "not found: 第十九条"),
        ([*range(1, 5), *range(6, TIANYA + 1)], "not found: 第五条"),
        (range(1, TIANYA + 2), "not of this edition: 第二十条"),
        ([1, 2, 2, *range(3, TIANYA + 1)], "第二条 (line 4)"),
    ],
)
def test_a_text_that_is_not_the_edition_is_refused(
    here: Here, tmp_path: Path, numbers: list[int], about: str
) -> None:
    file = written(tmp_path / "a.txt", *numbers)
    assert about in one_line(here("rulebook", "attach-text", "tianya", file))


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["attach-text", "nowhere", "a.txt"], "tianya"),
        (["attach-text", "national", "a.txt"], "several laws"),
        (["attach-text", "tianya", "/nowhere.txt"], "/nowhere.txt"),
        (["attach-text", "tianya", "/"], "/"),
        (["attach-text", "tianya", "a.txt", "--edition", "1999"], "undated"),
        (["detach-text", "tianya", "--edition", "1999"], "undated"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(here: Here, arguments: list[str], about: str) -> None:
    assert about in one_line(here("rulebook", *arguments))


def test_what_is_no_text_is_refused(here: Here, tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(b"PK\x03\x04\0\0")
    assert "plain text" in one_line(here("rulebook", "attach-text", "tianya", str(file)))
    file.write_bytes(b" " * (2 << 20))
    assert "MiB" in one_line(here("rulebook", "attach-text", "tianya", str(file)))
