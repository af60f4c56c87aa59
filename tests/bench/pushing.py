"""Scenarios: approved bills leave in batches, beside a bare loop that sends the same batches; then at Intuit's pace."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.bench.median import Median
from tests.bench.stage import Databases, Measured, Stage, open_books
from tests.bench.table import Row, at_most, info

BILLS = 1_000
# More batches than Intuit takes in a minute.
MANY_BILLS = 1_500
IN_A_BATCH = 30
RUNS = 3
MOST_REQUESTS = 40
WALL_GOAL = 3.0
PACE_GOAL = 1.1
INTUIT_A_MINUTE = 40
OPEN = ("--company", "empty", "--latency-ms", "50", "--no-limits")
AS_INTUIT = ("--company", "empty", "--latency-ms", "50", "--limits")


def measure_pushes(stage: Stage, databases: Databases) -> Iterator[Row]:
    with open_books(OPEN) as books:
        opened = yield from measure_software(replace(stage, books=books), databases)
    for bills in (BILLS, MANY_BILLS):
        with open_books(AS_INTUIT) as books:
            yield from measure_pace(replace(stage, books=books), databases, bills, opened)


def measure_software(stage: Stage, databases: Databases) -> Generator[Row, None, Median]:
    """The sending and its floor take turns, so that whatever else the machine does meets both."""
    title = f"{BILLS:,} approved bills, limits opened"
    entered = enter(stage, databases.make("bills"), BILLS)
    pairs: list[tuple[Measured, Measured]] = []
    for number in range(RUNS):
        push = send(stage, databases.make(f"sent_{number}", like="bills"), entered, "--open-limits")
        pairs.append((push, run_floor(stage, push.results["documents"])))
    push_runs, floor = (Median(side) for side in zip(*pairs, strict=True))
    sending = push_runs.number("seconds")
    yield at_most(title, "requests", push_runs.requests, MOST_REQUESTS, floor=floor.requests)
    yield at_most(
        title,
        "wall, times the floor",
        push_runs.wall / floor.wall,
        WALL_GOAL,
        unit="x",
        note=f"{push_runs.wall:.1f} s, of that sending {sending:.1f} s; floor {floor.wall:.1f} s",
    )
    yield info(
        title,
        "processor time",
        f"{push_runs.cpu:.1f} s",
        note=f"floor {floor.cpu:.1f} s; the sandbox's own {push_runs.sandbox_cpu}",
    )
    approving = entered.results["approving"] / BILLS * 1000
    yield info(title, "approving them before", f"{approving:.1f} ms a bill")
    return push_runs


def measure_pace(stage: Stage, databases: Databases, bills: int, opened: Median) -> Iterator[Row]:
    """As delivered: our own limiter, and Intuit's limits behind it."""
    title = f"{bills:,} approved bills, production pace"
    database = databases.make(f"paced_{bills}")
    push = send(stage, database, enter(stage, database, bills))
    refused = stage.books.realm.count_requests()["statuses"].get("429", 0)
    yield at_most(title, "answers 429", refused, 0)
    seconds, batches = push.results["seconds"], push.results["batches"]
    if batches <= INTUIT_A_MINUTE:
        beside = f"with limits opened {opened.number('seconds'):.1f} s"
        yield info(title, "sending", f"{seconds:.1f} s", note=f"{batches} batches reach no limit; {beside}")
        return
    least = 60 + (batches - INTUIT_A_MINUTE) * opened.number("seconds") / opened.number("batches")
    yield at_most(
        title,
        "sending, times what the limits allow",
        seconds / least,
        PACE_GOAL,
        unit="x",
        note=f"{seconds:.1f} s for {batches} batches; {INTUIT_A_MINUTE} in the first minute: {least:.1f} s",
    )


def enter(stage: Stage, database: str, bills: int) -> Measured:
    return stage.run("bills", stage.books.url, stage.books.realm.id, str(bills), database=database)


def send(stage: Stage, database: str, entered: Measured, *options: str) -> Measured:
    push = stage.run("push", *options, database=database)
    sent, bills = push.results, entered.results["bills"]
    found = (sent["done"], sent["unpaid"], sent["counted"], sent["difference"])
    if found != (bills, bills, entered.results["total"], "0.00"):
        raise SystemExit(f"The bills were not sent as they should: {found}, approved: {entered.results}.")
    return push


def run_floor(stage: Stage, bills: Sequence[Any]) -> Measured:
    batches = [bills[start : start + IN_A_BATCH] for start in range(0, len(bills), IN_A_BATCH)]
    url = f"{stage.books.url}/v3/company/{stage.books.realm.id}/batch"
    orders = {"url": url, "token": stage.books.issue_token(), "batches": batches}
    return stage.run("push_floor", orders=orders)
