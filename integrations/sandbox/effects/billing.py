"""An invoice that bills time or charges: the entries become HasBeenBilled, and Billable again when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.validation.lines import detail_of
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

Link = tuple[str, str]


def bill_linked(change: Change, old: Document | None, new: Document | None) -> None:
    before, after = set(billed_links(old)), set(billed_links(new))
    for kind, linked_id in sorted(before - after):
        _set_billed(change, kind, linked_id, (old or {})["Id"], billed=False)
    for kind, linked_id in sorted(after - before):
        if change.read(kind, linked_id) is None:
            raise ApiFault("620", f"{kind} {linked_id} could not be linked")
        _set_billed(change, kind, linked_id, (new or {})["Id"], billed=True)


def billed_links(invoice: Document | None) -> Iterator[Link]:
    """Time and charges the invoice bills, named in the header or on a line."""
    if invoice is None:
        return
    for part in (invoice, *invoice.get("Line", [])):
        for link in part.get("LinkedTxn", []):
            if link.get("TxnType") in ("TimeActivity", "ReimburseCharge"):
                yield link["TxnType"], link.get("TxnId", "")


def _set_billed(change: Change, kind: str, linked_id: str, invoice_id: str, *, billed: bool) -> None:
    if change.read(kind, linked_id) is None:
        return
    if kind == "TimeActivity":
        change.edit(kind, linked_id)["BillableStatus"] = "HasBeenBilled" if billed else "Billable"
        return
    charge = change.edit(kind, linked_id)
    charge["HasBeenInvoiced"] = billed
    links = [link for link in charge.get("LinkedTxn", []) if link.get("TxnType") != "Invoice"]
    charge["LinkedTxn"] = links + ([{"TxnId": invoice_id, "TxnType": "Invoice"}] if billed else [])
    for link in links:
        _set_lines_billed(change, link, linked_id, billed=billed)


def _set_lines_billed(change: Change, source: Document, charge_id: str, *, billed: bool) -> None:
    """The expense line behind a charge turns to HasBeenBilled with it."""
    if change.read(source["TxnType"], source["TxnId"]) is None:
        return
    for line in change.edit(source["TxnType"], source["TxnId"]).get("Line", []):
        if charge_id in [link.get("TxnId") for link in line.get("LinkedTxn", [])]:
            detail_of(line)["BillableStatus"] = "HasBeenBilled" if billed else "Billable"


def number_time_charge(change: Change, activity: Document) -> None:
    """Billable time has the number of its charge."""
    if activity.get("BillableStatus") == "Billable" and not activity.get("TimeChargeId"):
        activity["TimeChargeId"] = int(change.books.next_id("TimeActivity"))
