"""What payments in QuickBooks mean here: waiting for their invoice, history, differences, money held for the client."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.mirror import store_documents
from integrations.models import Connection, ProjectLink, SyncIssue
from invoicing.models import AppliedPart, ClientCredit, ClientPayment, Invoice, InvoiceState
from invoicing.payments.rebuilding import rebuild_if_never_read
from invoicing.payments.standing import explain_difference, payments_of, report_balances
from invoicing.payments.totals import Invoiced, held_for, invoiced_of
from ressio.models import Company, Project
from ressio.scoping import scope
from tests.budgets.documents import as_row, document, ref
from tests.invoicing.payments.ledger import Ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    company = Company.objects.create(name="Ridge", slug="ridge")
    with scope(company=company):
        connection = Connection.objects.create(company=company, realm_id="1", home_currency="USD")
        yield Ledger(company, Project.objects.create(company=company, name="House"), connection)


def says(invoice: Invoice) -> tuple[str, str, date | None]:
    return invoice.state, str(invoice.paid), invoice.paid_on


def test_a_story_of_payments_with_its_history(ledger: Ledger) -> None:
    """M70, M75: paid in two parts before the invoice is ours, with a credit; taken off; paid again."""
    ref_ = ledger.bill(50_000)
    memo = ledger.bill(10_000, entity="CreditMemo", DocNumber="7")
    money = ledger.receive(
        25_000, ("Invoice", ref_, 20_000), TxnDate="2026-03-05", PaymentRefNum="1042", PrivateNote="by mail"
    )
    ledger.receive(0, ("CreditMemo", memo, 4_000), ("Invoice", ref_, 4_000), TxnDate="2026-03-09")
    ledger.sync()
    assert AppliedPart.objects.count() == 2  # they wait as rows

    invoice = ledger.link(ref_, "1001")
    assert says(invoice) == (InvoiceState.PARTLY_PAID, "240.00", None)
    assert [(line.on, line.amount, line.label, line.reference) for line in payments_of(invoice)] == [
        (date(2026, 3, 9), Decimal("40.00"), "Credit memo 7", ""),
        (date(2026, 3, 5), Decimal("200.00"), "Payment", "1042"),
    ]

    ledger.edit("CreditMemo", memo, DocNumber="7A")
    last = ledger.receive(26_000, ("Invoice", ref_, 26_000), TxnDate="2026-04-02")
    ledger.sync()
    assert says(ledger.invoice(ref_)) == (InvoiceState.PAID, "500.00", date(2026, 4, 2))
    assert "Credit memo 7A" in [line.label for line in payments_of(invoice)]
    assert invoiced_of(ledger.project) == Invoiced(Decimal("500.00"), Decimal("500.00"))

    ledger.books.void("Payment", last)
    ledger.sync()
    assert says(ledger.invoice(ref_)) == (InvoiceState.PARTLY_PAID, "240.00", None)
    ledger.books.delete("Payment", money)
    ledger.sync()
    assert says(ledger.invoice(ref_)) == (InvoiceState.PARTLY_PAID, "40.00", None)
    assert [(note.what, note.fields) for note in invoice.changes.order_by("pk")] == [
        ("Partly paid in QuickBooks", [["Paid", "0.00", "240.00"]]),
        ("Paid in full in QuickBooks", [["Paid", "240.00", "500.00"]]),
        ("Open again: a payment was taken off in QuickBooks", [["Paid", "500.00", "240.00"]]),
        ("A payment was taken off in QuickBooks", [["Paid", "240.00", "40.00"]]),
    ]
    assert invoiced_of(ledger.project).outstanding == Decimal("460.00")


def test_money_held_for_a_client(ledger: Ledger) -> None:
    """Over-payments and unused credits, less what was paid back; those of the parent are told apart."""
    parent = ledger.customer
    child = ledger.books.create(
        "Customer", {"DisplayName": "House", "ParentRef": {"value": parent}, "Job": True}
    )["Id"]
    for customer in ledger.books.all("Customer"):
        row = as_row(customer)
        store_documents(ledger.connection, "Customer", [row], now=timezone.now())
    ProjectLink.objects.create(
        company=ledger.company, connection=ledger.connection, project=ledger.project, customer_ref=child
    )
    ledger.receive(3_000, PaymentRefNum="8")
    ledger.customer = child
    invoice = ledger.bill(10_000)
    ledger.receive(12_500, ("Invoice", invoice, 10_000), ("Check", "777", 1_000), PaymentRefNum="9")
    ledger.bill(2_000, entity="CreditMemo", DocNumber="5")
    ledger.sync()

    held = held_for(ledger.project)
    assert [(each.label, each.client, each.amount) for each in held.own] == [
        ("Payment 9", "House", Decimal("15.00")),
        ("Credit memo 5", "House", Decimal("20.00")),
    ]
    assert (held.amount, held.amount_above) == (Decimal("35.00"), Decimal("30.00"))


def test_a_rebuild_makes_the_same_and_says_nothing(ledger: Ledger) -> None:
    """Also of documents that were mirrored before payments were understood."""
    invoice_ref, memo = ledger.bill(10_000, deposit=500), ledger.bill(2_000, entity="CreditMemo")
    ledger.receive(4_000, ("Invoice", invoice_ref, 3_000), ("CreditMemo", memo, 1_000))
    ledger.sync()
    invoice = ledger.link(invoice_ref)
    before = stored()
    notes = invoice.changes.count()

    call_command("rebuild_payments", company="ridge", stdout=StringIO())
    assert (stored(), invoice.changes.count()) == (before, notes)
    for model in (AppliedPart, ClientPayment, ClientCredit):
        model.objects.all().delete()
    rebuild_if_never_read(ledger.connection)
    assert (stored(), invoice.changes.count(), says(ledger.invoice(invoice_ref))) == (
        before,
        notes,
        (InvoiceState.PARTLY_PAID, "35.00", None),
    )


def stored() -> list[Any]:
    parts = AppliedPart.objects.values_list("payment_ref", "invoice_ref", "amount", "kind", "source")
    payments = ClientPayment.objects.values_list("payment_ref", "total", "unapplied")
    return [sorted(parts), sorted(payments), sorted(ClientCredit.objects.values_list("number", "remaining"))]


def test_a_balance_that_payments_do_not_explain_is_said(ledger: Ledger) -> None:
    invoice_ref = ledger.bill(10_000)
    ledger.sync()
    invoice = ledger.link(invoice_ref, "1001")
    links = [{"TxnType": "ChargeCredit", "TxnId": "31"}, {"TxnType": "Payment", "TxnId": "999"}]
    changed = ledger.books.get("Invoice", invoice_ref) | {"Balance": 75, "LinkedTxn": links, "SyncToken": "9"}
    store_documents(ledger.connection, "Invoice", [as_row(changed)], now=timezone.now())

    report_balances(ledger.connection, now=timezone.now())
    issue = SyncIssue.objects.get()
    assert (issue.title, issue.amount) == (
        "Invoice 1001: the balance in QuickBooks is not what its payments leave open.",
        Decimal("25.00"),
    )
    assert issue.way_out == (
        "QuickBooks says 75.00 is open. The payments and credits it applied leave 100.00 open. "
        "QuickBooks also links: Charge credit 31, Payment 999, not read yet."
    )
    invoice.refresh_from_db()
    assert explain_difference(invoice) == issue.way_out
    assert says(invoice) == (InvoiceState.UNPAID, "0.00", None)

    payment = document(
        "999",
        CustomerRef=ref(ledger.customer),
        TotalAmt=25,
        UnappliedAmt=0,
        Line=[{"Amount": 25, "LinkedTxn": [{"TxnType": "Invoice", "TxnId": invoice_ref}]}],
    )
    store_documents(ledger.connection, "Payment", [as_row(payment)], now=timezone.now())
    report_balances(ledger.connection, now=timezone.now())
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
    invoice.refresh_from_db()
    assert (says(invoice)[:2], explain_difference(invoice)) == ((InvoiceState.PARTLY_PAID, "25.00"), "")


def test_statements_do_not_grow_with_the_number_of_payments(ledger: Ledger) -> None:
    def pay(count: int) -> int:
        refs = [ledger.bill(1_000) for _ in range(count)]
        ledger.sync()
        for ref_ in refs:
            ledger.link(ref_)
        for ref_ in refs:
            ledger.receive(500, ("Invoice", ref_, 500))
        rows = [as_row(each) for each in ledger.books.all("Payment")[-count:]]
        with CaptureQueriesContext(
            database,
        ) as asked:
            store_documents(ledger.connection, "Payment", rows, now=timezone.now())
        return len(asked)

    assert pay(2) == pay(20)
