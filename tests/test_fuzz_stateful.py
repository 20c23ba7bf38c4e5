"""The whole document in sequences: what one answer names, the next request speaks of."""

from collections import Counter
from contextlib import suppress
from http import HTTPMethod
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5
from zlib import crc32

from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api.examples.load import EXAMPLES
from tests.test_fuzz import REGULATIONS, Found, bearer, document, found, intact, settled

__all__ = ["bearer", "document", "found", "settled"]  # the fixtures

ROUNDS: Final = 4
SEQUENCES: Final = 10  # a round
STEPS: Final = 15
SETTINGS: Final = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CENTRES: Final = REGULATIONS[:5]
LEAST_THAT_END_WELL: Final = 20
"""Operations that a run does at least once with success; fewer would say little of sequences."""


class Sequences:
    """What is known while sequences run: the state of each resource, and how requests ended."""

    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self.ended: Counter[tuple[str, int]] = Counter()
        self.failures: list[BaseException] = []

    def speak(self, case: Case[Any]) -> None:
        """Put what is there for what was made up: a centre, an example, the state last seen. What
        an earlier answer named stays."""
        turn = crc32(repr((case.path_parameters, case.query, case.body)).encode())
        if intact(case, ParameterLocation.PATH) and "centre" in case.path_parameters:
            named = case.path_parameters["centre"]
            if not is_id(named):
                case.path_parameters["centre"] = CENTRES[turn % len(CENTRES)]
        shown = EXAMPLES.get(case.operation.definition.raw["operationId"])
        if shown and turn % 4 and intact(case, ParameterLocation.BODY):
            examples = [shown[name]["value"] for name in sorted(shown)]
            case.body = examples[turn % len(examples)]
        if not intact(case, ParameterLocation.HEADER):
            return
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid5(NAMESPACE_OID, str(turn)))
        if case.method != HTTPMethod.GET and (etag := self._etag(case.formatted_path)):
            case.headers["If-Match"] = etag

    def _etag(self, path: str) -> str | None:
        while path.count("/") > 1:
            if path in self.etags:
                return self.etags[path]
            path = path.rpartition("/")[0]
        return None

    def learn(self, case: Case[Any], response: Response) -> None:
        """Remember how it ended, and what state it told."""
        operation = case.operation.definition.raw["operationId"]
        self.ended[operation, response.status_code // 100] += 1
        for etag in response.headers.get("etag", ()):
            for location in response.headers.get("location", (case.formatted_path,)):
                self.etags[location] = etag


def is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def test_a_sequence_of_requests_is_answered_as_documented(
    document: BaseSchema, bearer: dict[str, str], settled: tuple[Found, FastAPI]
) -> None:
    sequences = Sequences()
    machine: type[APIStateMachine] = document.as_state_machine()

    class Sequence(machine):  # type: ignore[misc, valid-type]  # made from the document
        def before_call(self, case: Case[Any]) -> None:
            sequences.speak(case)

        def get_call_kwargs(self, _: Case[Any]) -> dict[str, Any]:  # Any: of the library's own
            return {"headers": bearer}

        def validate_response(self, response: Response, case: Case[Any], **_: object) -> None:
            sequences.learn(case, response)
            try:
                case.validate_response(
                    response, headers=bearer, excluded_checks=[positive_data_acceptance]
                )
            except BaseException as failure:
                sequences.failures.append(failure)
                raise

    for turn in range(ROUNDS):
        # What was answered once is not answered again in the same way: the library may notice
        # that its sequences depend on it. What counts is what was found meanwhile.
        with suppress(FlakyStrategyDefinition):
            run_state_machine_as_test(seed(turn)(Sequence), settings=SETTINGS)
    assert not sequences.failures, sequences.failures[0]
    well = {operation for operation, kind in sequences.ended if kind == 2}
    assert len(well) >= LEAST_THAT_END_WELL, sequences.ended
