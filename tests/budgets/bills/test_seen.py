"""A yes is to what was seen, and a form changes only what it was filled with: nothing that came since is undone."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from budgets.bills.drafting import change_bill
from budgets.models import Bill, BillState
from integrations.models import Push
from tests.budgets.bills.office import Office
from tests.support.cast import SignIn

SEEN = re.compile(r'name="seen" value="(\w+)"')
MEANWHILE = "Somebody changed this bill meanwhile"


@pytest.fixture
def client(office: Office, sign_in: SignIn) -> Client:
    return sign_in(office.admin)


def page_of(bill: Bill, name: str = "") -> str:
    return f"/c/ridge/bills/{bill.pk}/{name}"


def seen_on(client: Client, address: str) -> str:
    [mark] = SEEN.findall(client.get(address).content.decode())
    return str(mark)


def fields(office: Office, bill: Bill, seen: str, **changes: str) -> dict[str, Any]:
    line = bill.lines.get()
    return {
        "project": office.project.pk,
        "vendor": office.vendor.pk,
        "number": bill.number,
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-cost_code": office.codes[0].pk,
        "lines-0-description": "Lumber",
        "lines-0-amount": "125.50",
        "lines-0-line_ref": line.line_ref,
        "seen": seen,
        **changes,
    }


def test_a_form_left_open_undoes_nothing_that_quickbooks_changed(office: Office, client: Client) -> None:
    bill = office.settle()
    seen = seen_on(client, page_of(bill, "edit/"))
    office.edit_there(bill, DueDate="2026-06-01")
    office.sync()
    stale = client.post(page_of(bill, "edit/"), fields(office, bill, seen, description="Ours"))
    assert (stale.status_code, MEANWHILE in stale.content.decode()) == (400, True)
    assert seen in stale.content.decode()  # saving again is refused again
    assert (str(office.fresh(bill).due_on), Push.objects.count()) == ("2026-06-01", 1)
    seen = seen_on(client, page_of(bill, "edit/"))
    given = fields(office, bill, seen, description="Ours", due_on="2026-06-01")
    assert client.post(page_of(bill, "edit/"), given).status_code == 302
    office.send(bill)
    [there] = office.bills_there()
    assert (there["DueDate"], there["PrivateNote"]) == ("2026-06-01", "Ours")


def test_a_conflict_that_arises_while_the_form_is_open_is_told_and_can_be_decided(
    office: Office, client: Client
) -> None:
    bill = office.settle()
    seen = seen_on(client, page_of(bill, "edit/"))
    office.change_sent(bill, number="OURS")
    office.edit_there(bill, DocNumber="THEIRS")
    office.sync()

    told = client.post(page_of(bill, "edit/"), fields(office, bill, seen, description="Typed"))

    page = told.content.decode()
    assert told.status_code == 409
    assert "What you entered on the form is not saved." in page
    assert ("Here: <strong>OURS" in page, "In QuickBooks: <strong>THEIRS" in page) == (True, True)
    assert client.get(page_of(bill, "edit/")).status_code == 409


def test_what_was_changed_after_it_was_looked_at_is_not_approved(office: Office, client: Client) -> None:
    bill = office.enter()
    seen = seen_on(client, page_of(bill))
    dearer = office.given("INV-1", office.line("9125.50"))
    change_bill(bill=bill, given=dearer, member=office.admin, now=timezone.now())
    refused = client.post(page_of(bill, "do/approve/"), {"seen": seen})
    assert (refused.status_code, MEANWHILE in refused.content.decode()) == (400, True)
    assert (office.fresh(bill).state, office.counted()) == (BillState.DRAFT, Decimal(0))
    client.post(page_of(bill, "do/approve/"), {"seen": seen_on(client, page_of(bill))})
    assert office.fresh(bill).state == BillState.APPROVED
