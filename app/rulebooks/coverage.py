"""Loader of the coverage ledger (落实台账载入): what is stated of the rows, and their evidence."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from app.domain.coverage import Applied, Evidence, Stated, Statements

FOLDER: Final = Path(__file__).parent / "coverage"
EVIDENCE: Final = FOLDER / "evidence.toml"
_OPERATIONS: Final = FOLDER / "operations.toml"
_STATED: Final = TypeAdapter(tuple[Stated, ...])
_APPLIED: Final = TypeAdapter(tuple[Applied, ...])
_EVIDENCE: Final = TypeAdapter(dict[str, Evidence])


def load_statements() -> Statements:
    """Everything that is written down about the rows.

    The tests of a row are those of the evidence file: a service carries no tests.
    """
    apart = {EVIDENCE, _OPERATIONS}
    files = sorted(file for file in FOLDER.glob("*.toml") if file not in apart)
    stated = (said for file in files for said in _STATED.validate_python(_read(file)["stated"]))
    return Statements(
        stated=tuple(stated),
        applied=_APPLIED.validate_python(_read(_OPERATIONS)["applied"]),
        tests={row: found.tests for row, found in load_evidence().items() if found.tests},
    )


def load_evidence() -> dict[str, Evidence]:
    """What stood behind each row when the file was written."""
    return _EVIDENCE.validate_python(_read(EVIDENCE))


def _read(file: Path) -> dict[str, Any]:  # Any: free TOML, typed by the adapters
    return tomllib.loads(file.read_text(encoding="utf-8"))
