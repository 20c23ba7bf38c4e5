"""The whole document, fuzzed: every operation answers as documented, whatever it is sent.

What is made up alone never gets further than 404, so most requests speak of what there is: centres,
cases in every stage, their ETags, keys that were used before, regulations, people and items.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api.examples.load import EXAMPLES
from app.api.keys import ensure_local_keys
from app.api.security import SCOPES, Grant, mint
from app.db import demo
from app.domain.rulings import QUESTIONS
from app.main import create_app
from app.settings import Settings
from tests.api.access.document import DOCUMENT
from tests.api.cases.desk import FIVE, LICENCE, NUMBERS, TEN, serving
from tests.api.conftest import Issuer
from tests.api.stories.hall import Hall
from tests.api.stories.told import ACCEPTED, GRANTED, SEALED, SUSPENDED, TOLD_ONCE, special_day
from tests.databases import Server, finished

EXAMPLES_EACH = 50  # of every operation, half of them wrong on purpose
REGULATIONS: Final = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya", "national")
PLACES: Final = ("CN", "360100", "150430", "460200", "640502")
KEYS: Final = tuple(f"used-before-{number}" for number in range(5))
STAGES: Final = (
    ("nanchang", FIVE, True, ()),
    ("aohan", FIVE, False, ()),
    ("tianya", FIVE, False, (TOLD_ONCE,)),
    ("aohan", LICENCE, True, (ACCEPTED,)),
    ("nanchang-national", LICENCE, True, (ACCEPTED,)),
    ("aohan", LICENCE, True, (ACCEPTED, SUSPENDED)),
    ("nanchang", TEN, True, (ACCEPTED, GRANTED)),
    ("nanchang", TEN, True, (ACCEPTED, GRANTED, SEALED)),
)
DAYS: Final = ("since", "until", "on", "start", "due_from", "due_to")
NEARBY: Final = st.dates(date(2025, 9, 1), date(2026, 3, 31))
Request = Case[Any]  # Any: whatever the operation takes
JsonValue = Any  # Any: bodies are the free JSON that they are


@dataclass(frozen=True)
class Known:
    """A case that is there: of which centre, and the ETag that it had."""

    centre: str
    case_id: str
    etag: str

    @property
    def version(self) -> int:
        return int(self.etag.strip('"').partition(".")[0])


@dataclass(frozen=True)
class Found:
    """What there is before the first request: cases in every stage, and special days."""

    cases: tuple[Known, ...]
    special_days: tuple[str, ...]


async def settle(url: str, var: Path) -> Found:
    """Fill a database with cases in every stage, at centres that differ."""
    async with serving(url, var) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
            hall = Hall(app, client, Issuer(Settings(var=var)))
            cases = [
                Known(centre, *await hall.case(centre, item, *acts, complete=complete))
                for centre, item, complete, acts in STAGES * 3
            ]
            days = [await special_day(hall, place) for place in PLACES[1:]]
            await hall.sequence()
    return Found(cases=tuple(cases), special_days=tuple(days))


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, server: Server) -> tuple[Found, FastAPI]:
    """The app on a database of its own, for it may change what all centres share; with the key
    pair of a trial."""
    var = tmp_path_factory.mktemp("fuzz")
    ensure_local_keys(var)
    url = server.clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{var.name}").service_url
    found = finished(settle(url, var))
    return found, create_app(Settings.model_validate({"var": var, "database_url": url}))


@pytest.fixture(scope="session")
def found(settled: tuple[Found, FastAPI]) -> Found:
    return settled[0]


@pytest.fixture(scope="session")
def bearer(settled: tuple[Found, FastAPI]) -> dict[str, str]:
    """A token that may do everything everywhere."""
    mine: Settings = settled[1].state.settings
    grant = Grant(subject="fuzz", scopes=tuple(SCOPES), issuer=mine.issuer, platform=True)
    now = datetime.now(UTC)  # noqa: TID251 - the service compares it with its own clock
    return {"Authorization": f"Bearer {mint(mine.signing_key, grant, now=now)}"}


@pytest.fixture(scope="session")
def document(settled: tuple[Found, FastAPI]) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", settled[1])


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods],
)
def test_an_operation_keeps_to_its_document(
    document: BaseSchema,
    bearer: dict[str, str],
    found: Found,
    path: str,
    method: str,
    mode: GenerationMode,
) -> None:
    # The token is good, or a request that is refused would prove nothing of its other parts.
    made_up = document[path][method].as_strategy(generation_mode=mode, headers=bearer)

    # What no schema can say (one unit of three, at most 800 days) is a documented 422.
    @settings(
        max_examples=EXAMPLES_EACH // len(GenerationMode),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=speaking_of(made_up, found))
    def keeps_to_it(case: Request) -> None:
        case.call_and_validate(headers=bearer, excluded_checks=[positive_data_acceptance])

    try:
        keeps_to_it()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # Nothing can be wrong where nothing is sent.


@st.composite
def speaking_of(draw: st.DrawFn, made_up: st.SearchStrategy[Request], found: Found) -> Request:
    """A request that schemathesis makes up; three of four name what there is wherever they are
    well formed."""
    case = draw(made_up)
    if draw(st.sampled_from((True, True, True, False))):
        known = draw(st.sampled_from(found.cases))
        name_in_path(case, draw, known, found)
        name_in_query(case, draw)
        name_in_headers(case, draw, known)
        name_in_body(case, draw, known)
    return case


def name_in_path(case: Request, draw: st.DrawFn, known: Known, found: Found) -> None:
    if not intact(case, ParameterLocation.PATH):
        return
    named = {
        "article": ("第八条", "第二十条"),
        "case_id": (known.case_id,),
        "centre": (known.centre,),
        "code": ("not_found", "override_required"),
        "jurisdiction": PLACES,
        "question": tuple(QUESTIONS),
        "regulation": REGULATIONS,
        "row": ("8.s1", "18.1", "31"),
        "set": ("outcome", "force"),
        "special_day_id": found.special_days,
    }
    case.path_parameters = {
        name: draw(st.sampled_from(named[name])) if name in named else value
        for name, value in case.path_parameters.items()
    }


def name_in_query(case: Request, draw: st.DrawFn) -> None:
    if not intact(case, ParameterLocation.QUERY):
        return
    days = {name: draw(NEARBY).isoformat() for name in DAYS if is_day(case.query.get(name))}
    case.query = case.query | days


def name_in_headers(case: Request, draw: st.DrawFn, known: Known) -> None:
    if not intact(case, ParameterLocation.HEADER):
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = draw(st.sampled_from(KEYS) | st.uuids().map(str))
    if "{case_id}" in case.path and draw(st.sampled_from((True, True, False))):
        version = known.version + draw(st.integers(0, 2))  # Others act on it meanwhile.
        case.headers["If-Match"] = f'"{version}.2025-09-30"'


def name_in_body(case: Request, draw: st.DrawFn, known: Known) -> None:
    if not intact(case, ParameterLocation.BODY):
        return
    shown = EXAMPLES[case.operation.definition.raw["operationId"]].values()
    examples = st.sampled_from([example["value"] for example in shown])
    body = draw(examples) if draw(st.booleans()) else case.body
    number = NUMBERS[known.centre]
    named = {
        "rulebook": REGULATIONS,
        "question": tuple(QUESTIONS),
        "item_id": [str(item.id) for item in demo.items_of(number)],
        "approver_id": [str(person.id) for person in demo.persons_of(number)],
    }
    case.body = known_in(body, {name: draw(st.sampled_from(named[name])) for name in named})


def intact(case: Request, place: ParameterLocation) -> bool:
    """The request has that part, and it is not the one that is wrong on purpose."""
    meta = case.meta
    assert meta
    return place in meta.components and not meta.is_negative_at(place)


def is_day(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def known_in(body: JsonValue, names: Mapping[str, str]) -> JsonValue:
    """The body with the names of what there is, wherever it names something of that kind."""
    if isinstance(body, dict):
        return {
            key: names[key] if key in names and isinstance(value, str) else known_in(value, names)
            for key, value in body.items()
        }
    if isinstance(body, list):
        return [known_in(value, names) for value in body]
    return body
