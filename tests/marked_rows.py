"""Evidence of the rows (条目凭据): which provisions cite a row and which tests are marked with it.

`python -m tests.marked_rows --write` writes the file that the coverage ledger reads; without
`--write` it says what has drifted.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from app.domain.coverage import Evidence, evidence_of
from app.rulebooks.coverage import EVIDENCE
from app.rulebooks.load import load

TESTS: Final = Path(__file__).parent
_NOT_RUN: Final = frozenset({"skip", "skipif", "xfail"})


def evidence() -> dict[str, Evidence]:
    """The evidence as it stands now."""
    provisions = (provision for book in load().books for provision in book.provisions())
    return evidence_of(provisions, marked())


def marked() -> dict[str, set[str]]:
    """The tests of every row, as `tests/domain/test_rotation.py::test_…`."""
    found: dict[str, set[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        if "tests.rows" not in file.read_text(encoding="utf-8"):
            continue
        place = file.relative_to(TESTS.parent)
        module = importlib.import_module(".".join(place.with_suffix("").parts))
        for test, row in _rows_of(module):
            found.setdefault(row, set()).add(f"{place.as_posix()}::{test}")
    return found


def _rows_of(module: ModuleType) -> Iterator[tuple[str, str]]:
    for name, value in vars(module).items():
        if not name.startswith("test_") or getattr(value, "__module__", "") != module.__name__:
            continue
        marks = [*_marks(module), *_marks(value)]
        if not any(mark.name in _NOT_RUN for mark in marks):
            yield from ((name, row) for mark in marks for row in _rows(mark))


def _marks(marked: object) -> Iterator[pytest.Mark]:
    """The marks of a test or module, those of its parameters among them."""
    own = getattr(marked, "pytestmark", [])
    for found in own if isinstance(own, list) else [own]:
        mark = _mark(found)
        yield mark
        for parameters in mark.args[1] if mark.name == "parametrize" else ():
            yield from (_mark(inner) for inner in getattr(parameters, "marks", ()))


def _mark(found: pytest.Mark | pytest.MarkDecorator) -> pytest.Mark:
    return found.mark if isinstance(found, pytest.MarkDecorator) else found


def _rows(mark: pytest.Mark) -> tuple[Any, ...]:  # Any: a mark takes anything
    return mark.args if mark.name == "row" else ()


def written(found: dict[str, Evidence]) -> str:
    """The file: one table a row, in the order of the ids."""
    lines = ["# Written by `python -m tests.marked_rows --write`; not to be edited.\n"]
    for row, behind in found.items():
        lines.append(f'\n["{row}"]\n')
        lines.extend(_list("provisions", behind.provisions))
        lines.extend(_list("tests", behind.tests))
    return "".join(lines)


def _list(name: str, values: tuple[str, ...]) -> Iterator[str]:
    if values:
        yield f"{name} = [\n"
        yield from (f"    {json.dumps(value, ensure_ascii=False)},\n" for value in values)
        yield "]\n"


def main(arguments: list[str]) -> int:
    """Write the file, or tell whether it is as it should be."""
    text = written(evidence())
    if "--write" in arguments:
        EVIDENCE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if EVIDENCE.is_file() and EVIDENCE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("条目凭据已过时：运行 python -m tests.marked_rows --write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
