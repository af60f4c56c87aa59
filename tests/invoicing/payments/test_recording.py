"""M71, M77: payments recorded here, and when they cannot be."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.models import Connection, ProjectSwitches, Push
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice, InvoiceState, ReceivedPayment
from invoicing.payments.recording import (
    IN_QUICKBOOKS,
    STAYS_HERE,
    PaymentInput,
    record_payment,
    remove_payment,
    why_not_recordable,
)
from invoicing.payments.standing import payments_of
from ressio.models import Activity
from ressio.scoping import scope
from tests.support.api import Program
from tests.support.cast import Cast, SignIn

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def invoice(cast: Cast) -> Iterator[Invoice]:
    with scope(company=cast.ridge):
        yield Invoice.objects.create(
            company=cast.ridge,
            project=cast.ridge_house,
            number="1001",
            state=InvoiceState.RELEASED,
            total=Decimal("500.00"),
        )


def record(cast: Cast, invoice: Invoice, amount: str, day: int, **values: Any) -> ReceivedPayment:
    given = PaymentInput(date(2026, 3, day), Decimal(amount), **values)
    return record_payment(invoice=invoice, values=given, member=cast.alice, now=NOW)


def says(invoice: Invoice) -> tuple[str, str, date | None]:
    invoice.refresh_from_db()
    return invoice.state, str(invoice.paid), invoice.paid_on


def test_recorded_in_two_parts_and_one_removed(cast: Cast, invoice: Invoice) -> None:
    first = record(cast, invoice, "200", 5, method="Check", reference="1042")
    assert says(invoice) == (InvoiceState.PARTLY_PAID, "200.00", None)
    with pytest.raises(InvoiceRefused, match=r"Only 300.00 is still owed") as refused:
        record(cast, invoice, "300.01", 6)
    assert refused.value.field == "amount"
    record(cast, invoice, "300", 9)
    assert says(invoice) == (InvoiceState.PAID, "500.00", date(2026, 3, 9))
    assert why_not_recordable(invoice) == "Nothing is owed on this invoice"

    remove_payment(payment=first, member=cast.alice, now=NOW)
    assert says(invoice) == (InvoiceState.PARTLY_PAID, "300.00", None)
    with pytest.raises(InvoiceRefused, match="removed already"):
        remove_payment(payment=first, member=cast.alice, now=NOW)
    assert [(line.on, line.amount, line.counts) for line in payments_of(invoice)] == [
        (date(2026, 3, 9), Decimal("300.00"), True)
    ]
    assert list(Activity.objects.order_by("pk").values_list("verb", "changes")) == [
        ("recorded a payment of", {"paid": ["0.00", "200.00"]}),
        ("recorded a payment of", {"paid": ["200.00", "500.00"]}),
        ("removed a payment of", {"paid": ["500.00", "300.00"]}),
    ]


def test_the_overview_shows_what_was_invoiced_in_a_few_figures(
    cast: Cast, invoice: Invoice, sign_in: SignIn
) -> None:
    """R17, and nothing of it for Field."""
    record(cast, invoice, "120.50", 5)
    overview = f"/c/ridge/projects/{invoice.project_id}/"
    page = sign_in(cast.bob).get(overview).content.decode()
    assert all(f"USD {amount}" in page for amount in ("500.00", "120.50", "379.50"))
    assert "379.50" not in sign_in(cast.fred).get(overview).content.decode()


def test_what_is_refused(cast: Cast, invoice: Invoice) -> None:
    for amount, day, words in (("0", 5, "above zero"), ("1.005", 5, "whole cents"), ("1", 21, "future")):
        with pytest.raises(InvoiceRefused, match=words):
            record(cast, invoice, amount, day)
    with pytest.raises(InvoiceRefused, match="Ask an Admin"):
        record_payment(
            invoice=invoice, values=PaymentInput(date(2026, 3, 5), Decimal(1)), member=cast.bob, now=NOW
        )
    for state, words in (
        (InvoiceState.DRAFT, "Release the invoice first"),
        (InvoiceState.VOID, "This invoice is void"),
    ):
        invoice.state = state
        assert why_not_recordable(invoice) == words
    invoice.state = InvoiceState.RELEASED
    connection = Connection.objects.create(company=cast.ridge, realm_id="1")
    push = Push.objects.create(
        company=cast.ridge,
        connection=connection,
        kind="invoice",
        subject_id=str(invoice.pk),
        entity="Invoice",
    )
    assert why_not_recordable(invoice).startswith("This invoice is on its way")
    push.delete()
    invoice.quickbooks_id = "145"
    assert why_not_recordable(invoice) == "This invoice is in QuickBooks, and so are its payments"


def test_programs_see_record_and_remove(cast: Cast, invoice: Invoice) -> None:
    alice, path = Program(cast.alice), f"invoices/{invoice.pk}/payments"
    made = alice.post(path, received_on="2026-03-05", amount="200.00", method="Check").body
    assert (made["state"], made["outstanding"], made["why_not_recordable"]) == ("partly_paid", "300.00", "")
    recorded_id = made["payments"][0]["recorded_id"]
    assert made["payments"] == [
        {
            "on": "2026-03-05",
            "amount": "200.00",
            "kind": "payment",
            "what": "Payment",
            "method": "Check",
            "reference": "",
            "memo": "",
            "quickbooks_id": "",
            "recorded_id": recorded_id,
            "recorded_by": cast.alice.name,
            "counts": True,
        }
    ]
    too_much = alice.post(path, received_on="2026-03-05", amount="301")
    assert (too_much.status, list(too_much.body["errors"])) == (400, ["amount"])
    held = alice.get(f"projects/{invoice.project_id}/held-money").body
    assert held == {"amount": "0.00", "payments": [], "above": []}

    ProjectSwitches.objects.create(company=cast.ridge, project=cast.ridge_house, push_invoices=True)
    refused = alice.post(path, received_on="2026-03-05", amount="1")
    assert (refused.status, refused.body["detail"]) == (409, f"{STAYS_HERE}.")
    removed = alice.delete(f"received-payments/{recorded_id}").body
    assert (removed["state"], removed["payments"]) == ("released", [])
    refused = alice.post(path, received_on="2026-03-05", amount="1")
    assert (
        refused.body["detail"]
        == f"{IN_QUICKBOOKS}."
        == "Payments of this project are recorded in QuickBooks."
    )
    ProjectSwitches.objects.update(push_invoices=False)
