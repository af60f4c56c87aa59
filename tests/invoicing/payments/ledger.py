"""The stand-in's books in this process, and our mirror of their sales: what a sync does, without the wire."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from integrations.gateway.rows import Row
from integrations.mirror import mark_deleted, store_documents
from integrations.models import Connection
from integrations.sandbox.books import Books
from integrations.sandbox.clock import Clock
from integrations.sandbox.companies.empty import load
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.switches import Switches
from invoicing.models import Invoice, InvoiceState
from invoicing.payments.projecting import refresh_paid
from ressio.models import Company, Project

Json = dict[str, Any]
SALES = ("Invoice", "CreditMemo", "Payment")


def open_books() -> Books:
    books = Books("4620816365000001", Clock(), Switches())
    load(books)
    return books


@dataclass
class Ledger:
    """Everything in here runs inside the company's scope."""

    company: Company
    project: Project
    connection: Connection
    books: Books = field(default_factory=open_books)
    seen: dict[str, dict[str, str]] = field(default_factory=lambda: {entity: {} for entity in SALES})
    customer: str = ""
    item: str = ""

    def __post_init__(self) -> None:
        self.customer = self.books.create("Customer", {"DisplayName": "Quill"})["Id"]
        made = {"Name": "Work", "Type": "Service", "IncomeAccountRef": {"value": "11"}}
        self.item = self.books.create("Item", made)["Id"]

    # A bookkeeper -------------------------------------------------------------------------------------------------

    def bill(self, cents: int, *, deposit: int = 0, entity: str = "Invoice", **values: Any) -> str:
        """An invoice or a credit memo of one line."""
        document: Json = {"CustomerRef": {"value": self.customer}, "Line": [self._line(cents)]}
        if deposit:
            document["Deposit"] = money(deposit)
        return str(self.books.create(entity, document | values)["Id"])

    def rebill(self, entity: str, document_id: str, cents: int) -> None:
        self.edit(entity, document_id, Line=[self._line(cents)])

    def receive(self, cents: int, *applied: tuple[str, str, int], **values: Any) -> str:
        """`applied`: type of document, its id, cents."""
        document = {
            "CustomerRef": {"value": self.customer},
            "TotalAmt": money(cents),
            "Line": lines(*applied),
        }
        return str(self.books.create("Payment", document | values)["Id"])

    def reapply(self, payment_id: str, *applied: tuple[str, str, int]) -> None:
        self.edit("Payment", payment_id, Line=lines(*applied))

    def edit(self, entity: str, document_id: str, **changes: Any) -> None:
        old = self.books.get(entity, document_id)
        same = {"Id": document_id, "SyncToken": old["SyncToken"], "sparse": True}
        self.books.update(entity, {**same, "CustomerRef": old["CustomerRef"], **changes})

    def ids(self, entity: str) -> list[str]:
        return [document["Id"] for document in self.books.all(entity)]

    def _line(self, cents: int) -> Json:
        detail = {"ItemRef": {"value": self.item}, "TaxCodeRef": {"value": "NON"}}
        return {
            "Amount": money(cents),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
        }

    # Ressio -------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Every version that is new here, and what is gone."""
        for entity in SALES:
            rows = self.books.shelf(entity).rows
            known = self.seen[entity]
            found = {key: as_row(row.text) for key, row in rows.items()}
            fresh = [row for key, row in found.items() if known.get(key) != row.data["SyncToken"]]
            gone = [key for key in known if key not in found]
            now = timezone.now()
            store_documents(self.connection, entity, fresh, now=now)
            mark_deleted(self.connection, entity, gone, now=now)
            self.seen[entity] = {key: row.data["SyncToken"] for key, row in found.items()}

    def link(self, invoice_ref: str, number: str = "") -> Invoice:
        """An invoice of ours that has arrived there, as the answer to its push leaves it."""
        total = Decimal(self.books.get("Invoice", invoice_ref)["TotalAmt"]).quantize(Decimal("0.01"))
        invoice: Invoice = Invoice.objects.create(
            company=self.company,
            project=self.project,
            connection=self.connection,
            quickbooks_id=invoice_ref,
            number=number,
            state=InvoiceState.UNPAID,
            total=total,
            quickbooks_total=total,
            balance=total,
        )
        refresh_paid(self.connection, [invoice_ref])
        return Invoice.objects.get(pk=invoice.pk)

    def invoice(self, invoice_ref: str) -> Invoice:
        found: Invoice = Invoice.objects.get(quickbooks_id=invoice_ref)
        return found


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def lines(*applied: tuple[str, str, int]) -> list[Json]:
    return [
        {"Amount": money(cents), "LinkedTxn": [{"TxnType": kind, "TxnId": ref}]}
        for kind, ref, cents in applied
        if cents
    ]


def as_row(text: str) -> Row:
    return Row(json.loads(text, parse_float=Decimal), text)


__all__ = ["SALES", "ApiFault", "Ledger", "open_books"]
