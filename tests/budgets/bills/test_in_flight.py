"""What meets a push on its way: other edits, syncs, look-alikes, and long waits: nothing lost, nothing twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from budgets.bills.approval import move_to_open_period, take_back_approval
from budgets.bills.changing import as_given
from budgets.bills.decisions import retry_bill
from budgets.bills.errors import BillRefused
from budgets.bills.linking import unlink_bill
from budgets.bills.own_lines import drop_own_lines
from budgets.bills.pushes import send_bill
from budgets.models import Bill, BillOrigin, BillState
from budgets.tie_out import check_documents
from integrations.gateway import Gateway, Row
from integrations.models import ProjectLink, Push, PushState
from integrations.outbox import DecisionRefused, retry_push, skip_push
from integrations.switches import set_switches
from tests.budgets.bills.office import Office


def due(office: Office) -> None:
    Push.objects.update(next_try_at=timezone.now())


def law(office: Office, amount: str) -> None:
    costs = office.costs()
    assert costs.counted.amount == Decimal(amount)
    assert costs.difference == 0
    assert check_documents(costs).is_clean


# Edits ----------------------------------------------------------------------------------------------------------------


def lose_the_answer_of_an_edit(office: Office, **changes: Any) -> Bill:
    bill = office.settle("INV-1", office.line("100.00"))
    office.realm.fail_next("drop_after")
    return office.send(office.change_sent(bill, **changes))


def test_an_edit_on_its_way_is_answered_before_the_next(office: Office) -> None:
    """The new line has no id yet: changed now, it would be sent a second time."""
    lines = [replace(office.line("100.00"), line_ref="1"), office.line("10.00", 1)]
    bill = lose_the_answer_of_an_edit(office, lines=lines)
    assert office.push_of(bill).state == PushState.UNKNOWN
    with pytest.raises(BillRefused, match="on its way"):
        office.change_sent(bill, number="C")
    due(office)
    bill = office.send(bill)
    first, second = (as_given(line) for line in bill.lines.select_related("cost_code"))
    office.change_sent(bill, lines=[first, replace(second, amount=Decimal("12.00"))], number="C")
    office.send(bill)
    [there] = office.bills_there()
    assert [line["Amount"] for line in there["Line"]] == [100, 12]
    assert there["DocNumber"] == "C"
    law(office, "112.00")


def test_a_new_line_changed_there_before_its_answer_came_is_no_second_line(office: Office) -> None:
    lines = [replace(office.line("100.00"), line_ref="1"), office.line("10.00", 1)]
    bill = lose_the_answer_of_an_edit(office, lines=lines)
    [there] = office.bills_there()
    there["Line"][1]["Amount"] = 11
    office.edit_there(bill, Line=there["Line"])
    office.sync()
    due(office)
    office.send(bill)
    bill = office.send(bill)
    assert [line["Amount"] for line in office.bills_there()[0]["Line"]] == [100, 11]
    assert [line.amount for line in bill.lines.all()] == [100, 10]
    assert [field["field"] for field in bill.conflicts["fields"]] == ["lines/2"]
    law(office, "111.00")


def test_an_edit_refused_for_what_a_sync_brought_meanwhile_goes_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = office.change_sent(office.settle(), description="Ours")
    plain = Gateway.update

    def late(*args: Any, **options: Any) -> Row:
        monkeypatch.setattr(Gateway, "update", plain)
        office.edit_there(bill, DueDate="2026-06-01")
        office.sync()
        return plain(*args, **options)

    monkeypatch.setattr(Gateway, "update", late)
    office.send(bill)
    office.send(bill)
    [there] = office.bills_there()
    assert office.push_of(bill).state == PushState.DONE
    assert (there["DueDate"], there["PrivateNote"]) == ("2026-06-01", "Ours")


def test_an_edit_refused_as_stale_for_no_reason_is_not_tried_for_ever(office: Office) -> None:
    bill = office.change_sent(office.settle(), description="Ours")
    office.realm.fail_next("fault:5010", operation="update", times=3)
    office.send(bill)
    push = office.push_of(bill)
    assert (push.state, push.hold_code, push.tries) == (PushState.HELD, "5010", 1)
    office.realm.clear_faults()
    retry_push(push=push, actor=None, now=timezone.now())
    office.send(bill)
    assert office.bills_there()[0]["PrivateNote"] == "Ours"


def test_refused_although_it_had_arrived_it_keeps_no_later_edit_from_leaving(office: Office) -> None:
    """A sync told us what the lost answer would have: the create is done, whatever its repeat is told, and whatever
    became of the document since.
    """
    edited, deleted = office.approve(office.enter("EDITED")), office.approve(office.enter("DELETED"))
    for bill in (edited, deleted):
        office.realm.fail_next("drop_after")
        office.send(bill)
    office.sync()
    office.edit_there(office.fresh(edited), TxnDate="2026-03-09")
    office.realm.delete_document("Bill", office.fresh(deleted).quickbooks_id)
    office.sync()
    office.realm.forget_replays()
    due(office)
    Push.objects.filter(pk=office.push_of(deleted).pk).update(is_in_doubt=True)
    office.realm.fail_next("fault:6140", operation="create")
    for bill in (edited, deleted):
        office.send(bill)
        assert (office.push_of(bill).state, office.push_of(bill).was_adopted) == (PushState.DONE, True)
    assert office.fresh(deleted).state == BillState.DELETED
    office.send(office.change_sent(office.fresh(edited), description="Ours"))
    [there] = office.bills_there()
    assert (there["TxnDate"], there["PrivateNote"]) == ("2026-03-09", "Ours")

    # One that was left open all the same does not take the edit's place.
    Push.objects.filter(operation="update").delete()
    Push.objects.filter(subject_id=str(edited.pk)).update(state=PushState.HELD, hold_code="6140")
    office.send(office.change_sent(office.fresh(edited), description="Ours again"))
    assert office.bills_there()[0]["PrivateNote"] == "Ours again"


# Not carried out -----------------------------------------------------------------------------------------------------


def test_what_was_throttled_is_built_anew_with_links_and_dates_of_now(office: Office) -> None:
    """Else the bill would arrive at the project's former customer, and leave the budget."""
    bill = throttle(office, office.approve(office.enter()))
    other = office.realm.enter_document("Customer", {"DisplayName": "Other"})["Id"]
    office.sync()
    ProjectLink.objects.update(customer_ref=other)
    move_to_open_period(bill=bill, issued_on=date(2026, 5, 5), member=office.admin, now=timezone.now())
    due(office)
    assert office.send(bill).state == BillState.UNPAID
    assert office.bills_there()[0]["TxnDate"] == "2026-05-05"
    law(office, "125.50")


def test_what_was_throttled_does_not_leave_once_pushing_is_off(office: Office) -> None:
    bill = throttle(office, office.approve(office.enter()))
    set_switches(project=office.project, changes={"push_bills": False}, actor=None, now=timezone.now())
    due(office)
    office.send(bill)
    assert (office.push_of(bill).hold_code, office.bills_there()) == ("pushing_off", [])
    law(office, "125.50")


def throttle(office: Office, bill: Bill) -> Bill:
    office.realm.fail_next("429", times=10)
    bill = office.send(bill)
    office.realm.clear_faults()
    assert (office.push_of(bill).state, office.push_of(bill).tries) == (PushState.WAITING, 1)
    return bill


# Which document it is ------------------------------------------------------------------------------------------------


def test_two_alike_that_a_sync_took_for_each_other_count_once_each_all_along(office: Office) -> None:
    first = office.approve(office.enter("X"))
    second = office.approve(office.enter("X"), duplicate_is_intended=True)
    for bill in (first, second):
        office.realm.fail_next("drop_after")
        office.send(bill)
    office.sync()
    refs = [office.fresh(bill).quickbooks_id for bill in (first, second)]
    for bill, ref in ((first, ""), (second, refs[0]), (first, refs[1])):  # as if listed the other way round
        Bill.objects.filter(pk=bill.pk).update(quickbooks_id=ref)
    due(office)
    for bill in (first, second):
        office.send(bill)
        law(office, "251.00")
        assert not Bill.objects.filter(origin=BillOrigin.QUICKBOOKS).exists()
    assert [office.fresh(bill).quickbooks_id for bill in (first, second)] == refs


def test_linked_to_what_was_another_one_it_waits_for_somebody_again(office: Office) -> None:
    """Done and nowhere would be a bill that is lost."""
    taken, lost = office.approve(office.enter("A")), office.approve(office.enter("B"))
    office.realm.fail_next("drop_after")
    office.send(lost)
    office.sync()
    ref = office.fresh(lost).quickbooks_id
    Bill.objects.filter(pk=lost.pk).update(quickbooks_id="")
    Bill.objects.filter(pk=taken.pk).update(quickbooks_id=ref, connection=office.connection, state="unpaid")
    drop_own_lines([taken.pk])
    Push.objects.filter(subject_id=str(taken.pk)).update(
        state=PushState.DONE, quickbooks_id=ref, was_adopted=True
    )
    due(office)
    assert (office.send(lost).quickbooks_id, office.fresh(taken).state) == (ref, "approved")
    push = office.push_of(taken)
    assert (push.state, push.hold_code, push.quickbooks_id) == ("held", "linked_elsewhere", "")


def test_unlinked_from_a_document_with_tax_it_comes_to_what_its_lines_say(office: Office) -> None:
    bill = office.settle()
    office.edit_there(bill, TxnTaxDetail={"TotalTax": 10}, TotalAmt=135.5)
    office.sync()
    assert office.fresh(bill).total == Decimal("135.50")
    assert unlink_bill(bill=bill, member=office.admin, now=timezone.now()).total == Decimal("125.50")


# Decided on the pages of the outbox -----------------------------------------------------------------------------------


def test_a_change_that_is_not_sent_is_given_up_wherever_that_is_said(office: Office) -> None:
    """Else it would look as if QuickBooks had it, until some sync sends it after all."""
    bill = office.change_sent(office.settle(), description="Ours")
    skip_push(push=office.push_of(bill), actor=office.admin.user, now=timezone.now())
    assert office.fresh(bill).description == "Framing lumber"
    office.edit_there(bill, DueDate="2026-06-01")
    office.sync()
    assert Push.objects.filter(state=PushState.WAITING).count() == 0


def test_what_changed_on_both_sides_is_not_skipped(office: Office) -> None:
    bill = office.change_sent(office.settle(), number="OURS")
    office.edit_there(bill, DocNumber="THEIRS")
    office.send(bill)
    push = office.push_of(bill)
    with pytest.raises(DecisionRefused, match="both sides"):
        skip_push(push=push, actor=office.admin.user, now=timezone.now())
    assert (office.push_of(bill).state, office.fresh(bill).number) == (PushState.HELD, "OURS")


def test_tried_again_it_goes_on_the_word_of_whoever_said_so(office: Office) -> None:
    """Else a bill whose approver lost the right could never be sent."""
    bill = office.approve(office.enter())
    type(office.admin).objects.filter(pk=office.admin.pk).update(role="team_member")
    type(office.admin).objects.filter(pk=office.member.pk).update(role="admin")
    office.send(bill)
    assert office.push_of(bill).hold_code == "approver_gone"
    office.member.refresh_from_db()
    retry_bill(bill=bill, member=office.member, now=timezone.now())
    assert office.send(bill).state == BillState.UNPAID


def test_asked_again_what_is_held_is_tried_again(office: Office) -> None:
    """It was said to be on its way, while it lay there."""
    bill = office.approve(office.enter())
    office.realm.fail_next("fault:6190", operation="create")
    office.send(bill)
    assert office.push_of(bill).state == PushState.HELD
    send_bill(bill=bill, member=office.admin, now=timezone.now())
    assert office.send(bill).state == BillState.UNPAID


def test_an_approval_taken_back_while_the_project_is_not_linked_leaves_nothing_behind(office: Office) -> None:
    bill = office.approve(office.enter())
    link = ProjectLink.objects.get()
    link.delete()
    office.send(bill)
    assert office.push_of(bill).hold_code == "project_not_linked"
    take_back_approval(bill=bill, member=office.admin, now=timezone.now())
    assert office.push_of(bill).state == PushState.SKIPPED
    link.save(force_insert=True)
    assert office.send(office.approve(bill)).state == BillState.UNPAID
    law(office, "125.50")


def test_what_may_have_arrived_is_not_taken_back_because_the_project_was_unlinked(office: Office) -> None:
    bill = office.approve(office.enter())
    office.realm.fail_next("drop_after")
    office.send(bill)
    ProjectLink.objects.all().delete()
    with pytest.raises(BillRefused, match="on its way"):
        take_back_approval(bill=bill, member=office.admin, now=timezone.now())
