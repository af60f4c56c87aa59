"""What happens around bills: moved in QuickBooks, switches turned, names that differ on both sides."""

from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from budgets.counting import count_project
from budgets.models import Bill, BillFile, BillState
from integrations.models import CostCodeLink, ProjectLink, Push, PushState, VendorLink
from integrations.switches import set_switches
from ressio.models import CostCode, Project, ProjectFile, Vendor
from tests.budgets.bills.office import Office
from tests.budgets.bills.test_files_out import attach, files_there, send_files
from tests.support.cast import Cast, SignIn


def switch(office: Office, **changes: Any) -> None:
    set_switches(project=office.project, changes=changes, actor=None, now=timezone.now())


def link_other_project(office: Office, project: Project) -> str:
    ref = str(office.realm.enter_document("Customer", {"DisplayName": project.name})["Id"])
    office.sync()
    shared = {"company": office.company, "connection": office.connection}
    ProjectLink.objects.create(**shared, project=project, customer_ref=ref)
    return ref


def move_there(office: Office, bill: Bill, customer: str, *places: int) -> None:
    [there] = [each for each in office.bills_there() if each["Id"] == bill.quickbooks_id]
    for place in places:
        there["Line"][place]["ItemBasedExpenseLineDetail"]["CustomerRef"] = {"value": customer}
    office.edit_there(bill, Line=there["Line"])
    office.sync()


def test_moved_to_another_project_there_both_budgets_follow(
    office: Office, cast: Cast, sign_in: SignIn
) -> None:
    """N8. Part of it moves money only; all of it moves the bill, with its files and who may see it."""
    barn = cast.ridge_barn
    customer = link_other_project(office, barn)
    bill = office.enter("INV-1", office.line("100.00"), office.line("20.00", 1))
    attach(office, bill)
    bill = office.send(office.approve(bill))

    def figures() -> tuple[Decimal, Decimal]:
        return office.counted(), count_project(barn).counted.amount

    move_there(office, bill, customer, 1)
    assert (figures(), office.fresh(bill).project) == ((Decimal(100), Decimal(20)), office.project)
    move_there(office, bill, customer, 0)
    assert (figures(), office.fresh(bill).project) == ((Decimal(0), Decimal(120)), barn)
    assert ProjectFile.objects.get().project == barn
    page = sign_in(office.admin).get(f"/c/ridge/bills/{bill.pk}/").content.decode()
    assert ("Changed in QuickBooks" in page, barn.name in page) == (True, True)
    assert sign_in(office.member).get(f"/c/ridge/bills/{bill.pk}/").status_code == 404
    assert Push.objects.exclude(kind="bill_file").count() == 1  # nothing is sent back


def test_non_billable_lines_are_left_out_before_and_after_they_are_there(office: Office) -> None:
    """M40, both ways, of the approved bill and of what QuickBooks has."""
    bill = office.approve(
        office.enter("INV-1", office.line("100.00", is_billable=True), office.line("20.00", 1))
    )
    for step in (lambda: None, lambda: office.send(bill)):
        step()
        for excludes, amount in ((True, "100.00"), (False, "120.00")):
            switch(office, exclude_non_billable=excludes)
            costs = office.costs()
            assert (costs.counted.amount, costs.total.amount) == (Decimal(amount), Decimal(120))
            assert costs.difference == 0


def test_switched_off_everything_that_is_there_stays(office: Office) -> None:
    """U9: no document, link or file goes, here or there, and what is there is followed as before."""
    bill = office.enter()
    attach(office, bill)
    bill = office.send(office.approve(bill))
    assert send_files() == ["done"]
    before = (office.bills_there(), files_there(office))

    switch(office, push_bills=False, push_bill_files=False)
    attach(office, bill, "late.pdf")
    stays = office.approve(office.enter("INV-2"))
    office.sync()

    assert (office.bills_there(), files_there(office)) == before
    assert list(Push.objects.values_list("state", flat=True).distinct()) == [PushState.DONE]
    assert (ProjectLink.objects.count(), VendorLink.objects.count(), BillFile.objects.count()) == (1, 1, 2)
    assert (office.fresh(stays).state, office.counted()) == (BillState.APPROVED, Decimal("251.00"))
    office.pay_there(bill, "125.50")
    office.sync()
    assert office.fresh(bill).state == BillState.PAID


def test_names_may_differ_on_both_sides_and_what_is_not_linked_is_said_before(
    office: Office, sign_in: SignIn
) -> None:
    """R28: links decide, never names. M91: an unlinked code is flagged while the bill is a draft."""
    Vendor.objects.filter(pk=office.vendor.pk).update(name="Yard of Lumber, LLC")
    CostCode.objects.filter(pk=office.codes[0].pk).update(name="Framing by us")
    office.realm.edit_document("Item", office.refs["06 Framing"], {"Name": "Framing by them"})
    office.realm.edit_document("Vendor", office.refs["vendor"], {"DisplayName": "The Yard"})
    office.sync()
    vendor = Vendor.objects.get(pk=office.vendor.pk)
    draft = office.enter("INV-1", vendor=vendor)
    link = CostCodeLink.objects.get(cost_code=office.codes[0])
    CostCodeLink.objects.filter(pk=link.pk).delete()
    client: Client = sign_in(office.admin)
    [obstacle] = client.get(f"/c/ridge/bills/{draft.pk}/").context["ahead"].obstacles
    assert (obstacle.code, "“Framing by us” is not linked" in obstacle.sentence) == ("code_not_linked", True)
    assert "Link the cost code" in client.get(f"/c/ridge/bills/{draft.pk}/").content.decode()
    link.save(force_insert=True)

    bill = office.send(office.approve(draft))

    [there] = office.bills_there()
    assert (bill.state, there["VendorRef"]["value"]) == (BillState.UNPAID, office.refs["vendor"])
    detail = there["Line"][0]["ItemBasedExpenseLineDetail"]
    assert (detail["ItemRef"]["value"], office.counted()) == (office.refs["06 Framing"], Decimal("125.50"))
