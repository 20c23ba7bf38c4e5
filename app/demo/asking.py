"""Asking (请求): each act of the demonstration as a request that may be sent again."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx

_ATTEMPTS: Final = 5
_AGAIN: Final = frozenset({429, 503})
_LONGEST_PAUSE: Final = 5.0  # seconds

# Any: bodies are the free JSON that they are.
Json = Mapping[str, Any]
T = TypeVar("T")


class DemoRefused(Exception):
    """A request of the demonstration was not answered as it should be; one line says which."""


async def together(acts: Iterable[Coroutine[Any, Any, T]]) -> list[T]:  # Any: nobody sends there
    """Side by side, in their order; where one fails, the others end. Raises ExceptionGroup."""
    async with asyncio.TaskGroup() as group:
        begun = [group.create_task(act) for act in acts]
    return [task.result() for task in begun]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Whom a request is made by: a subject, and the departments that it speaks for."""

    subject: str
    departments: tuple[str, ...] = ()


LOADER: Final = Speaker(subject="demo")


@dataclass(frozen=True, slots=True)
class Made:
    """What was answered: the body, and the state that the next act has to name."""

    body: Json
    etag: str

    @property
    def id(self) -> str:
        """Of what was made."""
        return str(self.body["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A client of the service that sends each request under the key of its place in the story.

    The same seed gives the same keys: what was answered before is answered again, and nothing is
    done twice.
    """

    client: httpx.AsyncClient
    token: Callable[[Speaker], str]
    seed: int
    at_once: asyncio.Semaphore
    tokens: dict[Speaker, str] = field(default_factory=dict)

    async def read(self, path: str, **query: str) -> Json | None:
        """What is there; None where there is nothing. Raises DemoRefused."""
        answer = await self._answered("GET", path, LOADER, params=query)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        body: Json = _good("GET", path, answer).json()
        return body

    async def send(
        self,
        path: str,
        place: str,
        body: Json | None = None,
        *,
        after: Made | None = None,
        by: Speaker = LOADER,
    ) -> Made:
        """Act, on the state that was seen last if there is one. Raises DemoRefused."""
        headers = {"Idempotency-Key": f"demo-{self.seed}-{place}"}
        if after is not None:
            headers["If-Match"] = after.etag
        answer = await self._answered("POST", path, by, json=body, headers=headers)
        _good("POST", path, answer)
        return Made(answer.json(), answer.headers.get("etag", ""))

    async def _answered(
        self,
        method: str,
        path: str,
        by: Speaker,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # Any: what httpx sends
    ) -> httpx.Response:
        """The answer, once the service has room for the request."""
        if by not in self.tokens:
            self.tokens[by] = self.token(by)
        sent = {"Authorization": f"Bearer {self.tokens[by]}", **(headers or {})}
        async with self.at_once:
            for _ in range(_ATTEMPTS - 1):
                answer = await self._sent(method, path, headers=sent, **more)
                if answer.status_code not in _AGAIN:
                    return answer
                await asyncio.sleep(_pause(answer))
            return await self._sent(method, path, headers=sent, **more)

    async def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:  # Any: as above
        try:
            return await self.client.request(method, path, **more)
        except httpx.HTTPError as no:
            raise DemoRefused(f"{method} {path}: {str(no) or type(no).__name__}") from None


def _pause(answer: httpx.Response) -> float:
    said = answer.headers.get("retry-after", "")
    return min(float(said), _LONGEST_PAUSE) if said.isdecimal() else 0.5


def _good(method: str, path: str, answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise DemoRefused(f"{method} {path}: {answer.status_code} {_why(answer)}")


def _why(answer: httpx.Response) -> str:
    """What the problem says, in one line."""
    try:
        told = answer.json()
        code, detail = told.get("code", ""), told.get("detail", "")
        decision = told.get("decision") or {}
        against = [
            f"{'、'.join(found['rows'])} {found['message']}"
            for found in decision.get("findings", ())
            if found["result"] == "violated"
        ]
        fields = [f"{e.get('pointer', '')} {e.get('detail', '')}" for e in told.get("errors", ())]
    except (ValueError, AttributeError, KeyError, TypeError):
        return " ".join(answer.text.split())[:200]
    return " ".join("; ".join([f"{code}: {detail}", *against, *fields]).split())
