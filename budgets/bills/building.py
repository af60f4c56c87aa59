"""What a bill looks like in QuickBooks (R27). Pure: values in, a document out."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from budgets.models import Bill, BillLine

Json = dict[str, Any]
US = "US"


def bill_document(
    bill: Bill,
    lines: Sequence[BillLine],
    *,
    vendor_ref: str,
    customer_ref: str,
    items: Mapping[int, str],
    country: str = US,
) -> Json:
    """`items` maps a cost code's id to the item's. QuickBooks makes it unpaid: nothing in here says otherwise (M38).

    Outside the US it would look for a tax code on each line; a bill made here has no tax of its own and says so.
    """
    document: Json = {"VendorRef": {"value": vendor_ref}, "DocNumber": bill.number}
    if bill.issued_on:
        document["TxnDate"] = bill.issued_on.isoformat()
    if bill.due_on:
        document["DueDate"] = bill.due_on.isoformat()
    if bill.description:
        document["PrivateNote"] = bill.description
    if (country or US) != US:
        document["GlobalTaxCalculation"] = "NotApplicable"
    document["Line"] = [
        line_document(line, item_ref=items[line.cost_code_id or 0], customer_ref=customer_ref)
        for line in lines
    ]
    return document


def line_document(line: BillLine, *, item_ref: str, customer_ref: str) -> Json:
    detail: Json = {
        "ItemRef": {"value": item_ref},
        "CustomerRef": {"value": customer_ref},
        "BillableStatus": "Billable" if line.is_billable else "NotBillable",
    }
    if line.quantity is not None and line.unit_price is not None:
        detail["Qty"], detail["UnitPrice"] = line.quantity, line.unit_price
    document: Json = {"Amount": line.amount, "DetailType": "ItemBasedExpenseLineDetail"}
    if line.description:
        document["Description"] = line.description
    return {**document, "ItemBasedExpenseLineDetail": detail}


def write_json(document: Json) -> bytes:
    """JSON with every number exact. Raises `ValueError` for one that JSON's doubles cannot hold."""
    return json.dumps(document, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} does not belong in a document.")
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError(f"{value} cannot be written exactly.")
    return number
