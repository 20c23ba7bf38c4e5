"""Document (文件): a paper that stands behind an entry, referred to and never kept here."""

from dataclasses import dataclass
from datetime import date

from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Written):
    """`sha256` and `size` (bytes) tell whether what lies at the `address` is the same still."""

    title: str
    number: str | None = None
    issued_on: date | None = None
    address: str | None = None
    sha256: str | None = None
    size: int | None = None
