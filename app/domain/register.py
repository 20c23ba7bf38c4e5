"""Register of duties (条目): every row into which the regulations are taken apart, with its kind
and its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.errors import NotFound
from app.domain.provision import Written


class Kind(StrEnum):
    """What kind of duty a row is."""

    ENFORCE = "enforce"  # refuse or require
    COMPUTE = "compute"  # a deadline, a score, an entitlement
    WORKFLOW = "workflow"  # states and steps
    RECORD = "record"  # to be kept on record
    PUBLISH = "publish"  # to be made open
    REPORT = "report"  # statistics and notifications
    DECLARE = "declare"  # scope, principle, interpretation: nothing to run


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Written):
    """One duty: `summary` is our own paraphrase, `parameters` are its numbers and words with their
    units.

    A row with `children` only groups them: whatever is refused or computed cites the child.
    """

    id: str
    article: str
    kind: Kind
    capability: str
    summary: str
    children: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)  # Any: free figures of the text

    @property
    def regulation(self) -> str:
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Register:
    """All rows by id."""

    rows: Mapping[str, Row]

    def row(self, row_id: str) -> Row:
        """Raises NotFound."""
        try:
            return self.rows[row_id]
        except KeyError:
            raise NotFound("条目", row_id) from None

    def of(self, regulation: str) -> tuple[Row, ...]:
        """The rows of one regulation, in the order of the text."""
        return tuple(row for row in self.rows.values() if row.regulation == regulation)
