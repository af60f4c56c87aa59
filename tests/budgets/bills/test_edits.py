"""Bills edited on both sides, and what people decide about them (N7, N13, U6, U12)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from budgets.bills.approval import approve_bills, move_to_open_period, take_back_approval, wait_for_reopening
from budgets.bills.changing import as_given, change_sent_bill, conflict_mark, decide_conflicts
from budgets.bills.decisions import allow_duplicate
from budgets.bills.drafting import BillInput
from budgets.bills.errors import BillRefused
from budgets.bills.linking import link_bill, unlink_bill
from budgets.bills.listing import Sending, sending_of
from budgets.bills.merging import Side
from budgets.bills.pushes import count_earlier_bills, send_bill, send_earlier_bills
from budgets.bills.telling import history_of
from budgets.models import Bill, BillOrigin, BillState
from budgets.tie_out import check_documents
from integrations.models import Push, PushState
from integrations.outbox import perform_push, perform_push_batch
from integrations.switches import set_switches
from tests.budgets.bills.office import Office


def as_it_is(office: Office, bill: Bill, **changes: object) -> BillInput:
    bill = Bill.objects.select_related("vendor").get(pk=bill.pk)
    lines = [as_given(line) for line in bill.lines.select_related("cost_code")]
    assert bill.issued_on
    values: dict[str, object] = {
        "number": bill.number,
        "due_on": bill.due_on,
        "issued_on": bill.issued_on,
        "description": bill.description,
        "lines": lines,
        "vendor": bill.vendor,
    }
    return BillInput(**{**values, **changes})  # type: ignore[arg-type]


def change(office: Office, bill: Bill, **changes: object) -> Bill:
    given = as_it_is(office, bill, **changes)
    return change_sent_bill(bill=bill, given=given, member=office.admin, now=timezone.now())


def there(office: Office) -> dict[str, object]:
    [document] = office.bills_there()
    return document


def test_an_edit_here_goes_there(office: Office) -> None:
    bill = office.settle("INV-1", office.line("100.00"), office.line("25.50", 1))
    change(office, bill, description="Studs and plates", due_on=date(2026, 4, 20))
    bill = office.send(bill)
    assert (there(office)["PrivateNote"], there(office)["DueDate"]) == ("Studs and plates", "2026-04-20")
    assert there(office)["TotalAmt"] == Decimal("125.50")
    assert bill.state == BillState.UNPAID
    assert office.counted() == Decimal("125.50")


def test_lines_changed_here_go_there_and_the_budget_follows_quickbooks(office: Office) -> None:
    bill = office.settle("INV-1", office.line("100.00"), office.line("25.50", 1))
    first, second = (as_given(line) for line in bill.lines.select_related("cost_code"))
    lines = [first, office.line("30.00", 2), type(second)(**{**second.__dict__, "amount": Decimal("20.00")})]
    change(office, bill, lines=lines)
    assert office.counted() == Decimal("125.50")  # QuickBooks is the master until it has taken the edit
    bill = office.send(bill)
    assert there(office)["TotalAmt"] == Decimal("150.00")
    assert {code: tally.amount for code, tally in office.costs().by_cost_code.items()} == {
        office.codes[0].pk: Decimal("100.00"),
        office.codes[1].pk: Decimal("20.00"),
        office.codes[2].pk: Decimal("30.00"),
    }
    assert bill.total == Decimal("150.00")
    assert sorted(line.amount for line in bill.lines.all()) == [20, 30, 100]
    [deed] = [event for event in history_of(bill) if event.what == "Changed, in QuickBooks too"]
    assert ["Line 2 “Lumber”: amount", "25.50", "20.00"] in deed.changes


def test_disjoint_edits_on_both_sides_merge_by_themselves(office: Office) -> None:
    bill = office.settle()
    office.edit_there(bill, DueDate="2026-06-01")  # not synced: our edit will find a newer version there
    change(office, bill, description="Ours")
    push = office.push_of(bill)
    perform_push(push.pk)
    push.refresh_from_db()
    assert push.state == PushState.WAITING  # refused as stale, read again, merged, ready to go anew
    bill = office.send(bill)
    assert (there(office)["DueDate"], there(office)["PrivateNote"]) == ("2026-06-01", "Ours")
    assert (str(bill.due_on), bill.description) == ("2026-06-01", "Ours")
    assert (office.push_of(bill).state, sending_of(bill)) == (PushState.DONE, Sending.CHANGED)
    change(office, bill, description="Seen, and ours again")
    assert sending_of(office.send(bill)) == Sending.THERE


@pytest.mark.parametrize(("side", "number"), [("ours", "INV-OURS"), ("theirs", "INV-THEIRS")])
def test_the_same_field_on_both_sides_is_asked_and_nothing_is_lost(
    office: Office, side: Side, number: str
) -> None:
    bill = office.settle()
    office.edit_there(bill, DocNumber="INV-THEIRS")
    change(office, bill, number="INV-OURS")
    bill = office.send(bill)
    assert office.push_of(bill).state == PushState.HELD
    [conflict] = bill.conflicts["fields"]
    assert (conflict["base"], conflict["ours"], conflict["theirs"]) == ("INV-1", "INV-OURS", "INV-THEIRS")
    assert (bill.number, there(office)["DocNumber"]) == ("INV-OURS", "INV-THEIRS")
    with pytest.raises(BillRefused):
        decide_conflicts(
            bill=bill, choices={}, mark=conflict_mark(bill), member=office.admin, now=timezone.now()
        )
    with pytest.raises(BillRefused, match="again"):
        decide_conflicts(
            bill=bill, choices={"number": "ours"}, mark="old", member=office.admin, now=timezone.now()
        )
    decide_conflicts(
        bill=bill, choices={"number": side}, mark=conflict_mark(bill), member=office.admin, now=timezone.now()
    )
    bill = office.send(bill)
    assert (bill.number, there(office)["DocNumber"], bill.conflicts) == (number, number, {})
    assert not Push.objects.filter(state__in=[PushState.HELD, PushState.WAITING]).exists()


def test_an_edit_whose_answer_was_lost_is_made_once(office: Office) -> None:
    bill = office.settle()
    change(office, bill, description="Ours")
    office.realm.fail_next("drop_after")
    office.send(bill)
    push = office.push_of(bill)
    assert push.state == PushState.UNKNOWN
    office.sync()
    Push.objects.filter(pk=push.pk).update(next_try_at=timezone.now())
    bill = office.send(bill)
    assert office.push_of(bill).state == PushState.DONE
    assert there(office)["PrivateNote"] == "Ours"
    assert Push.objects.count() == 2


# Held ---------------------------------------------------------------------------------------------------------------


def close_books(office: Office, day: date | None) -> None:
    type(office.connection).objects.filter(pk=office.connection.pk).update(closing_date=day)
    office.connection.refresh_from_db()


def held(office: Office, bill: Bill) -> str:
    push = office.push_of(bill)
    return push.hold_code if push.state == PushState.HELD else push.state


def test_nothing_dated_in_a_closed_period_leaves(office: Office) -> None:
    close_books(office, date(2026, 3, 2))
    bill = office.send(office.approve(office.enter()))
    assert held(office, bill) == "closed_period"
    assert office.bills_there() == []
    assert office.counted() == Decimal("125.50")
    with pytest.raises(BillRefused, match="closed up to"):
        move_to_open_period(bill=bill, issued_on=date(2026, 3, 2), member=office.admin, now=timezone.now())
    move_to_open_period(bill=bill, issued_on=date(2026, 3, 3), member=office.admin, now=timezone.now())
    bill = office.send(bill)
    assert (bill.state, there(office)["TxnDate"]) == (BillState.UNPAID, "2026-03-03")


def test_a_bill_may_wait_for_its_period_or_be_the_one_entered_by_hand(office: Office) -> None:
    close_books(office, date(2026, 3, 2))
    bill = office.send(office.approve(office.enter()))
    assert wait_for_reopening(bill=bill, member=office.admin, now=timezone.now()).waits_for_reopening
    detail = {
        "ItemRef": {"value": office.refs["06 Framing"]},
        "CustomerRef": {"value": office.refs["customer"]},
    }
    by_hand = office.realm.enter_document(
        "Bill",
        {
            "VendorRef": {"value": office.refs["vendor"]},
            "DocNumber": "INV-1",
            "TxnDate": "2026-03-05",
            "Line": [
                {
                    "Amount": 125.5,
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "ItemBasedExpenseLineDetail": detail,
                }
            ],
        },
    )
    office.sync()
    assert Bill.objects.get(origin=BillOrigin.QUICKBOOKS).quickbooks_id == by_hand["Id"]
    link_bill(bill=bill, quickbooks_id=by_hand["Id"], member=office.admin, now=timezone.now())
    bill = office.fresh(bill)
    assert (bill.state, str(bill.issued_on), bill.quickbooks_id) == (
        BillState.UNPAID,
        "2026-03-05",
        by_hand["Id"],
    )
    assert Bill.objects.count() == 1
    assert office.counted() == Decimal("125.50")
    assert check_documents(office.costs()).is_clean


def test_unlinked_from_a_wrong_document_nothing_counts_twice(office: Office) -> None:
    bill = office.settle()
    unlink_bill(bill=bill, member=office.admin, now=timezone.now())
    bill = office.fresh(bill)
    assert (bill.state, bill.quickbooks_id) == (BillState.DRAFT, "")
    twin = Bill.objects.get(origin=BillOrigin.QUICKBOOKS)
    assert (twin.number, twin.state) == ("INV-1", BillState.UNPAID)
    other = office.approve(office.enter("INV-2"))
    link_bill(bill=other, quickbooks_id=twin.quickbooks_id, member=office.admin, now=timezone.now())
    assert office.fresh(other).number == "INV-1"
    assert office.counted() == Decimal("125.50")
    assert check_documents(office.costs()).is_clean


def test_a_duplicate_that_turns_up_before_it_leaves_holds_it(office: Office) -> None:
    bill = office.approve(office.enter("INV-9"))
    document = {**document_of_another(office), "DocNumber": "inv 9"}
    office.realm.enter_document("Bill", document)
    office.sync()
    bill = office.send(bill)
    assert held(office, bill) == "duplicate_number"
    allow_duplicate(bill=bill, member=office.admin, now=timezone.now())
    office.send(bill)
    assert sorted(str(found["DocNumber"]) for found in office.bills_there()) == ["INV-9", "inv 9"]


def document_of_another(office: Office) -> dict[str, object]:
    detail = {
        "ItemRef": {"value": office.refs["06 Framing"]},
        "CustomerRef": {"value": office.refs["customer"]},
    }
    line = {"Amount": 7, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    return {"VendorRef": {"value": office.refs["vendor"]}, "Line": [line]}


@pytest.mark.parametrize(
    ("what", "code"),
    [("project", "project_not_linked"), ("vendor", "vendor_not_linked"), ("code", "code_not_linked")],
)
def test_what_is_not_linked_holds_the_bill_and_says_so(office: Office, what: str, code: str) -> None:
    bill = office.approve(office.enter())
    links: dict[str, Any] = {
        "project": office.project.quickbooks_links,
        "vendor": office.vendor.quickbooks_links,
        "code": office.codes[0].quickbooks_links,
    }
    links[what].all().delete()
    bill = office.send(bill)
    assert held(office, bill) == code
    assert office.bills_there() == []
    assert office.counted() == Decimal("125.50")


def test_pushing_switched_off_stops_what_has_not_left(office: Office) -> None:
    bill = office.approve(office.enter())
    set_switches(project=office.project, changes={"push_bills": False}, actor=None, now=timezone.now())
    assert held(office, office.send(bill)) == "pushing_off"
    assert office.bills_there() == []


def test_an_approver_who_lost_the_right_sends_nothing(office: Office) -> None:
    bill = office.approve(office.enter())
    type(office.admin).objects.filter(pk=office.admin.pk).update(role="team_member")
    assert held(office, office.send(bill)) == "approver_gone"
    assert office.bills_there() == []


def test_taking_back_an_approval_takes_it_out_of_the_budget(office: Office) -> None:
    bill = office.approve(office.enter("INV-1", office.line("10.00", None)))
    take_back_approval(bill=bill, member=office.admin, now=timezone.now())
    bill = office.fresh(bill)
    assert (bill.state, bill.lines.get().cost_code, office.counted()) == (BillState.DRAFT, None, Decimal(0))
    assert office.push_of(bill).state == PushState.SKIPPED
    office.send(office.approve(bill))
    assert len(office.bills_there()) == 1


def test_what_may_be_in_quickbooks_cannot_be_taken_back(office: Office) -> None:
    bill = office.approve(office.enter())
    office.realm.fail_next("drop_after")
    office.send(bill)
    with pytest.raises(BillRefused, match="on its way"):
        take_back_approval(bill=bill, member=office.admin, now=timezone.now())
    assert office.counted() == Decimal("125.50")


# From when on -------------------------------------------------------------------------------------------------------


def test_turning_pushing_on_sends_no_history_unasked(office: Office) -> None:
    set_switches(project=office.project, changes={"push_bills": False}, actor=None, now=timezone.now())
    early = office.approve(office.enter("EARLY-1"))
    other = office.approve(office.enter("EARLY-2", office.line("10.00")))
    set_switches(project=office.project, changes={"push_bills": True}, actor=None, now=timezone.now())
    office.approve(office.enter("LATE"))
    assert {push.subject_label for push in Push.objects.all()} == {"Lumber Yard LATE"}
    earlier = count_earlier_bills(office.project)
    assert (earlier.bills, earlier.amount) == (2, Decimal("135.50"))
    with pytest.raises(BillRefused, match="2 bills now, not 3"):
        send_earlier_bills(project=office.project, expected=3, member=office.admin, now=timezone.now())
    assert (
        send_earlier_bills(project=office.project, expected=2, member=office.admin, now=timezone.now()) == 2
    )
    assert count_earlier_bills(office.project).bills == 0
    for bill in (early, other):
        office.send(bill)
    assert {found["DocNumber"] for found in office.bills_there()} == {"EARLY-1", "EARLY-2"}


def test_a_bill_that_did_not_go_by_itself_is_sent_by_hand(office: Office) -> None:
    set_switches(project=office.project, changes={"push_bills": False}, actor=None, now=timezone.now())
    bill = office.approve(office.enter())
    with pytest.raises(BillRefused, match="Pushing bills is off"):
        send_bill(bill=bill, member=office.admin, now=timezone.now())
    set_switches(project=office.project, changes={"push_bills": True}, actor=None, now=timezone.now())
    with pytest.raises(BillRefused, match="Ask an Admin"):
        send_bill(bill=bill, member=office.member, now=timezone.now())
    send_bill(bill=bill, member=office.admin, now=timezone.now())
    assert office.send(bill).state == BillState.UNPAID


def test_many_approved_at_once_leave_together_and_one_bad_one_holds_up_no_other(office: Office) -> None:
    bills = [office.enter(f"B-{number}", office.line("10.00")) for number in range(3)]
    empty = office.enter("B-EMPTY", office.line("0.00"))
    done = approve_bills(bills=[*bills, empty], member=office.admin, now=timezone.now())
    assert ([bill.pk for bill in done.bills], [bill.pk for bill, _ in done.refused]) == (
        [bill.pk for bill in bills],
        [empty.pk],
    )
    office.realm.forget_requests()
    perform_push_batch(office.connection.pk)
    assert {str(bill["DocNumber"]) for bill in office.bills_there()} == {"B-0", "B-1", "B-2"}
    assert {office.fresh(bill).state for bill in bills} == {BillState.UNPAID}
    assert office.counted() == Decimal("30.00")
    assert check_documents(office.costs()).is_clean
