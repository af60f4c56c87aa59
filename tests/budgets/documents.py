"""QuickBooks documents as a bookkeeper would enter them, in QuickBooks' own JSON."""

import json
from decimal import Decimal
from typing import Any

from integrations.gateway.rows import Row

Json = dict[str, Any]
CREATED = "2026-03-12T08:00:00-07:00"


def ref(value: str, name: str = "") -> Json:
    return {"value": value, "name": name} if name else {"value": value}


def item_line(
    amount: str, item: str = "20", *, customer: str = "", billable: str = "", project: str = "", **line: Any
) -> Json:
    detail: Json = {"ItemRef": ref(item)}
    return expense_line("ItemBasedExpenseLineDetail", detail, amount, customer, billable, project, line)


def category_line(
    amount: str,
    account: str = "60",
    *,
    customer: str = "",
    billable: str = "",
    project: str = "",
    **line: Any,
) -> Json:
    detail: Json = {"AccountRef": ref(account)}
    return expense_line("AccountBasedExpenseLineDetail", detail, amount, customer, billable, project, line)


def expense_line(
    kind: str, detail: Json, amount: str, customer: str, billable: str, project: str, line: Json
) -> Json:
    """Members in `line` that belong to the detail are told by their name."""
    inner = {name: line.pop(name) for name in list(line) if name in DETAIL_MEMBERS}
    detail = {**detail, **inner}
    if customer:
        detail["CustomerRef"] = ref(customer)
    if billable:
        detail["BillableStatus"] = billable
    made: Json = {"Amount": Decimal(amount), "DetailType": kind, kind: detail, **line}
    if project:
        made["ProjectRef"] = ref(project)
    return made


DETAIL_MEMBERS = {"Qty", "UnitPrice", "TaxCodeRef", "TaxAmount", "TaxInclusiveAmt"}


def numbered(lines: list[Json]) -> list[Json]:
    """Ids as QuickBooks gives them, where none is set."""
    return [{"Id": str(position), **line} for position, line in enumerate(lines, start=1)]


def document(document_id: str, **members: Any) -> Json:
    made = {"Id": document_id, "SyncToken": "0", "TxnDate": "2026-03-12", "domain": "QBO", "sparse": False}
    times = {"CreateTime": CREATED, "LastUpdatedTime": members.pop("updated", CREATED)}
    return {**made, "MetaData": times, **members}


def bill(document_id: str, *lines: Json, **members: Any) -> Json:
    vendor = ref("55", "Norwood Lumber")
    return document(document_id, **{"VendorRef": vendor, "Line": numbered(list(lines)), **members})


def purchase(document_id: str, *lines: Json, payment: str = "Cash", **members: Any) -> Json:
    made = {"PaymentType": payment, "AccountRef": ref("35"), "Line": numbered(list(lines)), **members}
    return document(document_id, **made)


def vendor_credit(document_id: str, *lines: Json, **members: Any) -> Json:
    return bill(document_id, *lines, **members)


def time_entry(document_id: str, *, hours: int = 8, **members: Any) -> Json:
    made = {
        "NameOf": "Employee",
        "EmployeeRef": ref("70", "Emily Platt"),
        "CustomerRef": ref("10"),
        "ItemRef": ref("20"),
        "BillableStatus": "Billable",
        "Hours": hours,
        "Minutes": 0,
        "HourlyRate": 0,
        "CostRate": 0,
        **members,
    }
    return document(document_id, **{name: value for name, value in made.items() if value is not None})


def as_row(made: Json) -> Row:
    """As the gateway hands it out: through text, every number exact."""
    text = json.dumps(made, default=_number)
    return Row(json.loads(text, parse_float=Decimal), text)


def _number(value: Any) -> Any:
    assert isinstance(value, Decimal)
    return float(value)
