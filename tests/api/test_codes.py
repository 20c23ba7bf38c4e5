"""Codes over HTTP: every enumeration that the interface speaks has Chinese labels."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import app
from app.domain.codes import CodeSet
from app.domain.decision import spoken
from app.domain.items.item import ItemStage
from app.domain.words import Word
from app.rulebooks.codes import load_codes
from tests.api.conftest import Issuer

CODES = load_codes()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TECHNICAL = frozenset({"1.0", "application/json", "ok"})


def enumerations() -> dict[str, type[StrEnum]]:
    """Every enumeration of the program, by its dotted name."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    return {
        f"{found.__module__}.{found.__name__}": found
        for found in (*StrEnum.__subclasses__(), *Word.__subclasses__())
        if found.__module__.startswith("app.") and found is not Word
    }


def test_every_enumeration_of_the_program_has_exactly_one_set_of_codes() -> None:
    named = [found.enumeration for found in CODES.sets.values() if found.enumeration]
    assert sorted(named) == sorted(enumerations())


@pytest.mark.parametrize("name", [n for n, found in CODES.sets.items() if found.enumeration])
def test_a_set_has_the_members_of_its_enumeration_in_their_order(name: str) -> None:
    found = CODES.sets[name]
    assert list(found.labels) == [member.value for member in enumerations()[str(found.enumeration)]]


def test_the_labels_of_a_word_are_what_its_messages_say() -> None:
    words = {name: found for name, found in enumerations().items() if issubclass(found, Word)}
    labels = {str(found.enumeration): [*found.labels.values()] for found in CODES.sets.values()}
    assert words
    assert {name: labels[name] for name in words} == {
        name: [spoken(member) for member in found] for name, found in words.items()
    }


@pytest.mark.parametrize("found", CODES.sets.values(), ids=lambda found: str(found.name))
def test_every_label_is_chinese_and_says_one_thing(found: CodeSet) -> None:
    assert CHINESE.search(found.title)
    assert found.source
    assert all(CHINESE.search(label) for label in found.labels.values())
    assert len(set(found.labels.values())) == len(found.labels)


SET = """
[[sets]]
name = "item-stage"
title = "事项的状态"
source = "规矩"
"""
OF_A_WORD = SET + f'enumeration = "{ItemStage.__module__}.ItemStage"\n'


def written(folder: Path, text: str) -> Path:
    """A folder of codes with this file in it."""
    folder.joinpath("enumerations.toml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (OF_A_WORD + '[sets.labels]\ndraft = "拟进"\n', r"ItemStage.*labels"),
        (SET, "没有中文名称"),
        (SET + 'enumeration = "app.domain.decision.Outcome"\n', "没有中文名称"),
        (OF_A_WORD + OF_A_WORD, "写了两次"),
    ],
)
def test_a_label_stands_in_one_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        load_codes(written(tmp_path, text))


def test_another_word_in_the_program_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path, OF_A_WORD)
    before = load_codes(folder).version
    assert load_codes(folder).version == before
    monkeypatch.setattr(ItemStage.DRAFT, "chinese", "筹备")
    assert load_codes(folder).version != before


def admitted(schema: Any) -> Iterator[tuple[str, ...]]:
    """Every list of admitted words in a schema. Any: an OpenAPI document is free JSON."""
    match schema:
        case {"enum": [*words]} if all(isinstance(word, str) for word in words):
            yield tuple(words)
        case {"const": str(word)}:
            yield (word,)
        case _:
            pass
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from admitted(inner)


def test_every_word_that_the_document_admits_has_a_label(edge: FastAPI) -> None:
    labelled = [set(found.labels) | TECHNICAL for found in CODES.sets.values()]
    words = list(admitted(edge.openapi()))
    assert words
    assert [said for said in words if not any(set(said) <= known for known in labelled)] == []


def test_every_warning_that_the_program_gives_has_a_label() -> None:
    sources = Path(app.__path__[0], "domain").rglob("*.py")
    said = re.compile(r"Caution\(\s*code=\"([a-z_]+)\"")
    given = {code for source in sources for code in said.findall(source.read_text("utf-8"))}
    assert given == set(CODES.sets["warning"].labels)


async def get(client: httpx.AsyncClient, issuer: Issuer, path: str, **sent: str) -> httpx.Response:
    return await client.get(path, headers=issuer.bearer("rulebooks") | sent)


async def test_the_sets_are_listed_and_each_can_be_read(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    listed = (await get(client, issuer, "/v1/codes")).json()["items"]
    assert [item["set"] for item in listed] == list(CODES.sets)
    for item in listed:
        read = (await get(client, issuer, f"/v1/codes/{item['set']}")).json()
        assert {key: read[key] for key in item} == item
        assert read["items"]


async def test_a_national_standard_keeps_its_own_numbers(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    read = (await get(client, issuer, "/v1/codes/gbt39046-satisfaction")).json()
    assert read["source"] == "GB/T 39046-2020 附录A.8"
    assert read["items"][0] == {"code": "1", "label": "非常满意"}
    types = (await get(client, issuer, "/v1/codes/gbt39046-item-type")).json()
    assert [item["code"] for item in types["items"]][:2] == ["00", "01"]


async def test_codes_are_kept_by_the_caller_until_they_change(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    first = await get(client, issuer, "/v1/codes/outcome")
    assert "max-age" in first.headers["Cache-Control"]
    again = await get(
        client, issuer, "/v1/codes/outcome", **{"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = await get(client, issuer, "/v1/codes/outcome", **{"If-None-Match": '"older"'})
    assert other.status_code == 200


async def test_an_unknown_set_is_not_found(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await get(client, issuer, "/v1/codes/atlantis")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_codes_need_their_scope(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await client.get("/v1/codes", headers=issuer.bearer("calendars"))
    assert answer.status_code == 403
