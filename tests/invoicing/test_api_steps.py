"""API: an invoice from its release to its void, over HTTP against the stand-in."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from invoicing.models import Invoice
from tests.invoicing.office import InvoiceOffice
from tests.invoicing.steps import send, settle
from tests.support.api import Program


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def alice(invoice_office: InvoiceOffice) -> Program:
    return Program(invoice_office.admin)


def test_from_release_to_void(invoice_office: InvoiceOffice, alice: Program, capsys: Any) -> None:
    office = invoice_office
    invoice = office.draft(memo="Thank you", internal_notes="Ask Tom")
    address = f"invoices/{invoice.pk}"
    assert Program(office.member).post(f"{address}/release").status == 403
    preview = alice.get(f"{address}/preview").body
    document = preview["document"]
    assert document == {
        "CustomerRef": {"value": office.refs["customer"]},
        "DocNumber": "1001",
        "TxnDate": "2026-03-02",
        "DueDate": "2026-04-01",
        "CustomerMemo": {"value": "Thank you"},
        "BillEmail": {"Address": "ada@quill.example"},
        "Line": [
            {
                "Amount": 1000,
                "DetailType": "SalesItemLineDetail",
                "Description": "Draw",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": office.refs["06 Framing"]},
                    "TaxCodeRef": {"value": "NON"},
                },
            }
        ],
    }
    assert preview["ledger"] == [
        {"account": "Accounts Receivable", "amount": "1000.00"},
        {"account": "Bill Sales", "amount": "-1000.00"},
    ]
    assert (preview["invoiced_before"], preview["invoiced_after"]) == ("0.00", "1000.00")
    assert (preview["obstacles"], preview["reason_to_stay"]) == ([], "")
    assert alice.post(f"{address}/release", version="another").status == 409
    version = alice.get(address).body["version"]
    released = alice.post(f"{address}/release", version=version)
    assert (released.status, released.body["state"], released.body["push"]["state"]) == (
        200,
        "released",
        "waiting",
    )
    call_command("push_quickbooks", company=office.company.slug, dry_run=True)
    assert '"DocNumber":"1001"' in capsys.readouterr().out
    call_command("push_quickbooks", company=office.company.slug, kind="invoice")
    told = alice.get(address).body
    assert (told["state"], told["quickbooks_total"]) == ("unpaid", "1000.00")
    assert alice.post(f"{address}/take-back").status == 409
    assert alice.post(f"{address}/void").body["push"]["operation"] == "void"
    call_command("push_quickbooks", company=office.company.slug, kind="invoice")
    void = alice.get(address).body
    assert void["state"] == "void"
    assert void["client_link"] == f"http://testserver/i/{office.again(invoice).share_key}/"
    pdf = alice.client.get(f"{alice.base}/{address}/pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    pushes = alice.get(f"{address}/pushes").body
    assert [(push["operation"], push["state"], len(push["attempts"])) for push in pushes] == [
        ("void", "done", 1),
        ("create", "done", 1),
    ]


def test_decisions(invoice_office: InvoiceOffice, alice: Program) -> None:
    office = invoice_office
    invoice = settle(office)
    address = f"invoices/{invoice.pk}"
    office.edit_invoice_there(invoice, DueDate="2026-09-01")
    office.sync()
    conflict = alice.get(f"{address}/conflict").body
    assert conflict["changes"] == [{"label": "Due date", "before": "1 Apr 2026", "after": "1 Sep 2026"}]
    assert list(conflict["choices"]) == ["ours", "theirs", "both"]
    assert alice.post(f"{address}/conflict", version="old", choice="ours").status == 409
    assert alice.post(f"{address}/conflict", version=conflict["version"], choice="none").status == 400
    decided = alice.post(f"{address}/conflict", version=conflict["version"], choice="theirs")
    assert (decided.body["has_conflicts"], decided.body["due_on"]) == (False, "2026-09-01")
    Invoice.objects.filter(pk=invoice.pk).update(total="999.00")
    assert alice.post(f"{address}/accept-difference", quickbooks_total="1.00").status == 409
    assert alice.post(f"{address}/accept-difference", quickbooks_total="1000.00").status == 200


def test_held_for_its_number_it_is_renumbered_or_linked(
    invoice_office: InvoiceOffice, alice: Program
) -> None:
    office = invoice_office
    detail = {"ItemRef": {"value": office.refs["06 Framing"]}}
    theirs = office.realm.enter_document(
        "Invoice",
        {
            "CustomerRef": {"value": office.refs["customer"]},
            "DocNumber": "1001",
            "Line": [{"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}],
        },
    )
    office.sync()
    numbered, linked = (office.draft(number=number) for number in ("1001", "1001-A"))
    for invoice in (numbered, linked):
        alice.post(f"invoices/{invoice.pk}/release")
    send(office, numbered)
    held = alice.get(f"invoices/{numbered.pk}").body["push"]
    assert (held["hold_code"], held["state"]) == ("duplicate_number", "held")
    assert alice.post(f"invoices/{numbered.pk}/number", number="1001-A").status == 400
    assert alice.post(f"invoices/{numbered.pk}/number", number="1002").body["push"]["state"] == "waiting"
    assert send(office, numbered).number == "1002"
    address = f"invoices/{linked.pk}"
    assert alice.post(f"{address}/link", quickbooks_id="9999").status == 409
    told = alice.post(f"{address}/link", quickbooks_id=theirs["Id"]).body
    assert (told["quickbooks_total"], told["has_conflicts"]) == ("7.00", True)
    changes = alice.get(f"{address}/conflict").body["changes"]
    assert [change["label"] for change in changes] == ["Number", "Date", "Due date", "Total", "Lines"]


def test_earlier_ones_are_counted(invoice_office: InvoiceOffice, alice: Program) -> None:
    address = f"projects/{invoice_office.project.pk}/invoices/earlier"
    assert alice.get(address).body == {"invoices": 0, "amount": "0.00"}
    assert alice.post(address, expected=1).status == 409
    assert alice.post(address, expected=0).body == {"sent": 0}
