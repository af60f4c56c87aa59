"""Two who act at the same moment: a worker that comes too late, a run that ends, a refresh beside a disconnect."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections
from django.utils import timezone

from integrations.disconnecting import disconnect_company
from integrations.gateway.oauth import TokenPair
from integrations.gateway.tokens import read_row, store_refreshed
from integrations.models import Connection, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.run_log import LostRun, RunLog
from integrations.sync import request_sync
from tests.support.cast import Cast


def ask(connection: Connection, *, is_full: bool = False) -> SyncRun:
    return request_sync(
        connection=connection,
        kind=RunKind.ALL,
        trigger=RunTrigger.BUTTON,
        is_full=is_full,
        now=timezone.now(),
    )


def take_up(run: SyncRun) -> RunLog:
    """What a worker holds that has just claimed the run."""
    run.status, run.attempt = RunStatus.RUNNING, run.attempt + 1
    run.save()
    return RunLog(SyncRun.objects.get(pk=run.pk))


class OnFirst:
    """Acts once, right before the first statement that begins with `verb` and names `table` is carried out."""

    def __init__(self, verb: str, table: str, act: Callable[[], None]) -> None:
        self.begin, self.table, self.act = verb, table, act
        self.is_done = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if not self.is_done and sql.startswith(self.begin) and self.table in sql:
            self.is_done = True
            self.act()
        return execute(sql, *rest)


def test_worker_that_wakes_up_late_does_not_write_into_its_successors_log(connection: Connection) -> None:
    run = ask(connection)
    late = take_up(run)
    late.begin("Bills")
    run.steps.all().delete()
    successor = take_up(run)

    for write in (
        lambda: late.begin("Bills"),
        lambda: late.announce([("Vendors", 3)]),
        lambda: late.advance("Bills", done=1),
        lambda: late.fail_open(message="Too late."),
        late.finish_all,
    ):
        with pytest.raises(LostRun):
            write()

    successor.begin("Bills")
    assert list(run.steps.values_list("name", "status")) == [("Bills", "running")]


def test_full_sync_asked_for_at_the_moment_a_run_ends_is_not_forgotten(connection: Connection) -> None:
    running = ask(connection)
    take_up(running)

    def end() -> None:
        SyncRun.objects.filter(pk=running.pk).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now())

    with database.execute_wrapper(OnFirst("UPDATE", "integrations_syncrun", end)):
        asked = ask(connection, is_full=True)

    asked.refresh_from_db()
    assert (asked.pk != running.pk, asked.status, asked.is_full) == (True, RunStatus.QUEUED, True)


def test_refresh_beside_a_disconnect_leaves_no_token_that_nobody_revokes(
    connection: Connection, cast: Cast
) -> None:
    assert cast.alice.user is not None
    row = read_row(connection)
    in_an_hour = timezone.now() + timedelta(hours=1)
    pair = TokenPair("new access", "new refresh", in_an_hour, None, None)
    was_stored: list[bool] = []

    def store() -> None:
        try:
            was_stored.append(store_refreshed(row, pair))
        finally:
            connections.close_all()

    refresh = threading.Thread(target=store)

    def start_refresh() -> None:
        refresh.start()
        refresh.join(0.5)  # the disconnect must hold it up: it may not get in between

    with database.execute_wrapper(OnFirst("UPDATE", "integrations_connection", start_refresh)):
        disconnect_company(connection=connection, actor=cast.alice.user, now=timezone.now())
    refresh.join(20)

    assert was_stored == [False]
    assert Connection.objects.get(pk=connection.pk).refresh_token == ""
