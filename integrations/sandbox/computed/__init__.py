"""What the server itself computes or fills in before a document is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from integrations.sandbox.computed import expenses, lists, payments, sales, times
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

Completer = Callable[["Change", str, Document, "Document | None"], None]

COMPLETERS: dict[str, Completer] = {
    "Account": lists.complete_account,
    "Customer": lists.complete_customer,
    "Vendor": lists.complete_vendor,
    "Employee": lists.complete_employee,
    "Item": lists.complete_item,
    "Class": lists.complete_simple_list,
    "Department": lists.complete_simple_list,
    "Term": lists.complete_simple_list,
    "TaxAgency": lists.complete_tax_agency,
    "Bill": expenses.complete_bill,
    "Purchase": expenses.complete_purchase,
    "VendorCredit": expenses.complete_vendor_credit,
    "PurchaseOrder": expenses.complete_purchase_order,
    "JournalEntry": expenses.complete_journal_entry,
    "Invoice": sales.complete_invoice,
    "CreditMemo": sales.complete_credit_memo,
    "Estimate": sales.complete_estimate,
    "Payment": payments.complete_payment,
    "BillPayment": payments.complete_bill_payment,
    "TimeActivity": times.complete_time,
}


def complete(change: Change, entity: str, document: Document, old: Document | None) -> None:
    if entity in COMPLETERS:
        COMPLETERS[entity](change, entity, document, old)
