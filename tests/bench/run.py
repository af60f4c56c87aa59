"""`make bench`: measures the goals on this machine and prints a table. Missing a goal is news, not a failure.

run.py [sqlite|postgresql …]; without arguments SQLite, and PostgreSQL too when BENCH_POSTGRES or DATABASE_URL says so.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.machine import describe_machine
from tests.bench.scenarios import measure_all
from tests.bench.stage import Stage, choose_kinds, open_databases, set_stage
from tests.bench.table import Row, draw


def main(kinds: list[str]) -> int:
    started = time.monotonic()
    say(f"\n{describe_machine()}\n")
    for kind in kinds or choose_kinds():
        # Books of its own for each, because the scenarios change them.
        with set_stage(Path(tempfile.mkdtemp(prefix="ressio-bench-")) / "stage") as stage:
            measure(stage, kind)
    say(f"\nAll in {time.monotonic() - started:.0f} s. How to read this: docs/benchmarks.md")
    return 0


def measure(stage: Stage, kind: str) -> None:
    with open_databases(kind, stage.folder) as databases:
        rows: list[Row] = []
        for row in measure_all(stage, databases):
            if not rows or rows[-1].scenario != row.scenario:
                progress(f"{databases.title}: {row.scenario}")
            rows.append(row)
        progress("")
    missed = sum(row.is_missed for row in rows)
    say(f"=== {databases.title} ===\n\n{draw(rows)}\n\nGoals missed: {missed}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    """One line that is overwritten, for whoever watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
