from .invoices import (
    CLOSED_INVOICE_STATES,
    SENT_INVOICE_STATES,
    BilledCost,
    Invoice,
    InvoiceChange,
    InvoiceFile,
    InvoiceLine,
    InvoiceSection,
    InvoiceState,
    ProfitShown,
    SectionKind,
    TaxMode,
)
from .payments import AppliedPart, ClientPayment, PaymentKind, ReceivedPayment

__all__ = [
    "CLOSED_INVOICE_STATES",
    "SENT_INVOICE_STATES",
    "AppliedPart",
    "BilledCost",
    "ClientPayment",
    "Invoice",
    "InvoiceChange",
    "InvoiceFile",
    "InvoiceLine",
    "InvoiceSection",
    "InvoiceState",
    "PaymentKind",
    "ProfitShown",
    "ReceivedPayment",
    "SectionKind",
    "TaxMode",
]
