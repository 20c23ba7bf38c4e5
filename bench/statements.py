"""The SQL that pgbench runs (基准语句): the service's own statements with pgbench's variables.

`python -m bench.statements` writes bench/sql/ anew; the bench refuses to run on files that differ
from what the service executes today.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Insert, bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from app.db.case_rows import case_binds
from app.db.case_table import cases
from app.db.cases import _INTAKE as INTAKE  # the very statement that is measured
from app.db.engine import Hot
from app.db.idempotency import idempotency
from app.db.ledger import entry_binds, ledger
from app.db.outbox import event_binds, event_columns, outbox
from app.db.reference import in_force

FOLDER: Final = Path(__file__).parent / "sql"
ANSWER_BYTES: Final = 1600  # a sealed answer, which cannot be compressed

_CENTRE: Final = "019b7523-3400-7000-8000-000000030000"
_ITEM: Final = "019b7523-3400-7000-8000-000000030102"
_DIGEST: Final = hashlib.sha256(b"edition").hexdigest()
_NOW: Final = "now()"


def _chance(count: int) -> str:
    """So many bytes that look like chance and are the same every time."""
    blocks = (hashlib.sha256(b"%d" % number).hexdigest() for number in range(count // 32 + 1))
    return f"\\x{''.join(blocks)[: 2 * count]}"


def _id(tail: str) -> str:
    """A number per client that grows, as the time in a UUIDv7 does, and chance behind it."""
    return (
        "(lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || "
        "lpad(to_hex(:client_id::int), 3, '0') || '8' || "
        f"lpad(to_hex(:{tail}::bigint), 15, '0'))"
    )


# json.dumps puts a blank behind each colon: pgbench takes a colon with a letter for a variable.
_CONSTANTS: Final[Mapping[str, str]] = {
    "ledger_centre_id": _CENTRE,
    "ledger_actor": "bench",
    "ledger_client": "bench",
    "ledger_action": "receive",
    "ledger_subject_kind": "case",
    "ledger_number": "1",
    "ledger_facts": json.dumps(
        {
            "item_id": _ITEM,
            "item": {"kind": "promised", "statutory_days": 20, "promised_days": 5},
            "materials_complete": True,
            "channel": "window",
            "regulation": "nanchang",
            "edition": "2012",
            "digest": _DIGEST,
            "national": False,
            "calendar": "360100",
            "outside_hall": False,
        }
    ),
    "ledger_rows": "{nanchang/22}",
    "ledger_request_id": "3161d8f4-d737-4c42-8e80-965a73a0f8b8",
    "ledger_hash": _chance(32),
    "case_centre_id": _CENTRE,
    "case_item_id": _ITEM,
    "case_item_name": "演示事项：承诺五个工作日",
    "case_item_kind": "promised",
    "case_statutory_days": "20",
    "case_promised_days": "5",
    "case_regulation": "nanchang",
    "case_edition": "2012",
    "case_edition_digest": _DIGEST,
    "case_national": "false",
    "case_calendar": "360100",
    "case_stage": "received",
    "case_version": "1",
    "case_notices": "0",
    "case_exclusions": "[]",
    "case_channel": "window",
    "item_version": "1",
    "once_centre_id": _CENTRE,
    "once_client": "bench",
    "once_operation": "POST /v1/centres/{centre}/cases",
    "once_fingerprint": _chance(32),
    "once_answer": _chance(ANSWER_BYTES),
    "once_status": "201",
    "event_centre_id": _CENTRE,
    "event_type": "cn.guiju.case.received",
    "event_data": json.dumps(
        {
            "centre_id": _CENTRE,
            "case_id": _CENTRE,
            "number": "NANCHANG-2026-00000001",
            "act": "receive",
            "version": 1,
            "occurred_at": "2025-10-09T09.31.29.644747+08.00",
            "due_on": "2025-10-16",
            "rows": ["nanchang/22"],
        }
    ),
}
"""What is the same in every intake of the bench; it travels to the server each time, all the same,
as the service's own parameters do."""

_EXPRESSIONS: Final[Mapping[str, str]] = {
    "ledger_id": _id("entry"),
    "ledger_at": _NOW,
    "ledger_occurred_at": _NOW,
    "ledger_subject_id": _id("tail"),
    "case_id": _id("tail"),
    "case_number": "('NANCHANG-' || :began || '-' || :client_id || '-' || :n)",
    "case_received_at": _NOW,
    "case_materials_complete_at": _NOW,
    "case_counts_from_on": _NOW,
    "case_due_on": "(now() + interval '7 days')",
    "case_silent_after_on": _NOW,
    "case_reference_version": ":reference",
    "case_created_at": _NOW,
    "once_key": _id("tail"),
    "once_created_at": _NOW,
    "once_expires_at": "(now() + interval '7 days')",
    "event_id": _id("entry"),
    "event_case_id": _id("tail"),
    "event_created_at": _NOW,
}
"""What differs. A parameter in neither table is null, as it is in the intake of the bench."""

_HEAD: Final = r"""-- {what}
-- Written by `python -m bench.statements`. It runs on a database with the demonstration data:
--   pgbench -n -M prepared -c 16 -j 2 -T 5 -D n=0 -f {file}
\if :n = 0
SELECT version AS reference, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS began,
{constants}
FROM reference_version WHERE id = 1 \gset
\endif
\set n :n + 1
\set tail random(0, 1000000000000000000)
\set entry random(0, 1000000000000000000)
"""


def _filled(statement: Hot) -> str:
    """The statement as it goes to the driver, with a variable for each parameter."""
    name_of = dict(enumerate(statement.names, start=1))

    def value(found: re.Match[str]) -> str:
        name = name_of[int(found[1])]
        if name in _CONSTANTS:
            return f":{name}"
        fixed = statement.fixed.get(name)
        return _EXPRESSIONS.get(name) or ("NULL" if fixed is None else str(fixed))

    lines = re.sub(r"\$(\d+)", value, statement.sql).splitlines()
    return "\n".join(line.rstrip() for line in lines) + ";\n"


def _each_alone() -> list[Insert]:
    """What the one statement writes, table by table."""
    names = [column.name for column in idempotency.c]
    claim = select(*(bindparam(f"once_{c.name}", type_=c.type) for c in idempotency.c))
    return [
        insert_or_not(idempotency)
        .from_select(names, claim.where(in_force("case_reference_version")))
        .on_conflict_do_nothing(),
        insert(cases).from_select(list(case_binds()), select(*case_binds().values())),
        insert(ledger).from_select([c.name for c in ledger.c], select(*entry_binds())),
        insert(outbox).from_select(event_columns(), select(*event_binds())),
    ]


def _headed(file: str, what: str, body: str) -> str:
    constants = ",\n".join(f"  '{value}' AS {name}" for name, value in _CONSTANTS.items())
    return _HEAD.format(file=file, what=what, constants=constants) + body


def written() -> dict[str, str]:
    """The files, by name."""
    each = "".join(_filled(Hot(insert_)) for insert_ in _each_alone())
    files = {
        "intake_one.sql": ("Case intake in one statement: the service's own.", _filled(INTAKE)),
        "intake_many.sql": (
            "Case intake as one INSERT for each row, in one transaction.",
            f"BEGIN;\n{each}COMMIT;\n",
        ),
    }
    return {file: _headed(file, what, body) for file, (what, body) in files.items()}


def differing() -> list[str]:
    """The files that are not what the service executes."""
    return [
        file
        for file, text in written().items()
        if not (FOLDER / file).exists() or (FOLDER / file).read_text(encoding="utf-8") != text
    ]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for file, text in written().items():
        (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
