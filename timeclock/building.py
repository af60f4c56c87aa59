"""What a shift looks like in QuickBooks. Pure: values in, a document out.

Sent as a duration, not as clock times: QuickBooks reads clock times by their faces, so a shift over a clock change, or
with breaks that are not whole minutes, would come back longer or shorter than it was.
"""

from typing import Any

from budgets.bills.building import write_json
from timeclock.models import Shift
from timeclock.workers import ShiftRates

__all__ = ["time_document", "write_json"]

Json = dict[str, Any]


def time_document(
    shift: Shift, *, employee_ref: str, customer_ref: str, item_ref: str, rates: ShiftRates
) -> Json:
    """A billable one has a billable rate: `readiness` saw to that. What is not billable has none in QuickBooks."""
    minutes, seconds = divmod(shift.worked_seconds, 60)
    document: Json = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": employee_ref},
        "TxnDate": shift.worked_on.isoformat(),
        "Hours": minutes // 60,
        "Minutes": minutes % 60,
        "CustomerRef": {"value": customer_ref},
        "ItemRef": {"value": item_ref},
        "BillableStatus": "Billable" if shift.is_billable else "NotBillable",
    }
    if seconds:
        document["Seconds"] = seconds
    if shift.is_billable and rates.billable:
        document["HourlyRate"] = rates.billable
    if rates.cost:
        document["CostRate"] = rates.cost
    if shift.description:
        document["Description"] = shift.description
    return document
