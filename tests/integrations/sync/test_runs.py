"""Runs as rows: joined, doubled, abandoned, taken up again, given up."""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection as database
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from integrations import registry, sync, tasks
from integrations.models import Connection, ConnectionStatus, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.run_log import LostRun, RunLog, kept_alive, read_lease
from integrations.sync import CannotSync, describe_request, perform_sync, request_sync
from integrations.upkeep import prune_runs, request_scheduled_syncs, sweep_runs
from ressio.scoping import scope
from tests.integrations.sync.books import assert_mirror_is_true, bill, load, outcome, run_sync, time_entry
from tests.support.cast import Cast
from tests.support.sandbox import Realm

SUCCEEDED = ("succeeded", "", "")


def ask(connection: Connection, **changes: Any) -> SyncRun:
    wanted = {"kind": RunKind.EXPENSES, "trigger": RunTrigger.BUTTON, "now": timezone.now(), **changes}
    return request_sync(connection=connection, **wanted)


# Asking ---------------------------------------------------------------------------------------------------


def test_second_press_joins_the_first(connection: Connection, cast: Cast) -> None:
    first = ask(connection, requested_by=cast.alice.user, project=cast.ridge_house)

    second = ask(connection, kind=RunKind.LISTS)

    assert (first.was_joined, second.was_joined) == (False, True)
    assert second.pk == first.pk
    assert SyncRun.objects.count() == 1
    assert (first.requested_by, first.project) == (cast.alice.user, cast.ridge_house)
    assert describe_request(second) == "A sync is running already; this one joined it."


def test_press_after_the_end_is_a_new_run(connection: Connection) -> None:
    first = run_sync(connection)

    assert ask(connection).pk != first.pk


@pytest.mark.parametrize("presses", [8])
def test_many_at_the_same_moment_make_one_run(connection: Connection, presses: int) -> None:
    gate = threading.Barrier(presses)
    found: list[int] = []

    def press() -> None:
        try:
            with scope(company=connection.company):
                gate.wait(10)
                found.append(ask(Connection.objects.get(pk=connection.pk)).pk)
        finally:
            database.close()

    threads = [threading.Thread(target=press) for _ in range(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == presses
    assert set(found) == {SyncRun.objects.get().pk}


def test_full_sync_asked_for_while_one_waits_widens_it(connection: Connection) -> None:
    ask(connection, kind=RunKind.EXPENSES)

    joined = ask(connection, kind=RunKind.LISTS, is_full=True)
    again = ask(connection, kind=RunKind.EXPENSES, is_full=True)

    run = SyncRun.objects.get()
    assert (run.is_full, run.kind, run.then_full) == (True, RunKind.ALL, "")
    assert (joined.is_full, again.kind) == (True, RunKind.ALL)


def test_full_sync_asked_for_while_one_runs_follows_it(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1)])
    run_sync(connection)
    run = ask(connection)
    SyncRun.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, lease_until=timezone.now() - read_lease(), attempt=1
    )

    joined = ask(connection, is_full=True)

    assert joined.pk == run.pk
    assert "starts when it has ended" in describe_request(joined)
    perform_sync(run.pk)
    following = SyncRun.objects.get(status=RunStatus.QUEUED)
    assert (following.is_full, following.kind) == (True, RunKind.EXPENSES)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ConnectionStatus.RECONNECT_NEEDED, "Reconnect first"),
        (ConnectionStatus.DISCONNECTED, "not connected"),
    ],
)
def test_without_a_usable_connection_nothing_is_asked(
    connection: Connection, status: str, words: str
) -> None:
    Connection.objects.update(status=status)

    with pytest.raises(CannotSync, match=words):
        ask(connection)

    assert not SyncRun.objects.exists()


def test_broker_that_is_down_costs_a_minute_and_not_the_request(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.perform_sync, "apply_async", refuse)

    run = ask(connection)

    assert run.status == RunStatus.QUEUED
    assert sweep_runs(now=timezone.now() + timedelta(minutes=1)) == [run.pk]


# Carrying out ---------------------------------------------------------------------------------------------


def test_doubled_message_does_nothing(connection: Connection, realm: Realm) -> None:
    run = run_sync(connection)
    realm.forget_requests()

    perform_sync(run.pk)

    assert realm.count_requests()["total"] == 0
    run.refresh_from_db()
    assert (run.attempt, run.status) == (1, RunStatus.SUCCEEDED)


def test_two_workers_with_the_same_message_carry_it_out_once(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(number) for number in range(1, 20)])
    run = ask(connection)
    gate = threading.Barrier(2)

    def work() -> None:
        try:
            gate.wait(10)
            perform_sync(run.pk)
        finally:
            database.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    run.refresh_from_db()
    assert (outcome(run), run.attempt) == (SUCCEEDED, 1)
    assert realm.count_requests()["operations"] == {"batch": 2, "cdc": 1, "query": run.request_count - 3}
    assert_mirror_is_true(connection, realm)


def test_run_that_is_being_worked_on_is_left_alone(connection: Connection, realm: Realm) -> None:
    run = ask(connection)
    SyncRun.objects.update(status=RunStatus.RUNNING, lease_until=timezone.now() + read_lease(), attempt=1)

    assert sweep_runs(now=timezone.now()) == []
    perform_sync(run.pk)

    assert realm.count_requests()["total"] == 0


KILLED = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
django.setup()
from django.conf import settings
{settings}
from django.db import connections
settings.DATABASES["default"]["NAME"] = {name!r}
connections["default"].settings_dict["NAME"] = {name!r}
from integrations import registry
from integrations.sync import perform_sync
def say(connection, changed, deleted_ids):
    print("stored", flush=True)
registry.register_projector("Bill", say)
perform_sync({run})
"""


@pytest.fixture
def worker_settings(settings: Any) -> str:
    """The settings of this test as a script for another process."""
    names = [
        name for name in dir(django_settings) if name.startswith("QBO_") or name == "TOKEN_ENCRYPTION_KEYS"
    ]
    return "\n".join(f"settings.{name} = {getattr(settings, name)!r}" for name in names if name.isupper())


@pytest.fixture
def doomed_worker(connection: Connection, realm: Realm, worker_settings: str) -> SyncRun:
    """A worker of its own process, killed when the first page of bills has been stored."""
    load(realm, [bill(number) for number in range(1, 3002)])
    realm.send(
        "POST", "faults", {"action": "slow:1.0", "operation": "query", "entity": "Bill", "nth": 2, "times": 9}
    )
    run = ask(connection, kind=RunKind.ALL)
    script = KILLED.format(
        settings=worker_settings.replace("QBO_PAGES_AT_ONCE", "QBO_UNUSED")
        + "\nsettings.QBO_PAGES_AT_ONCE = 1",
        name=database.settings_dict["NAME"],
        run=run.pk,
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "stored\n"
    time.sleep(0.3)
    process.kill()
    process.wait()
    process.stdout.close()
    realm.clear_faults()
    run.refresh_from_db()
    return run


@pytest.mark.slow
def test_worker_killed_in_the_middle_is_replaced(
    doomed_worker: SyncRun, connection: Connection, realm: Realm
) -> None:
    run = doomed_worker
    assert (run.status, run.attempt, run.changed_count > 0) == (RunStatus.RUNNING, 1, True)
    assert sweep_runs(now=timezone.now()) == []

    SyncRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep_runs(now=timezone.now()) == [run.pk]
    perform_sync(run.pk)

    run.refresh_from_db()
    assert (outcome(run), run.attempt) == (SUCCEEDED, 2)
    assert "took the sync up again" in run.note
    assert_mirror_is_true(connection, realm)


def test_run_that_kills_every_worker_is_given_up(connection: Connection) -> None:
    run = ask(connection)
    past = timezone.now() - timedelta(seconds=1)
    SyncRun.objects.update(status=RunStatus.RUNNING, lease_until=past, attempt=3)

    assert sweep_runs(now=timezone.now()) == []

    run.refresh_from_db()
    assert (run.status, run.error_code) == (RunStatus.FAILED, "worker_lost")
    assert not ask(connection).was_joined


def test_late_worker_writes_nothing_into_a_run_that_is_not_its_own(
    connection: Connection, realm: Realm
) -> None:
    run = run_sync(connection)
    SyncRun.objects.update(status=RunStatus.RUNNING, attempt=2)

    with pytest.raises(LostRun):
        RunLog(run).hold()


def test_worker_that_lost_its_run_stops_without_a_word(
    connection: Connection, realm: Realm, meanwhile: Any
) -> None:
    load(realm, [bill(1), time_entry(1)])
    meanwhile("Bill", lambda: SyncRun.objects.update(attempt=2))

    run = run_sync(connection)

    assert (run.status, run.attempt, run.error) == (RunStatus.RUNNING, 2, "")


def test_living_worker_renews_its_lease(connection: Connection, settings: Settings) -> None:
    run = ask(connection)
    soon = timezone.now()
    SyncRun.objects.update(status=RunStatus.RUNNING, attempt=0, lease_until=soon)
    settings.QBO_SYNC_LEASE = 0.2

    with kept_alive(run):
        deadline = time.monotonic() + 5
        while SyncRun.objects.get().lease_until == soon and time.monotonic() < deadline:
            time.sleep(0.02)

    lease = SyncRun.objects.get().lease_until
    assert lease is not None
    assert lease > soon


def test_failing_hook_shows_and_leaves_the_documents_in(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1)])

    def fail(connection: Connection, run: SyncRun) -> None:
        raise ZeroDivisionError

    registry.register_after_sync(fail)
    try:
        run = run_sync(connection)
    finally:
        registry._after_sync.remove(fail)

    assert outcome(run) == SUCCEEDED
    assert run.steps.get(name=sync.CHECKING).status == RunStatus.FAILED
    assert_mirror_is_true(connection, realm)


def test_fault_of_our_own_ends_the_run_as_failed(
    connection: Connection, realm: Realm, meanwhile: Any
) -> None:
    load(realm, [bill(1)])

    def fail() -> None:
        raise ZeroDivisionError

    meanwhile("Bill", fail)

    run = run_sync(connection)

    assert (run.status, run.error_code) == (RunStatus.FAILED, "internal")
    assert outcome(run_sync(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, realm)


# By the clock ---------------------------------------------------------------------------------------------


def test_companies_are_pulled_on_demand_only_unless_they_asked(connection: Connection) -> None:
    assert request_scheduled_syncs(now=timezone.now()) == []

    Connection.objects.update(automatic_sync="hourly")
    run_ids = request_scheduled_syncs(now=timezone.now())

    run = SyncRun.objects.get()
    assert run_ids == [run.pk]
    assert (run.trigger, run.kind, run.is_full) == (RunTrigger.SCHEDULE, RunKind.ALL, False)


def test_disconnected_company_is_not_pulled(connection: Connection) -> None:
    Connection.objects.update(automatic_sync="hourly", status=ConnectionStatus.RECONNECT_NEEDED)

    assert request_scheduled_syncs(now=timezone.now()) == []


def test_old_runs_are_forgotten_but_never_the_latest(connection: Connection) -> None:
    *_, third = (run_sync(connection) for _ in range(3))
    long_ago = timezone.now() - timedelta(days=100)
    SyncRun.objects.exclude(pk=third.pk).update(requested_at=long_ago)

    assert prune_runs(now=timezone.now()) == 2
    SyncRun.objects.update(requested_at=long_ago)
    assert prune_runs(now=timezone.now()) == 0
    assert SyncRun.objects.get() == third
