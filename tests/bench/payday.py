"""Scenario: payday. A thousand shifts approved in one go leave in batches, beside a loop that sends the same."""

from collections.abc import Iterator
from dataclasses import replace

from tests.bench.median import Median
from tests.bench.pushing import IN_A_BATCH, MOST_REQUESTS, OPEN, RUNS, WALL_GOAL
from tests.bench.stage import Databases, Measured, Stage, open_books
from tests.bench.table import Row, at_most, info

SHIFTS = 1_000
APPROVING_GOAL = 5.0


def measure_payday(stage: Stage, databases: Databases) -> Iterator[Row]:
    """The sending and its floor take turns, so that whatever else the machine does meets both."""
    with open_books(OPEN) as books:
        yield from _measure(replace(stage, books=books), databases)


def _measure(stage: Stage, databases: Databases) -> Iterator[Row]:
    title = f"{SHIFTS:,} shifts approved in one go, limits opened"
    where = (stage.books.url, stage.books.realm.id)
    approved = stage.run("shifts", *where, str(SHIFTS), database=databases.make("shifts"))
    yield at_most(title, "approving, seconds", approved.results["approving"], APPROVING_GOAL)
    pairs: list[tuple[Measured, Measured]] = []
    for number in range(RUNS):
        sent = send(stage, databases.make(f"time_{number}", like="shifts"), approved)
        pairs.append((sent, run_floor(stage, sent)))
    sending, floor = (Median(side) for side in zip(*pairs, strict=True))
    yield at_most(title, "requests", sending.requests, MOST_REQUESTS, floor=floor.requests)
    yield at_most(
        title,
        "wall, times the floor",
        sending.wall / floor.wall,
        WALL_GOAL,
        unit="x",
        note=f"{sending.wall:.1f} s, of that sending {sending.number('seconds'):.1f} s; floor {floor.wall:.1f} s",
    )
    yield info(title, "processor time", f"{sending.cpu:.1f} s", note=f"floor {floor.cpu:.1f} s")


def send(stage: Stage, database: str, approved: Measured) -> Measured:
    sent = stage.run("push", "--open-limits", database=database)
    results = sent.results
    found = (results["done"], results["linked"], results["counted"], results["difference"])
    if found != (SHIFTS, SHIFTS, approved.results["total"], "0.00"):
        raise SystemExit(f"The time was not sent as it should: {found}, approved: {approved.results}.")
    return sent


def run_floor(stage: Stage, sent: Measured) -> Measured:
    entries = sent.results["documents"]
    batches = [entries[start : start + IN_A_BATCH] for start in range(0, len(entries), IN_A_BATCH)]
    url = f"{stage.books.url}/v3/company/{stage.books.realm.id}/batch"
    token = stage.books.issue_token()
    orders = {"url": url, "token": token, "batches": batches, "entity": "TimeActivity"}
    return stage.run("push_floor", orders=orders)
