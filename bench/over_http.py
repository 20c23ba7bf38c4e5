"""Over HTTP (经由接口): intake, reading and batches, each beside what it is held against."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import urandom
from typing import Final
from uuid import UUID

from app.db import demo
from bench.driver import KEY, LOOPBACK, Load, Plan
from bench.questions import mixed
from bench.report import Figure, Section, ratios
from bench.served import NOTHING
from bench.stand import Stand, drive

CLIENTS: Final = 16
ROUNDS: Final = 5
SECONDS: Final = 3.0
WARM_UP: Final = 1.5
BATCH: Final = 1000
BATCH_CLIENTS: Final = 4
PROBES: Final = 8
PROBE_PACE: Final = 0.04
_NUMBER: Final = 3  # the demonstration centre of nanchang
CENTRE: Final = demo.CENTRES[_NUMBER - 1].id
ITEM: Final = demo.items_of(_NUMBER)[1].id  # promised in five working days
CASES: Final = f"/v1/centres/{CENTRE}/cases"
Ports = Mapping[int, int]  # by number of processes


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: requests ready to be sent, with a token that the service has seen before."""

    token: str

    def get(self, path: str) -> str:
        return f"GET {path} HTTP/1.1\r\n{self._headers()}\r\n"

    def post(self, path: str, body: object, *, once: bool = False) -> str:
        written = json.dumps(body, ensure_ascii=False)
        key = f"Idempotency-Key: {KEY.decode()}\r\n" if once else ""
        return (
            f"POST {path} HTTP/1.1\r\n{self._headers()}{key}Content-Type: application/json\r\n"
            f"Content-Length: {len(written.encode())}\r\n\r\n{written}"
        )

    def _headers(self) -> str:
        return f"Host: {LOOPBACK}\r\nAuthorization: Bearer {self.token}\r\nAccept: */*\r\n"


def _closed(port: int, *messages: str, seconds: float = SECONDS) -> Plan:
    """Each client asks again as soon as it is answered; no two runs share a key."""
    return Plan(
        port=port,
        messages=list(messages),
        connections=CLIENTS,
        seconds=seconds,
        run=urandom(8).hex(),
    )


def _rate(plan: Plan) -> float:
    (load,) = drive(plan)
    return _sound(load).rate


def _sound(load: Load) -> Load:
    if load.refused:
        raise RuntimeError(f"the service refused what it was sent: {load.refused}")
    return load


def intake(stand: Stand, ports: Ports) -> Section:
    """Case intake beside the same rows written by pgbench."""
    application = {"item_id": str(ITEM), "materials_complete": True, "channel": "window"}
    message = Caller(token=stand.token).post(CASES, application, once=True)
    for port in ports.values():
        _rate(_closed(port, message, seconds=WARM_UP))
    files: dict[str, list[float]] = {name: [] for name in ("intake_one.sql", "intake_many.sql")}
    http: dict[int, list[float]] = {workers: [] for workers in ports}
    for _ in range(ROUNDS):
        for name, rates in files.items():
            stand.settle()
            rates.append(stand.pgbench(name, clients=CLIENTS, seconds=SECONDS))
        for workers, port in ports.items():
            stand.settle()
            http[workers].append(_rate(_closed(port, message)))
    one, many = files["intake_one.sql"], files["intake_many.sql"]
    figures = [
        Figure(name="pgbench, one statement", rounds=one, unit="/s"),
        Figure(name="pgbench, a statement for each row", rounds=many, unit="/s"),
    ]
    for workers, rates in http.items():
        named = f"HTTP, {_processes(workers)}"
        figures += [
            Figure(name=named, rounds=rates, unit="/s"),
            Figure(
                name=f"{named} : one statement",
                rounds=ratios(rates, one),
                unit="",
                goal="0.3 (aim 0.4)",
            ),
            Figure(name=f"{named} : many statements", rounds=ratios(rates, many), unit=""),
        ]
    return Section(title=f"Case intake, {CLIENTS} clients, durable commit", figures=figures)


def reading(stand: Stand, ports: Ports) -> Section:
    """Reading a case beside a route that only does SELECT 1."""
    caller = Caller(token=stand.token)
    found = stand.ask(f"SELECT id FROM cases WHERE centre_id = '{CENTRE}' LIMIT 500")  # noqa: S608
    read = [caller.get(f"{CASES}/{UUID(line)}") for line in found.splitlines()]
    nothing = caller.get(NOTHING)
    figures = []
    for workers, port in ports.items():
        rates: tuple[list[float], list[float]] = ([], [])
        _rate(_closed(port, *read, seconds=WARM_UP))
        _rate(_closed(port, nothing, seconds=WARM_UP))
        for _ in range(ROUNDS):
            rates[0].append(_rate(_closed(port, *read, seconds=SECONDS / 2)))
            rates[1].append(_rate(_closed(port, nothing, seconds=SECONDS / 2)))
        named = _processes(workers)
        figures += [
            Figure(name=f"a case, {named}", rounds=rates[0], unit="/s"),
            Figure(name=f"`SELECT 1`, {named}", rounds=rates[1], unit="/s"),
            Figure(
                name=f"a case : `SELECT 1`, {named}", rounds=ratios(*rates), unit="", goal="0.7"
            ),
        ]
    return Section(title=f"Reading, {CLIENTS} clients", figures=figures)


def batches(stand: Stand, port: int) -> Section:
    """Batches of mixed rulings, and how long a single ruling waits beside them."""
    caller = Caller(token=stand.token)
    items = mixed(BATCH)
    batch = Plan(
        port=port,
        messages=[caller.post("/v1/rulings:batch", {"items": items})],
        connections=BATCH_CLIENTS,
        seconds=SECONDS,
    )
    single = next(dict(item) for item in items if item["question"] == "rotation")
    path = f"/v1/rulings/{single.pop('question')}"
    probe = Plan(
        port=port,
        messages=[caller.post(path, single)],
        connections=PROBES,
        seconds=SECONDS,
        pace=PROBE_PACE,
    )
    _sound(drive(batch)[0])
    alone = [_sound(drive(batch)[0]) for _ in range(ROUNDS // 2 + 1)]
    beside = [tuple(map(_sound, drive(batch, probe))) for _ in range(ROUNDS)]
    return Section(
        title=f"Rulings in batches of {BATCH}, {BATCH_CLIENTS} clients, two processes",
        figures=[
            Figure(name="rulings, alone", rounds=_rulings(alone), unit="/s", goal="8,000"),
            Figure(name="a batch, alone", rounds=[one.p50 for one in alone], unit="ms"),
            Figure(
                name="rulings, with single ones beside",
                rounds=_rulings([one for one, _ in beside]),
                unit="/s",
                goal="8,000",
            ),
            Figure(
                name="a single ruling meanwhile, median",
                rounds=[other.p50 for _, other in beside],
                unit="ms",
            ),
            Figure(
                name="a single ruling meanwhile, p99",
                rounds=[other.p99 for _, other in beside],
                unit="ms",
                goal="< 50",
            ),
        ],
    )


def _rulings(loads: list[Load]) -> list[float]:
    return [load.rate * BATCH for load in loads]


def _processes(workers: int) -> str:
    return "one process" if workers == 1 else f"{workers} processes"
