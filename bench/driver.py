"""Load driver (压测): sends prepared requests over kept connections and counts the answers.

A process of its own: `python -m bench.driver` reads one Plan as JSON from standard input and
writes one Load as JSON to standard output. It ends by itself, by time and by count.
"""

import asyncio
import json
import statistics
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import count, cycle
from typing import Final, cast

import uvloop

LOOPBACK: Final = "127.0.0.1"
LONGEST: Final = 60.0  # seconds that a plan may last
PATIENCE: Final = 20.0  # seconds beyond the plan for the last answers
KEY: Final = b"{key-of-32-characters-is-put-in}"  # as long as what replaces it


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to send: each of `connections` sends one message after the other, in turn.

    With `pace` a connection waits so many seconds between an answer and its next request. Where a
    message holds the placeholder KEY, every request gets a key of its own that begins with `run`.
    """

    port: int
    messages: list[str]
    connections: int
    seconds: float
    most: int = 1_000_000
    pace: float = 0.0
    run: str = "0" * 16


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came back in the time of the plan; latencies in milliseconds."""

    rate: float
    answers: int
    refused: dict[str, int]  # answers by status, of those that are no success
    p50: float
    p99: float
    longest: float


@dataclass
class Course:
    """One plan as it is carried out."""

    plan: Plan
    ends_at: float
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    open: int = 0

    def __post_init__(self) -> None:
        self._messages = cycle([message.encode() for message in self.plan.messages])
        self._numbers = count()

    def next_message(self, now: float) -> bytes | None:
        """What a connection sends now; None when the course is over."""
        number = next(self._numbers)
        if now >= self.ends_at or number >= self.plan.most:
            return None
        return next(self._messages).replace(KEY, f"{self.plan.run:.16}{number:016x}".encode())

    def answered(self, status: bytes, began: float, now: float) -> None:
        if now <= self.ends_at:
            self.taken.append(now - began)
        if not status.startswith(b"2"):
            self.refused[status.decode()] += 1

    def closed(self) -> None:
        self.open -= 1
        if self.open == 0:
            self.finished.set()


class Connection(asyncio.Protocol):
    """One kept connection with at most one request under way."""

    def __init__(self, course: Course, loop: asyncio.AbstractEventLoop) -> None:
        self._course = course
        self._loop = loop
        self._received = bytearray()
        self._length = -1  # of the answer under way, once its head has come
        self._began = 0.0
        course.open += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # the loop's own kind
        self._send()

    def _send(self) -> None:
        self._began = self._loop.time()
        message = self._course.next_message(self._began)
        if message is None:
            self._transport.close()
        else:
            self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if self._length < 0 and (end := received.find(b"\r\n\r\n")) >= 0:
            self._length = end + 4 + _body_length(received[:end])
        if 0 < self._length <= len(received):
            self._course.answered(bytes(received[9:12]), self._began, self._loop.time())
            received.clear()
            self._length = -1
            if self._course.plan.pace:
                self._loop.call_later(self._course.plan.pace, self._send)
            else:
                self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._length >= 0 or self._received:
            self._course.refused["cut"] += 1
        self._course.closed()


def _body_length(head: bytearray) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("the answer does not say how long it is")


async def carry_out(plan: Plan) -> Load:
    """Send what the plan says and count the answers."""
    loop = asyncio.get_running_loop()
    seconds = min(plan.seconds, LONGEST)
    course = Course(plan, loop.time() + seconds)
    for _ in range(plan.connections):
        await loop.create_connection(lambda: Connection(course, loop), LOOPBACK, plan.port)
    async with asyncio.timeout(seconds + PATIENCE):
        await course.finished.wait()
    taken = sorted(course.taken) or [0.0]
    return Load(
        rate=len(course.taken) / seconds,
        answers=len(course.taken),
        refused=dict(course.refused),
        p50=statistics.median(taken) * 1000,
        p99=taken[int(len(taken) * 0.99)] * 1000,
        longest=taken[-1] * 1000,
    )


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    print(json.dumps(asdict(uvloop.run(carry_out(plan)))))


if __name__ == "__main__":
    main()
