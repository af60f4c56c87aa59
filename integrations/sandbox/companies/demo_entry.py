"""Entering transactions into the demo books the way the forms of QuickBooks Online do."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies.demo_accounts import CARD, CHECKING, PAYABLE, PAYABLE_CAD
from integrations.sandbox.companies.demo_setup import BILL_TERM, TERMS
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import (
    CARD_CREDIT_FORM,
    CHECK_FORM,
    EXPENSE_FORM,
    NOT_BILLABLE,
    ONE,
    USD,
    Document,
    account_line,
    cents,
    item_line,
    numbered,
    purchase_form,
    reference,
    total,
)


def item(
    draft: Draft,
    name: str,
    price: str,
    customer: str = "",
    *,
    quantity: str = "1",
    billable: str = NOT_BILLABLE,
    text: str = "",
    project_ref: str = "",
) -> Document:
    """An item line, everything by name and amounts as text."""
    return item_line(
        draft.find("Item", name),
        Decimal(price),
        quantity=Decimal(quantity),
        customer=draft.find("Customer", customer) if customer else None,
        billable=billable,
        text=text,
        project_ref=project_ref,
    )


def category(
    draft: Draft, name: str, amount: str, customer: str = "", *, billable: str = NOT_BILLABLE, text: str = ""
) -> Document:
    """A category line: an account instead of an item."""
    payer = draft.find("Customer", customer) if customer else None
    return account_line(
        draft.find("Account", name), Decimal(amount), customer=payer, billable=billable, text=text
    )


def currency(document: Document, rate: Decimal = ONE) -> Document:
    """The currency of a customer or vendor; the rate to the home currency only where it is another one."""
    fields = {"CurrencyRef": document.get("CurrencyRef", USD)}
    return fields if rate == ONE else {**fields, "ExchangeRate": rate}


def add_bill(
    draft: Draft,
    vendor: str,
    lines: list[Document],
    *,
    back: int,
    number: str = "",
    note: str = "",
    rate: Decimal = ONE,
) -> Document:
    supplier = draft.find("Vendor", vendor)
    amount = total(lines)
    fields = {
        "VendorRef": reference(supplier),
        "VendorAddr": supplier["BillAddr"],
        "APAccountRef": draft.ref("Account", PAYABLE if rate == ONE else PAYABLE_CAD),
        "TxnDate": draft.day(back),
        "DueDate": draft.days_after(back, TERMS[BILL_TERM]),
        "SalesTermRef": {"value": draft.find("Term", BILL_TERM)["Id"]},
        **currency(supplier, rate),
        "TotalAmt": amount,
        "Balance": amount,
        "Line": numbered(lines),
        **_texts(number, note),
    }
    if rate != ONE:
        fields["HomeBalance"] = cents(amount * rate)
    return draft.add("Bill", fields, back=back)


def add_purchase(
    draft: Draft,
    payment_type: str,
    lines: list[Document],
    *,
    back: int,
    payee: Document | None = None,
    account: str = "",
    form: str = EXPENSE_FORM,
    note: str = "",
) -> Document:
    """An expense, check or card transaction; the helpers below name the four forms."""
    paid_from = account or (CARD if payment_type == "CreditCard" else CHECKING)
    fields = {
        "PaymentType": payment_type,
        "AccountRef": draft.ref("Account", paid_from),
        "TxnDate": draft.day(back),
        **currency({}),
        "TotalAmt": total(lines),
        "PurchaseEx": purchase_form(form),
        "CustomField": [],
        "Line": numbered(lines),
        **_texts("", note),
        **(_payee(draft, payee) if payee else {}),
    }
    if payment_type == "CreditCard":
        fields["Credit"] = form == CARD_CREDIT_FORM
    if payment_type == "Check":
        fields["PrintStatus"] = "NotSet"
    return draft.add("Purchase", fields, back=back)


def add_expense(draft: Draft, vendor: str, lines: list[Document], *, back: int, note: str = "") -> Document:
    return add_purchase(draft, "Cash", lines, back=back, payee=draft.find("Vendor", vendor), note=note)


def add_check(draft: Draft, vendor: str, lines: list[Document], *, back: int) -> Document:
    """Its number comes from the check book in the end (``demo_numbers``)."""
    payee = draft.find("Vendor", vendor)
    return add_purchase(draft, "Check", lines, back=back, payee=payee, form=CHECK_FORM)


def add_card_charge(
    draft: Draft, vendor: str, lines: list[Document], *, back: int, note: str = ""
) -> Document:
    return add_purchase(draft, "CreditCard", lines, back=back, payee=draft.find("Vendor", vendor), note=note)


def add_card_credit(
    draft: Draft, vendor: str, lines: list[Document], *, back: int, note: str = ""
) -> Document:
    """A refund on the card. Its amounts are positive: only ``Credit`` says which way the money went."""
    payee = draft.find("Vendor", vendor)
    return add_purchase(draft, "CreditCard", lines, back=back, payee=payee, form=CARD_CREDIT_FORM, note=note)


def add_vendor_credit(
    draft: Draft, vendor: str, lines: list[Document], *, back: int, number: str = "", note: str = ""
) -> Document:
    """Lowers cost, with positive amounts."""
    supplier = draft.find("Vendor", vendor)
    fields = {
        "VendorRef": reference(supplier),
        "VendorAddr": supplier["BillAddr"],
        "APAccountRef": draft.ref("Account", PAYABLE),
        "TxnDate": draft.day(back),
        **currency(supplier),
        "TotalAmt": total(lines),
        "Balance": total(lines),
        "Line": numbered(lines),
        **_texts(number, note),
    }
    return draft.add("VendorCredit", fields, back=back)


def _texts(number: str, note: str) -> Document:
    """Empty texts are left out, never null."""
    texts = {"DocNumber": number, "PrivateNote": note}
    return {name: text for name, text in texts.items() if text}


def _payee(draft: Draft, payee: Document) -> Document:
    """EntityRef is who was paid. It never says which job the money was for."""
    kind = next(kind for kind in ("Vendor", "Customer", "Employee") if (kind, payee["Id"]) in draft.documents)
    return {"EntityRef": {**reference(payee), "type": kind}}
