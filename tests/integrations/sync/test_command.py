import json
import threading
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django_celery_beat.models import PeriodicTask

from integrations.management.commands import sync_quickbooks
from integrations.models import Connection, ConnectionStatus, Feed, RunStatus, RunTrigger, SyncRun
from integrations.sync import perform_sync
from ressio.scoping import scope
from tests.integrations.sync.books import bill, load
from tests.support.cast import Cast
from tests.support.sandbox import Realm


def call(*arguments: str) -> str:
    out = StringIO()
    call_command("sync_quickbooks", "--company", "ridge", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def worker(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes up whatever waits, as a worker process does."""
    monkeypatch.setattr(sync_quickbooks, "POLL_SECONDS", 0.05)
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.05):
                with scope(company=connection.company):
                    waiting = list(
                        SyncRun.objects.filter(status=RunStatus.QUEUED).values_list("pk", flat=True)
                    )
                for run_id in waiting:
                    perform_sync(run_id)
        finally:
            database.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_enqueues_and_returns(connection: Connection, cast: Cast) -> None:
    said = call("--kind", "expenses", "--project", str(cast.ridge_house.pk))

    run = SyncRun.objects.get()
    assert said == "Sync started.\n"
    assert (run.status, run.kind, run.is_full) == (RunStatus.QUEUED, "expenses", False)
    assert (run.trigger, run.project) == (RunTrigger.COMMAND, cast.ridge_house)


def test_full_and_joined(connection: Connection) -> None:
    call("--kind", "lists")

    said = json.loads(call("--kind", "lists", "--full", "--json"))

    assert (said["joined"], said["is_full"], said["status"], said["kind"]) == (True, True, "queued", "lists")


@pytest.mark.usefixtures("worker")
def test_bills_again_are_bills_payments_and_attachments(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1)])
    call("--wait")
    before = dict(Feed.objects.values_list("entity", "last_full_pull_at"))

    call("--kind", "bills", "--full", "--wait")

    after = dict(Feed.objects.values_list("entity", "last_full_pull_at"))
    assert {name for name in after if after[name] != before[name]} == {"Bill", "BillPayment", "Attachable"}
    assert str(SyncRun.objects.latest("pk")).startswith("Bills sync")


@pytest.mark.usefixtures("worker")
def test_wait_follows_the_run_to_its_end(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1)])

    said = call("--wait").splitlines()

    run = SyncRun.objects.get()
    assert said == [
        "Sync started.",
        f"Done: {run.changed_count} new or changed, 0 deleted, {run.request_count} requests.",
    ]


@pytest.mark.usefixtures("worker")
def test_wait_as_json(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1)])

    said = json.loads(call("--wait", "--json"))

    assert (said["status"], said["error"]) == ("succeeded", "")
    bills = next(step for step in said["steps"] if step["name"] == "Bills")
    assert bills == {
        "name": "Bills",
        "status": "succeeded",
        "done": 1,
        "total": 1,
        "changed": 1,
        "deleted": 0,
        "message": "",
    }


@pytest.mark.usefixtures("worker")
def test_failed_run_is_a_failed_command(connection: Connection, realm: Realm) -> None:
    realm.fail_next("fault:6190", operation="batch", times=100)

    with pytest.raises(CommandError, match="The sync failed: The QuickBooks Online subscription has ended"):
        call("--wait")


def test_waiting_without_a_worker_says_so_and_ends(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(sync_quickbooks, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(sync_quickbooks, "PATIENCE_SECONDS", 0.1)
    out = StringIO()
    began = time.monotonic()

    with pytest.raises(CommandError, match="waited long enough"):
        call_command(
            "sync_quickbooks", "--company", "ridge", "--wait", "--timeout", "1", stdout=out, stderr=out
        )

    assert out.getvalue().count("Is one running?") == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--company", "nowhere"], "There is no company nowhere"),
        (["--company", "summit"], "not connected"),
        (["--company", "ridge", "--project", "987654"], "no project 987654"),
    ],
)
def test_what_cannot_be_done_is_said(connection: Connection, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("sync_quickbooks", *arguments)


def test_lost_sign_in_is_said(connection: Connection) -> None:
    Connection.objects.update(status=ConnectionStatus.RECONNECT_NEEDED)

    with pytest.raises(CommandError, match="Reconnect first"):
        call()


# Schedules ------------------------------------------------------------------------------------------------


def schedules() -> dict[str, tuple[str, bool, str]]:
    ours = PeriodicTask.objects.filter(task__startswith="integrations.")
    return {task.name: (task.task, task.enabled, str(task.schedule)) for task in ours}


@pytest.mark.django_db
def test_schedules_are_installed_once_and_an_operators_edit_stays() -> None:
    call_command("install_schedules", stdout=StringIO())
    installed = schedules()
    assert {task for task, _, _ in installed.values()} == {
        "integrations.tasks.sweep_runs",
        "integrations.tasks.sweep_pushes",
        "integrations.tasks.request_scheduled_syncs",
        "integrations.tasks.prune_history",
    }
    hourly = PeriodicTask.objects.get(task="integrations.tasks.request_scheduled_syncs")
    hourly.enabled = False
    hourly.save()
    payments = PeriodicTask.objects.get(task="invoicing.request_invoice_syncs")
    assert str(payments.schedule) == "<freq: 15.00 minutes>"
    PeriodicTask.objects.filter(pk=payments.pk).update(enabled=False)
    edited = schedules()

    out = StringIO()
    call_command("install_schedules", stdout=out)

    assert schedules() == edited != installed
    assert not PeriodicTask.objects.get(pk=payments.pk).enabled
    assert out.getvalue() == "All schedules are there already.\n"


@pytest.mark.django_db
def test_schedules_name_tasks_that_exist() -> None:
    from celery import current_app

    call_command("install_schedules", stdout=StringIO())

    current_app.loader.import_default_modules()
    assert {task.task for task in PeriodicTask.objects.exclude(task__startswith="celery.")} <= set(
        current_app.tasks
    )
