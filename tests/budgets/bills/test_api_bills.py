"""API: bills from entering to QuickBooks and back, over HTTP against the stand-in."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from budgets.bills.errors import BillRefused
from budgets.models import Bill
from integrations.outbox import perform_push
from integrations.switches import set_switches
from ressio.models import Activity, Project, Role
from tests.budgets.bills.office import Office
from tests.support.api import Program
from tests.support.cast import make_member


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def alice(office: Office) -> Program:
    return Program(office.admin)


def written(office: Office, number: str = "INV-1", **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "vendor_id": office.vendor.pk,
        "number": number,
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "description": "Framing lumber",
        "internal_notes": "Ask Tom",
        "lines": [
            {"cost_code_id": office.codes[1].pk, "description": "Lumber", "amount": "100.00"},
            {"quantity": "2", "unit_price": "12.75", "is_billable": True},
        ],
    }
    return values | changes


def effect(office: Office, code: int, amount: str) -> dict[str, Any]:
    cost_code = office.codes[code]
    nothing = {"revised": "0.00", "now": "0.00"}
    named = {"cost_code_id": cost_code.pk, "cost_code_name": cost_code.name}
    return named | nothing | {"this_bill": amount, "after": amount}


def test_from_entering_to_paid(office: Office, alice: Program) -> None:
    bills = f"projects/{office.project.pk}/bills"
    made = alice.post(bills, **written(office))
    assert (made.status, made.body["state"], made.body["total"]) == (201, "draft", "125.50")
    address = f"bills/{made.body['id']}"
    assert alice.get(f"{address}/preview").body == {
        "document": {
            "VendorRef": {"value": office.refs["vendor"]},
            "DocNumber": "INV-1",
            "TxnDate": "2026-03-02",
            "DueDate": "2026-04-01",
            "PrivateNote": "Framing lumber",
            "Line": [
                {
                    "Amount": 100,
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "Description": "Lumber",
                    "ItemBasedExpenseLineDetail": {
                        "ItemRef": {"value": office.refs["03 Concrete"]},
                        "CustomerRef": {"value": office.refs["customer"]},
                        "BillableStatus": "NotBillable",
                    },
                },
                {
                    "Amount": 25.5,
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "ItemBasedExpenseLineDetail": {
                        "ItemRef": {"value": office.refs["06 Framing"]},
                        "CustomerRef": {"value": office.refs["customer"]},
                        "BillableStatus": "Billable",
                        "Qty": 2,
                        "UnitPrice": 12.75,
                    },
                },
            ],
        },
        "why_none": "",
        "was_sent": False,
        "effects": [effect(office, 1, "100.00"), effect(office, 0, "25.50")],
        "default_lines": [2],
        "duplicate_count": 0,
        "duplicate_ids": [],
        "obstacles": [],
        "reason_to_stay": "",
    }
    assert office.counted() == 0
    assert alice.post(f"{address}/submit").body["state"] == "awaiting"
    approved = alice.post(f"{address}/approve").body
    assert (approved["state"], approved["approved_by"], approved["push"]["state"]) == (
        "approved",
        office.admin.name,
        "waiting",
    )
    assert office.counted() == Decimal("125.50")
    bill = office.send(Bill.objects.get(pk=made.body["id"]))
    office.pay_there(bill, "100.00")
    office.sync()
    body = alice.get(address).body
    assert {name: body[name] for name in ("state", "paid", "owed", "quickbooks_id", "internal_notes")} == {
        "state": "partly_paid",
        "paid": "100.00",
        "owed": "25.50",
        "quickbooks_id": bill.quickbooks_id,
        "internal_notes": "Ask Tom",
    }
    assert [line["cost_code_name"] for line in body["lines"]] == ["03 Concrete", "06 Framing"]
    assert [payment["amount"] for payment in body["payments"]] == ["100.00"]
    assert body["push"]["state"] == "done"
    assert [change["what"] for change in body["changes"]] == ["Arrived in QuickBooks"]
    assert alice.delete(address).status == 409


def test_lists_are_searched_filtered_and_hold_bills_made_in_quickbooks(
    office: Office, alice: Program
) -> None:
    office.settle("OURS-1")
    office.enter("OURS-2", office.line("5.00"))
    [ours] = office.bills_there()
    lines = [{name: line[name] for name in _LINE if name in line} for line in ours["Line"]]
    head = {name: ours[name] for name in ("VendorRef", "TxnDate")}
    office.realm.enter_document("Bill", {**head, "DocNumber": "THEIRS", "Line": lines})
    office.sync()

    def numbers(path: str = "bills", **query: Any) -> list[str]:
        return [bill["number"] for bill in alice.list_all(path, **query)]

    assert sorted(numbers(limit=2)) == ["OURS-1", "OURS-2", "THEIRS"]
    assert sorted(numbers(f"projects/{office.project.pk}/bills")) == ["OURS-1", "OURS-2", "THEIRS"]
    assert numbers(origin="quickbooks") == ["THEIRS"]
    assert numbers(state="draft") == ["OURS-2"]
    assert numbers(search="ours 2") == ["OURS-2"]
    assert numbers(ordering="total", origin="ressio") == ["OURS-2", "OURS-1"]
    assert len(numbers(vendor_id=office.vendor.pk)) == 3
    assert len(numbers(project_id=office.project.pk)) == 3
    elsewhere = Project.objects.create(company=office.company, name="Elsewhere")
    assert numbers(f"projects/{elsewhere.pk}/bills") == numbers(project_id=elsewhere.pk) == []
    twin = alice.get(f"bills/{Bill.objects.get(number='THEIRS').pk}").body
    assert [(line["cost_code_name"], line["amount"]) for line in twin["lines"]] == [("06 Framing", "125.50")]
    assert alice.patch(f"bills/{twin['id']}", number="X").status == 409
    assert alice.get(f"bills/{twin['id']}/preview").status == 409


_LINE = ("Amount", "DetailType", "Description", "ItemBasedExpenseLineDetail")


def test_people_see_the_bills_of_their_projects_and_enter_with_the_grant(office: Office) -> None:
    bill = office.enter()
    stranger = Program(make_member(office.company, "Stella", Role.TEAM_MEMBER))
    assert stranger.get("bills").body["count"] == 0
    assert stranger.get(f"bills/{bill.pk}").status == 404
    bob = Program(office.member)
    assert bob.get(f"bills/{bill.pk}").status == 200
    assert bob.patch(f"bills/{bill.pk}", number="B").status == 403
    office.member.can_create_bills = True
    office.member.save()
    assert bob.patch(f"bills/{bill.pk}", number="B").body["number"] == "B"
    assert bob.post(f"bills/{bill.pk}/approve").status == 403
    assert bob.post(f"projects/{office.project.pk}/bills", **written(office, "C")).status == 201


def test_what_is_refused_says_where_and_changes_nothing(office: Office, alice: Program) -> None:
    bills = f"projects/{office.project.pk}/bills"
    before = Bill.objects.count(), Activity.objects.count()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"vendor_id": 0}, "vendor_id"),
        ({"number": "1" * 22}, "number"),
        ({"due_on": "2026-01-01"}, "due_on"),
        ({"lines": [{"cost_code_id": 0, "amount": "1.00"}]}, "lines.0.cost_code_id"),
        ({"lines": [{"amount": "1.001"}]}, "lines.0.amount"),
        ({"lines": [{"quantity": "2", "amount": "1.00"}]}, "lines"),
    ]
    for changes, field in cases:
        answer = alice.post(bills, **written(office, **changes))
        assert (answer.status, list(answer.body["errors"])) == (400, [field]), changes
    assert (Bill.objects.count(), Activity.objects.count()) == before


def test_what_changed_meanwhile_is_neither_changed_nor_approved(office: Office, alice: Program) -> None:
    """`version` is what a program read; without it the last word wins, as before."""
    address = f"bills/{office.enter().pk}"
    read = alice.get(address).body["version"]
    newer = alice.patch(address, number="NEWER", version=read).body["version"]
    whole = written(office, "WHOLE", version=read)
    answers = (alice.patch(address, number="OLD", version=read), alice.put(address, **whole))
    assert [answer.status for answer in (*answers, alice.post(f"{address}/approve", version=read))] == [
        409
    ] * 3
    assert (alice.get(address).body["number"], newer != read) == ("NEWER", True)
    assert alice.post(f"{address}/approve", version=newer).body["state"] == "approved"


def test_a_duplicate_is_approved_only_when_somebody_says_so(office: Office, alice: Program) -> None:
    first, second = office.settle("INV-1"), office.enter("inv 1")
    address = f"bills/{second.pk}"
    assert alice.get(f"{address}/preview").body["duplicate_ids"] == [first.pk]
    assert list(alice.post(f"{address}/approve").body["errors"]) == ["number"]
    assert alice.post(f"{address}/approve", duplicate_is_intended=True).body["state"] == "approved"


def test_a_draft_is_changed_sent_back_taken_back_copied_and_deleted(office: Office, alice: Program) -> None:
    bill = office.enter()
    address = f"bills/{bill.pk}"
    assert alice.patch(address, due_on=None).body["due_on"] is None
    whole = alice.put(address, **written(office, "INV-2")).body
    assert (whole["number"], len(whole["lines"])) == ("INV-2", 2)
    assert alice.put(address, number="INV-2").status == 400
    assert alice.post(f"{address}/send-back").status == 409
    alice.post(f"{address}/submit")
    assert alice.post(f"{address}/send-back", note="Wrong").body["returned_note"] == "Wrong"
    alice.post(f"{address}/approve")
    assert alice.post(f"{address}/send").body["push"]["state"] == "waiting"
    assert alice.post(f"{address}/take-back").body["state"] == "draft"
    copied = alice.post(f"{address}/copy")
    assert (copied.status, copied.body["number"]) == (201, "INV-2")
    assert alice.delete(address).status == 204
    assert alice.delete(address).status == 404


def test_a_sent_bill_is_changed_there_too_and_conflicts_are_decided(office: Office, alice: Program) -> None:
    bill = office.settle()
    address = f"bills/{bill.pk}"
    assert alice.patch(address, description="Ours").body["push"]["operation"] == "update"
    office.edit_there(bill, PrivateNote="Theirs", DueDate="2026-05-01")
    office.sync()
    body = alice.get(address).body
    assert [(each["field"], each["ours"], each["theirs"]) for each in body["conflicts"]] == [
        ("memo", "Ours", "Theirs")
    ]
    assert alice.patch(address, number="X").status == 409
    stale = alice.post(f"{address}/conflicts", version="0", choices={"memo": "ours"})
    assert stale.status == 409
    version = body["conflicts_version"]
    assert alice.post(f"{address}/conflicts", version=version, choices={}).status == 400
    decided = alice.post(f"{address}/conflicts", version=version, choices={"memo": "ours"}).body
    assert (decided["conflicts"], decided["description"]) == ([], "Ours")
    perform_push(office.push_of(bill).pk)
    [there] = office.bills_there()
    assert (there["PrivateNote"], there["DueDate"]) == ("Ours", "2026-05-01")


def test_a_closed_period_has_its_ways_out(office: Office, alice: Program) -> None:
    office.connection.closing_date = date(2026, 3, 31)
    office.connection.save()
    bill = office.approve(office.enter())
    address = f"bills/{bill.pk}"
    office.send(bill)
    assert alice.get(address).body["push"]["hold_code"] == "closed_period"
    assert [each["code"] for each in alice.get(f"{address}/preview").body["obstacles"]] == ["closed_period"]
    assert alice.post(f"{address}/wait-for-reopening").body["waits_for_reopening"] is True
    refused = alice.post(f"{address}/move-to-open-period", issued_on="2026-03-31")
    assert list(refused.body["errors"]) == ["issued_on"]
    moved = alice.post(f"{address}/move-to-open-period", issued_on="2026-04-01").body
    assert (moved["issued_on"], moved["waits_for_reopening"], moved["push"]["state"]) == (
        "2026-04-01",
        False,
        "waiting",
    )


def test_what_is_held_is_decided(office: Office, alice: Program) -> None:
    """QuickBooks has the number already: it is that bill, it is not, both are right, or it is not sent."""
    there = office.settle("INV-1")
    bill = office.approve(office.enter("INV-1", office.line("7.00")), duplicate_is_intended=True)
    Bill.objects.filter(pk=bill.pk).update(duplicate_is_intended=False)
    address = f"bills/{bill.pk}"
    assert alice.post(f"{address}/retry").status == 409
    office.send(bill)
    assert alice.get(address).body["push"]["hold_code"] == "duplicate_number"
    assert alice.post(f"{address}/retry").body["push"]["state"] == "waiting"
    office.send(bill)
    taken = alice.post(f"{address}/link", quickbooks_id=there.quickbooks_id)
    assert list(taken.body["errors"]) == ["quickbooks_id"]
    assert alice.post(f"{address}/skip").body["push"]["state"] == "skipped"
    assert alice.post(f"{address}/send").body["push"]["state"] == "waiting"
    office.send(bill)
    assert alice.post(f"{address}/allow-duplicate").body["push"]["state"] == "waiting"
    assert office.send(bill).state == "unpaid"
    unlinked = alice.post(f"{address}/unlink").body
    assert (unlinked["state"], unlinked["quickbooks_id"]) == ("draft", "")
    twin = Bill.objects.get(origin="quickbooks")
    alice.post(f"{address}/approve", duplicate_is_intended=True)
    linked = alice.post(f"{address}/link", quickbooks_id=twin.quickbooks_id).body
    assert (linked["state"], linked["quickbooks_id"]) == ("unpaid", twin.quickbooks_id)
    assert len(office.bills_there()) == 2


def test_earlier_bills_are_sent_as_many_as_were_shown(office: Office, alice: Program) -> None:
    off, on = {"push_bills": False}, {"push_bills": True}
    for changes in (off, on):
        if changes is on:
            office.approve(office.enter("E-1"))
        set_switches(project=office.project, changes=changes, actor=office.admin.user, now=timezone.now())
    earlier = f"projects/{office.project.pk}/bills/earlier"
    assert alice.get(earlier).body == {"bills": 1, "amount": "125.50"}
    assert alice.post(earlier, expected=2).status == 409
    sent = alice.post(earlier, expected=1)
    assert (sent.status, sent.body) == (202, {"sent": 1})
    assert alice.get(earlier).body == {"bills": 0, "amount": "0.00"}


def test_a_vendor_changed_on_one_side_is_not_forgotten_while_another_field_is_decided(
    office: Office,
) -> None:
    """Ours changed the vendor, both the memo: the conflict about the memo must not swallow the vendor."""
    bill = office.settle()
    other = office.link_vendor("Stone Yard")
    office.change_sent(bill, vendor=other, description="Ours")
    office.edit_there(bill, PrivateNote="Theirs")
    office.sync()
    bill = office.fresh(bill)
    assert [each["field"] for each in bill.conflicts["fields"]] == ["memo"]
    assert bill.vendor_ref == office.refs["Stone Yard"]
    with pytest.raises(BillRefused):
        office.change_sent(bill, description="Again")
