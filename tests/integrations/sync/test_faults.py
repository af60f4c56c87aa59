"""What can go wrong on the way. Afterwards: state equals truth, and the log says what happened."""

from typing import Any

import pytest

from integrations.issues import RECONNECT_NEEDED, SYNC_FAILED
from integrations.models import Connection, ConnectionStatus, Document, Exchange, Feed, SyncIssue, SyncRun
from tests.integrations.sync.books import (
    assert_mirror_is_true,
    bill,
    load,
    mirrored,
    named,
    outcome,
    run_sync,
    time_entry,
)
from tests.support.sandbox import Realm

pytestmark = pytest.mark.slow
SUCCEEDED = ("succeeded", "", "")


@pytest.fixture
def books(realm: Realm, settings: Any) -> Realm:
    """Bills of two pages."""
    settings.QBO_PAGE_SIZE = 100
    load(realm, [bill(number) for number in range(1, 112)])
    load(realm, [time_entry(number) for number in range(1, 41)])
    load(realm, [named("Vendor", 56, "Lumber Yard"), named("Customer", 57, "Ada Quill")])
    return realm


def answers(run: SyncRun) -> list[int | None]:
    return list(Exchange.objects.filter(run=run).order_by("pk").values_list("status", flat=True))


def open_reasons() -> list[str]:
    return sorted(SyncIssue.objects.filter(resolved_at=None).values_list("reason", flat=True))


def change_something(realm: Realm) -> None:
    realm.edit_document("Bill", "7", {"PrivateNote": "checked"})
    realm.delete_document("Bill", "8")
    realm.delete_document("TimeActivity", "100003")
    realm.edit_document("Vendor", "56", {"CompanyName": "Timber Yard"})


PASSING = [
    pytest.param({"action": "429"}, 429, id="busy, told in JSON"),
    pytest.param({"action": "500"}, 500, id="server error"),
    pytest.param({"action": "503"}, 503, id="out of service"),
    pytest.param({"action": "html502"}, 502, id="a gateway's HTML page"),
    pytest.param({"action": "drop_before"}, None, id="connection cut before the answer"),
    pytest.param({"action": "drop_after"}, None, id="connection cut after the work"),
    pytest.param({"action": "401"}, 401, id="token not taken"),
]


@pytest.mark.parametrize(("fault", "status"), PASSING)
def test_what_passes_in_the_middle_of_a_scan_is_survived(
    connection: Connection, books: Realm, fault: dict[str, Any], status: int | None
) -> None:
    books.fail_next(operation="query", entity="Bill", nth=2, **fault)

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert answers(run).count(status) == 1
    assert_mirror_is_true(connection, books)


@pytest.mark.pure
@pytest.mark.parametrize(("fault", "status"), PASSING)
@pytest.mark.parametrize("operation", ["cdc", "batch"])
def test_what_passes_while_changes_are_read_is_survived(
    connection: Connection, books: Realm, operation: str, fault: dict[str, Any], status: int | None
) -> None:
    run_sync(connection)
    change_something(books)
    books.fail_next(operation=operation, **fault)

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert status in answers(run)
    assert_mirror_is_true(connection, books)


def test_busy_told_in_xml(connection: Connection, books: Realm) -> None:
    books.send("POST", "switches", {"throttle_body": "xml"})
    books.fail_next("429", operation="query", entity="Bill", times=2)

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert answers(run).count(429) == 2
    assert_mirror_is_true(connection, books)


LASTING = [
    pytest.param({"action": "429"}, "", id="busy"),
    pytest.param({"action": "500"}, "", id="server error"),
    pytest.param({"action": "html502"}, "", id="HTML"),
    pytest.param({"action": "drop_before"}, "", id="cut connections"),
    pytest.param({"action": "fault:6190"}, "6190", id="subscription ended"),
]


@pytest.mark.pure
@pytest.mark.parametrize(("fault", "code"), LASTING)
@pytest.mark.parametrize("operation", ["query", "cdc", "batch"])
def test_what_lasts_fails_the_run_and_loses_nothing(
    connection: Connection, books: Realm, operation: str, fault: dict[str, Any], code: str
) -> None:
    """Never "0 rows, OK": the run is failed, cursors stay, and the next one brings everything."""
    books.fail_next(operation=operation, times=1000, **fault)

    run = run_sync(connection)

    assert run.status == "failed"
    assert run.error
    assert code in run.error_code
    assert not Feed.objects.exists()
    assert open_reasons() == [SYNC_FAILED]
    assert SyncIssue.objects.get(resolved_at=None).way_out == run.error

    books.clear_faults()
    change_something(books)
    assert outcome(run_sync(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, books)
    assert open_reasons() == []


@pytest.mark.parametrize("operation", ["cdc", "batch"])
def test_failed_incremental_sync_moves_no_cursor(
    connection: Connection, books: Realm, operation: str
) -> None:
    run_sync(connection)
    before = dict(Feed.objects.values_list("entity", "changed_since"))
    held = mirrored(connection)
    change_something(books)
    books.fail_next("500", operation=operation, times=1000)

    run = run_sync(connection)

    assert run.status == "failed"
    assert dict(Feed.objects.values_list("entity", "changed_since")) == before
    assert mirrored(connection) == held


def test_page_that_stays_broken_keeps_what_came_before_it(
    connection: Connection, books: Realm, settings: Any
) -> None:
    settings.QBO_PAGES_AT_ONCE = 1
    books.fail_next("500", operation="query", entity="Bill", nth=2, times=100)

    run = run_sync(connection)

    assert run.status == "failed"
    assert Document.objects.filter(entity="Vendor").count() == 1
    step = run.steps.get(entity="Bill")
    assert (step.status, step.total) == ("failed", 111)

    books.clear_faults()
    assert outcome(run_sync(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, books)


def test_silence_is_a_failure_in_time(connection: Connection, books: Realm, settings: Any) -> None:
    settings.QBO_READ_TIMEOUT = 0.3
    books.fail_next("slow:1.5", operation="cdc", times=20)

    run = run_sync(connection)

    assert run.status == "failed"
    assert answers(run)[-1] is None
    settings.QBO_READ_TIMEOUT = 10.0
    books.clear_faults()
    assert outcome(run_sync(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, books)


def test_token_that_expires_in_the_middle_of_a_scan_is_renewed(
    connection: Connection, books: Realm, meanwhile: Any, settings: Any
) -> None:
    settings.QBO_PAGES_AT_ONCE = 2
    meanwhile("Bill", books.expire_tokens)
    version = connection.token_version

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert 401 in answers(run)
    connection.refresh_from_db()
    assert connection.token_version == version + 1
    assert_mirror_is_true(connection, books)


def test_sign_in_revoked_in_the_middle_of_a_scan(
    connection: Connection, books: Realm, meanwhile: Any, settings: Any
) -> None:
    """Says that somebody must reconnect, and keeps what it has."""
    settings.QBO_PAGES_AT_ONCE = 1
    meanwhile("Bill", books.revoke_tokens)

    run = run_sync(connection)

    assert run.status == "failed"
    assert "Reconnect" in run.error or "reconnect" in run.error
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.RECONNECT_NEEDED
    assert open_reasons() == [RECONNECT_NEEDED]
    assert Document.objects.filter(entity="Bill").count() == 100
    assert not Feed.objects.exists()


def test_disconnected_in_the_middle_of_a_scan(
    connection: Connection, books: Realm, meanwhile: Any, settings: Any
) -> None:
    settings.QBO_PAGES_AT_ONCE = 1

    def disconnect() -> None:
        Connection.objects.filter(pk=connection.pk).update(
            status=ConnectionStatus.DISCONNECTED, access_token="", refresh_token=""
        )

    meanwhile("Bill", disconnect)

    run = run_sync(connection)

    assert (run.status, run.error_code) == ("failed", "disconnected")
    assert open_reasons() == []
