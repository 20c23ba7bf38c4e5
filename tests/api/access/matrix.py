"""The matrix (权限矩阵) as it is declared: for each operation its scope, place and who passes."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.api.stories.hall import Operation

PASSES: Final = "passes"


class Place(StrEnum):
    """Whose the thing is that the operation is about."""

    PUBLIC = "public"  # 公开
    ANY_TOKEN = "any_token"  # 各中心共用
    CENTRE = "centre"  # 路径中的中心
    PLATFORM = "platform"  # 平台


class Kind(StrEnum):
    """Who asks: nobody, a bad token, a good one without the right, or one with it."""

    ABSENT = "absent"  # 没有令牌
    EXPIRED = "expired"  # 令牌过期
    FORGED = "forged"  # 签名不符
    UNSCOPED = "unscoped"  # 本中心的令牌，独缺该权限
    PLATFORM_UNSCOPED = "platform_unscoped"  # 平台令牌，独缺该权限
    OWN = "own"  # 本中心的令牌，只有该权限
    FOREIGN = "foreign"  # 其他各中心的令牌，权限齐全
    PLATFORM = "platform"  # 平台令牌，只有该权限


UNPROVED: Final = frozenset({Kind.ABSENT, Kind.EXPIRED, Kind.FORGED})
UNSCOPED: Final = frozenset({Kind.UNSCOPED, Kind.PLATFORM_UNSCOPED})
REFUSED: Final = {Place.CENTRE: "404 not_found", Place.PLATFORM: "403 platform_only"}
FITTING: Final[Mapping[Place, frozenset[str]]] = {
    Place.PUBLIC: frozenset({"anyone"}),
    Place.ANY_TOKEN: frozenset({Kind.OWN, Kind.FOREIGN, Kind.PLATFORM}),
    Place.CENTRE: frozenset({Kind.OWN, Kind.PLATFORM}),
    Place.PLATFORM: frozenset({Kind.PLATFORM}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is declared of one operation."""

    place: Place
    passes: frozenset[str]
    scope: str | None = None
    act: str | None = None

    def expected(self, kind: Kind) -> str:
        """`passes`, or the status and the code of the refusal."""
        if self.place is Place.PUBLIC:
            return PASSES
        if kind in UNPROVED:
            return "401 token_refused"
        if kind in UNSCOPED and self.scope:
            return "403 scope_missing"
        return PASSES if kind in self.passes | UNSCOPED else REFUSED[self.place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The rows by operation, and the addresses that the document does not show."""

    rows: Mapping[str, Row]
    undocumented: frozenset[str]


def declared() -> Matrix:
    """What `matrix.toml` says; a key that nobody reads is a TypeError."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    rows = {
        id_: Row(**row | {"place": Place(row["place"]), "passes": frozenset(row["passes"])})
        for id_, row in written.pop("operations").items()
    }
    return Matrix(rows=rows, undocumented=frozenset(written.pop("undocumented")))


def disagreements(rows: Mapping[str, Row], operations: Mapping[str, Operation]) -> Iterator[str]:
    """Where rows and document differ, each as a line for whoever added the operation."""
    for id_ in sorted(rows.keys() ^ operations.keys()):
        yield f"{id_}: {'no such operation' if id_ in rows else 'has no row in matrix.toml'}"
    for id_ in sorted(rows.keys() & operations.keys()):
        row, operation = rows[id_], operations[id_]
        if (scopes := scopes_of(operation)) != ({row.scope} if row.scope else set()):
            yield f"{id_}: the document names the scopes {sorted(scopes)}, the row {row.scope}"
        if (row.place is Place.PUBLIC) is ("security" in operation.written):
            yield f"{id_}: {row.place} does not fit what the document says of tokens"
        in_a_centre = "{centre}" in operation.path and row.place is not Place.PUBLIC
        if (row.place is Place.CENTRE) is not in_a_centre:
            yield f"{id_}: {row.place} does not fit {operation.path}"
        if row.passes != FITTING[row.place]:
            yield f"{id_}: {row.place} lets in {sorted(FITTING[row.place])}"


def scopes_of(operation: Operation) -> set[str]:
    """The scopes that the document names."""
    needs = operation.written.get("security", [])
    return {scope for need in needs for scopes in need.values() for scope in scopes}
