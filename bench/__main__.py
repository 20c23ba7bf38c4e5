"""`make bench`: everything measured in one run, printed, and saved under bench/results/."""

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from app.domain.day import SHANGHAI
from bench import in_process, over_http, statements
from bench.questions import REGULATIONS
from bench.report import Figure, Report, Section, matrix
from bench.stand import standing

RESULTS: Final = Path(__file__).parent / "results"
WORKERS: Final = (1, 2)


def main() -> None:
    """Refuses to measure when pgbench would not run what the service runs."""
    if stale := statements.differing():
        sys.exit(
            f"{', '.join(stale)}: not what the service executes; run `python -m bench.statements`"
        )
    began = datetime.now(SHANGHAI)
    with standing() as stand:
        report = Report(began=began, postgresql=stand.ask("SHOW server_version"))
        with ExitStack() as stack:
            ports = {workers: stack.enter_context(stand.service(workers)) for workers in WORKERS}
            report.sections.append(over_http.intake(stand, ports))
            report.sections.append(over_http.reading(stand, ports))
            report.sections.append(over_http.batches(stand, ports[2]))
    report.sections.append(without_http())
    written = report.markdown()
    print(written)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{began:%Y-%m-%d}.md").write_text(written, encoding="utf-8")


def without_http() -> Section:
    """What the domain costs by itself."""
    figures = [
        Figure(
            name="five working days across the long holiday",
            rounds=in_process.due_date(),
            unit="µs",
            goal="< 2",
        )
    ]
    figures += [
        Figure(
            name=f"`may_rotate`, {regulation}",
            rounds=in_process.rotation(regulation),
            unit="µs",
            goal="< 30",
        )
        for regulation in REGULATIONS
    ]
    return Section(
        title="In process, one call",
        figures=figures,
        remarks=[
            "A whole ruling, from the edition to the decision:",
            matrix(in_process.all_questions()),
        ],
    )


if __name__ == "__main__":
    main()
