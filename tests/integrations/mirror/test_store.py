from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations import registry
from integrations.gateway.rows import Row
from integrations.mirror import live_ids, mark_deleted, store_documents
from integrations.models import Connection, Document
from tests.integrations.mirror.documents import NOW, at, moment, row

Heard = list[tuple[list[str], list[str]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What a projector of bills is told, call by call."""
    calls: Heard = []

    def listen(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
        calls.append(([row.data["Id"] for row in changed], list(deleted_ids)))

    registry.register_projector("Bill", listen)
    yield calls
    registry._projectors["Bill"].remove(listen)


def notes() -> dict[str, str]:
    return {document.quickbooks_id: document.data["PrivateNote"] for document in Document.objects.all()}


def store(connection: Connection, *rows: Row, **options: object) -> tuple[list[str], int]:
    stored = store_documents(connection, "Bill", rows, now=NOW, **options)  # type: ignore[arg-type]
    return sorted(stored.changed), stored.unchanged


def test_new_documents_are_kept_letter_for_letter(connection: Connection) -> None:
    text = '{"Id":"7","SyncToken":"3","TotalAmt":1.10}'

    stored = store_documents(connection, "Bill", [Row({"Id": "7", "SyncToken": "3"}, text)], now=NOW)

    document = Document.objects.get()
    assert (stored.changed, stored.added, stored.unchanged) == (["7"], ["7"], 0)
    assert (document.body, document.sync_token, document.fetched_at) == (text, "3", NOW)
    assert document.data["TotalAmt"] == Decimal("1.10")


def test_time_of_last_update_is_kept_as_a_moment(connection: Connection) -> None:
    store(connection, row("7", updated=at(5)))

    assert Document.objects.get().last_updated_at == moment(5)


def test_newer_version_replaces_and_an_older_one_does_not(connection: Connection) -> None:
    store(connection, row("7", updated=at(5), version="1", PrivateNote="second"))

    assert store(connection, row("7", updated=at(4), version="0", PrivateNote="first")) == ([], 1)
    assert notes() == {"7": "second"}

    assert store(connection, row("7", updated=at(6), version="2", PrivateNote="third")) == (["7"], 0)
    assert notes() == {"7": "third"}


@pytest.mark.parametrize(
    ("stored_token", "arriving_token", "replaced"),
    [("9", "10", True), ("10", "9", False), ("2", "2", False), ("", "0", True)],
)
def test_within_one_second_the_token_decides_as_a_number(
    connection: Connection, stored_token: str, arriving_token: str, replaced: bool
) -> None:
    store(connection, row("7", version=stored_token, PrivateNote="before"))

    store(connection, row("7", version=arriving_token, PrivateNote="after"))

    assert notes() == {"7": "after" if replaced else "before"}


def test_later_time_with_the_same_token_counts(connection: Connection) -> None:
    """Billing a time entry moves its time and keeps its token."""
    store(connection, row("7", updated=at(5), version="4", PrivateNote="Billable"))

    assert store(connection, row("7", updated=at(6), version="4", PrivateNote="HasBeenBilled")) == (["7"], 0)
    assert notes() == {"7": "HasBeenBilled"}


def test_same_version_with_another_text_is_taken_only_on_request(connection: Connection) -> None:
    store(connection, row("7", PrivateNote="Old Yard"))

    assert store(connection, row("7", PrivateNote="New Yard")) == ([], 1)
    assert store(connection, row("7", PrivateNote="Old Yard"), take_equal=True) == ([], 1)
    assert store(connection, row("7", PrivateNote="New Yard"), take_equal=True) == (["7"], 0)
    assert notes() == {"7": "New Yard"}


def test_document_without_times_is_stored_and_compared_by_its_text(connection: Connection) -> None:
    text = '{"Id":"NON","Taxable":false}'
    code = Row({"Id": "NON", "Taxable": False}, text)

    store_documents(connection, "TaxCode", [code], now=NOW)
    again = store_documents(connection, "TaxCode", [code], now=NOW, take_equal=True)

    assert (again.changed, again.unchanged) == ([], 1)


def test_redelivered_documents_change_nothing_and_reach_no_projector(
    connection: Connection, heard: Heard
) -> None:
    rows = [row("7"), row("8")]
    store(connection, *rows)

    assert store(connection, *rows) == ([], 2)
    assert heard == [(["7", "8"], [])]


def test_projectors_hear_only_of_what_changed(connection: Connection, heard: Heard) -> None:
    store(connection, row("7"), row("8"))

    store(connection, row("7"), row("8", updated=at(1)), row("9"))

    assert heard[1:] == [(["8", "9"], [])]


def test_documents_and_projection_stand_or_fall_together(connection: Connection) -> None:
    def fail(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
        raise ZeroDivisionError

    registry.register_projector("Bill", fail)
    try:
        with pytest.raises(ZeroDivisionError):
            store(connection, row("7"))
    finally:
        registry._projectors["Bill"].remove(fail)

    assert not Document.objects.exists()


def test_one_document_twice_on_a_page_is_stored_in_its_newest_version(connection: Connection) -> None:
    changed, unchanged = store(
        connection, row("7", updated=at(2), PrivateNote="late"), row("7", updated=at(1), PrivateNote="early")
    )

    assert (changed, unchanged, notes()) == (["7"], 1, {"7": "late"})


def test_same_id_of_another_entity_is_another_document(connection: Connection) -> None:
    store(connection, row("7", PrivateNote="bill"))
    store_documents(connection, "Purchase", [row("7", PrivateNote="expense")], now=NOW)

    assert sorted(Document.objects.values_list("entity", "quickbooks_id")) == [
        ("Bill", "7"),
        ("Purchase", "7"),
    ]


def test_a_page_of_a_thousand_takes_three_queries(connection: Connection) -> None:
    """The books' lock, what is known, and one write, of an entity that nothing is projected from."""
    rows = [row(str(number)) for number in range(1000)]

    with CaptureQueriesContext(database) as queries:
        store_documents(connection, "Payment", rows, now=NOW)

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 3
    assert Document.objects.count() == 1000


def test_short_lived_links_are_not_stored(connection: Connection) -> None:
    scan = row("7", FileName="scan.pdf", TempDownloadUri="https://files.example/1?expires=900", Size=12.5)

    store_documents(connection, "Attachable", [scan], now=NOW)
    renewed = row("7", FileName="scan.pdf", TempDownloadUri="https://files.example/2?expires=900", Size=12.5)
    again = store_documents(connection, "Attachable", [renewed], now=NOW, take_equal=True)

    data = Document.objects.get().data
    assert {name: data[name] for name in data if name not in ("SyncToken", "MetaData")} == {
        "Id": "7",
        "FileName": "scan.pdf",
        "Size": Decimal("12.5"),
    }
    assert again.changed == []


def test_addresses_that_hold_the_realm_id_are_not_stored(connection: Connection) -> None:
    address = "/v3/company/9130350000000001/download/7"

    store_documents(
        connection,
        "Attachable",
        [row("7", FileName="scan.pdf", FileAccessUri=address, ThumbnailFileAccessUri=address)],
        now=NOW,
    )

    body = Document.objects.get().body
    assert "scan.pdf" in body
    assert "9130350000000001" not in body


# Deleting


def test_deleting_leaves_a_tombstone_with_the_last_figures(connection: Connection, heard: Heard) -> None:
    store(connection, row("7", PrivateNote="as it was"), row("8", PrivateNote="stays"))

    assert mark_deleted(connection, "Bill", ["7", "unknown"], now=NOW) == ["7"]

    tombstone = Document.objects.get(quickbooks_id="7")
    assert (tombstone.deleted_at, tombstone.data["PrivateNote"]) == (NOW, "as it was")
    assert live_ids(connection, "Bill") == {"8"}
    assert heard[1:] == [([], ["7"])]


def test_deleting_again_is_not_a_change(connection: Connection, heard: Heard) -> None:
    store(connection, row("7"))
    mark_deleted(connection, "Bill", ["7"], now=NOW)

    assert mark_deleted(connection, "Bill", ["7"], now=NOW) == []
    assert len(heard) == 2


def test_deletion_from_before_the_last_change_is_ignored(connection: Connection) -> None:
    store(connection, row("7", updated=at(10)))

    assert mark_deleted(connection, "Bill", ["7"], now=NOW, at={"7": moment(9)}) == []
    assert live_ids(connection, "Bill") == {"7"}


def test_late_delivery_of_an_old_version_does_not_bring_a_document_back(connection: Connection) -> None:
    store(connection, row("7", updated=at(1)))
    mark_deleted(connection, "Bill", ["7"], now=NOW, at={"7": moment(5)})

    assert store(connection, row("7", updated=at(1))) == ([], 1)
    assert store(connection, row("7", updated=at(4))) == ([], 1)
    assert live_ids(connection, "Bill") == set()


def test_document_changed_after_its_deletion_is_back(connection: Connection, heard: Heard) -> None:
    """Lists: a name that was made inactive can be used again."""
    store(connection, row("7", updated=at(1)))
    mark_deleted(connection, "Bill", ["7"], now=NOW, at={"7": moment(5)})

    assert store(connection, row("7", updated=at(6), version="1")) == (["7"], 0)
    assert live_ids(connection, "Bill") == {"7"}
    assert heard[2:] == [(["7"], [])]


def test_listed_after_its_supposed_deletion_it_is_back_unchanged(connection: Connection) -> None:
    store(connection, row("7", updated=at(1)))
    mark_deleted(connection, "Bill", ["7"], now=NOW, at={"7": moment(5)})

    assert store(connection, row("7", updated=at(1)), seen_at=moment(4)) == ([], 1)
    assert store(connection, row("7", updated=at(1)), seen_at=moment(6)) == (["7"], 0)
    assert live_ids(connection, "Bill") == {"7"}
