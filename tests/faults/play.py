"""One run: enter, approve, break, wait, look."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from integrations.models import Push, PushState, PushTry, RunStatus, SyncRun
from integrations.upkeep import sweep_runs
from tests.faults.brokers import Broker
from tests.faults.chaos import KINDS, Chaos
from tests.faults.crew import Crew
from tests.faults.deaths import Warrants
from tests.faults.loads import Load, make_load
from tests.faults.network import Network
from tests.faults.office import open_company, prepare_database
from tests.invoicing.office import InvoiceOffice
from tests.support.sandbox import Sandbox

ON_THE_WAY = (PushState.WAITING, PushState.SENDING, PushState.UNKNOWN)
POLL = 0.03
MOST_PENDING = 2
CRASHES = ("raised unexpected", "deadlock detected")
MOST_ROUNDS = 5


@dataclass(frozen=True)
class Wishes:
    bills: int
    invoices: int
    faults: int
    seed: int
    shifts: int = 0
    """Instead of bills and invoices."""
    has_random_ids: bool = False
    patience: float = 3.0
    """Seconds that a fault may wait for something to strike."""
    settle_seconds: float = 120.0


@dataclass
class Report:
    struck: Counter[str] = field(default_factory=Counter)
    called_off: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    tries: Counter[int] = field(default_factory=Counter)
    adopted: int = 0
    longest_way: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    logs: str = ""


def play(wishes: Wishes, *, sandbox: Sandbox, broker: Broker, folder: Path) -> Report:
    try:
        with timed(report := Report(), "database"):
            prepare_database()
        act(wishes, report, sandbox, broker, folder)
    finally:
        connections.close_all()
    return report


def act(wishes: Wishes, report: Report, sandbox: Sandbox, broker: Broker, folder: Path) -> None:
    dice = Random(wishes.seed)
    realm = sandbox.open_company()
    with open_company(realm) as office, ExitStack() as stack:
        with timed(report, "entering"):
            load = make_load(
                office, bills=wishes.bills, invoices=wishes.invoices, shifts=wishes.shifts, dice=dice
            )
        crew = Crew(folder, "", has_random_ids=wishes.has_random_ids)
        network = Network(sandbox.base_url, crew.kill)
        crew.network_url = network.url
        network.start()
        crew.start()
        stack.callback(network.shutdown)
        stack.callback(crew.stop)
        chaos = Chaos(office, crew, network, broker, Warrants(folder), dice)
        with timed(report, "faults"):
            break_things(chaos, load, wishes, report)
        with timed(report, "settling"):
            settle(office, load, crew, wishes, report)
        report.deaths = crew.deaths
        report.problems += load.find_faults()
        report.logs = crew.read_logs()
        report.problems += find_crashes(report.logs)
        count_tries(report)


@contextmanager
def timed(report: Report, what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    report.seconds[what] = time.monotonic() - started


def break_things(chaos: Chaos, load: Load, wishes: Wishes, report: Report) -> None:
    """Before each fault some more is approved: half of it one by one, half many at once."""
    schedule = chaos.schedule(wishes.faults)
    shares = split(load.drafts, len(schedule))
    pending: list[str] = []
    for turn, (kind, share) in enumerate(zip(schedule, shares, strict=True)):
        chaos.inject(kind)
        pending.append(kind)
        load.approve(share, is_bulk=turn % 2 == 1)
        load.meddle()
        wait_for_strikes(chaos, pending, at_most=MOST_PENDING, patience=wishes.patience)
    wait_for_strikes(chaos, pending, at_most=0, patience=wishes.patience)
    report.called_off.update(chaos.call_off())
    report.struck = Counter(schedule) - report.called_off
    missing = [kind for kind in KINDS if not report.struck[kind]]
    report.problems += [f"This never struck: {kind}." for kind in missing]


def wait_for_strikes(chaos: Chaos, pending: list[str], *, at_most: int, patience: float) -> None:
    """Several may lie in wait at once, so that one meets what another has left behind."""
    deadline = time.monotonic() + patience
    while True:
        chaos.crew.replace_the_dead()
        pending[:] = [kind for kind in pending if not chaos.has_struck(kind)]
        if len(pending) <= at_most or time.monotonic() > deadline:
            return
        time.sleep(POLL)


def split(things: Sequence[Any], parts: int) -> Iterator[Sequence[Any]]:
    for part in range(parts):
        yield things[len(things) * part // parts : len(things) * (part + 1) // parts]


def settle(office: InvoiceOffice, load: Load, crew: Crew, wishes: Wishes, report: Report) -> None:
    """The last ones have their turn once they have arrived. What a sync brings may set something going again."""
    for _ in range(MOST_ROUNDS):
        wait_until_settled(crew, wishes, report)
        load.meddle()
        if not count_on_the_way():
            office.sync()
            wait_for_syncs(crew, wishes)
        if not count_on_the_way():
            return


def wait_for_syncs(crew: Crew, wishes: Wishes) -> None:
    """One that a beat has asked for may be a worker's, and then ours is a part of it; the worker may have died."""
    deadline = time.monotonic() + wishes.settle_seconds
    active = SyncRun.objects.filter(status__in=(RunStatus.QUEUED, RunStatus.RUNNING))
    while active.exists() and time.monotonic() < deadline:
        crew.replace_the_dead()
        sweep_runs(now=timezone.now())
        time.sleep(POLL)


def wait_until_settled(crew: Crew, wishes: Wishes, report: Report) -> None:
    deadline = time.monotonic() + wishes.settle_seconds
    while (left := count_on_the_way()) and time.monotonic() < deadline:
        crew.replace_the_dead()
        time.sleep(POLL * 3)
    if left:
        report.problems.append(f"{left} pushes are still on their way after {wishes.settle_seconds:.0f} s.")


def count_on_the_way() -> int:
    return Push.objects.filter(Q(state__in=ON_THE_WAY)).count()


def find_crashes(logs: str) -> list[str]:
    """A task that ends with an exception nobody expected, though the sweeper would make good for it. Two that waited
    for each other, of which the database had to kill one.
    """
    return [
        f"A task broke: {line[:300]}" for line in logs.splitlines() if any(sign in line for sign in CRASHES)
    ]


def count_tries(report: Report) -> None:
    tried = Counter(PushTry.objects.values_list("push_id", flat=True))
    report.tries = Counter(tried.values())
    report.adopted = Push.objects.filter(was_adopted=True).count()
    most = max(tried, key=lambda push_id: tried[push_id])
    ways = [describe_try(each) for each in PushTry.objects.filter(push=most).order_by("number")]
    report.longest_way = f"{Push.objects.get(pk=most).subject_label}: {', then '.join(ways)}"


def describe_try(each: PushTry) -> str:
    if each.ended_at is None:
        return "the worker died"
    return each.outcome + (f" ({each.status or each.fault_code})" if each.outcome != PushState.DONE else "")


def describe(report: Report, wishes: Wishes) -> str:
    lines = [f"seed {wishes.seed}: {say_load(wishes)}, {report.struck.total()} faults"]
    lines += [f"  {times:4} × {kind}" for kind, times in sorted(report.struck.items())]
    if report.called_off:
        lines.append(f"  found nothing to strike: {dict(report.called_off)}")
    lines.append(f"processes replaced: {report.deaths}")
    tries = ", ".join(f"{pushes} after {tries}" for tries, pushes in sorted(report.tries.items()))
    lines.append(f"pushes by tries: {tries}; found in QuickBooks instead of made: {report.adopted}")
    lines.append(f"the longest way: {report.longest_way}")
    lines.append("seconds: " + ", ".join(f"{what} {took:.1f}" for what, took in report.seconds.items()))
    return "\n".join(lines)


def say_load(wishes: Wishes) -> str:
    return f"{wishes.shifts} shifts" if wishes.shifts else f"{wishes.bills} bills, {wishes.invoices} invoices"


def say_success(wishes: Wishes) -> str:
    if wishes.shifts:
        return f"All {wishes.shifts} shifts are in QuickBooks once, but for a tenth taken back; the budget ties out."
    return (
        f"All {wishes.bills} bills are in QuickBooks once, the budget ties out.\n"
        f"All {wishes.invoices} invoices are in QuickBooks once, voided where they were to be, and nowhere else."
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
