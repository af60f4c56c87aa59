"""Files that are attached to bills in QuickBooks come here one by one, read-only, once (M48, M51–M54, K1, K12)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from budgets.bills.attachments import follow_attachments
from budgets.bills.errors import BillRefused
from budgets.bills.pulling import (
    LEASE,
    NOT_FETCHED,
    claim_next,
    count_earlier_files,
    fetch_claimed,
    fetch_earlier_files,
    fetch_files,
    sweep_files,
    try_again,
    want_files,
)
from budgets.models import Bill, BillAttachment, BillFile
from integrations.gateway import Gateway, Row
from integrations.models import Connection, Document, ProjectLink, SyncIssue
from integrations.outbox import perform_push
from ressio.files.keeping import FileRefused, remove_file
from ressio.files.reading import open_content
from ressio.models import FileOrigin, Project, ProjectFile
from tests.budgets.bills.office import Json, Office
from tests.budgets.bills.test_files_out import attach, files_there, pushes, send_files, switch
from tests.support.api import Program
from tests.support.file_samples import PDF, PNG

State = BillAttachment.State


def attach_there(
    office: Office, *refs: tuple[str, str], name: str = "invoice.pdf", content: bytes = PDF, kind: str = ""
) -> str:
    """As somebody drags a file onto documents in QuickBooks: entity and id each."""
    links = [{"EntityRef": {"type": entity, "value": ref}, "IncludeOnSend": False} for entity, ref in refs]
    kind = kind or ("image/png" if name.endswith("png") else "application/pdf")
    metadata = json.dumps({"FileName": name, "ContentType": kind, "AttachableRef": links})
    row = Gateway(office.connection).upload(metadata.encode(), content, filename=name, content_type=kind)
    return str(row.data["Id"])


def bill_there(office: Office, number: str = "THEIRS", customer: str = "", **changes: Any) -> str:
    detail = {
        "ItemRef": {"value": office.refs["06 Framing"]},
        "CustomerRef": {"value": customer or office.refs["customer"]},
        "BillableStatus": "NotBillable",
    }
    line: Json = {
        "Amount": 40,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    document = {"VendorRef": {"value": office.refs["vendor"]}, "DocNumber": number, "Line": [line], **changes}
    return str(office.realm.enter_document("Bill", document)["Id"])


def sync_and_fetch(office: Office) -> int:
    """A sync, and one visit of a worker."""
    office.sync()
    return fetch_files(office.connection.pk)


def shown(project: Project) -> list[str]:
    files = ProjectFile.objects.filter(project=project, origin=FileOrigin.QUICKBOOKS)
    return sorted(files.values_list("name", flat=True))


def states() -> list[str]:
    return list(BillAttachment.objects.order_by("attachable_ref").values_list("state", flat=True))


def test_a_file_of_a_bill_made_there_comes_here_whole_and_read_only(office: Office) -> None:
    switch(office, pull_bill_files=True)
    ref = attach_there(office, ("Bill", bill_there(office)))

    assert sync_and_fetch(office) == 1

    file = ProjectFile.objects.get()
    with open_content(file) as content:
        assert content.read() == PDF
    bill = Bill.objects.get(number="THEIRS")
    assert (file.name, file.project, file.origin, file.is_read_only, file.is_client_visible) == (
        "invoice.pdf",
        office.project,
        FileOrigin.QUICKBOOKS,
        True,
        True,
    )
    assert (file.subject_kind, file.subject_id, file.subject_label) == ("bill", str(bill.pk), str(bill))
    assert BillFile.objects.get().attachable_ref == ref
    assert sync_and_fetch(office) == 0
    assert ProjectFile.objects.count() == 1
    assert office.admin.user is not None
    with pytest.raises(FileRefused):
        remove_file(file=file, actor=office.admin.user)


def test_only_files_of_bills_of_this_project(office: Office) -> None:
    """Neither a receipt of an expense, nor an invoice's file, nor a note, nor a bill of somebody else (K1)."""
    switch(office, pull_bill_files=True)
    bill_ref = bill_there(office)
    other = office.realm.enter_document("Customer", {"DisplayName": "Somebody else"})["Id"]
    purchase = office.realm.enter_document(
        "Purchase",
        {
            "PaymentType": "Cash",
            "AccountRef": {"value": office.refs["bank"]},
            "Line": [
                {
                    "Amount": 5,
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {
                        "AccountRef": {"value": office.refs["expense"]},
                        "CustomerRef": {"value": office.refs["customer"]},
                    },
                }
            ],
        },
    )
    invoice = office.realm.enter_document(
        "Invoice",
        {
            "CustomerRef": {"value": office.refs["customer"]},
            "Line": [
                {
                    "Amount": 9,
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {"ItemRef": {"value": office.refs["06 Framing"]}},
                }
            ],
        },
    )
    attach_there(office, ("Purchase", str(purchase["Id"])), name="receipt.png", content=PNG)
    attach_there(office, ("Invoice", str(invoice["Id"])), name="client.pdf")
    attach_there(office, ("Bill", bill_there(office, "OTHER", other)), name="other.pdf")
    note = {"Note": "Call them", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": bill_ref}}]}
    office.realm.enter_document("Attachable", note)
    attach_there(office, ("Purchase", str(purchase["Id"])), ("Bill", bill_ref), name="both.pdf")

    sync_and_fetch(office)

    assert shown(office.project) == ["both.pdf"]
    assert Document.objects.filter(entity="Attachable", deleted_at=None).count() == 5
    assert office.realm.count_requests()["operations"]["download"] == 1


def test_our_own_never_come_back_as_a_copy(office: Office) -> None:
    """Nor while the answer to our upload is lost, and a sync brings the attachment first."""
    switch(office, pull_bill_files=True)
    bill = office.settle()
    attach(office, bill)
    office.realm.fail_next("drop_after", operation="upload")
    assert send_files() == ["unknown"]
    sync_and_fetch(office)
    assert (shown(office.project), states()) == ([], [State.WANTED])
    office.realm.forget_replays()
    assert send_files() == ["done"]

    BillAttachment.objects.update(next_try_at=timezone.now())
    sync_and_fetch(office)

    assert (shown(office.project), states()) == ([], [])
    assert len(files_there(office)) == ProjectFile.objects.count() == 1


def test_somebody_elses_file_on_our_bill_comes(office: Office) -> None:
    switch(office, pull_bill_files=True)
    bill = office.settle()
    attach(office, bill)
    send_files()
    attach_there(office, ("Bill", bill.quickbooks_id), name="from-the-accountant.pdf")

    sync_and_fetch(office)

    assert sorted(file.file.name for file in bill.files.all()) == ["from-the-accountant.pdf", "scan.pdf"]
    perform_push(pushes()[0].pk)
    assert len(files_there(office)) == 2


def test_earlier_ones_come_when_somebody_asks_for_them(office: Office) -> None:
    attach_there(office, ("Bill", bill_there(office)), name="earlier.pdf")
    assert (sync_and_fetch(office), states()) == (0, [State.KNOWN])
    assert count_earlier_files(office.project) == 0
    BillAttachment.objects.update(made_at=timezone.now() - timedelta(hours=1))
    switch(office, pull_bill_files=True)
    attach_there(office, ("Bill", bill_there(office, "NEW")), name="new.pdf")
    sync_and_fetch(office)
    assert (shown(office.project), count_earlier_files(office.project)) == (["new.pdf"], 1)
    asked: dict[str, Any] = {"project": office.project, "now": timezone.now()}
    for expected, member in ((2, office.admin), (1, office.member)):
        with pytest.raises(BillRefused):
            fetch_earlier_files(**asked, expected=expected, member=member)
    assert count_earlier_files(office.project) == 1

    assert fetch_earlier_files(**asked, expected=1, member=office.admin) == 1

    fetch_files(office.connection.pk)
    assert (shown(office.project), count_earlier_files(office.project)) == (["earlier.pdf", "new.pdf"], 0)


def test_nothing_comes_while_the_switch_is_off_and_what_is_here_stays(office: Office) -> None:
    switch(office, pull_bill_files=True)
    bill_ref = bill_there(office)
    attach_there(office, ("Bill", bill_ref), name="first.pdf")
    sync_and_fetch(office)
    attach_there(office, ("Bill", bill_ref), name="second.pdf")
    office.sync()
    switch(office, pull_bill_files=False)

    fetch_files(office.connection.pk)

    assert (shown(office.project), states()) == (["first.pdf"], [State.FETCHED, State.KNOWN])


def test_removed_there_it_goes_here_too_and_leaves_a_word(office: Office) -> None:
    switch(office, pull_bill_files=True)
    one, two = bill_there(office, "ONE"), bill_there(office, "TWO")
    ref = attach_there(office, ("Bill", one), ("Bill", two))
    sync_and_fetch(office)
    assert shown(office.project) == ["invoice.pdf", "invoice.pdf"]
    office.realm.edit_document(
        "Attachable", ref, {"AttachableRef": [{"EntityRef": {"type": "Bill", "value": two}}]}
    )
    office.sync()
    assert [file.bill.number for file in BillFile.objects.select_related("bill")] == ["TWO"]
    office.realm.delete_document("Attachable", ref)

    office.sync()

    assert (ProjectFile.objects.count(), BillAttachment.objects.count()) == (0, 0)
    for number in ("ONE", "TWO"):
        [change] = Bill.objects.get(number=number).changes.all()
        assert change.what == "The file “invoice.pdf” was removed in QuickBooks"


def test_a_bill_of_two_projects_gives_each_its_copy_when_it_takes_files(office: Office) -> None:
    switch(office, pull_bill_files=True)
    customer = office.realm.enter_document("Customer", {"DisplayName": "Hill house"})["Id"]
    office.sync()
    hill = Project.objects.create(company=office.company, name="Hill house")
    ProjectLink.objects.create(
        company=office.company, connection=office.connection, project=hill, customer_ref=customer
    )
    line = {"Amount": 7, "DetailType": "ItemBasedExpenseLineDetail"}
    lines = [
        {
            **line,
            "ItemBasedExpenseLineDetail": {
                "ItemRef": {"value": office.refs["06 Framing"]},
                "CustomerRef": {"value": ref},
            },
        }
        for ref in (office.refs["customer"], customer)
    ]
    attach_there(office, ("Bill", bill_there(office, Line=lines)))
    sync_and_fetch(office)
    assert (shown(office.project), shown(hill)) == (["invoice.pdf"], [])
    BillAttachment.objects.update(made_at=timezone.now() + timedelta(seconds=60))
    office.project, mine = hill, office.project
    switch(office, pull_bill_files=True)

    fetch_files(office.connection.pk)

    assert (shown(mine), shown(hill)) == (["invoice.pdf"], ["invoice.pdf"])
    # Bob is on one of the two projects, and is told of that one's copy.
    bill = Bill.objects.get(number="THEIRS")
    [told] = Program(office.member).get(f"bills/{bill.pk}").body["file_ids"]
    assert ProjectFile.objects.get(pk=told).project == mine
    assert len(Program(office.admin).get(f"bills/{bill.pk}").body["file_ids"]) == 2


def test_without_an_answer_it_waits_longer_and_longer(office: Office) -> None:
    switch(office, pull_bill_files=True)
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    waits = []
    for _ in range(3):
        BillAttachment.objects.update(next_try_at=timezone.now())
        office.realm.fail_next("fault:150", operation="download", times=20)
        fetch_files(office.connection.pk)
        office.realm.clear_faults()
        row = BillAttachment.objects.get()
        assert row.next_try_at is not None
        waits.append(round((row.next_try_at - timezone.now()).total_seconds() / 60))
    assert (waits, row.state) == ([1, 5, 30], State.WANTED)
    BillAttachment.objects.update(next_try_at=timezone.now())

    fetch_files(office.connection.pk)

    assert shown(office.project) == ["invoice.pdf"]


def test_what_cannot_be_fetched_stays_with_its_reason_until_it_can(office: Office) -> None:
    switch(office, pull_bill_files=True)
    bill_ref = bill_there(office)
    attach_there(office, ("Bill", bill_ref), name="odd.pdf", content=b"not a pdf at all")
    attach_there(office, ("Bill", bill_ref), name="fine.png", content=PNG)

    sync_and_fetch(office)

    row = BillAttachment.objects.get(file_name="odd.pdf")
    assert (shown(office.project), row.state) == (["fine.png"], State.REFUSED)
    assert "is not a PDF inside" in row.sentence
    issue = SyncIssue.objects.get(reason=NOT_FETCHED, resolved_at=None)
    assert (issue.way_out, issue.fix_label) == (row.sentence, "Open the bill in QuickBooks")
    try_again(attachment=row, member=office.admin, now=timezone.now())
    fetch_files(office.connection.pk)
    row.refresh_from_db()
    assert row.state == State.REFUSED
    office.realm.delete_document("Attachable", row.attachable_ref)
    office.sync()
    assert not SyncIssue.objects.filter(reason=NOT_FETCHED, resolved_at=None).exists()


def test_a_place_we_do_not_fetch_from_is_refused_for_good(office: Office, settings: Settings) -> None:
    switch(office, pull_bill_files=True)
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    settings.QBO_API_BASE_URL = settings.QBO_API_BASE_URL.replace("127.0.0.1", "localhost")

    fetch_files(office.connection.pk)

    row = BillAttachment.objects.get()
    assert (row.state, "does not fetch from" in row.sentence) == (State.REFUSED, True)
    assert sweep_files(now=timezone.now()) == []


def test_two_workers_fetch_one_file_once(office: Office) -> None:
    switch(office, pull_bill_files=True)
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    connection, now = office.connection, timezone.now()
    claim = claim_next(connection, now=now)
    assert claim is not None
    assert claim_next(connection, now=now) is None
    assert fetch_files(connection.pk) == 0
    assert sweep_files(now=now) == []
    assert sweep_files(now=now + LEASE) == [connection.pk]
    later = claim_next(connection, now=now + LEASE)
    assert later is not None
    assert later.row.tries == 2


def test_a_late_worker_keeps_nothing(office: Office) -> None:
    """Its claim ran out while it was fetching: the file is the other's."""
    switch(office, pull_bill_files=True)
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    claim = claim_next(office.connection, now=timezone.now())
    assert claim is not None
    BillAttachment.objects.update(next_try_at=timezone.now())
    fetch_files(office.connection.pk)
    fetch_claimed(claim, Gateway(office.connection))
    assert shown(office.project) == ["invoice.pdf"]


def test_many_attachments_cost_no_query_each(office: Office, django_assert_max_num_queries: Any) -> None:
    rows = [
        Row(
            {
                "Id": str(number),
                "FileName": "a.pdf",
                "Size": 3,
                "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "1"}}],
            },
            "",
        )
        for number in range(400)
    ]
    connection: Connection = office.connection
    with django_assert_max_num_queries(10):
        follow_attachments(connection, rows, [])
    with django_assert_max_num_queries(8):
        follow_attachments(connection, rows, [])
        want_files(connection, now=timezone.now())
    assert BillAttachment.objects.count() == 400
