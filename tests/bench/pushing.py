"""Scenario: a thousand approved bills leave, in batches, beside a bare loop that sends the same batches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.bench.stage import Databases, Measured, Stage, open_books
from tests.bench.table import Row, at_most, info

BILLS = 1_000
IN_A_BATCH = 30
MOST_REQUESTS = 40
WALL_GOAL = 3.0
OPEN = ("--company", "empty", "--latency-ms", "50", "--no-limits")
AS_INTUIT = ("--company", "empty", "--latency-ms", "50", "--limits")


def measure_pushes(stage: Stage, databases: Databases) -> Iterator[Row]:
    yield from measure_open(stage, databases)


def measure_open(stage: Stage, databases: Databases) -> Iterator[Row]:
    title = f"{BILLS:,} approved bills, limits opened"
    with open_books(OPEN) as books:
        there = replace(stage, books=books)
        entered, push = send(there, databases.make("pushes"), BILLS, "--open-limits")
        floor = run_floor(there, push.results["bills"])
    yield at_most(title, "requests", push.requests, MOST_REQUESTS, floor=floor.requests)
    yield at_most(
        title,
        "wall, times the floor",
        push.wall / floor.wall,
        WALL_GOAL,
        unit="x",
        note=f"{push.wall:.1f} s, of that sending {push.results['seconds']:.1f} s; floor {floor.wall:.1f} s",
    )
    yield info(
        title,
        "processor time",
        f"{push.cpu:.1f} s",
        note=f"floor {floor.cpu:.1f} s; the sandbox's own {push.sandbox_cpu or 0:.1f} s",
    )
    yield info(title, "approving", f"{entered.results['approving'] / BILLS * 1000:.1f} ms a bill")


def send(stage: Stage, database: str, bills: int, *options: str) -> tuple[Measured, Measured]:
    realm = stage.books.realm
    entered = stage.run("bills", stage.books.url, realm.id, str(bills), database=database)
    push = stage.run("push", *options, database=database)
    check(push.results, entered.results, bills)
    return entered, push


def check(sent: dict[str, Any], entered: dict[str, Any], bills: int) -> None:
    found = (sent["done"], sent["unpaid"], sent["counted"], sent["difference"])
    if found != (bills, bills, entered["total"], "0.00"):
        raise SystemExit(f"The bills were not sent as they should: {found}, approved {entered['total']}.")


def run_floor(stage: Stage, bills: list[Any]) -> Measured:
    batches = [bills[start : start + IN_A_BATCH] for start in range(0, len(bills), IN_A_BATCH)]
    url = f"{stage.books.url}/v3/company/{stage.books.realm.id}/batch"
    return stage.run(
        "push_floor", orders={"url": url, "token": stage.books.issue_token(), "batches": batches}
    )
