"""A builder's office that sends invoices: the office of the bills, with a profit code and invoices of its own."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from integrations.mirror import store_documents
from integrations.models import CostCodeLink
from integrations.switches import set_switches
from invoicing.invoices.drafting import (
    InvoiceInput,
    LineInput,
    SectionInput,
    change_invoice,
    create_invoice,
    input_of,
)
from invoicing.models import Invoice
from ressio.models import Company, CostCode, Project, TeamMember
from tests.budgets.bills.office import Json, Office, open_office
from tests.budgets.documents import as_row
from tests.support.sandbox import Realm

PROFIT = "99 Builder profit"


def price(cost: str, code: CostCode | None = None, **values: Any) -> LineInput:
    """A line of a fixed amount."""
    return LineInput(**({"cost_code": code, "description": "Draw", "cost": Decimal(cost)} | values))


def invoice_of(*lines: LineInput, **values: Any) -> InvoiceInput:
    """One section with these lines."""
    given: dict[str, Any] = {
        "client_name": "Ada Quill",
        "client_email": "ada@quill.example",
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1),
        "sections": (SectionInput(lines=lines),),
    }
    return InvoiceInput(**(given | values))


@dataclass
class InvoiceOffice(Office):
    """Everything in here runs inside the company's scope, opened by the fixture."""

    profit_code: CostCode | None = None

    def draft(self, *lines: LineInput, **values: Any) -> Invoice:
        """By the Admin; one line of 1,000.00 where none is given."""
        given = invoice_of(*(lines or (price("1000.00", self.codes[0]),)), **values)
        return create_invoice(project=self.project, values=given, member=self.admin, now=timezone.now())

    def redraft(self, invoice: Invoice, *lines: LineInput, **values: Any) -> Invoice:
        """As a form would send it: what is not named stays."""
        kept = {each.name: getattr(input_of(invoice), each.name) for each in fields(InvoiceInput)}
        if lines:
            kept["sections"] = (SectionInput(lines=lines),)
        given = InvoiceInput(**(kept | values))
        return change_invoice(invoice=invoice, values=given, member=self.admin, now=timezone.now())

    def again(self, invoice: Invoice) -> Invoice:
        """As the database has it now."""
        found: Invoice = Invoice.objects.get(pk=invoice.pk)
        return found

    # The books ----------------------------------------------------------------------------------------------------

    def invoices_there(self) -> list[Json]:
        return self.realm.list_documents("Invoice")

    def edit_invoice_there(self, invoice: Invoice, **changes: Any) -> None:
        self.realm.edit_document("Invoice", invoice.quickbooks_id, changes)

    def receive_there(self, amount: str, *applied: tuple[Invoice, str], **values: Any) -> Json:
        """The client pays `amount`, of which so much is applied to each invoice."""
        lines = [
            {"Amount": float(part), "LinkedTxn": [{"TxnId": each.quickbooks_id, "TxnType": "Invoice"}]}
            for each, part in applied
        ]
        payment = {
            "CustomerRef": {"value": self.refs["customer"]},
            "TotalAmt": float(amount),
            "Line": lines,
        }
        return self.realm.enter_document("Payment", payment | values)


def open_invoice_office(
    company: Company, realm: Realm, admin: TeamMember, member: TeamMember, project: Project
) -> InvoiceOffice:
    """Sending invoices is on; cost code 0 is the Default Invoice Code, and the Profit Code has an item of its own."""
    office = open_office(company, realm, admin, member, project)
    income = next(each["Id"] for each in realm.list_documents("Account") if each["Name"] == "Bill Sales")
    item = realm.enter_document(
        "Item", {"Name": PROFIT, "Type": "Service", "IncomeAccountRef": {"value": income}}
    )
    store_documents(office.connection, "Item", [as_row(item)], now=timezone.now())
    profit_code = CostCode.objects.create(company=company, name=PROFIT)
    CostCodeLink.objects.create(
        company=company, connection=office.connection, cost_code=profit_code, item_ref=item["Id"]
    )
    changes = {
        "push_invoices": True,
        "default_invoice_code": office.codes[0],
        "profit_code": profit_code,
    }
    set_switches(project=project, changes=changes, actor=admin.user, now=timezone.now())
    held = {each.name: getattr(office, each.name) for each in fields(Office)}
    return InvoiceOffice(**held, profit_code=profit_code)
