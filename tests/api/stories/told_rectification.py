"""Stories of rectification: what one person entered, a second one sets aside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import httpx

from tests.api.cases.desk import FIVE
from tests.api.conftest import Speaker
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story


def rectified(example: str, *before: tuple[str, str]) -> Story:
    """The example, on a case after the acts before it."""

    async def story(hall: Hall) -> httpx.Response:
        case_id, etag = await hall.case("aohan", FIVE, *before)
        second = replace(hall, by=Speaker(subject="second"))
        return await second.send(
            "rectify_case", example, etag=etag, centre="aohan", case_id=case_id
        )

    return story


SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("rectify_case", "wrong_case"): rectified("wrong_case", ("accept_case", "system")),
    ("rectify_case", "receipt"): rectified("receipt"),
}
