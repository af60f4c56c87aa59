"""The scenarios of the benchmark. Each yields rows of the table, worst news included."""

from collections.abc import Generator, Iterator
from statistics import median
from typing import Any

from tests.bench.median import Median
from tests.bench.payday import measure_payday
from tests.bench.pushing import measure_pushes
from tests.bench.stage import Databases, Measured, Stage
from tests.bench.table import Row, at_most, info
from tests.bench.ticking import measure_ticks

PULLS = 3
SMALL_SYNCS = 3
OVERHEAD_REQUESTS = 15
WALL_GOAL = 2.5
PEAK_GOAL = 300
# As the limiter's default, which stays one below Intuit's ten.
PER_SECOND = 9


def measure_all(stage: Stage, databases: Databases) -> Iterator[Row]:
    template = databases.make("template")
    plan = stage.run("prepare", stage.books.url, stage.books.realm.id, database=template).results
    database = yield from measure_pulls(stage, databases, plan)
    yield from measure_use(stage, database)
    for lines, most in ((10_000, 60), (100_000, 250)):
        yield from measure_page(stage, databases, lines, most)
    yield from measure_grid(stage, databases)
    yield from measure_pushes(stage, databases)
    yield from measure_ticks(stage, databases)
    yield from measure_payday(stage, databases)


# 1. Everything, for the first time ---------------------------------------------------------------------------


def measure_pulls(stage: Stage, databases: Databases, plan: dict[str, Any]) -> Generator[Row, None, str]:
    """The pull and its floor take turns, so that whatever else the machine does meets both.

    Returns the database of the last pull, for the scenarios after it.
    """
    pages, title = plan["pages"], f"Full pull, {plan['transactions']:,} transactions"
    run_floor(stage, pages, per_second=0)  # the sandbox has sorted its books once
    opened = Pairs(stage, databases, pages, options=("--open-limits",), per_second=0)
    for number in range(PULLS):
        opened.add(f"open_{number}")
    yield from opened.rows(f"{title}, limits opened")
    paced = Pairs(stage, databases, pages, options=(), per_second=PER_SECOND)
    paced.add("paced")
    yield from paced.rows(f"{title}, production pace")
    return paced.database


class Pairs:
    """Full pulls into fresh databases, each beside its floor at the same pace."""

    def __init__(
        self,
        stage: Stage,
        databases: Databases,
        pages: list[str],
        *,
        options: tuple[str, ...],
        per_second: int,
    ) -> None:
        self.stage, self.databases, self.pages = stage, databases, pages
        self.options, self.per_second = options, per_second
        self.pairs: list[tuple[Measured, Measured]] = []
        self.database = ""

    def add(self, name: str) -> None:
        self.database = self.databases.make(name, like="template")
        floor = run_floor(self.stage, self.pages, per_second=self.per_second)
        pull = self.stage.run("sync", "--full", *self.options, database=self.database)
        self.pairs.append((floor, pull))

    def rows(self, title: str) -> Iterator[Row]:
        floor, pull = (Median(side) for side in zip(*self.pairs, strict=True))
        limit = len(self.pages) + OVERHEAD_REQUESTS
        yield at_most(
            title, "requests", pull.requests, limit, floor=len(self.pages), note=f"{len(self.pages)} pages"
        )
        yield at_most(
            title,
            "wall, times the floor",
            pull.wall / floor.wall,
            WALL_GOAL,
            unit="x",
            note=f"{pull.wall:.1f} s, of that the sync {pull.number('seconds'):.1f} s; floor {floor.wall:.1f} s",
        )
        yield at_most(title, "peak memory", pull.peak_mb, PEAK_GOAL, floor=floor.peak_mb, unit="MB")
        yield info(
            title,
            "processor time",
            f"{pull.cpu:.1f} s",
            note=f"floor {floor.cpu:.1f} s; the sandbox's own {pull.sandbox_cpu} beside the pull, "
            f"{floor.sandbox_cpu} beside the floor",
        )
        yield info(
            title,
            "stored",
            f"{pull.number('documents'):,.0f} documents",
            note=f"{pull.number('lines'):,.0f} cost lines",
        )


def run_floor(stage: Stage, pages: list[str], *, per_second: int) -> Measured:
    orders = {"url": stage.books.query_url, "token": stage.books.issue_token(), "pages": pages}
    return stage.run("floor", orders={**orders, "per_second": per_second})


# 2.-4. In use ---------------------------------------------------------------------------------------------


def measure_use(stage: Stage, database: str) -> Iterator[Row]:
    """Every customer is a project and every product a cost code from here on."""
    links = stage.run("links", database=database).results
    where = f"{links['projects']} projects linked"
    stage.run("sync", database=database)
    yield from measure_idle(stage, database, where)
    yield from measure_changes(stage, database, where)
    yield from measure_switch(stage, database)


def measure_idle(stage: Stage, database: str, where: str) -> Iterator[Row]:
    runs = Median(tuple(stage.run("sync", database=database) for _ in range(SMALL_SYNCS)))
    yield at_most("Idle sync", "requests", runs.requests, 2, note=where)
    yield info("Idle sync", "time", f"{runs.number('seconds'):.2f} s", note=describe_sync(runs))


def describe_sync(runs: Median) -> str:
    return f"whole process {runs.wall:.1f} s with {runs.cpu:.1f} s processor, start included"


def measure_changes(stage: Stage, database: str, where: str) -> Iterator[Row]:
    edits = Edits(stage)
    runs = Median(tuple(change_and_sync(stage, database, edits) for _ in range(SMALL_SYNCS)))
    if runs.number("changed") < len(edits.kinds):
        raise SystemExit("The sync missed changes.")
    yield at_most("10 changes of 7 kinds", "requests", runs.requests, 3, note=where)
    yield info("10 changes of 7 kinds", "time", f"{runs.number('seconds'):.2f} s", note=describe_sync(runs))


def change_and_sync(stage: Stage, database: str, edits: "Edits") -> Measured:
    edits.make()
    return stage.run("sync", database=database)


class Edits:
    """A person working in QuickBooks: ten documents a time, other ones each time."""

    kinds = (
        ["Bill"] * 2
        + ["Purchase"] * 2
        + ["VendorCredit"]
        + ["TimeActivity"] * 2
        + ["Customer", "Item", "Vendor"]
    )

    def __init__(self, stage: Stage) -> None:
        self.books = stage.books
        self.ids = {entity: iter(self._find_ids(entity)) for entity in set(self.kinds)}
        self.number = 0

    def _find_ids(self, entity: str) -> list[str]:
        wanted = SMALL_SYNCS * self.kinds.count(entity)
        answer = self.books.query(f"select Id from {entity} maxresults {wanted}")  # noqa: S608  QuickBooks' own
        return [row["Id"] for row in answer[entity]]

    def make(self) -> None:
        for entity in self.kinds:
            self.number += 1
            self.books.realm.edit_document(entity, next(self.ids[entity]), self._change(entity))

    def _change(self, entity: str) -> dict[str, str]:
        text = f"Corrected in the office, {self.number}"
        if entity == "TimeActivity":
            return {"Description": text}
        if entity in ("Customer", "Vendor"):
            return {"Notes": text}
        return {"Description": text} if entity == "Item" else {"PrivateNote": text}


def measure_switch(stage: Stage, database: str) -> Iterator[Row]:
    run = stage.run("switch", database=database)
    title = f"Flipping a switch, {run.results['lines']:,} lines on the project"
    yield at_most(title, "requests", run.requests, 0)
    yield at_most(
        title,
        "verb and totals after it",
        median(run.results["seconds"]) * 1000,
        50,
        unit="ms",
        note=describe_times(run.results),
    )


def describe_times(found: dict[str, Any]) -> str:
    """Waiting for a busy machine shows in the time, not in the processor time."""
    seconds, cpu = found["seconds"], found["cpu"]
    return (
        f"of that {median(cpu) * 1000:.0f} ms processor; median of {len(seconds)}, "
        f"slowest {max(seconds) * 1000:.0f} ms"
    )


# 5. The budget page ---------------------------------------------------------------------------------------


def measure_page(stage: Stage, databases: Databases, lines: int, most: int) -> Iterator[Row]:
    database = databases.make(f"page_{lines}")
    stage.run("prepare", database=database)
    run = stage.run("page", str(lines), database=database)
    for share in ("tenth", "whole"):
        found = run.results[share]
        title = f"Budget page, {lines:,} lines in the company, {found['lines']:,} on the project"
        yield at_most(title, "queries", found["queries"], 15)
        yield at_most(
            title,
            "server time, warm",
            median(found["seconds"]) * 1000,
            most,
            unit="ms",
            note=describe_times(found),
        )


# 6. The weekly grid of the time clock -----------------------------------------------------------------------

PEOPLE, WEEKS = 200, 20


def measure_grid(stage: Stage, databases: Databases) -> Iterator[Row]:
    database = databases.make("grid")
    stage.run("prepare", database=database)
    found = stage.run("grid", str(PEOPLE), str(WEEKS), database=database).results
    title = (
        f"Week of {PEOPLE} people, {found['shifts']:,} shifts of {found['all_shifts']:,}, a page of a hundred"
    )
    yield at_most(title, "queries", found["queries"], 20)
    yield at_most(
        title,
        "server time, warm",
        median(found["seconds"]) * 1000,
        150,
        unit="ms",
        note=describe_times(found),
    )
    yield info(title, "CSV of the week", f"{median(found['export']) * 1000:.0f} ms")
