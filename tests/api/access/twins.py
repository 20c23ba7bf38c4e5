"""Twins (孪生中心): for each centre of the demonstration another one under the same regulation.

A story that is told once more at the twin fills every table that it fills for a second centre,
whatever the story is about: its requests only name the twin and the twin's items and people.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import demo
from app.domain.organisation.centre import Centre

_MORE: Final = len(demo.CENTRES)  # how much higher the number in the ids of a twin is
_DEMO: Final = re.compile("019b7523-3400-7000-8000-([0-9a-f]{8})([0-9a-f]{4})")
_CODES: Final = "|".join(sorted((place.code for place in demo.CENTRES), key=len, reverse=True))
_IN_PATH: Final = re.compile(f"(?<=/centres/)({_CODES})(?=/|$)")


def twin(centre: UUID) -> UUID:
    """The id of the twin."""
    return UUID(_of_twin(str(centre)))


def twin_of(centre: Centre) -> Centre:
    """A centre that differs in id, code and name alone."""
    return replace(
        centre, id=twin(centre.id), code=f"{centre.code}-twin", name=f"{centre.name}（孪生）"
    )


async def ensure_twins(engine: AsyncEngine) -> None:
    """The twins with their items and people, beside the centres of the demonstration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "CENTRES", (*demo.CENTRES, *TWINS))
        await demo.ensure(engine)


@contextmanager
def told_of_twins() -> Iterator[None]:
    """What a story keeps without asking the service, it keeps for the twin."""
    items_of, persons_of = demo.items_of, demo.persons_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "CENTRES", TWINS)
        patch.setattr(demo, "items_of", lambda number: items_of(number + _MORE))
        patch.setattr(demo, "persons_of", lambda number: persons_of(number + _MORE))
        yield


def at_twin(request: httpx.Request) -> httpx.Request:
    """The same request about the twin."""
    url = request.url.copy_with(path=_of_twin(_IN_PATH.sub(r"\1-twin", request.url.path)))
    query = {name: _of_twin(value) for name, value in request.url.params.items()}
    headers = {name: v for name, v in request.headers.items() if name != "content-length"}
    content = _of_twin(request.content.decode()).encode()
    return httpx.Request(
        request.method, url.copy_merge_params(query), headers=headers, content=content
    )


def _of_twin(text: str) -> str:
    return _DEMO.sub(_shifted, text)


def _shifted(match: re.Match[str]) -> str:
    number, part = int(match[1], 16), match[2]
    number += _MORE if number <= _MORE else 0
    return f"{match[0][:24]}{number:08x}{part}"


TWINS: Final = tuple(map(twin_of, demo.CENTRES))
