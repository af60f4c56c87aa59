"""Invoices, the payments on them, and credit memos: the income side of the demo company."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies.demo_accounts import CHECKING, UNDEPOSITED
from integrations.sandbox.companies.demo_entry import currency
from integrations.sandbox.companies.demo_items import (
    BUILDERS_FEE,
    CHANGE_ORDER,
    DESIGN,
    LUMBER,
    PROJECT_MANAGEMENT,
    ROUGH_FRAMING,
)
from integrations.sandbox.companies.demo_setup import INVOICE_TERM, SALES_TAX_PERCENT, TERMS
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import (
    BILLABLE,
    BILLED,
    ZERO,
    Document,
    applied_line,
    cents,
    jaxb_name_value,
    link,
    numbered,
    reference,
    sales_line,
    subtotal_line,
    total,
)

PAID, HALF, OPEN = "paid", "half", "open"

# (customer, working days ago, what became of it, ((item, dollars, text), ...))
INVOICES: tuple[tuple[str, int, str, tuple[tuple[str, str, str], ...]], ...] = (
    (customers.CLUBHOUSE, 230, PAID, ((CHANGE_ORDER, "4200.00", "Replace damaged fascia"),)),
    (customers.CLUBHOUSE, 206, PAID, ((BUILDERS_FEE, "18250.00", "Reroof clubhouse, final"),)),
    (customers.MAPLE_STREET, 200, PAID, ((DESIGN, "2640.00", "Design, 22 hours"),)),
    (customers.GARAGE, 184, PAID, ((BUILDERS_FEE, "21000.00", "Deposit, garage and ADU"),)),
    (customers.GARAGE, 140, PAID, ((ROUGH_FRAMING, "38900.00", "Draw 2, framing complete"),)),
    (customers.GARAGE, 98, HALF, ((BUILDERS_FEE, "31400.00", "Draw 3, dried in"),)),
    (customers.GARAGE, 64, OPEN, ((BUILDERS_FEE, "12650.00", "Final, less punch list"),)),
    (customers.HARBOR_VIEW, 148, PAID, ((BUILDERS_FEE, "25000.00", "Deposit, Harbor View addition"),)),
    (customers.HARBOR_VIEW, 104, PAID, ((ROUGH_FRAMING, "42750.00", "Draw 2, framing"),)),
    (
        customers.HARBOR_VIEW,
        61,
        PAID,
        ((BUILDERS_FEE, "38800.00", "Draw 3, rough-ins"), (CHANGE_ORDER, "3180.00", "CO 1: taller windows")),
    ),
    (customers.HARBOR_VIEW, 18, OPEN, ((BUILDERS_FEE, "27500.00", "Draw 4, drywall"),)),
    (customers.TEA_HOUSE, 110, PAID, ((BUILDERS_FEE, "14800.00", "陳宅 tea house, half on start"),)),
    (customers.TEA_HOUSE, 50, PAID, ((BUILDERS_FEE, "14800.00", "Balance on completion"),)),
    (customers.KITCHEN, 94, PAID, ((BUILDERS_FEE, "16500.00", "Depósito / deposit"),)),
    (customers.KITCHEN, 45, HALF, ((BUILDERS_FEE, "22000.00", "Cabinets delivered"),)),
    (customers.KITCHEN, 10, OPEN, ((CHANGE_ORDER, "1975.50", "CO 2: under-cabinet lighting"),)),
    (customers.BLEACHERS, 41, OPEN, ((BUILDERS_FEE, "11890.00", "PO 2217, platform and rails"),)),
    (customers.DECK, 30, PAID, ((BUILDERS_FEE, "15460.00", "Deck complete"),)),
    (customers.UNIT_3B, 19, OPEN, ((BUILDERS_FEE, "13120.00", "Unit 3B turnover"),)),
    (customers.PATIO, 28, PAID, ((BUILDERS_FEE, "6000.00", "Patio cover deposit"),)),
    (customers.WALK_IN, 120, PAID, (("Warranty Repair", "425.00", "Door adjustment"),)),
    (customers.OKAFOR, 33, PAID, ((DESIGN, "600.00", "Feasibility study, 5 hours"),)),
)
# Material sold over the counter: the one taxable sale.
TAXED_SALE = (customers.QUINTANA, 76, ((LUMBER, "684.00", "60 studs, will call"),))
# How many billable hours of Maple Street went onto each of its time-and-material invoices.
TIME_INVOICES = ((150, 12), (95, 12))
DAYS_TO_PAY = 11


def add_invoices(draft: Draft) -> None:
    for customer, back, fate, lines in sorted(INVOICES, key=lambda row: -row[1]):
        invoice = add_invoice(draft, customer, _lines(draft, lines), back=back)
        _settle(draft, invoice, fate, back=max(back - DAYS_TO_PAY, 0))
    customer, back, lines = TAXED_SALE
    taxed = add_invoice(draft, customer, _lines(draft, lines, tax="TAX"), back=back)
    _settle(draft, taxed, PAID, back=back)
    for back, count in TIME_INVOICES:
        _bill_time(draft, back=back, count=count)


def _lines(draft: Draft, lines: tuple[tuple[str, str, str], ...], tax: str = "NON") -> list[Document]:
    return [
        sales_line(draft.find("Item", item), Decimal(dollars), text=text, tax=tax)
        for item, dollars, text in lines
    ]


def add_invoice(draft: Draft, customer: str, lines: list[Document], *, back: int) -> Document:
    amount = total(lines) + _tax(lines)
    fields = {
        **_sales_form(draft, customer, lines, back=back),
        "DueDate": draft.days_after(back, TERMS[INVOICE_TERM]),
        "SalesTermRef": {"value": draft.find("Term", INVOICE_TERM)["Id"]},
        "LinkedTxn": [],
        "AllowOnlineACHPayment": False,
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlinePayment": False,
        "AllowIPNPayment": False,
        "TotalAmt": amount,
        "Balance": amount,
        "Deposit": ZERO,
    }
    return draft.add("Invoice", fields, back=back)


def _sales_form(draft: Draft, customer: str, lines: list[Document], *, back: int) -> Document:
    """What invoices and credit memos have in common, addresses copied from the customer."""
    buyer = draft.find("Customer", customer)
    fields = {
        "CustomerRef": reference(buyer),
        "TxnDate": draft.day(back),
        **currency(buyer),
        "CustomField": [],
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
        "CustomerMemo": {"value": "Thank you for building with us."},
        "Line": [*numbered(lines), subtotal_line(lines)],
        "TxnTaxDetail": _tax_detail(draft, lines),
    }
    for target, source in (
        ("BillAddr", "BillAddr"),
        ("ShipAddr", "ShipAddr"),
        ("BillEmail", "PrimaryEmailAddr"),
    ):
        if source in buyer:
            fields[target] = buyer[source]
    return fields


def _taxable(lines: list[Document]) -> Decimal:
    taxed = [line for line in lines if line["SalesItemLineDetail"]["TaxCodeRef"]["value"] == "TAX"]
    return total(taxed)


def _tax(lines: list[Document]) -> Decimal:
    return cents(_taxable(lines) * SALES_TAX_PERCENT / 100) if _taxable(lines) else ZERO


def _tax_detail(draft: Draft, lines: list[Document]) -> Document:
    if not _taxable(lines):
        return {"TotalTax": ZERO}
    rate = draft.find("TaxRate", "Idaho State")
    detail = {
        "TaxRateRef": {"value": rate["Id"]},
        "PercentBased": True,
        "TaxPercent": rate["RateValue"],
        "NetAmountTaxable": _taxable(lines),
    }
    line = {"Amount": _tax(lines), "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
    return {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": _tax(lines), "TaxLine": [line]}


def _settle(draft: Draft, invoice: Document, fate: str, *, back: int) -> None:
    if fate == PAID:
        receive(draft, invoice, invoice["TotalAmt"], back=back)
    elif fate == HALF:
        receive(draft, invoice, cents(invoice["TotalAmt"] / 2), back=back)


def receive(draft: Draft, invoice: Document, amount: Decimal, *, back: int) -> Document:
    """A payment on one invoice: lowers its Balance, and the two name each other in LinkedTxn."""
    line = applied_line(amount, invoice, "Invoice")
    line["LineEx"] = {
        "any": [
            jaxb_name_value("txnId", invoice["Id"]),
            jaxb_name_value("txnOpenBalance", f"{invoice['Balance']:.2f}"),
        ]
    }
    payment = add_payment(draft, invoice["CustomerRef"], amount, [line], back=back)
    apply_to_sale(draft, invoice, payment, amount)
    return payment


def add_payment(
    draft: Draft, customer_ref: Document, amount: Decimal, lines: list[Document], *, back: int
) -> Document:
    # Checks wait in Undeposited Funds, larger transfers go straight to the bank.
    account = CHECKING if amount > 20_000 else UNDEPOSITED
    applied = sum((line["Amount"] for line in lines if _is_invoice(line)), ZERO)
    credited = sum((line["Amount"] for line in lines if not _is_invoice(line)), ZERO)
    fields = {
        "CustomerRef": customer_ref,
        "TxnDate": draft.day(back),
        **currency({}),
        "DepositToAccountRef": draft.ref("Account", account),
        "ProcessPayment": False,
        "TotalAmt": amount,
        "UnappliedAmt": amount - (applied - credited),
        "Line": lines,
    }
    return draft.add("Payment", fields, back=back)


def _is_invoice(line: Document) -> bool:
    return bool(line["LinkedTxn"][0]["TxnType"] == "Invoice")


def apply_to_sale(draft: Draft, sale: Document, payment: Document, amount: Decimal) -> None:
    sale["Balance"] -= amount
    if "RemainingCredit" in sale:
        sale["RemainingCredit"] -= amount
    link(sale, payment, "Payment")
    draft.touch(sale, payment["MetaData"]["CreateTime"])


def _bill_time(draft: Draft, *, back: int, count: int) -> None:
    """An invoice over hours: each entry becomes HasBeenBilled and the invoice names it."""
    entries = [entry for entry in _billable_hours(draft) if entry["TxnDate"] < draft.day(back)][:count]
    lines = [_hours_line(draft, entry) for entry in entries]
    invoice = add_invoice(draft, customers.MAPLE_STREET, lines, back=back)
    for entry in entries:
        entry["BillableStatus"] = BILLED
        # Recorded: billing moves the time of the entry without a new token.
        entry["MetaData"]["LastUpdatedTime"] = invoice["MetaData"]["CreateTime"]
        link(invoice, entry, "TimeActivity")
    receive(draft, invoice, invoice["TotalAmt"], back=back - 9)


def _billable_hours(draft: Draft) -> list[Document]:
    return [
        entry
        for entry in draft.all("TimeActivity")
        if entry["BillableStatus"] == BILLABLE and "Hours" in entry
    ]


def _hours_line(draft: Draft, entry: Document) -> Document:
    hours = Decimal(entry["Hours"]) + Decimal(entry["Minutes"]) / 60
    item = draft.find("Item", entry["ItemRef"]["name"])
    line = sales_line(item, entry["HourlyRate"], quantity=hours, text=entry.get("Description", ""))
    line["SalesItemLineDetail"]["ServiceDate"] = entry["TxnDate"]
    line["LinkedTxn"] = [{"TxnId": entry["Id"], "TxnType": "TimeActivity"}]
    return line


def add_credit_memos(draft: Draft) -> None:
    """One applied to an open invoice through a payment of 0, one still open."""
    lines = [sales_line(draft.find("Item", CHANGE_ORDER), Decimal("350.00"), text="Credit: late cabinets")]
    memo = _add_credit_memo(draft, customers.KITCHEN, lines, back=8)
    _apply_memo(draft, memo, back=7)
    fee = [sales_line(draft.find("Item", PROJECT_MANAGEMENT), Decimal("190.00"), text="Goodwill, 2 hours")]
    _add_credit_memo(draft, customers.UNIT_3B, fee, back=5)


def _add_credit_memo(draft: Draft, customer: str, lines: list[Document], *, back: int) -> Document:
    amount = total(lines)
    balances = dict.fromkeys(("TotalAmt", "Balance", "RemainingCredit"), amount)
    form = _sales_form(draft, customer, lines, back=back)
    return draft.add("CreditMemo", {**form, **balances}, back=back)


def _apply_memo(draft: Draft, memo: Document, *, back: int) -> None:
    same_customer = [row for row in draft.all("Invoice") if row["CustomerRef"] == memo["CustomerRef"]]
    invoice = next(row for row in same_customer if row["Balance"] >= memo["TotalAmt"])
    amount = memo["TotalAmt"]
    lines = [applied_line(amount, invoice, "Invoice"), applied_line(amount, memo, "CreditMemo")]
    payment = add_payment(draft, memo["CustomerRef"], ZERO, lines, back=back)
    apply_to_sale(draft, invoice, payment, amount)
    apply_to_sale(draft, memo, payment, amount)
