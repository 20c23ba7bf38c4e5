"""Coverage ledger (落实台账): what the software does with each row, and what proves it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from app.domain.provision import Provision, Written
from app.domain.register import Kind, Register, Row


class Status(StrEnum):
    """What becomes of a row."""

    ENFORCED = "enforced"  # 约束：违反的不予通过
    COMPUTED = "computed"  # 计算：给出期限、分数或资格
    WORKFLOW = "workflow"  # 流程：按步骤办理并留痕
    RECORDED = "recorded"  # 记录：登记备查
    PUBLISHED = "published"  # 公开：可公开查询
    REPORTED = "reported"  # 统计通报：可汇总通报
    DECLARED = "declared"  # 宣示：随条目展示，无可执行的内容
    LEFT_TO_PEOPLE = "left_to_people"  # 由人负责：软件不能代为判断或实施
    PLANNED = "planned"  # 待建：注明尚缺什么


_BY_KIND: Final[Mapping[Kind, Status]] = {
    Kind.ENFORCE: Status.ENFORCED,
    Kind.COMPUTE: Status.COMPUTED,
    Kind.WORKFLOW: Status.WORKFLOW,
    Kind.RECORD: Status.RECORDED,
    Kind.PUBLISH: Status.PUBLISHED,
    Kind.REPORT: Status.REPORTED,
    Kind.DECLARE: Status.DECLARED,
}
_RUN: Final = frozenset({Status.ENFORCED, Status.COMPUTED, Status.WORKFLOW})
_OPEN: Final = frozenset({Status.PLANNED, Status.LEFT_TO_PEOPLE})
RULING: Final = "rule_on_"
"""How the operations begin that answer a question about stated facts, and keep nothing."""
CLAIMS: Final = frozenset(Status) - _OPEN - {Status.DECLARED}
"""What may only be said of a row with an operation that serves it and a test that proves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Written):
    """What a person says about rows: why no code runs them, what serves them besides the provisions
    that cite them, or what of them is still to come.

    Without `status` the facts give it.
    """

    rows: tuple[str, ...]
    reason: str
    status: Status | None = None
    served_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied(Written):
    """The operations that apply provisions, named in full or by their chapter, and what becomes of
    a row that is served so."""

    provisions: tuple[str, ...]
    served_by: tuple[str, ...]
    gives: tuple[Status, ...]

    def reaches(self, provision: str) -> bool:
        return any(
            provision == name or provision.startswith(f"{name}.") for name in self.provisions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Written):
    """What stands behind a row: the provisions that cite it, the tests that are marked with it."""

    provisions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The ledger as it is written, and the facts that it is held against.

    `evidence` is by row; `operations` are the ids of all that the service serves.
    """

    register: Register
    evidence: Mapping[str, Evidence]
    stated: tuple[Stated, ...]
    applied: tuple[Applied, ...]
    operations: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What is written down: by hand about rows and operations, by the tests about their marks."""

    stated: tuple[Stated, ...]
    applied: tuple[Applied, ...]
    tests: Mapping[str, tuple[str, ...]]  # by row

    def held_against(
        self,
        register: Register,
        provisions: Iterable[Provision[Any]],  # Any: terms of every kind
        operations: frozenset[str],
    ) -> Ledger:
        """The ledger over the provisions that are loaded and the operations that are served."""
        return Ledger(
            register=register,
            evidence=evidence_of(provisions, self.tests),
            stated=self.stated,
            applied=self.applied,
            operations=operations,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One row and its place. `status` is None where it has none, which is a fault of the ledger.

    `reason` says what runs it, what is missing, or why it is left to people.
    """

    row: Row
    status: Status | None
    served_by: tuple[str, ...]
    tested_by: tuple[str, ...]
    reason: str


def covered(ledger: Ledger, rows: Iterable[Row]) -> Iterator[Covered]:
    """The place of each of these rows, in their order."""
    stated = {row: said for said in ledger.stated for row in said.rows}
    return (_place(row, ledger, stated) for row in rows)


def faults(ledger: Ledger) -> Iterator[str]:
    """Everything that the ledger leaves out, invents, or claims without a test or an operation."""
    yield from _invented(ledger)
    for place in covered(ledger, ledger.register.rows.values()):
        row = place.row.id
        if place.status is None:
            yield f"{row}: 没有落实，也没有说明"
        elif place.status not in _fitting(place.row.kind):
            yield f"{row}: {place.row.kind} 条目不能只是 {place.status}"
        if place.status in CLAIMS and not (place.served_by and place.tested_by):
            yield f"{row}: 称为 {place.status}，却没有操作或测试"
        elif not place.reason.strip():
            yield f"{row}: 没有理由"


def _place(row: Row, ledger: Ledger, stated: Mapping[str, Stated]) -> Covered:
    own = _own_place(row, ledger, stated.get(row.id))
    if not row.children:
        return own
    children = (ledger.register.row(child) for child in row.children)
    return _container(row, own, tuple(_place(child, ledger, stated) for child in children))


def _own_place(row: Row, ledger: Ledger, said: Stated | None) -> Covered:
    found = ledger.evidence.get(row.id, Evidence())
    served_by, gives = _service(row, found, ledger, said)
    status = said.status if said else None
    if row.kind is Kind.DECLARE and not row.children and status is None:
        status = Status.DECLARED
    elif status is None and served_by and found.tests:
        status = _claim(row.kind, gives)
    place = Covered(row=row, status=status, served_by=served_by, tested_by=found.tests, reason="")
    return replace(place, reason=_reason(place, found.provisions, said))


_UNPROVEN: Final = "没有操作落实，或没有测试为证。"
_DECLARED: Final = "宣示性条目：随条目展示，没有可执行的内容。"
_RULING_ONLY: Final = "只作裁量：按所述事实认定，不留存。"


def _reason(place: Covered, provisions: tuple[str, ...], said: Stated | None) -> str:
    if place.status is None:
        return _UNPROVEN
    executed = f"由规定 {'、'.join(provisions)} 执行。" if provisions else ""
    ruled = all(name.startswith(RULING) for name in place.served_by)
    remark = _RULING_ONLY if ruled and place.status in CLAIMS else ""
    declared = _DECLARED if place.status is Status.DECLARED and not provisions else ""
    return f"{executed}{remark}{said.reason if said else declared}"


def _service(
    row: Row, found: Evidence, ledger: Ledger, said: Stated | None
) -> tuple[tuple[str, ...], frozenset[Status]]:
    """The operations that serve the row, as far as the service has them, and what they give."""
    serving = [
        (applied.served_by, applied.gives)
        for applied in ledger.applied
        if any(applied.reaches(provision) for provision in found.provisions)
    ]
    if said and said.served_by:
        serving.append((said.served_by, (_BY_KIND[row.kind],)))
    here = [(set(names) & ledger.operations, gives) for names, gives in serving]
    served_by = {name for names, _ in here for name in names}
    given = {status for names, gives in here if names for status in gives}
    return tuple(sorted(served_by)), frozenset(given)


def _claim(kind: Kind, gives: frozenset[Status]) -> Status | None:
    """What the kind promises if the operations give that, else the strongest that they give.

    A ruling weighs what its caller states and keeps nothing: a row to be kept on record is
    enforced by it, not recorded.
    """
    promised = _BY_KIND[kind]
    return promised if promised in gives else _strongest(gives)


def _strongest(statuses: frozenset[Status]) -> Status | None:
    return next((status for status in Status if status in statuses), None)


def _container(row: Row, own: Covered, children: tuple[Covered, ...]) -> Covered:
    """A row with children is planned while one of them is, and left to people where all are; else
    it is what its children are. Where it is cited itself, it counts among them."""
    parts = (own, *children) if own.served_by or own.status else children
    statuses = frozenset(part.status for part in parts if part.status)
    status: Status | None = None
    if Status.PLANNED in statuses:
        status = Status.PLANNED
    elif all(part.status for part in parts):
        status = _claim(row.kind, statuses)
    placed = "、".join(f"{child.row.id} {child.status or '无'}" for child in children)
    return Covered(
        row=row,
        status=status,
        served_by=_union(part.served_by for part in parts),
        tested_by=_union((own.tested_by, *(child.tested_by for child in children))),
        reason=f"{own.reason if own.status else ''}由子条目得出：{placed}。",
    )


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for group in groups for name in group}))


def _fitting(kind: Kind) -> frozenset[Status]:
    """What may become of a row of this kind: what runs is never merely kept or declared."""
    promised = _BY_KIND[kind]
    if kind is Kind.DECLARE:
        return frozenset(Status)
    return _RUN | _OPEN | {promised}


def _invented(ledger: Ledger) -> Iterator[str]:
    named = [row for said in ledger.stated for row in said.rows]
    for row in sorted({*named, *ledger.evidence} - ledger.register.rows.keys()):
        yield f"{row}: 没有这个条目"
    for row in sorted({row for row in named if named.count(row) > 1}):
        yield f"{row}: 说明了两次"
    for row in (row for row in named if row in ledger.register.rows):
        if ledger.register.rows[row].children:
            yield f"{row}: 有子条目的条目由子条目得出，不另作说明"
    serving = {name for said in ledger.stated for name in said.served_by}
    serving.update(name for applied in ledger.applied for name in applied.served_by)
    for name in sorted(serving - ledger.operations):
        yield f"{name}: 没有这个操作"


def evidence_of(
    provisions: Iterable[Provision[Any]],  # Any: terms of every kind
    tests: Mapping[str, Iterable[str]],
) -> dict[str, Evidence]:
    """What stands behind each row: the provisions that are loaded and the tests that are marked."""
    citing: dict[str, set[str]] = {}
    for provision in provisions:
        for row in provision.rows:
            citing.setdefault(row, set()).add(provision.name)
    return {
        row: Evidence(
            provisions=tuple(sorted(citing.get(row, ()))), tests=tuple(sorted(tests.get(row, ())))
        )
        for row in sorted({*citing, *tests})
    }
