"""The bills' pages beside QuickBooks: what is held, followed, linked and shared, over HTTP against the stand-in."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import Settings

from budgets.bills.approving_many import foresee_approval
from budgets.bills.changing import as_given, conflict_mark
from budgets.bills.drafting import create_bill
from budgets.bills.listing import BillFilter, Sending, find_bills, reach_of
from budgets.models import Bill, BillOrigin, BillState
from integrations.models import ProjectLink, Push, PushState, SyncIssue, VendorLink
from integrations.switches import set_switches
from ressio.models import Activity, Project
from ressio.templatetags.ressio_ui import moment
from tests.budgets.bills.office import Json, Office
from tests.support.cast import SignIn

URL = "/c/ridge/bills/"


@pytest.fixture
def client(office: Office, sign_in: SignIn) -> Client:
    return sign_in(office.admin)


def deed(client: Client, bill: Bill, name: str, **data: Any) -> int:
    return int(client.post(f"{URL}{bill.pk}/do/{name}/", data).status_code)


def enter_there(office: Office, number: str, *lines: tuple[str, str]) -> None:
    """A bill made in QuickBooks; each line is an amount and the customer it names."""
    office.realm.enter_document("Bill", document_there(office, number, *lines))
    office.sync()


def document_there(office: Office, number: str, *lines: tuple[str, str]) -> Json:
    return {
        "VendorRef": {"value": office.refs["vendor"]},
        "DocNumber": number,
        "TxnDate": "2026-03-02",
        "Line": [
            {
                "Amount": float(amount),
                "DetailType": "ItemBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail": {
                    "ItemRef": {"value": office.refs["06 Framing"]},
                    "CustomerRef": {"value": customer},
                },
            }
            for amount, customer in lines
        ],
    }


def other_project(office: Office) -> Project:
    """Bob may not see it."""
    customer = office.realm.enter_document("Customer", {"DisplayName": "Barn"})["Id"]
    barn: Project = Project.objects.get(name="Ridge Barn")
    ProjectLink.objects.create(
        company=office.company, connection=office.connection, project=barn, customer_ref=customer
    )
    office.refs["barn"] = customer
    return barn


def test_a_bill_made_there_shows_each_project_its_share(
    office: Office, client: Client, sign_in: SignIn
) -> None:
    barn = other_project(office)
    enter_there(office, "Q-1", ("70.00", office.refs["customer"]), ("30.00", office.refs["barn"]))
    enter_there(office, "Q-2", ("5.00", office.refs["barn"]))
    bob = sign_in(office.member)

    def shares(who: Client, project: Project) -> list[tuple[str, Decimal, Decimal | None]]:
        page = who.get(f"/c/ridge/projects/{project.pk}/bills/?sort=number")
        return [(row.bill.number, row.bill.total, row.share) for row in page.context["found"].rows]

    assert shares(client, office.project) == [("Q-1", Decimal(100), Decimal(70))]
    assert shares(client, barn) == [("Q-1", Decimal(100), Decimal(30)), ("Q-2", Decimal(5), Decimal(5))]
    assert client.get(f"/c/ridge/projects/{barn.pk}/bills/").context["found"].totals.share == Decimal(35)
    [row] = bob.get(URL).context["found"].rows
    assert (row.bill.number, row.projects) == ("Q-1", [office.project])
    page = bob.get(f"{URL}{row.bill.pk}/")
    assert [each["line"].amount for each in page.context["lines_there"]] == [Decimal(70)]
    hidden = Bill.objects.get(number="Q-2")
    assert bob.get(f"{URL}{hidden.pk}/").status_code == 404
    assert deed(client, row.bill, "approve") == 400


def test_a_held_bill_shows_why_and_is_tried_again(office: Office, client: Client) -> None:
    bill = office.enter()
    [link] = VendorLink.objects.all()
    link.delete()
    look = client.get(f"{URL}{bill.pk}/")
    assert [each.code for each in look.context["ahead"].obstacles] == ["vendor_not_linked"]
    assert f'href="/c/ridge/settings/vendors/{office.vendor.pk}' in look.content.decode()
    office.send(office.approve(bill))
    held = client.get(f"{URL}{bill.pk}/").content.decode()
    assert "Lumber Yard is not linked to a vendor in QuickBooks." in held
    assert [row.bill for row in client.get(f"{URL}?status=attention").context["found"].rows] == [bill]
    VendorLink.objects.create(
        company=office.company, connection=office.connection, vendor=office.vendor, vendor_ref=link.vendor_ref
    )
    assert deed(client, bill, "retry") == 302
    assert office.send(bill).state == BillState.UNPAID


def test_not_sent_then_sent_after_all(office: Office, client: Client) -> None:
    bill = office.approve(office.enter())
    assert deed(client, bill, "skip") == 302
    assert office.push_of(bill).state == PushState.SKIPPED
    assert office.counted() == Decimal("125.50")
    assert client.get(f"{URL}{bill.pk}/").context["stay"].code == "skipped"
    assert "Not sent, as decided" in client.get(URL).content.decode()
    assert deed(client, bill, "send") == 302
    bill = office.send(bill)
    page = client.get(f"{URL}{bill.pk}/")
    assert (page.context["sending"], len(page.context["tries"])) == (Sending.THERE, 1)
    assert page.context["quickbooks_url"]
    assert client.get(f"{URL}{bill.pk}/preview/").context["preview"].was_sent


def test_the_preview_is_what_is_sent(office: Office, client: Client) -> None:
    bill = office.enter("INV-1", office.line("20.10"), office.line("5.00", None))
    preview = client.get(f"{URL}{bill.pk}/preview/").context["preview"]
    office.send(office.approve(bill))
    assert json.loads(preview.text) == json.loads(office.push_of(bill).payload)
    assert preview.ahead.bare == [2]


def test_a_duplicate_found_there_is_let_through_or_linked(office: Office, client: Client) -> None:
    enter_there(office, "INV-1", ("125.50", office.refs["customer"]))
    [twin] = Bill.objects.filter(origin=BillOrigin.QUICKBOOKS)
    bill = office.enter()
    assert deed(client, bill, "approve") == 400
    # Entered there after the approval here: found before it is sent.
    twin.delete()
    office.approve(bill)
    enter_there(office, "INV-1b", ("9.00", office.refs["customer"]))
    office.edit_there(Bill.objects.get(number="INV-1b"), DocNumber="inv 1")
    office.sync()
    office.send(bill)
    page = client.get(f"{URL}{bill.pk}/")
    assert page.context["choices"].duplicate
    assert page.context["candidates"]
    assert deed(client, bill, "link", document="no such") == 400
    assert deed(client, bill, "both-right") == 302
    assert office.send(bill).state == BillState.UNPAID


def test_linked_to_the_wrong_document_and_unlinked_again(office: Office, client: Client) -> None:
    enter_there(office, "HAND-1", ("80.00", office.refs["customer"]))
    [twin] = Bill.objects.filter(origin=BillOrigin.QUICKBOOKS)
    bill = office.approve(office.enter())
    assert deed(client, bill, "link", document=twin.quickbooks_id) == 302
    bill = office.fresh(bill)
    assert (bill.state, bill.number, bill.total) == (BillState.UNPAID, "HAND-1", Decimal("80.00"))
    page = client.get(f"{URL}{bill.pk}/")
    assert (page.context["choices"].preview_words, "What was sent" in page.content.decode()) == ("", False)
    assert office.counted() == Decimal("80.00")
    assert Bill.objects.count() == 1

    assert deed(client, bill, "unlink") == 302

    bill = office.fresh(bill)
    [there] = Bill.objects.filter(origin=BillOrigin.QUICKBOOKS)
    assert (bill.state, bill.quickbooks_id, bill.before_link) == (BillState.DRAFT, "", {})
    assert (bill.number, bill.total, str(bill.due_on)) == ("INV-1", Decimal("125.50"), "2026-04-01")
    lines = bill.lines.values_list("cost_code", "description", "amount", "item_ref", "line_ref")
    assert list(lines) == [(office.codes[0].pk, "Lumber", Decimal("125.50"), "", "")]
    assert (there.number, there.quickbooks_id) == ("HAND-1", twin.quickbooks_id)
    assert office.counted() == Decimal("80.00")
    office.sync()
    assert office.fresh(bill).state == BillState.DRAFT
    assert office.counted() == Decimal("80.00")
    assert deed(client, bill, "unlink") == 400


def test_a_bill_on_its_way_is_not_unlinked(office: Office, client: Client) -> None:
    bill = office.settle()
    given = {"vendor": office.vendor.pk, "number": "INV-2", "issued_on": "2026-03-02", "due_on": "2026-04-01"}
    given |= {"description": "Framing lumber", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1"}
    [line] = bill.lines.all()
    given |= {
        "lines-0-cost_code": office.codes[0].pk,
        "lines-0-amount": "130.00",
        "lines-0-line_ref": line.line_ref,
    }
    given["lines-0-description"] = "Lumber"

    assert client.get(f"{URL}{bill.pk}/edit/").status_code == 200
    assert client.post(f"{URL}{bill.pk}/edit/", given).status_code == 302
    [edit] = Activity.objects.filter(verb="changed, in QuickBooks too,")
    assert edit.changes == {
        "Bill number": ["INV-1", "INV-2"],
        "Line 1 “Lumber”: amount": ["125.50", "130.00"],
    }
    preview = client.get(f"{URL}{bill.pk}/preview/").context["preview"]
    assert preview.is_change
    assert "INV-2" in preview.text
    assert deed(client, bill, "unlink") == 400
    # Given up: what QuickBooks has holds again, and no sync sends it after all.
    assert deed(client, bill, "skip") == 302
    assert office.fresh(bill).number == "INV-1"
    office.sync()
    assert office.push_of(bill).state == PushState.SKIPPED
    assert office.bills_there()[0]["DocNumber"] == "INV-1"


def test_both_sides_changed_and_a_person_decides(office: Office, client: Client) -> None:
    bill = office.settle()
    office.edit_there(bill, DocNumber="THEIRS")
    bill.number = "OURS"
    bill.save()
    office.sync()
    page = client.get(f"{URL}{bill.pk}/")
    assert page.context["choices"].conflict
    assert "THEIRS" in page.content.decode()
    seen = conflict_mark(office.fresh(bill))
    assert deed(client, bill, "decide", seen="earlier", **{"side-0": "theirs"}) == 400
    assert deed(client, bill, "decide", seen=seen) == 400
    assert deed(client, bill, "decide", seen=seen, **{"side-0": "theirs"}) == 302
    assert office.fresh(bill).number == "THEIRS"


def test_a_closed_period_offers_three_ways(office: Office, client: Client) -> None:
    bill = office.approve(office.enter())
    office.connection.closing_date = date(2026, 3, 31)
    office.connection.save()
    office.send(bill)
    assert client.get(f"{URL}{bill.pk}/").context["choices"].closed_period
    assert deed(client, bill, "wait") == 302
    assert office.fresh(bill).waits_for_reopening
    page = client.get(f"{URL}{bill.pk}/")
    assert page.context["sending"] == Sending.WAITS
    assert "It waits until the period up to 31 Mar 2026 is reopened" in page.content.decode()
    assert [row.bill for row in client.get(f"{URL}?status=waits").context["found"].rows] == [bill]
    assert not SyncIssue.objects.filter(subject_type="push", resolved_at=None).exists()
    settings_page = "/c/ridge/settings/integrations/quickbooks/sending/"
    assert "Waits, as decided" in client.get(settings_page).content.decode()
    assert deed(client, bill, "move-date", issued_on="2026-03-31") == 400
    assert deed(client, bill, "move-date", issued_on="2026-04-02") == 302
    assert office.send(bill).issued_on == date(2026, 4, 2)


def test_earlier_bills_are_sent_by_their_number(office: Office, client: Client) -> None:
    set_switches(project=office.project, changes={"push_bills": False}, actor=None, now=timezone.now())
    for number in ("A", "B"):
        office.approve(office.enter(number))
    where = f"/c/ridge/projects/{office.project.pk}/bills/send-earlier/"
    assert {row.stay for row in client.get(URL).context["found"].rows} == {"Pushing is off"}
    assert client.post(where, {"expected": "2"}).status_code == 400
    set_switches(project=office.project, changes={"push_bills": True}, actor=None, now=timezone.now())
    assert where in client.get(f"/c/ridge/projects/{office.project.pk}/financials/").content.decode()
    assert {row.stay for row in client.get(URL).context["found"].rows} == {"Approved before pushing was on"}
    assert "251.00" in client.get(where).content.decode()
    assert [client.post(where, {"expected": number}).status_code for number in ("3", "x", "2")] == [
        400,
        400,
        302,
    ]
    assert client.get(f"{URL}?status=approved").context["found"].rows[0].sending == Sending.SENDING


def test_a_lost_answer_says_when_it_is_looked_for(office: Office, client: Client, settings: Settings) -> None:
    settings.QBO_WRITE_SETTLES = 125.0
    office.realm.fail_next("drop_after", operation="create", entity="Bill")
    bill = office.send(office.approve(office.enter()))

    page = client.get(f"{URL}{bill.pk}/")

    with timezone.override(ZoneInfo(office.company.time_zone)):
        at = moment(office.push_of(bill).next_try_at)
    text = page.content.decode()
    assert page.context["sending"] == Sending.UNKNOWN
    assert "QuickBooks has not answered, so it may or may not have this bill." in text
    assert f"We look again at {at}, and make no second one." in text


def test_a_clash_over_an_amount_shows_both_sums(office: Office, client: Client) -> None:
    bill = office.settle("INV-1", office.line("100.00"), office.line("25.50", 1))
    first, second = (as_given(line) for line in bill.lines.select_related("cost_code"))
    [document] = office.bills_there()
    document["Line"][0]["Amount"] = 90
    office.edit_there(bill, Line=document["Line"])
    office.change_sent(bill, lines=[replace(first, amount=Decimal("80.00")), second])
    office.sync()

    page = client.get(f"{URL}{bill.pk}/")

    text = page.content.decode()
    sums = (page.context["lines_total"], page.context["theirs_total"], page.context["bill"].total)
    assert sums == (Decimal("105.50"), Decimal("115.50"), Decimal("115.50"))
    said = [words in text for words in ("Sum of these lines", "Total in QuickBooks", "All lines together")]
    assert said == [True] * 3


def test_many_are_approved_with_the_numbers_said_before(office: Office, client: Client) -> None:
    barn = Project.objects.get(name="Ridge Barn")
    first, bare = office.enter("A-1"), office.enter("A-2", office.line("7.00", None))
    stays = create_bill(project=barn, given=office.given("B-1"), member=office.admin, now=timezone.now())
    office.approve(office.enter("a 4"))
    double, known, late = office.enter("a1"), office.enter("A-4"), office.enter("A-5")
    ids = [bill.pk for bill in (first, bare, stays, double, known, late)]
    assert "Approve the ticked bills" in client.get(URL).content.decode()

    page = client.get(f"{URL}approve/", {"bill": [*map(str, ids), "x"], "next": URL})

    told = {
        each.bill.number: (each.goes, bool(each.refusal), each.stays)
        for each in page.context["outlook"].bills
    }
    not_linked = "The project is not connected to a customer in QuickBooks."
    assert told == {
        "A-1": (False, True, ""),
        "a1": (False, True, ""),
        "A-2": (True, False, ""),
        "B-1": (False, False, not_linked),
        "A-4": (False, True, ""),
        "A-5": (True, False, ""),
    }
    text = " ".join(strip_tags(page.content.decode()).split())
    assert "This approves 3 bills, USD 258.00 in all; 2 go to QuickBooks, 1 does not" in text
    form = {"next": URL, "bill": [str(pk) for pk in ids]}
    form |= {f"seen-{each.bill.pk}": each.mark for each in page.context["outlook"].approvable}
    Bill.objects.filter(pk=late.pk).update(number="Changed meanwhile")

    done = client.post(f"{URL}approve/", form, follow=True)

    approved = Bill.objects.filter(pk__in=ids, state=BillState.APPROVED)
    assert sorted(approved.values_list("number", flat=True)) == ["A-2", "B-1"]
    assert "Approved 2 bills, 132.50 in all." in done.content.decode()
    assert [push.is_bulk for push in Push.objects.filter(subject_id=str(bare.pk))] == [True]
    with CaptureQueriesContext(database) as few:
        foresee_approval(Bill.objects.filter(pk__in=ids[:1]))
    with CaptureQueriesContext(database) as many:
        foresee_approval(Bill.objects.filter(pk__in=ids))
    assert len(few) == len(many)


def test_a_bill_deleted_there_is_copied(office: Office, client: Client) -> None:
    bill = office.settle()
    office.realm.delete_document("Bill", bill.quickbooks_id)
    office.sync()
    assert deed(client, bill, "copy") == 302
    copy = Bill.objects.get(state=BillState.DRAFT)
    assert (copy.number, copy.total) == ("INV-1", Decimal("125.50"))
    assert client.get(f"{URL}{bill.pk}/").context["bill"].state == BillState.DELETED


def test_the_list_asks_a_fixed_number_of_questions(office: Office) -> None:
    def count() -> int:
        with CaptureQueriesContext(database) as queries:
            page = find_bills(reach_of(office.admin), BillFilter(project=office.project))
        found.append(page.totals.bills)
        return len(queries)

    found: list[int] = []
    office.enter("A")
    enter_there(office, "Q-0", ("1.00", office.refs["customer"]))
    few = count()
    for number in range(8):
        office.approve(office.enter(f"B-{number}"))
    for number in range(1, 4):
        enter_there(office, f"Q-{number}", ("1.00", office.refs["customer"]))

    assert (few, count()) == (10, 10)
    assert found == [2, 13]


def test_the_tie_out_names_what_is_on_the_way(office: Office, client: Client) -> None:
    enter_there(office, "Q-1", ("80.00", office.refs["customer"]))
    bill = office.approve(office.enter())
    budget = f"/c/ridge/projects/{office.project.pk}/budget/"

    strip = client.get(budget).content.decode()
    window = client.get(f"{budget}actuals/").content.decode()
    sheet = client.get(f"{budget}tie-out/")

    assert "Approved here, on the way" in strip
    assert "In QuickBooks" in strip
    assert "Ties out: difference 0.00" in strip
    assert f'href="{URL}{bill.pk}/"' in window
    assert "approved here, not in QuickBooks yet" in window
    costs, check = sheet.context["costs"], sheet.context["check"]
    assert (costs.in_quickbooks.amount, costs.on_the_way.amount) == (Decimal("80.00"), Decimal("125.50"))
    assert (costs.total.amount, costs.difference) == (Decimal("205.50"), 0)
    assert check.is_clean
    assert "Approved here, on the way" in sheet.content.decode()


def test_a_bill_that_was_void_before_it_was_first_seen_has_its_name(office: Office, client: Client) -> None:
    office.realm.enter_document("Bill", document_there(office, "Q-9", ("5.00", office.refs["customer"])))
    [there] = office.bills_there()
    office.realm.void_document("Bill", there["Id"])
    office.sync()

    [row] = client.get(f"{URL}?status=voided").context["found"].rows

    assert (row.bill.shown_vendor, row.bill.number, row.bill.total) == ("Lumber Yard", "Q-9", 0)
