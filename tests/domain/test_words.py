"""Words (用语): a code on the wire, a Chinese word in a message, one line for both."""

import json
import pickle

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.decision import spoken
from app.domain.words import Word


class Meal(Word):
    """A meal."""

    NOON = "noon", "午饭"
    EVENING = "evening", "晚饭"


WIRE = TypeAdapter(Meal)


def test_a_word_is_its_code() -> None:
    assert [member.value for member in Meal] == ["noon", "evening"]
    assert Meal("noon") is Meal.NOON
    assert (str(Meal.NOON), f"{Meal.NOON}", json.dumps([Meal.NOON])) == ("noon", "noon", '["noon"]')
    assert {"noon": 1}[Meal.NOON] == 1
    assert pickle.loads(pickle.dumps(Meal.NOON)) is Meal.NOON  # noqa: S301 - our own bytes


def test_a_message_says_the_word() -> None:
    assert Meal.NOON.chinese == "午饭"
    assert spoken((Meal.NOON, Meal.EVENING)) == "午饭、晚饭"


def test_the_wire_carries_the_code_alone() -> None:
    assert WIRE.dump_json(Meal.EVENING) == b'"evening"'
    assert WIRE.validate_json('"evening"') is Meal.EVENING
    assert WIRE.json_schema()["enum"] == ["noon", "evening"]


@pytest.mark.parametrize("said", ["午饭", "NOON", ""])
def test_the_wire_takes_nothing_but_the_code(said: str) -> None:
    with pytest.raises(ValidationError):
        WIRE.validate_python(said)
