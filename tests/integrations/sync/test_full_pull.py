"""Everything QuickBooks holds, page by page, also while somebody works in it."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.freshness import as_of
from integrations.models import Connection, Document, Feed, QuickBooksCustomer, RunKind, SyncRun
from integrations.registry import ENTITIES
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
from tests.support.quickbooks import connect
from tests.support.sandbox import Realm, Sandbox

SUCCEEDED = ("succeeded", "", "")
Meanwhile = Callable[..., None]


def steps(run: SyncRun) -> dict[str, tuple[str, int, int | None, int, int]]:
    return {
        step.name: (step.status, step.done, step.total, step.changed, step.deleted)
        for step in run.steps.all()
    }


def test_first_sync_brings_the_whole_demo_company(connection: Connection, sandbox: Sandbox) -> None:
    realm = sandbox.open_company("demo")
    connection.is_current = False
    connection.save()
    demo = connect(realm, connection.company)

    run = run_sync(demo)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(demo, realm)
    requests = realm.count_requests()
    assert run.request_count == requests["total"]
    assert requests["operations"]["cdc"] == 1
    assert requests["operations"]["batch"] == 2
    realm.close()


def test_pages_of_a_thousand_and_no_request_too_many(connection: Connection, realm: Realm) -> None:
    load(realm, (bill(number) for number in range(1, 2102)))
    load(realm, (named("Vendor", 5000 + number, f"Vendor {number}") for number in range(1050)))

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(connection, realm)
    queries = realm.count_requests()["entities"]["query"]
    assert (queries["Bill"], queries["Vendor"]) == (3, 2)
    pages = sum(queries.values())
    assert run.request_count == pages + 3
    assert steps(run)["Bills"] == ("succeeded", 2101, 2101, 2101, 0)


@pytest.mark.slow
def test_several_pages_are_fetched_at_once(connection: Connection, realm: Realm) -> None:
    load(realm, (bill(number) for number in range(1, 6002)))
    realm.fail_next("slow:0.4", operation="query", entity="Bill", times=7)

    run_sync(connection)

    assert realm.count_requests()["highest_in_flight"] >= 2


@pytest.mark.slow
def test_one_page_at_a_time_when_told(connection: Connection, realm: Realm, settings: Settings) -> None:
    settings.QBO_PAGES_AT_ONCE = 1
    load(realm, (bill(number) for number in range(1, 2002)))

    run_sync(connection)

    assert realm.count_requests()["highest_in_flight"] == 1
    assert_mirror_is_true(connection, realm)


def test_inactive_names_come_too(connection: Connection, realm: Realm) -> None:
    load(
        realm, [named("Customer", 57, "Ada Quill"), named("Customer", 58, "Bo Reed (deleted)", Active=False)]
    )

    run_sync(connection)

    assert_mirror_is_true(connection, realm)
    names = QuickBooksCustomer.objects.order_by("name").values_list("name", "is_active")
    assert list(names) == [("Ada Quill", True), ("Bo Reed (deleted)", False)]


def test_reading_everything_again_changes_nothing(connection: Connection, realm: Realm) -> None:
    load(realm, [*(bill(number) for number in range(1, 8)), time_entry(1)])
    run_sync(connection)
    before = mirrored(connection)

    again = run_sync(connection, is_full=True)

    assert outcome(again) == SUCCEEDED
    assert (again.changed_count, again.deleted_count) == (0, 0)
    assert mirrored(connection) == before


def test_full_pull_repairs_whatever_went_wrong_in_the_mirror(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(number) for number in range(1, 5)])
    run_sync(connection)
    rows = Document.objects.filter(entity="Bill")
    rows.filter(quickbooks_id="1").delete()
    rows.filter(quickbooks_id="2").update(deleted_at=timezone.now() - timedelta(hours=1))
    rows.filter(quickbooks_id="3").update(body="{}")
    stray = rows.get(quickbooks_id="4")
    Document.objects.create(
        company=connection.company,
        connection=connection,
        entity="Bill",
        quickbooks_id="99",
        last_updated_at=stray.last_updated_at,
        body=stray.body,
    )

    run = run_sync(connection, is_full=True)

    assert (run.changed_count, run.deleted_count) == (3, 1)
    assert_mirror_is_true(connection, realm)
    assert Document.objects.get(quickbooks_id="99").deleted_at is not None


def test_full_pull_of_expenses_reads_no_list_again(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(1), named("Vendor", 56, "Lumber Yard")])
    run_sync(connection)
    realm.forget_requests()

    run_sync(connection, kind=RunKind.EXPENSES, is_full=True)

    assert set(realm.count_requests()["entities"]["query"]) == {"Bill"}


def test_every_entity_is_known_as_of_the_moment_the_sync_began(connection: Connection, realm: Realm) -> None:
    assert as_of(connection, RunKind.EXPENSES) is None

    run = run_sync(connection)

    assert set(Feed.objects.values_list("entity", flat=True)) == set(ENTITIES)
    assert as_of(connection) == as_of(connection, RunKind.LISTS) == as_of(connection, RunKind.EXPENSES)
    assert run.started_at is not None
    known_as_of = as_of(connection)
    assert known_as_of is not None
    assert timedelta(0) <= known_as_of - run.started_at < timedelta(seconds=1)


# While somebody works in the books -----------------------------------------------------------------------


@pytest.fixture
def page_by_page(settings: Settings) -> None:
    settings.QBO_PAGES_AT_ONCE = 1


@pytest.mark.usefixtures("page_by_page")
@pytest.mark.slow
def test_bill_deleted_behind_us_does_not_hide_its_neighbour(
    connection: Connection, realm: Realm, meanwhile: Meanwhile
) -> None:
    """Everything after it moves up by one, so the first of the next page is never shown to us."""
    load(realm, (bill(number) for number in range(1, 1102)))
    meanwhile("Bill", lambda: realm.delete_document("Bill", "500"))

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(connection, realm)
    assert realm.count_requests()["entities"]["query"]["Bill"] == 4


@pytest.mark.usefixtures("page_by_page")
@pytest.mark.parametrize("count", [40, 1100])
def test_time_entry_deleted_behind_us_is_noticed_though_nobody_tells(
    connection: Connection, realm: Realm, meanwhile: Meanwhile, count: int
) -> None:
    load(realm, (time_entry(number) for number in range(1, count + 1)))
    meanwhile("TimeActivity", lambda: realm.delete_document("TimeActivity", "100020"))

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(connection, realm)


@pytest.mark.usefixtures("page_by_page")
@pytest.mark.slow
def test_one_time_entry_gone_and_one_come_do_not_make_up_for_each_other(
    connection: Connection, realm: Realm, meanwhile: Meanwhile
) -> None:
    load(realm, (time_entry(number) for number in range(1, 1101)))

    def work() -> None:
        realm.delete_document("TimeActivity", "100020")
        load(realm, [{"TimeActivity": {**time_entry(9000)["TimeActivity"], "MetaData": {}}}])

    meanwhile("TimeActivity", work)

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(connection, realm)


@pytest.mark.usefixtures("page_by_page")
def test_documents_edited_added_and_deleted_while_pages_are_fetched(
    connection: Connection, realm: Realm, meanwhile: Meanwhile
) -> None:
    load(realm, (bill(number) for number in range(1, 2102)))
    load(realm, [named("Vendor", 56, "Lumber Yard")])

    def work() -> None:
        for number in (3, 999, 1000, 1001, 2000):
            realm.edit_document("Bill", str(number), {"PrivateNote": f"edited {number}"})
        for number in (5, 6, 1500):
            realm.delete_document("Bill", str(number))
        load(realm, [{"Bill": {**bill(number)["Bill"], "MetaData": {}}} for number in (7001, 7002)])

    meanwhile("Bill", work)

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(connection, realm)


@contextmanager
def somebody_keeps_deleting(realm: Realm, ids: Iterable[str]) -> Iterator[None]:
    stop = threading.Event()
    desk = Realm(Sandbox(realm.sandbox.base_url), realm.id)

    def work() -> None:
        for quickbooks_id in ids:
            if stop.wait(0.02):
                return
            desk.delete_document("TimeActivity", quickbooks_id)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()
    desk.sandbox.http.close()


@pytest.mark.slow
def test_books_that_never_hold_still_are_not_called_synced(connection: Connection, realm: Realm) -> None:
    load(realm, (time_entry(number) for number in range(1, 2001)))

    with somebody_keeps_deleting(realm, (str(100_000 + number) for number in range(1, 900))):
        run = run_sync(connection)

    assert (run.status, run.error_code) == ("failed", "unsteady")
    assert "Time entries" in run.error
    assert Feed.objects.get(entity="TimeActivity").changed_since is None
    assert (as_of(connection, RunKind.EXPENSES), as_of(connection)) == (None, None)
    assert as_of(connection, RunKind.LISTS) is not None
    assert steps(run)["Time entries"][0] == "failed"

    assert outcome(run_sync(connection)) == SUCCEEDED
    assert_mirror_is_true(connection, realm)
