"""Story (用例): one request to one operation that ends well, with all that has to be before it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import httpx

from tests.api.stories.hall import Hall

Story = Callable[[Hall], Coroutine[Any, Any, httpx.Response]]  # Any: what a coroutine is sent


def asked(operation_id: str, query: Mapping[str, str] | None = None, **path: str) -> Story:
    """It is enough to ask."""

    async def story(hall: Hall) -> httpx.Response:
        return await hall.send(operation_id, query=query, **path)

    return story
