"""Vendors made in QuickBooks when somebody says so, and followed when they are merged or made inactive there."""

import pytest
from django.test import Client
from django.utils import timezone

from budgets.bills.vendors import KIND, VENDOR_INACTIVE, VendorRefused, create_vendor_in_quickbooks
from budgets.models import BillState
from budgets.tasks import follow_up_bills
from integrations.models import Push, PushState, SyncIssue, VendorLink
from integrations.outbox import perform_push
from ressio.models import Activity, Vendor
from tests.budgets.bills.office import Office
from tests.support.api import Program
from tests.support.cast import SignIn


def create(office: Office, vendor: Vendor) -> Push:
    return create_vendor_in_quickbooks(vendor=vendor, member=office.admin, now=timezone.now())


def perform(push: Push) -> Push:
    perform_push(push.pk)
    push.refresh_from_db()
    return push


def refs(office: Office) -> dict[str, str]:
    links = VendorLink.objects.filter(connection=office.connection)
    return dict(links.values_list("vendor__name", "vendor_ref"))


def test_made_there_it_is_linked_and_its_bills_leave(office: Office) -> None:
    vendor = Vendor.objects.create(
        company=office.company, name="Nail & Sons", email="nail@example.com", phone="555 0101"
    )
    bill = office.approve(office.enter("N-1", vendor=vendor))
    office.send(bill)
    assert office.push_of(bill).hold_code == "vendor_not_linked"
    push = create(office, vendor)
    assert create(office, vendor) == push
    office.realm.fail_next("drop_after")
    assert perform(push).state == PushState.UNKNOWN
    Push.objects.filter(pk=push.pk).update(next_try_at=timezone.now(), is_in_doubt=True)
    assert perform(push).state == PushState.DONE
    [there] = [row for row in office.realm.list_documents("Vendor") if row["DisplayName"] == "Nail & Sons"]
    assert (there["CompanyName"], there["PrimaryEmailAddr"], there["PrimaryPhone"]) == (
        "Nail & Sons",
        {"Address": "nail@example.com"},
        {"FreeFormNumber": "555 0101"},
    )
    assert refs(office)["Nail & Sons"] == there["Id"]
    follow_up_bills(office.connection)
    assert office.send(bill).state == BillState.UNPAID
    with pytest.raises(VendorRefused, match="linked to a vendor in QuickBooks already"):
        create(office, vendor)


def test_refused_where_nearly_that_name_is_there(office: Office, sign_in: SignIn) -> None:
    near = Vendor.objects.create(company=office.company, name="Lumber Yard, Inc.")
    with pytest.raises(VendorRefused) as refused:
        create(office, near)
    assert refused.value.near is not None
    assert (refused.value.code, refused.value.near.quickbooks_id) == ("near_equal", office.refs["vendor"])
    answer = Program(office.admin).post(f"vendors/{near.pk}/create-in-quickbooks")
    assert (answer.status, answer.body["detail"]) == (409, str(refused.value))
    assert Push.objects.filter(kind=KIND).count() == 0


def test_the_button_stands_on_the_vendors_link_page(office: Office, sign_in: SignIn) -> None:
    vendor = Vendor.objects.create(company=office.company, name="Nail & Sons")
    browser: Client = sign_in(office.admin)
    base = f"/c/{office.company.slug}/settings/vendors"
    page = f"{base}/{vendor.pk}/quickbooks/"
    assert "Create in QuickBooks" in browser.get(page).content.decode()
    assert (
        "Create in QuickBooks" not in browser.get(f"{base}/{office.vendor.pk}/quickbooks/").content.decode()
    )
    said = browser.post(f"{page}create/", follow=True).content.decode()
    assert "is on its way to QuickBooks" in said
    assert "Waiting to be sent" in said
    assert "Create in QuickBooks" not in said
    assert "is linked to a vendor in QuickBooks already" in (
        browser.post(f"{base}/{office.vendor.pk}/quickbooks/create/", follow=True).content.decode()
    )


def test_a_merged_vendor_takes_its_link_along(office: Office) -> None:
    bill = office.settle()
    survivor = office.realm.enter_document("Vendor", {"DisplayName": "Lumber Yard West"})["Id"]
    office.edit_there(bill, VendorRef={"value": survivor})
    office.realm.edit_document("Vendor", office.refs["vendor"], {"Active": False})
    office.sync()
    assert refs(office) == {"Lumber Yard": survivor}
    what = "The vendor was merged into another one in QuickBooks"
    [change] = office.fresh(bill).changes.filter(what=what)
    assert change.fields[0][2] == "Lumber Yard West"
    assert Activity.objects.filter(verb="followed QuickBooks with the vendor", actor=None).count() == 1
    assert SyncIssue.objects.filter(reason=VENDOR_INACTIVE).count() == 0
    later = office.settle("INV-2")
    assert later.vendor_ref == survivor


def test_an_inactive_vendor_is_an_issue_until_it_is_put_right(office: Office) -> None:
    bill = office.settle()
    office.pay_there(bill, "125.50")  # QuickBooks keeps a vendor active that is owed something
    office.realm.edit_document("Vendor", office.refs["vendor"], {"Active": False})
    office.sync()
    [issue] = SyncIssue.objects.filter(reason=VENDOR_INACTIVE)
    assert (issue.subject_label, issue.resolved_at) == ("Lumber Yard", None)
    assert issue.fix_url.endswith(f"/settings/vendors/{office.vendor.pk}/quickbooks/")
    waiting = office.approve(office.enter("INV-2"))
    office.send(waiting)
    assert office.push_of(waiting).hold_code == "vendor_inactive"
    office.realm.edit_document("Vendor", office.refs["vendor"], {"Active": True})
    office.sync()
    issue.refresh_from_db()
    assert issue.resolved_at is not None
    assert refs(office) == {"Lumber Yard": office.refs["vendor"]}
    assert office.send(waiting).state == BillState.UNPAID
    assert office.fresh(bill).state == BillState.PAID


def test_merged_into_a_vendor_of_ours_the_bill_follows_and_somebody_is_told(office: Office) -> None:
    bill = office.settle()
    office.pay_there(office.settle("INV-2"), "125.50")
    other = office.link_vendor("Stone Yard")
    office.edit_there(bill, VendorRef={"value": office.refs["Stone Yard"]})
    office.realm.edit_document("Vendor", office.refs["vendor"], {"Active": False})
    office.sync()
    assert office.fresh(bill).vendor == other
    assert refs(office)["Lumber Yard"] == office.refs["vendor"]
    assert SyncIssue.objects.filter(reason=VENDOR_INACTIVE, resolved_at=None).count() == 1
