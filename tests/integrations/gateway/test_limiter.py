"""Turns: exact windows by a clock of our own, and the truth at the stand-in with its limits on."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from integrations.gateway import Gateway, Priority, Throttled
from integrations.gateway import limiter as limiter_module
from integrations.gateway.limiter import (
    Limits,
    give_back,
    lock_throttle,
    measure_wait,
    pause_everybody,
    read_limits,
    take_turn,
    wait_for_turn,
)
from integrations.models import Connection, Exchange, ThrottleLease
from ressio.scoping import scope
from tests.support.sandbox import Realm
from tests.support.workers import run_processes, run_threads

NOW = datetime(2026, 3, 12, 9, 0, 0, tzinfo=UTC)
LIMITS = Limits(per_second=3, per_minute=6, batches_per_minute=2, in_flight=4)
LIMIT_NAMES = ("PER_SECOND", "PER_MINUTE", "BATCHES_PER_MINUTE", "IN_FLIGHT")


def add_leases(
    connection: Connection, *seconds_ago: float, is_batch: bool = False, in_flight: bool = False
) -> None:
    """Requests that had arrived so many seconds before NOW."""
    with scope(company=connection.company_id):
        throttle = lock_throttle(connection)
        for seconds in seconds_ago:
            arrived = NOW - timedelta(seconds=seconds)
            ends = NOW + timedelta(minutes=2) if in_flight else arrived
            ThrottleLease.objects.create(
                company_id=connection.company_id,
                throttle=throttle,
                arrived_by=arrived,
                expires_at=ends,
                is_batch=is_batch,
            )


def wait_at_now(connection: Connection, *, is_batch: bool = False) -> float:
    with scope(company=connection.company_id):
        throttle = lock_throttle(connection)
        throttle.refresh_from_db()
        return round(measure_wait(throttle, limits=LIMITS, is_batch=is_batch, now=NOW), 3)


# The rules, by a clock of our own ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds_ago", "wait"),
    [
        ((), 0.0),
        ((0.1, 0.2), 0.0),
        ((0.1, 0.2, 0.3), 0.75),  # the third-latest leaves the window of 1.05 s
        ((0.1, 0.2, 1.04), 0.01),
        ((0.1, 0.2, 1.06), 0.0),
        ((2, 3, 4, 5, 59), 0.0),
        ((2, 3, 4, 5, 59, 60), 1.0),  # the sixth-latest leaves the window of 61 s
        ((2, 3, 4, 5, 6, 59, 60), 2.0),
    ],
)
def test_a_window_is_full_until_its_oldest_request_leaves_it(
    canned: Connection, seconds_ago: tuple[float, ...], wait: float
) -> None:
    add_leases(canned, *seconds_ago)

    assert wait_at_now(canned) == wait


def test_batches_have_a_window_of_their_own(canned: Connection) -> None:
    add_leases(canned, 10, 20, is_batch=True)

    assert (wait_at_now(canned), wait_at_now(canned, is_batch=True)) == (0.0, 41.0)


def test_no_more_in_flight_than_allowed_and_the_dead_do_not_count(canned: Connection) -> None:
    add_leases(canned, 10, 10, 10, in_flight=True)
    assert wait_at_now(canned) == 0.0

    add_leases(canned, 10, in_flight=True)
    assert wait_at_now(canned) == 0.05

    with scope(company=canned.company_id):
        ThrottleLease.objects.update(expires_at=NOW - timedelta(seconds=1))
    assert wait_at_now(canned) == 0.0


def test_a_request_counts_from_its_answer(canned: Connection) -> None:
    """Until then from the latest moment at which it may have arrived."""
    before = datetime.now(UTC)
    lease = wait_for_turn(canned, priority=Priority.INTERACTIVE, is_batch=False)
    with scope(company=canned.company_id):
        row = ThrottleLease.objects.get(pk=lease)
        in_flight = ThrottleLease.objects.filter(expires_at__gt=datetime.now(UTC)).count()
    assert row.arrived_by >= before + timedelta(seconds=0.5)

    give_back(canned, lease)

    with scope(company=canned.company_id):
        row.refresh_from_db()
        still = ThrottleLease.objects.filter(expires_at__gt=datetime.now(UTC)).count()
    assert row.arrived_by <= datetime.now(UTC)
    assert (in_flight, still) == (1, 0)


def test_scheduled_work_leaves_a_quarter_to_people(settings: Settings) -> None:
    assert read_limits(Priority.INTERACTIVE) == Limits(9, 480, 38, 8)
    assert read_limits(Priority.BACKGROUND) == Limits(6, 360, 28, 6)
    settings.QBO_LIMIT_PER_SECOND = 1
    assert read_limits(Priority.BACKGROUND).per_second == 1


def test_a_person_gets_a_turn_while_scheduled_work_waits(canned: Connection, settings: Settings) -> None:
    settings.QBO_LIMIT_IN_FLIGHT = 4
    settings.QBO_LIMIT_PATIENCE = 0.2
    busy = [wait_for_turn(canned, priority=Priority.BACKGROUND, is_batch=False) for _ in range(3)]

    with pytest.raises(Throttled):
        wait_for_turn(canned, priority=Priority.BACKGROUND, is_batch=False)
    person = wait_for_turn(canned, priority=Priority.INTERACTIVE, is_batch=False)

    assert len({*busy, person}) == 4


def test_a_pause_holds_everybody(canned: Connection, settings: Settings) -> None:
    settings.QBO_LIMIT_PATIENCE = 0.2
    pause_everybody(canned, seconds=30)
    pause_everybody(canned, seconds=1)  # a shorter one does not end a longer one

    with pytest.raises(Throttled), take_turn(canned, priority=Priority.INTERACTIVE):
        pytest.fail("went out during the pause")


def test_requests_of_the_last_minute_are_all_that_is_kept(canned: Connection) -> None:
    with scope(company=canned.company_id):
        throttle = lock_throttle(canned)
        add_leases(canned, 120, 62)
        limiter_module.forget_old_leases(throttle, now=NOW)
        left = ThrottleLease.objects.count()
        add_leases(canned, 60, 1)
        limiter_module.forget_old_leases(throttle, now=NOW)

    with scope(company=canned.company_id):
        assert (left, ThrottleLease.objects.count()) == (0, 2)


# The truth at the other end --------------------------------------------------------------------------------


@pytest.fixture
def limited(connection: Connection, realm: Realm, settings: Settings) -> Connection:
    """Our limits as in production, and the stand-in's on."""
    for name in LIMIT_NAMES:
        delattr(settings, f"QBO_LIMIT_{name}")
    realm.send("POST", "switches", {"limits": True})
    return connection


def ask_for(connection: Connection, seconds: float) -> int:
    gateway, ends, asked = Gateway(connection), time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        gateway.count("Vendor")
        asked += 1
    return asked


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("latency_ms", [0, 300])
def test_four_processes_with_three_threads_are_never_refused(
    limited: Connection, realm: Realm, latency_ms: int
) -> None:
    realm.send("POST", "switches", {"latency_ms": latency_ms})

    asked = run_processes(4, lambda: sum(run_threads(3, lambda: ask_for(limited, 5.0))))

    counts = realm.count_requests()
    assert (counts["refusals"], counts["statuses"]) == ({}, {"200": sum(asked)})
    assert counts["highest_in_flight"] <= 8
    # Safe is easy when nothing goes out: at least half of what Intuit allows must be used.
    assert sum(asked) >= 25


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_429_in_one_process_pauses_the_others(
    limited: Connection, realm: Realm, settings: Settings
) -> None:
    settings.QBO_THROTTLE_PAUSE = 1.5
    realm.fail_next("429", nth=5, times=1)

    run_processes(3, lambda: ask_for(limited, 3.0))

    assert realm.count_requests()["statuses"]["429"] == 1
    with scope(company=limited.company_id):
        refused = Exchange.objects.get(status=429).at
        later = [exchange.at - refused for exchange in Exchange.objects.filter(at__gt=refused)]
    # What was in flight ended at once; nothing else left until the pause was over, and then it went on.
    assert not [gap for gap in later if timedelta(seconds=0.6) < gap < timedelta(seconds=1.4)]
    assert [gap for gap in later if gap > timedelta(seconds=1.4)]
