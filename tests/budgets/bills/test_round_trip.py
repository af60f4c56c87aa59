"""A bill's way: entered, approved, counted at once, in QuickBooks exactly once, followed there ever after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from budgets.bills.drafting import LineInput
from budgets.bills.errors import BillRefused
from budgets.models import OWN_BILL, Bill, BillOrigin, BillState, CostLine
from budgets.tie_out import check_documents
from integrations.mirror import store_documents
from integrations.models import PushState
from integrations.outbox import perform_push
from tests.budgets.bills.office import Office
from tests.budgets.documents import as_row


def test_an_approved_bill_counts_at_once_and_once_ever_after(office: Office) -> None:
    bill = office.enter("INV-1", office.line("100.00"), office.line("25.50", 1))
    assert office.counted() == 0
    office.approve(bill)
    costs = office.costs()
    assert costs.counted.amount == costs.on_the_way.amount == costs.total.amount == Decimal("125.50")
    assert costs.in_quickbooks.amount == 0
    assert {code: tally.amount for code, tally in costs.by_cost_code.items()} == {
        office.codes[0].pk: Decimal("100.00"),
        office.codes[1].pk: Decimal("25.50"),
    }
    bill = office.send(bill)
    after = office.costs()
    assert bill.state == BillState.UNPAID
    assert after.by_cost_code == costs.by_cost_code
    assert after.on_the_way.amount == 0
    assert after.in_quickbooks.amount == Decimal("125.50")
    office.sync()
    assert office.costs().by_cost_code == costs.by_cost_code
    assert check_documents(office.costs()).is_clean


def test_the_document_is_what_was_approved(office: Office) -> None:
    line = LineInput(office.codes[1], "Lumber", Decimal("3"), Decimal("33.335"), is_billable=True)
    office.settle("A-77", office.line("20.00"), line)
    [there] = office.bills_there()
    head = {
        name: there[name]
        for name in ("DocNumber", "TxnDate", "DueDate", "PrivateNote", "TotalAmt", "Balance")
    }
    assert head == {
        "DocNumber": "A-77",
        "TxnDate": "2026-03-02",
        "DueDate": "2026-04-01",
        "PrivateNote": "Framing lumber",
        "TotalAmt": Decimal("120.01"),
        "Balance": Decimal("120.01"),
    }
    details = [entry["ItemBasedExpenseLineDetail"] for entry in there["Line"]]
    assert [entry["ItemRef"]["value"] for entry in details] == [
        office.refs["06 Framing"],
        office.refs["03 Concrete"],
    ]
    assert [entry["BillableStatus"] for entry in details] == ["NotBillable", "Billable"]
    assert {entry["CustomerRef"]["value"] for entry in details} == {office.refs["customer"]}
    assert (details[1]["Qty"], details[1]["UnitPrice"], there["Line"][1]["Amount"]) == (
        3,
        Decimal("33.335"),
        Decimal("100.01"),
    )


def test_outside_the_us_it_comes_to_what_was_approved(office: Office) -> None:
    office.realm.edit_document("CompanyInfo", "1", {"Country": "GB"})
    office.sync()
    office.connection.refresh_from_db()
    bill = office.settle("GB-1", office.line("100.00"))
    [there] = office.bills_there()
    assert (there["GlobalTaxCalculation"], there["TotalAmt"]) == ("NotApplicable", bill.total)
    assert office.counted() == Decimal("100.00")


def test_a_line_without_a_code_falls_to_the_default(office: Office) -> None:
    bill = office.settle("D-1", office.line("10.00", None))
    line = bill.lines.get()
    assert (line.cost_code, line.is_default_code) == (office.codes[0], True)
    assert (
        office.bills_there()[0]["Line"][0]["ItemBasedExpenseLineDetail"]["ItemRef"]["value"]
        == office.refs["06 Framing"]
    )


def test_seen_by_a_sync_before_the_answer_it_counts_once(office: Office) -> None:
    """The answer was lost: QuickBooks has the bill, we do not know; a sync brings it."""
    bill = office.approve(office.enter())
    office.realm.fail_next("drop_after")
    office.send(bill)
    push = office.push_of(bill)
    assert push.state == PushState.UNKNOWN
    assert office.fresh(bill).state == BillState.APPROVED
    office.sync()
    assert office.fresh(bill).state == BillState.UNPAID
    assert office.counted() == Decimal("125.50")
    assert Bill.objects.count() == 1
    type(push).objects.filter(pk=push.pk).update(next_try_at=timezone.now())
    perform_push(push.pk)
    assert office.push_of(bill).state == PushState.DONE
    assert len(office.bills_there()) == 1
    assert office.counted() == Decimal("125.50")
    assert not CostLine.objects.filter(entity=OWN_BILL).exists()


def test_edited_there_is_taken_over_with_before_and_after(office: Office) -> None:
    bill = office.settle()
    office.edit_there(bill, DocNumber="INV-1B", DueDate="2026-05-01")
    office.sync()
    bill = office.fresh(bill)
    assert (bill.number, str(bill.due_on)) == ("INV-1B", "2026-05-01")
    change = bill.changes.latest("pk")
    assert change.what == "Changed in QuickBooks"
    assert change.fields == [["Bill number", "INV-1", "INV-1B"], ["Due date", "1 Apr 2026", "1 May 2026"]]


def test_deleted_there_leaves_the_budget_and_is_not_made_again(office: Office) -> None:
    bill = office.settle()
    [document] = office.bills_there()
    office.realm.delete_document("Bill", bill.quickbooks_id)
    office.sync()
    bill = office.fresh(bill)
    assert (bill.state, bill.total) == (BillState.DELETED, Decimal("125.50"))
    assert office.counted() == 0
    assert office.bills_there() == []
    with pytest.raises(BillRefused):
        office.approve(bill)
    # Restored there it is the same bill again (N8).
    now = timezone.now()
    store_documents(
        office.connection, "Bill", [as_row(document)], now=now, seen_at=now + timedelta(seconds=9)
    )
    bill = office.fresh(bill)
    assert (bill.state, bill.gone_at, office.counted()) == (BillState.UNPAID, None, Decimal("125.50"))
    assert Bill.objects.count() == 1


def test_paid_in_parts_as_the_payments_say(office: Office) -> None:
    bill = office.settle()
    first = office.pay_there(bill, "100.00")
    office.sync()
    assert (office.fresh(bill).state, office.fresh(bill).paid) == (BillState.PARTLY_PAID, Decimal("100.00"))
    office.pay_there(bill, "25.50")
    office.sync()
    assert (office.fresh(bill).state, office.fresh(bill).owed) == (BillState.PAID, Decimal(0))
    office.realm.delete_document("BillPayment", first["Id"])
    office.sync()
    assert (office.fresh(bill).state, office.fresh(bill).paid) == (BillState.PARTLY_PAID, Decimal("25.50"))


def test_a_bill_made_there_is_a_read_only_twin(office: Office) -> None:
    office.settle("OURS")
    [ours] = office.bills_there()
    theirs = {name: ours[name] for name in ("VendorRef", "TxnDate", "PrivateNote")}
    lines = [
        {name: value for name, value in line.items() if name not in ("Id", "LineNum", "LinkedTxn")}
        for line in ours["Line"]
    ]
    office.realm.enter_document("Bill", {**theirs, "DocNumber": "THEIRS", "Line": lines})
    office.sync()
    twin = Bill.objects.get(number="THEIRS")
    assert (twin.origin, twin.state, twin.project) == (BillOrigin.QUICKBOOKS, BillState.UNPAID, None)
    assert office.counted() == Decimal("251.00")
    with pytest.raises(BillRefused):
        office.approve(twin)


@pytest.mark.parametrize(
    "number",
    ["inv 1", "INV-1", " Inv - 1"],
)
def test_a_number_used_before_is_told_before_it_leaves(office: Office, number: str) -> None:
    office.settle("INV-1")
    other = office.enter(number)
    with pytest.raises(BillRefused, match="another bill of this number"):
        office.approve(other)
    assert office.fresh(other).state == BillState.DRAFT
    office.approve(other, duplicate_is_intended=True)
    assert office.fresh(other).state == BillState.APPROVED
