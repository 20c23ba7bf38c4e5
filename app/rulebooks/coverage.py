"""Loader of the coverage ledger (落实台账载入): what is stated about the rows, and their evidence."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from app.domain.coverage import Applied, Evidence, Ledger, Stated, evidence_of
from app.domain.register import Register
from app.domain.rulebook import Rulebooks

FOLDER: Final = Path(__file__).parent / "coverage"
EVIDENCE: Final = FOLDER / "evidence.toml"
OPERATIONS: Final = FOLDER / "operations.toml"
_STATED: Final = TypeAdapter(tuple[Stated, ...])
_APPLIED: Final = TypeAdapter(tuple[Applied, ...])
_EVIDENCE: Final = TypeAdapter(dict[str, Evidence])


def load_evidence(file: Path = EVIDENCE) -> dict[str, Evidence]:
    """The evidence of each row as it was when the file was written."""
    return _EVIDENCE.validate_python(_read(file))


def load_ledger(
    register: Register, books: Rulebooks, operations: frozenset[str], folder: Path = FOLDER
) -> Ledger:
    """The ledger over the provisions that are loaded and the operations that are served.

    The tests of a row are taken from the file of evidence: a service carries no tests.
    """
    provisions = (provision for book in books.books for provision in book.provisions())
    tests = {row: found.tests for row, found in load_evidence(folder / EVIDENCE.name).items()}
    generated = {EVIDENCE.name, OPERATIONS.name}
    files = sorted(file for file in folder.glob("*.toml") if file.name not in generated)
    return Ledger(
        register=register,
        evidence=evidence_of(provisions, {row: found for row, found in tests.items() if found}),
        stated=tuple(
            said for file in files for said in _STATED.validate_python(_read(file)["stated"])
        ),
        applied=_APPLIED.validate_python(_read(folder / OPERATIONS.name)["applied"]),
        operations=operations,
    )


def _read(file: Path) -> dict[str, Any]:  # Any: free TOML, typed by the adapters
    return tomllib.loads(file.read_text(encoding="utf-8"))
