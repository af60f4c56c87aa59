"""A billable expense line has a ReimburseCharge, linked from the header and from the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.validation.lines import detail_of
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

SOURCES = ("Bill", "Purchase", "VendorCredit")


def keep_charges(change: Change, entity: str, old: Document | None, new: Document | None) -> None:
    """Make, change or remove charges so that each billable line with an amount has exactly one."""
    kept: list[str] = []
    for line in (new or {}).get("Line", []):
        charge_id = _keep_charge(change, entity, new or {}, line)
        if charge_id:
            kept.append(charge_id)
    for charge_id in _charge_ids(old):
        if charge_id not in kept and change.read("ReimburseCharge", charge_id):
            change.remove("ReimburseCharge", charge_id)
    if new is not None:
        _link_header(new, kept)


def _keep_charge(change: Change, entity: str, document: Document, line: Document) -> str | None:
    """The id of the line's charge. A billed line keeps its charge as it is."""
    linked = [link["TxnId"] for link in line.get("LinkedTxn", []) if link["TxnType"] == "ReimburseCharge"]
    status = detail_of(line).get("BillableStatus")
    if status == "HasBeenBilled" and linked:
        return str(linked[0])
    if status != "Billable" or number(line.get("Amount")) == 0:
        line.pop("LinkedTxn", None)
        return None
    facts = _charge_facts(document, line)
    if linked and change.read("ReimburseCharge", linked[0]):
        charge = change.edit("ReimburseCharge", linked[0])
        charge.update(facts)
    else:
        source = {"TxnId": document["Id"], "TxnType": entity}
        charge = change.add("ReimburseCharge", {**facts, "HasBeenInvoiced": False, "LinkedTxn": [source]})
        line["LinkedTxn"] = [{"TxnId": charge["Id"], "TxnType": "ReimburseCharge"}]
    return str(charge["Id"])


def _charge_facts(document: Document, line: Document) -> Document:
    detail = detail_of(line)
    reimbursed = {
        name: detail[name]
        for name in ("ItemRef", "Qty", "UnitPrice", "MarkupInfo", "ItemAccountRef", "TaxCodeRef", "ClassRef")
        if name in detail
    }
    return {
        "CustomerRef": dict(detail["CustomerRef"]),
        "Amount": line["Amount"],
        "TxnDate": document["TxnDate"],
        "CurrencyRef": dict(document["CurrencyRef"]),
        "Line": [
            {
                "Id": "1",
                "LineNum": 1,
                "Amount": line["Amount"],
                "DetailType": "ReimburseLineDetail",
                "ReimburseLineDetail": reimbursed,
            }
        ],
    }


def _charge_ids(document: Document | None) -> list[str]:
    links = (document or {}).get("LinkedTxn", [])
    return [link["TxnId"] for link in links if link.get("TxnType") == "ReimburseCharge"]


def _link_header(document: Document, charge_ids: list[str]) -> None:
    links = [link for link in document.get("LinkedTxn", []) if link.get("TxnType") != "ReimburseCharge"]
    links += [{"TxnId": charge_id, "TxnType": "ReimburseCharge"} for charge_id in charge_ids]
    if links:
        document["LinkedTxn"] = links
    else:
        document.pop("LinkedTxn", None)
