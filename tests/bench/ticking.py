"""Scenario: nothing has changed, and two hundred companies are looked at for new payments, every 15 minutes."""

from collections.abc import Iterator
from dataclasses import replace

from tests.bench.children.ticking import realm_id
from tests.bench.stage import Databases, Stage, open_books
from tests.bench.table import Row, at_most, info
from tests.support.sandbox import Realm

COMPANIES = 200
OPTIONS = ("--company", "empty", "--latency-ms", "50", "--no-limits")
TICKS_A_MONTH = 4 * 24 * 30
# Intuit's free tier, and what a thousand reads more cost in the next one (dollars).
FREE_READS = 500_000
SILVER_FEE, SILVER_READS, SILVER_PER_THOUSAND = 300.0, 1_000_000, 3.50
QUERIES_A_COMPANY = 60


def measure_ticks(stage: Stage, databases: Databases) -> Iterator[Row]:
    title = f"Idle tick of 15 minutes, {COMPANIES} companies"
    database = databases.make("ticking")
    with open_books(OPTIONS) as books:
        own = replace(stage, books=books)
        own.run("ticking", books.url, "prepare", str(COMPANIES), database=database)
        run = own.run("ticking", books.url, "tick", database=database)
        realms = (Realm(books.realm.sandbox, realm_id(number)) for number in range(COMPANIES))
        requests = sum(int(realm.count_requests()["total"]) for realm in realms)
    found = run.results
    if (found["runs"], found["metered"]) != (COMPANIES, COMPANIES):
        raise SystemExit(f"The tick did not look once at each company: {found}")
    yield at_most(title, "requests", requests, COMPANIES)
    yield at_most(title, "queries a company", found["queries"] / COMPANIES, QUERIES_A_COMPANY)
    yield info(
        title,
        "time, one worker",
        f"{found['seconds']:.1f} s",
        note=f"asking for them {found['asked']:.1f} s; processor {run.cpu:.1f} s in all; 50 ms a request",
    )
    reads = COMPANIES * TICKS_A_MONTH
    yield info(title, "metered reads a month", f"{reads:,}", note=describe_cost(reads))


def describe_cost(reads: int) -> str:
    """Per app, over all of its companies."""
    if reads <= FREE_READS:
        return f"{reads / FREE_READS:.0%} of what is free"
    over = max(0, reads - SILVER_READS)
    dollars = SILVER_FEE + over / 1000 * SILVER_PER_THOUSAND
    return f"{reads / FREE_READS:.0%} of what is free; in the Silver tier ${dollars:,.0f} a month"
