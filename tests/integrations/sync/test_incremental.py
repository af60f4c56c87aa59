"""What changed since the last sync: all of it, and in as few requests as there can be."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.gateway import Refused
from integrations.models import ChangeAction, Connection, Document, Feed, SyncChange, SyncIssue, SyncRun
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

SUCCEEDED = ("succeeded", "", "")
NOW_THERE: dict[str, Any] = {"MetaData": {}}


@pytest.fixture
def synced(connection: Connection, realm: Realm) -> Connection:
    """Some of everything, long unchanged, already here."""
    load(realm, [bill(number) for number in range(1, 31)])
    load(realm, [time_entry(number) for number in range(1, 121)])
    load(realm, [named("Customer", 57, "Ada Quill"), named("Vendor", 56, "Lumber Yard")])
    load(realm, [named("Item", 3, "Framing", Type="Service"), named("Employee", 70, "Jo Mason")])
    assert outcome(run_sync(connection)) == SUCCEEDED
    realm.forget_requests()
    return connection


def changes(run: SyncRun) -> list[tuple[str, str, str]]:
    found = SyncChange.objects.filter(run=run).order_by("entity", "quickbooks_id")
    return list(found.values_list("entity", "quickbooks_id", "action"))


def cursors(connection: Connection) -> dict[str, datetime | None]:
    return dict(Feed.objects.filter(connection=connection).values_list("entity", "changed_since"))


def test_idle_sync_is_two_requests(synced: Connection, realm: Realm) -> None:
    run = run_sync(synced)

    assert outcome(run) == SUCCEEDED
    assert realm.count_requests()["total"] == 2
    assert (run.request_count, run.changed_count, run.deleted_count) == (2, 0, 0)
    assert changes(run) == []


def test_ten_changes_are_three_requests_at_most(synced: Connection, realm: Realm) -> None:
    realm.edit_document("Bill", "1", {"PrivateNote": "checked"})
    realm.edit_document("Bill", "2", {"PrivateNote": "checked"})
    realm.delete_document("Bill", "3")
    realm.edit_document("Customer", "57", {"Notes": "prefers mornings"})
    realm.delete_document("Vendor", "56")
    realm.edit_document("TimeActivity", "100001", {"Description": "long day"})
    realm.delete_document("TimeActivity", "100002")
    load(
        realm,
        [bill(501, **NOW_THERE), time_entry(501, **NOW_THERE), named("Item", 9, "Roofing", **NOW_THERE)],
    )

    run = run_sync(synced)

    assert outcome(run) == SUCCEEDED
    assert realm.count_requests()["total"] == 3
    assert (run.changed_count, run.deleted_count) == (8, 2)
    assert_mirror_is_true(synced, realm)
    assert changes(run) == [
        ("Bill", "1", ChangeAction.CHANGED),
        ("Bill", "2", ChangeAction.CHANGED),
        ("Bill", "3", ChangeAction.DELETED),
        ("Bill", "501", ChangeAction.ADDED),
        ("Customer", "57", ChangeAction.CHANGED),
        ("Item", "9", ChangeAction.ADDED),
        ("TimeActivity", "100001", ChangeAction.CHANGED),
        ("TimeActivity", "100002", ChangeAction.DELETED),
        ("TimeActivity", "100501", ChangeAction.ADDED),
        ("Vendor", "56", ChangeAction.CHANGED),
    ]


def test_what_comes_twice_is_counted_once(synced: Connection, realm: Realm) -> None:
    """Cursors overlap, so the second sync is told of the first one's changes again."""
    realm.edit_document("Bill", "1", {"PrivateNote": "checked"})
    assert run_sync(synced).changed_count == 1

    again = run_sync(synced)

    assert (again.changed_count, again.request_count) == (0, 2)
    assert changes(again) == []


def test_deleted_bill_stays_as_a_tombstone_with_its_figures(synced: Connection, realm: Realm) -> None:
    realm.delete_document("Bill", "7")

    run_sync(synced)

    tombstone = Document.objects.get(entity="Bill", quickbooks_id="7")
    assert tombstone.deleted_at is not None
    assert tombstone.data["TotalAmt"] == 107


def test_changes_of_all_sources_arrive(synced: Connection, realm: Realm) -> None:
    realm.edit_document("CompanyInfo", "1", {"CompanyName": "Ridge Builders LLC"})
    realm.edit_document("Preferences", "1", {"AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}})

    run_sync(synced)

    assert_mirror_is_true(synced, realm)
    synced.refresh_from_db()
    assert (synced.books_name, str(synced.closing_date)) == ("Ridge Builders LLC", "2025-12-31")


def test_billed_time_changes_without_a_new_token(synced: Connection, realm: Realm) -> None:
    entry = realm.send("GET", "documents/TimeActivity/100005")
    moved = {**entry["MetaData"], "LastUpdatedTime": "2026-06-01T09:00:00-07:00"}
    load(realm, [{"TimeActivity": {**entry, "BillableStatus": "HasBeenBilled", "MetaData": moved}}])
    Feed.objects.filter(entity="TimeActivity").update(changed_since=moved["LastUpdatedTime"])

    run_sync(synced)

    assert mirrored(synced)["TimeActivity"]["100005"]["BillableStatus"] == "HasBeenBilled"


@pytest.mark.parametrize("victims", [1, 5, 119])
def test_deleted_time_entries_are_noticed(synced: Connection, realm: Realm, victims: int) -> None:
    for number in range(2, 2 + victims):
        realm.delete_document("TimeActivity", str(100_000 + number))

    run = run_sync(synced)

    assert (outcome(run), run.deleted_count) == (SUCCEEDED, victims)
    assert_mirror_is_true(synced, realm)


def test_one_time_entry_deleted_and_one_entered_is_both(synced: Connection, realm: Realm) -> None:
    """As many as before, so a count of all of them would say that nothing happened."""
    realm.delete_document("TimeActivity", "100002")
    load(realm, [time_entry(777, **NOW_THERE)])

    run = run_sync(synced)

    assert (run.changed_count, run.deleted_count) == (1, 1)
    assert_mirror_is_true(synced, realm)


def test_time_entry_we_lack_is_found_by_the_count(synced: Connection, realm: Realm) -> None:
    Document.objects.filter(entity="TimeActivity", quickbooks_id="100060").delete()

    run_sync(synced)

    assert_mirror_is_true(synced, realm)


def test_cursor_is_quickbooks_clock_less_an_overlap(synced: Connection, realm: Realm) -> None:
    realm.send("POST", "clock", {"hours": 3})

    run_sync(synced)

    clock = datetime.fromisoformat(realm.send("GET", "clock")["now"])
    for entity, cursor in cursors(synced).items():
        assert cursor is not None
        assert timedelta(minutes=4, seconds=50) < clock - cursor < timedelta(minutes=5, seconds=10), entity


# More than one answer holds ------------------------------------------------------------------------------


def test_more_changes_than_one_answer_holds(synced: Connection, realm: Realm) -> None:
    """QuickBooks stops at 1,000 objects and does not say so."""
    load(realm, [bill(number, **NOW_THERE) for number in range(1001, 2301)])
    load(realm, [named("Vendor", 9000 + number, f"New {number}", **NOW_THERE) for number in range(60)])
    realm.edit_document("Customer", "57", {"Notes": "prefers mornings"})
    for number in (4, 5):
        realm.delete_document("Bill", str(number))

    run = run_sync(synced)

    assert outcome(run) == SUCCEEDED
    assert_mirror_is_true(synced, realm)
    assert (run.changed_count, run.deleted_count) == (1361, 2)
    assert run.request_count <= 10


@pytest.mark.slow
def test_more_deletions_than_one_answer_holds(connection: Connection, realm: Realm) -> None:
    load(realm, [bill(number) for number in range(1, 1101)])
    run_sync(connection)
    for number in range(1, 1051):
        realm.delete_document("Bill", str(number))

    run = run_sync(connection)

    assert (outcome(run), run.deleted_count) == (SUCCEEDED, 1050)
    assert_mirror_is_true(connection, realm)


def test_more_time_entries_than_the_batch_holds(synced: Connection, realm: Realm) -> None:
    load(realm, [time_entry(number, **NOW_THERE) for number in range(1001, 2701)])

    run = run_sync(synced)

    assert (outcome(run), run.changed_count) == (SUCCEEDED, 1700)
    assert_mirror_is_true(synced, realm)


@pytest.mark.slow
def test_thousands_of_one_and_the_same_second(synced: Connection, realm: Realm) -> None:
    """An import writes many documents in a second: a page cannot begin after its last second then."""
    realm.send("POST", "clock", {"hours": 1})
    stamp = realm.send("GET", "clock")["now"]
    same = {"MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp}}
    load(realm, [bill(number, **same) for number in range(1001, 3601)])

    run = run_sync(synced)

    assert (outcome(run), run.changed_count) == (SUCCEEDED, 2600)
    assert_mirror_is_true(synced, realm)


# Too long ago --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose_clock", ["ours", "theirs"])
def test_after_forty_days_everything_is_compared(synced: Connection, realm: Realm, whose_clock: str) -> None:
    """QuickBooks tells changes of 30 days: what was deleted before that, only a comparison shows."""
    realm.delete_document("Bill", "3")
    realm.edit_document("Bill", "4", {"PrivateNote": "while nobody looked"})
    realm.delete_document("TimeActivity", "100009")
    if whose_clock == "theirs":
        realm.send("POST", "clock", {"days": 40})
    else:
        long_ago = datetime.fromisoformat(realm.send("GET", "clock")["now"]) - timedelta(days=40)
        Feed.objects.update(changed_since=long_ago)

    run = run_sync(synced)

    assert outcome(run) == SUCCEEDED
    assert (run.changed_count, run.deleted_count) == (1, 2)
    assert "30 days" in run.note
    assert_mirror_is_true(synced, realm)
    realm.forget_requests()
    assert run_sync(synced).request_count == 2


# How QuickBooks may differ from what we expect ------------------------------------------------------------


@pytest.mark.parametrize(
    "switches",
    [{"cdc_empty_slot": "omitted"}, {"total_count": "absent"}, {"orderby_id": "ignored"}, {"zone": "UTC"}],
)
def test_points_that_no_source_settles_make_no_difference(
    synced: Connection, realm: Realm, switches: dict[str, str]
) -> None:
    realm.send("POST", "switches", switches)
    realm.delete_document("Bill", "3")
    realm.delete_document("TimeActivity", "100009")
    realm.edit_document("Bill", "4", {"PrivateNote": "checked"})

    run = run_sync(synced)

    assert (outcome(run), run.changed_count, run.deleted_count) == (SUCCEEDED, 1, 2)
    assert {entity: set(rows) for entity, rows in mirrored(synced).items()}["Bill"] == {
        item["Id"] for item in realm.list_documents("Bill")
    }


def test_an_edition_without_time_tracking_does_not_stop_the_rest(
    connection: Connection, realm: Realm
) -> None:
    load(realm, [bill(1), time_entry(1)])
    realm.send("POST", "faults", {"action": "fault:5030", "operation": "query", "entity": "TimeActivity"})

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    step = run.steps.get(entity="TimeActivity")
    assert (step.status, step.message) == ("failed", Refused("5030").detail_for_people)
    assert not Feed.objects.filter(entity="TimeActivity").exists()
    assert set(mirrored(connection)["Bill"]) == {"1"}
    issue = SyncIssue.objects.get()
    assert (issue.reason, issue.subject_id, issue.resolved_at) == ("entity_not_synced", "TimeActivity", None)

    realm.clear_faults()
    run_sync(connection)

    assert_mirror_is_true(connection, realm)
    assert SyncIssue.objects.get().resolved_at is not None
