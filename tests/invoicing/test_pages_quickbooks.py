"""The invoices' pages beside QuickBooks: looked at before, held, in conflict, with another total, over HTTP."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.models import PushState, SyncRun
from integrations.switches import set_switches
from invoicing.invoices.conflicts import conflict_mark
from invoicing.models import Invoice, InvoiceState
from tests.invoicing.office import InvoiceOffice, price
from tests.invoicing.steps import invoice_push, release, send, settle
from tests.support.cast import SignIn

URL = "/c/ridge/invoices/"


@pytest.fixture
def client(invoice_office: InvoiceOffice, sign_in: SignIn) -> Client:
    return sign_in(invoice_office.admin)


def deed(client: Client, invoice: Invoice, name: str, **data: Any) -> int:
    return int(client.post(f"{URL}{invoice.pk}/do/{name}/", data).status_code)


def look(client: Client, invoice: Invoice) -> Any:
    return client.get(f"{URL}{invoice.pk}/")


def test_looked_at_released_followed_and_void(invoice_office: InvoiceOffice, client: Client) -> None:
    office = invoice_office
    invoice = office.draft(price("200.00", None, markup_percent=Decimal(10)), profit_shown="apart")
    preview = client.get(f"{URL}{invoice.pk}/preview/")
    document = json.loads(preview.context["preview"].text)
    assert [line["Amount"] for line in document["Line"]] == [200, 20]
    assert preview.context["preview"].ahead.bare == [1]
    page = look(client, invoice)
    assert page.context["goes"]
    assert "It goes to QuickBooks" in page.content.decode()

    assert deed(client, invoice, "release", seen=page.context["seen"]) == 302
    assert deed(client, invoice, "record", received_on="2026-03-02", amount="1") == 400
    assert "disabled aria-describedby" in look(client, invoice).content.decode()
    watch = f"{URL}{invoice.pk}/?watch=1"
    assert "HX-Refresh" not in client.get(watch)
    invoice = send(office, invoice)
    assert (invoice.state, invoice.quickbooks_total) == (InvoiceState.UNPAID, Decimal("220.00"))
    assert client.get(watch)["HX-Refresh"] == "true"
    assert client.get(f"{URL}{invoice.pk}/preview/").context["preview"].was_sent
    edit = client.get(f"{URL}{invoice.pk}/edit/")
    assert "Save and send the changes" in edit.content.decode()
    form = dict.fromkeys(("number", "due_on"), "") | {
        "client_name": "Ada Quill",
        "memo": "Thanks",
        "profit_shown": "apart",
        "seen": edit.context["seen"],
        **{f"{name}-INITIAL_FORMS": "0" for name in ("sections", "lines", "markups")},
        "sections-TOTAL_FORMS": "1",
        "lines-TOTAL_FORMS": "1",
        "markups-TOTAL_FORMS": "0",
        "sections-0-kind": "amount",
        "lines-0-section": "0",
        "lines-0-cost": "200",
        "lines-0-description": "Draw",
        "lines-0-markup_percent": "10",
        "lines-0-tax_code_ref": "NON",
    }
    looked = client.post(f"{URL}{invoice.pk}/edit/", form | {"look": "1"})
    assert looked.context["look"].paper.total == Decimal("220.00")
    assert invoice_push(invoice).state == PushState.DONE
    assert client.post(f"{URL}{invoice.pk}/edit/", form).status_code == 302
    invoice = send(office, invoice)
    assert [each["CustomerMemo"]["value"] for each in office.invoices_there()] == ["Thanks"]
    office.receive_there("50.00", (invoice, "50.00"))
    assert client.post(f"{URL}sync/", {"next": f"{URL}{invoice.pk}/"})["Location"] == f"{URL}{invoice.pk}/"
    assert SyncRun.objects.filter(kind="invoices").exists()
    office.sync()
    paid = look(client, invoice)
    assert [part.amount for part in paid.context["payments"]] == [Decimal("50.00")]
    assert not paid.context["choices"].void
    assert deed(client, invoice, "void") == 400
    why = "Payments or credits of 50.00 are applied to it in QuickBooks. Take them off there first, then void it."
    assert (paid.context["choices"].why_not_void, why in paid.content.decode()) == (why, True)


def test_conflict_other_total_hold_and_earlier_ones(invoice_office: InvoiceOffice, client: Client) -> None:
    office = invoice_office
    invoice = settle(office, price("100.00", office.codes[0]), memo="Ours")
    [there] = office.invoices_there()
    lines = [line for line in there["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    lines[0]["Amount"] = 120
    office.edit_invoice_there(invoice, Line=lines)
    office.sync()
    page = look(client, invoice)
    assert "Changed in QuickBooks" in page.content.decode()
    assert page.context["conflict_rows"][0][1:] == ["100.00", "120.00"]
    seen = conflict_mark(office.again(invoice))
    assert deed(client, invoice, "decide", choice="both", seen="old") == 400
    assert deed(client, invoice, "decide", choice="both", seen=seen) == 302
    Invoice.objects.filter(pk=invoice.pk).update(difference_accepted_at=None)
    assert "comes to another total" in look(client, invoice).content.decode()
    assert deed(client, invoice, "accept", total="119.00") == 400
    assert deed(client, invoice, "accept", total="120.00") == 302
    assert deed(client, invoice, "void") == 302

    office.connection.closing_date = date(2026, 3, 31)
    office.connection.save()
    held = send(office, release(office, office.draft(number="77")))
    assert invoice_push(held).state == PushState.HELD
    assert "Change the date and send" in look(client, held).content.decode()
    assert deed(client, held, "wait") == 302
    waiting = look(client, held).content.decode()
    assert "Waits until the period is reopened" in waiting
    assert "Needs attention" not in waiting
    assert [deed(client, held, name) for name in ("retry", "skip")] == [302, 302]

    earlier = f"/c/ridge/projects/{office.project.pk}/invoices/send-earlier/"
    page = client.get(earlier)
    assert page.context["earlier"].invoices == 1
    listed = client.get(f"/c/ridge/projects/{office.project.pk}/invoices/?status=open")
    assert ("?status=open" in page.content.decode(), listed.status_code) == (True, 200)
    assert client.post(earlier, {"expected": "2"}).status_code == 400
    assert client.post(earlier, {"expected": "1"}).status_code == 302
    assert deed(client, held, "move-date", issued_on="2026-04-02") == 302
    assert deed(client, held, "renumber", number="78") == 302

    [there] = office.invoices_there()
    there = office.realm.enter_document(
        "Invoice", {name: there[name] for name in ("CustomerRef", "Line")} | {"DocNumber": "79"}
    )
    office.sync()
    twin = send(office, release(office, office.draft(number="79", issued_on=date(2026, 4, 2), due_on=None)))
    shown = look(client, twin).context
    assert ([ref for ref, _ in shown["twins"]], shown["new_number"]) == ([there["Id"]], "1002")
    assert deed(client, twin, "link", document=there["Id"]) == 302
    assert office.again(twin).quickbooks_id == there["Id"]
    off = {"push_invoices": False}
    set_switches(project=office.project, changes=off, actor=office.admin.user, now=timezone.now())
    assert not client.get(earlier).context["is_on"]
