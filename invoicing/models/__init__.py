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
from .payments import AppliedPart, ClientCredit, ClientPayment, PaymentKind, ReceivedPayment
from .tax_codes import NewTaxCode

__all__ = [
    "CLOSED_INVOICE_STATES",
    "SENT_INVOICE_STATES",
    "AppliedPart",
    "BilledCost",
    "ClientCredit",
    "ClientPayment",
    "Invoice",
    "InvoiceChange",
    "InvoiceFile",
    "InvoiceLine",
    "InvoiceSection",
    "InvoiceState",
    "NewTaxCode",
    "PaymentKind",
    "ProfitShown",
    "ReceivedPayment",
    "SectionKind",
    "TaxMode",
]
