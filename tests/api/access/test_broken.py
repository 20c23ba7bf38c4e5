"""The matrix can fail: each guard that is taken away shows in the very cells that it was for."""

from collections.abc import Callable, Collection, Iterator
from typing import Final
from uuid import UUID

import pytest
from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts
from jose import jws

from app.api import security
from app.api.deps import seconds
from app.api.keys import KeySource
from app.api.security import Caller, Requires, TokenRules, Verifier, any_caller
from app.db.centres import Centres
from app.db.outbox import Event, Events
from app.domain.organisation.centre import Centre
from tests.api.access.foreign import read_everywhere, shown
from tests.api.access.kept import Ids, ids
from tests.api.access.tokens import others
from tests.api.access.trying import Doors, cells
from tests.api.access.twins import twin

Break = Callable[[pytest.MonkeyPatch], None]

ASKS: Final = Requires.__call__


async def lenient(_guard: Requires, request: Request) -> Caller:
    """Any scope will do."""
    return await ASKS(any_caller, request)


def without_scopes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Requires, "__call__", lenient)


def without_places(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Caller, "sees", lambda _caller, _centre: True)


def without_ages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(security, "_checked_times", lambda _claims, _now: 0.0)


def without_signatures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jws, "verify", lambda token, _key, _names: jws.get_unverified_claims(token))


def without_platform(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(security.PlatformRequires, "__call__", lenient)


BROKEN: Final[list[tuple[Break, str, set[str]]]] = [
    (without_scopes, "receive_case", {"unscoped", "platform_unscoped", "written"}),
    (without_scopes, "list_items", {"unscoped", "platform_unscoped"}),
    (without_places, "receive_case", {"foreign", "written"}),
    (without_places, "read_case", {"foreign"}),
    (without_places, "list_items", {"foreign"}),
    (without_ages, "rule_on_rotation", {"expired"}),
    (without_signatures, "rule_on_rotation", {"forged"}),
    (without_platform, "list_platform_audit", {"own", "foreign"}),
]


@pytest.fixture
def forgetful(doors: Doors) -> Iterator[None]:
    """No token is remembered: what passes while a guard is broken must not pass afterwards."""
    settings, state = doors.tokens.issuer.settings, doors.hall.app.state
    rules = TokenRules(
        issuer=settings.issuer,
        audience=settings.audience,
        algorithm=settings.algorithm,
        remembered=0.0,
    )
    kept = state.verifier
    state.verifier = Verifier(rules, KeySource(settings.jwks_source, seconds), seconds)
    yield
    state.verifier = kept


@pytest.mark.parametrize(("broken", "id_", "kinds"), BROKEN)
@pytest.mark.usefixtures("forgetful")
async def test_a_guard_that_is_taken_away_is_missed(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, broken: Break, id_: str, kinds: set[str]
) -> None:
    await doors.asked(id_)
    broken(monkeypatch)
    wrong = [cell async for cell in cells(doors, id_) if not cell.right]
    assert {cell.tried.partition(" ")[0] for cell in wrong} == kinds


async def test_the_guard_of_one_route_that_is_replaced_is_missed(doors: Doors) -> None:
    app = doors.hall.app
    (guard,) = (
        depends.dependency
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and context.name == "list_items"
        for depends in context.original_route.dependencies
        if isinstance(depends.dependency, Requires)
    )
    app.dependency_overrides[guard] = lambda: None
    try:
        wrong = [cell async for cell in cells(doors, "list_items") if not cell.right]
    finally:
        del app.dependency_overrides[guard]
    # The senseless requests still come to the guard, by another way.
    assert {cell.tried for cell in wrong} == {"unscoped as told", "platform_unscoped as told"}


async def test_a_list_of_all_centres_is_noticed(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Centres.visible

    async def everywhere(
        self: Centres, _among: Collection[UUID] | None, *, after: UUID | None, limit: int
    ) -> list[Centre]:
        return await kept(self, None, after=after, limit=limit)

    asked = await doors.asked("list_centres")
    monkeypatch.setattr(Centres, "visible", everywhere)
    read, known = await read_everywhere(doors, asked), await ids(doors.engine)
    for centre, pages in read.items():
        assert set(map(str, others(centre))) <= shown(pages[0]["text"], known, centre)


async def test_a_list_that_adds_something_of_another_centre_is_noticed(
    doors: Doors, filled: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Events.after

    async def with_another(
        self: Events, centre_id: UUID, position: int, *, limit: int
    ) -> list[Event]:
        found = await kept(self, centre_id, position, limit=limit)
        return [*await kept(self, twin(centre_id), 0, limit=1), *found]

    asked = await doors.asked("list_events")
    monkeypatch.setattr(Events, "after", with_another)
    read, centre = await read_everywhere(doors, asked), await doors.centre_of(asked)
    assert shown(read[centre][0]["text"], filled, centre)
