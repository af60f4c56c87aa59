"""The run of every 15 minutes reads invoices and payments only (M76, K2), and takes nothing from the other runs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.issues import SYNC_FAILED, last_telling_run, reconcile_connection_issues
from integrations.models import (
    Connection,
    Document,
    Feed,
    RunKind,
    RunStatus,
    RunTrigger,
    SyncIssue,
    SyncRun,
)
from integrations.registry import after_sync_hooks
from integrations.run_log import read_lease
from integrations.sync import describe_request, end_run, perform_sync, request_sync
from integrations.sync_log import list_runs
from integrations.upkeep import prune_runs
from ressio.scoping import scope
from tests.budgets.books import open_books
from tests.integrations.sync.books import assert_mirror_is_true, bill, load, named, outcome, run_sync, times
from tests.support.sandbox import Realm

SUCCEEDED = ("succeeded", "", "")
SALES = {"Invoice", "CreditMemo", "Payment"}
LATER: dict[str, Any] = {"MetaData": {}}


def sale(entity: str, number: int, **changes: Any) -> dict[str, Any]:
    made = {"Id": str(number), "SyncToken": "0", "CustomerRef": {"value": "57"}, "TotalAmt": 10, "Line": []}
    return {entity: made | {"MetaData": times(number % 1000)} | changes}


@pytest.fixture
def synced(connection: Connection, realm: Realm) -> Connection:
    load(realm, [named("Vendor", 56, "Lumber Yard"), named("Customer", 57, "Ada Quill")])
    load(realm, [bill(1), bill(2), sale("Invoice", 901, Balance=10), sale("Payment", 902)])
    # The first run of all reads everything, whatever it was asked for.
    assert outcome(read_sales(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, realm)
    realm.forget_requests()
    return connection


@pytest.fixture
def quiet_books(db: None) -> Iterator[Connection]:
    """Nothing is asked of QuickBooks."""
    made = open_books()
    with scope(company=made.company):
        yield made.connection


@pytest.mark.pure
def test_nothing_but_balances_is_looked_at_behind_it() -> None:
    """Bills, shifts and whatever else follows a whole sync stay alone every 15 minutes."""
    assert [hook.__name__ for hook in after_sync_hooks(only_sales=True)] == ["report_balances_after_sync"]


def cursors(connection: Connection) -> dict[str, Any]:
    rows = Feed.objects.filter(connection=connection)
    return {
        entity: moments for entity, *moments in rows.values_list("entity", "changed_since", "last_success_at")
    }


def moved(connection: Connection, before: dict[str, Any]) -> set[str]:
    return {entity for entity, moments in cursors(connection).items() if moments != before.get(entity)}


def read_sales(connection: Connection) -> SyncRun:
    return run_sync(connection, kind=RunKind.INVOICES)


def test_one_request_and_only_its_own_cursors_move(synced: Connection, realm: Realm) -> None:
    before = cursors(synced)

    run = read_sales(synced)

    asked = realm.count_requests()
    assert outcome(run) == SUCCEEDED
    assert (asked["total"], run.request_count, run.changed_count) == (1, 1, 0)
    assert moved(synced, before) == SALES
    check_that_other_changes_wait(synced, realm)


def check_that_other_changes_wait(synced: Connection, realm: Realm) -> None:
    """For the next whole run, and none is lost."""
    realm.edit_document("Bill", "1", {"PrivateNote": "checked"})
    realm.delete_document("Bill", "2")
    load(realm, [sale("Payment", 903, **LATER), sale("CreditMemo", 904, **LATER)])
    realm.delete_document("Payment", "902")

    run = read_sales(synced)

    assert (run.changed_count, run.deleted_count) == (2, 1)
    assert "checked" not in Document.objects.get(entity="Bill", quickbooks_id="1").body
    assert (read_sales(synced).changed_count, read_sales(synced).deleted_count) == (0, 0)

    whole = run_sync(synced)
    assert (whole.changed_count, whole.deleted_count) == (1, 1)
    assert_mirror_is_true(synced, realm)


def test_gaps_and_floods_concern_only_what_it_reads(synced: Connection, realm: Realm) -> None:
    load(realm, [sale("Invoice", 905)])  # long ago by its own times: no change would tell of it
    Feed.objects.filter(entity__in=SALES).update(changed_since=timezone.now() - timedelta(days=40))
    before = cursors(synced)

    run = read_sales(synced)

    assert (outcome(run), run.changed_count) == (SUCCEEDED, 1)
    assert "everything was read again" in run.note
    assert moved(synced, before) == SALES
    check_more_than_one_answer_holds(synced, realm)


def check_more_than_one_answer_holds(synced: Connection, realm: Realm) -> None:
    load(realm, [sale("Payment", number, **LATER) for number in range(2000, 3005)])
    before = cursors(synced)

    assert (outcome(run := read_sales(synced)), run.changed_count) == (SUCCEEDED, 1005)
    assert moved(synced, before) >= SALES
    assert moved(synced, before) <= {*SALES, "CompanyInfo"}
    assert_mirror_is_true(synced, realm)


# Joined by others -----------------------------------------------------------------------------------------------------


def ask(connection: Connection, kind: str, **how: Any) -> SyncRun:
    return request_sync(
        connection=connection, kind=kind, trigger=RunTrigger.SCHEDULE, now=timezone.now(), **how
    )


def test_whoever_asks_for_more_gets_more(synced: Connection, realm: Realm) -> None:
    """Pressing Sync Expenses while only invoices are read must not be answered with "joined" and nothing."""
    waiting = ask(synced, RunKind.INVOICES)
    joined = ask(synced, RunKind.EXPENSES)
    assert (joined.pk, joined.kind, joined.is_narrow) == (waiting.pk, RunKind.EXPENSES, False)
    assert ask(synced, RunKind.INVOICES).kind == RunKind.EXPENSES
    perform_sync(waiting.pk)

    running = ask(synced, RunKind.INVOICES)
    SyncRun.objects.filter(pk=running.pk).update(
        status=RunStatus.RUNNING, lease_until=timezone.now() - read_lease(), attempt=1
    )
    assert describe_request(ask(synced, RunKind.INVOICES)).endswith("this one joined it.")
    assert describe_request(ask(synced, RunKind.EXPENSES)).endswith("starts when that has ended.")
    realm.edit_document("Bill", "1", {"PrivateNote": "checked"})
    perform_sync(running.pk)
    following = SyncRun.objects.get(status=RunStatus.QUEUED)
    assert (following.kind, following.is_full) == (RunKind.EXPENSES, False)
    perform_sync(following.pk)
    assert_mirror_is_true(synced, realm)

    assert ask(synced, RunKind.INVOICES, is_full=True).is_narrow is False


def test_what_was_asked_for_meanwhile_starts_after_a_failure_too(quiet_books: Connection) -> None:
    running = ask(quiet_books, RunKind.INVOICES)
    SyncRun.objects.filter(pk=running.pk).update(status=RunStatus.RUNNING)
    ask(quiet_books, RunKind.EXPENSES)
    running.refresh_from_db()
    end_run(running, status=RunStatus.FAILED, error="No answer.", error_code="unreachable")
    following = SyncRun.objects.get(status=RunStatus.QUEUED)
    assert (following.kind, running.status) == (RunKind.EXPENSES, RunStatus.FAILED)


def test_a_good_run_does_not_hide_that_the_whole_one_failed(quiet_books: Connection) -> None:
    synced = quiet_books

    def ended(kind: str, status: str, minutes: int) -> SyncRun:
        at = timezone.now() + timedelta(minutes=minutes)
        made: SyncRun = SyncRun.objects.create(
            company=synced.company,
            connection=synced,
            kind=kind,
            status=status,
            trigger=RunTrigger.SCHEDULE,
            requested_at=at,
            finished_at=at,
        )
        return made

    def failures() -> int:
        reconcile_connection_issues(synced, now=timezone.now())
        return SyncIssue.objects.filter(reason=SYNC_FAILED, resolved_at=None).count()

    failed = ended(RunKind.ALL, RunStatus.FAILED, 1)
    quiet = [ended(RunKind.INVOICES, RunStatus.SUCCEEDED, minutes) for minutes in (2, 3)]
    assert (last_telling_run(synced), failures()) == (failed, 1)
    broken = ended(RunKind.INVOICES, RunStatus.FAILED, 4)
    assert last_telling_run(synced) == broken
    whole = ended(RunKind.ALL, RunStatus.SUCCEEDED, 5)
    last = ended(RunKind.INVOICES, RunStatus.SUCCEEDED, 6)
    assert (last_telling_run(synced), failures()) == (whole, 0)

    assert list(list_runs(synced)) == [whole, broken, failed]
    assert set(list_runs(synced, "every")) == {*quiet, failed, broken, whole, last}

    prune_runs(now=timezone.now() + timedelta(days=2))
    kept = set(SyncRun.objects.values_list("pk", flat=True))
    assert kept & {run.pk for run in (*quiet, failed, broken, whole, last)} == {
        run.pk for run in (failed, broken, whole, last)
    }
