"""Billable expenses: each billable line has a ReimburseCharge, and some of them are on an invoice by now."""

from __future__ import annotations

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies.demo_sales import add_invoice, receive
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import BILLABLE, BILLED, USD, Document, link, sales_line

SOURCES = ("Bill", "Purchase", "VendorCredit")
CHARGE_PARTS = ("ItemRef", "Qty", "UnitPrice", "ItemAccountRef", "TaxCodeRef")
# The invoice that brought the first costs of Maple Street to the customer.
INVOICED_BACK, INVOICED_COUNT = 108, 6


def add_charges(draft: Draft) -> None:
    for entity in SOURCES:
        for document in list(draft.all(entity)):
            for line in document["Line"]:
                if line[line["DetailType"]]["BillableStatus"] == BILLABLE and line["Amount"]:
                    _add_charge(draft, entity, document, line)


def _add_charge(draft: Draft, entity: str, document: Document, line: Document) -> None:
    detail = line[line["DetailType"]]
    reimbursed = {name: detail[name] for name in CHARGE_PARTS if name in detail}
    kind = "ReimburseLineDetail"
    fields = {
        "CustomerRef": detail["CustomerRef"],
        "Amount": line["Amount"],
        "TxnDate": document["TxnDate"],
        "CurrencyRef": USD,
        "HasBeenInvoiced": False,
        "Line": [{"Id": "1", "LineNum": 1, "Amount": line["Amount"], "DetailType": kind, kind: reimbursed}],
    }
    charge = draft.add("ReimburseCharge", fields, back=draft.workdays.back_of(document["TxnDate"]))
    link(charge, document, entity)
    link(line, charge, "ReimburseCharge")
    link(document, charge, "ReimburseCharge")


def expenses_already_billed(draft: Draft) -> list[Document]:
    """The first billable bills of Maple Street: an invoice took their lines over."""
    before = draft.day(INVOICED_BACK)
    old = [row for row in draft.all("Bill") if row["TxnDate"] < before and _charged_lines(row)]
    bills = sorted(old, key=lambda row: row["TxnDate"])[:INVOICED_COUNT]
    charged = [line for bill in bills for line in _charged_lines(bill)]
    lines = [_invoice_line(draft, line) for line in charged]
    invoice = add_invoice(draft, customers.MAPLE_STREET, lines, back=INVOICED_BACK)
    for bill in bills:
        _mark_billed(draft, bill, invoice)
    receive(draft, invoice, invoice["TotalAmt"], back=INVOICED_BACK - 12)
    return bills


def _charged_lines(bill: Document) -> list[Document]:
    return [line for line in bill["Line"] if "LinkedTxn" in line]


def _invoice_line(draft: Draft, line: Document) -> Document:
    item = draft.find("Item", line["ItemBasedExpenseLineDetail"]["ItemRef"]["name"])
    billed = sales_line(item, line["Amount"], text=line.get("Description", ""))
    return {**billed, "LinkedTxn": [{**line["LinkedTxn"][0], "TxnLineId": "1"}]}


def _mark_billed(draft: Draft, bill: Document, invoice: Document) -> None:
    moment = invoice["MetaData"]["CreateTime"]
    draft.touch(bill, moment)
    for line in _charged_lines(bill):
        line[line["DetailType"]]["BillableStatus"] = BILLED
        charge = draft.documents["ReimburseCharge", line["LinkedTxn"][0]["TxnId"]]
        charge["HasBeenInvoiced"] = True
        link(charge, invoice, "Invoice")
        link(invoice, charge, "ReimburseCharge")
        draft.touch(charge, moment)
