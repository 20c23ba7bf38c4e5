"""Rate limits (限流): how much one client may ask of this process, on average and at once.

The generic cell rate algorithm keeps one number per client: the moment at which its burst will be
whole again. A client is whom the token named when it was last good; whoever has not shown a good
token yet is known by address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import EDGE, Problem, respond

UNLIMITED: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""What the platform asks to see whether we live; a limit there would end us when we are busy."""
_MOST_KNOWN: Final = 10_000
_ROUNDING: Final = 1e-6  # of a request


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests a second on average, and so many at once after a pause."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True)
class Standing:
    """After a request: how many more at once, seconds until all of them, and until the next."""

    left: int
    whole_in: float
    wait: float  # 0 unless the request was one too many


class Cells:
    """When the burst of each client will be whole again (GCRA)."""

    __slots__ = ("_interval", "_tolerance", "_whole_at")

    def __init__(self, allowance: Allowance) -> None:
        self._interval = 1 / allowance.rate
        self._tolerance = allowance.burst / allowance.rate
        self._whole_at: dict[str, float] = {}

    def take(self, client: str, now: float) -> Standing:
        """Count a request of this client; one too many changes nothing."""
        whole_at = self._whole_at.get(client, now)
        ahead = max(whole_at - now, 0.0)
        spare = self._tolerance - ahead - self._interval
        if spare < -_ROUNDING * self._interval:
            return Standing(0, ahead, -spare)
        if len(self._whole_at) >= _MOST_KNOWN:
            self._forget(now)
        self._whole_at[client] = now + ahead + self._interval
        return Standing(int(spare / self._interval + _ROUNDING), ahead + self._interval, 0.0)

    def _forget(self, now: float) -> None:
        """Drop whom nothing is held against; if that is nobody, start anew."""
        self._whole_at = {who: at for who, at in self._whole_at.items() if at > now}
        if len(self._whole_at) >= _MOST_KNOWN:
            self._whole_at.clear()


class RateLimit:
    """Answers 429 to whoever asks too much, and tells everyone else what is left."""

    def __init__(self, app: ASGIApp, allowance: Allowance, clock: Callable[[], float]) -> None:
        self.app = app
        self._cells = Cells(allowance)
        self._clock = clock
        self._clients: dict[bytes, str] = {}
        window = max(ceil(allowance.burst / allowance.rate), 1)
        self._policy = (b"ratelimit-policy", b'"client";q=%d;w=%d' % (allowance.burst, window))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self.app(scope, receive, send)
            return
        credential = _credential(scope)
        client = self._clients.get(credential) or _address(scope)
        standing = self._cells.take(client, self._clock())
        told = (self._policy, _ratelimit(standing))

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        if standing.wait:
            await _too_many(scope, standing)(scope, receive, send_told)
            return
        await self.app(scope, receive, send_told)
        if credential:
            self._learn(credential, scope["state"].get("client"))

    def _learn(self, credential: bytes, client: str | None) -> None:
        if client is None:  # The token was not looked at, or it is no longer good.
            self._clients.pop(credential, None)
            return
        if len(self._clients) >= _MOST_KNOWN:
            self._clients.clear()
        self._clients[credential] = f"client {client}"


def _credential(scope: Scope) -> bytes:
    """What the caller shows, as a digest: tokens themselves are kept nowhere."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return blake2b(value, digest_size=16).digest()
    return b""


def _address(scope: Scope) -> str:
    peer = scope.get("client")
    return f"address {peer[0]}" if peer else "address"


def _ratelimit(standing: Standing) -> tuple[bytes, bytes]:
    """The field of the IETF's draft: requests left, and seconds until all are there again."""
    return b"ratelimit", b'"client";r=%d;t=%d' % (standing.left, ceil(standing.whole_in))


def _too_many(scope: Scope, standing: Standing) -> ASGIApp:
    headers = {"Retry-After": str(max(ceil(standing.wait), 1))}
    return respond(scope, Problem.of(EDGE["too_many_requests"], headers=headers))
