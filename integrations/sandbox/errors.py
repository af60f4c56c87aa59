"""Faults of the Accounting API: code, HTTP status, type and the fixed message of each.

Source: the published code list and recorded answers. Clients branch on ``code`` only, so wording is approximate.
"""

from __future__ import annotations

VALIDATION = "ValidationFault"
SYSTEM = "SystemFault"

# code -> message. Everything not named in STATUSES is a ValidationFault with HTTP status 400.
MESSAGES = {
    "120": "Authorization Failure",
    "140": "Company Locked Out",
    "150": "Company Under Maintenance",
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "620": "Txn ID Cannot Be Linked",
    "700": "Parent Reference Invalid",
    "800": "Cannot delete object",
    "900": "Parent cannot be child",
    "1000": "Operation failed",
    "1040": "Batch size exceeds allowed limit",
    "1050": "Invalid Content Type",
    "2000": "Invalid or unsupported object name",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date Format",
    "2090": "Invalid Number",
    "2130": "Invalid Request Id Format",
    "2150": "Invalid Percent",
    "2160": "Invalid Quantity",
    "2170": "Invalid Enumeration",
    "2210": "Invalid Email Address Format",
    "2230": "Invalid Boolean",
    "2250": "Missing lines",
    "2260": "MissingPostingType",
    "2290": "NegativeAmount",
    "2300": "Amount on debits not equal to credits",
    "2500": "Invalid Reference Id",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "4002": "Error processing query",
    "5010": "Stale Object Error",
    "5020": "Permission Denied Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Invalid Account.AccountType && Account.SubType",
    "6030": "Upload request size exceeds allowed limit",
    "6040": "The file metadata must be of Attachable type",
    "6041": "Invalid Uploaded File",
    "6050": "The entity reference type is unsupported for Attachable",
    "6070": "Amount calculation incorrect",
    "6100": "Invalid Line TaxCode",
    "6130": "BillWithParent cannot be changed",
    "6140": "Duplicate Document Number Error",
    "6150": "Job and ParentRef do not agree",
    "6170": "Invalid TxnTaxDetail Error",
    "6180": "Hierarchy has too many levels",
    "6190": "Invalid Company Status Error",
    "6210": "Account Period Closed, Cannot Update Through Services",
    "6220": "Delete Entity Has Balance Error",
    "6240": "Duplicate Name Exists Error",
    "6250": "InvalidSalesCustomer",
    "6280": "Delete Customer Has Unbilled Expenses Error",
    "6290": "InvalidEmployeeOrVendor",
    "6300": "InvalidEmployeeOrVendorName",
    "6310": "MissingCustomer",
    "6320": "InvalidBillable",
    "6330": "MissingBillingRate",
    "6340": "InvalidTime",
    "6350": "MissingTime",
    "6360": "InvalidStartOrEndTime",
    "6370": "StartTimeAfterEndTime",
    "6380": "InvalidDuration",
    "6390": "InvalidMultipleDurations",
    "6400": "Deleting linkedPurchase results in invalid Invoice",
    "6430": "Invalid account type used",
    "6440": "Transaction Detail Information Required",
    "6450": "Attempt to Void Transaction failed",
    "6480": "Matched Transaction Delete Error",
    "6540": "Deposited Transaction cannot be changed",
    "10000": "An application error has occurred while processing your request",
}

STATUSES = {
    "120": (401, "AuthorizationFault"),
    "140": (503, SYSTEM),
    "150": (503, SYSTEM),
    "5020": (403, VALIDATION),
    "10000": (500, SYSTEM),
}


class ApiFault(Exception):
    """A refusal in the words of the API. ``status`` is the HTTP status of a single call."""

    def __init__(
        self, code: str, detail: str = "", *, element: str | None = "", status: int | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        known_status, self.type = STATUSES.get(code, (400, VALIDATION))
        self.code = code
        self.message = MESSAGES.get(code, "Operation failed")
        self.detail = detail or self.message
        self.element = element
        self.status = known_status if status is None else status

    def as_document(self) -> dict[str, object]:
        """The ``Fault`` object of an answer; ``element`` is left out for query faults (None)."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return {"Error": [error], "type": self.type}


def missing(name: str) -> ApiFault:
    return ApiFault("2020", f"Required parameter {name} is missing in the request", element=name)


def unsupported_property(name: str) -> ApiFault:
    return ApiFault("2010", f"Property Name:{name} specified is unsupported or invalid", element=name)


def not_found(detail: str = "") -> ApiFault:
    inactive = (
        "Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees."
    )
    return ApiFault("610", f"Object Not Found : {detail or inactive}")


def already_deleted() -> ApiFault:
    return not_found("Another user has deleted this transaction.")


def stale_object() -> ApiFault:
    return ApiFault(
        "5010",
        "Stale Object Error : You and another user were working on this at the same time. "
        "The other user finished before you did, so your work was not saved.",
    )


def business(text: str) -> ApiFault:
    return ApiFault("6000", f"Business Validation Error: {text}")


def invalid_reference(kind: str, value: str) -> ApiFault:
    return ApiFault("2500", f"Invalid Reference Id : {kind} element id {value} not found")


def unsupported_operation(operation: str) -> ApiFault:
    return ApiFault("500", f"Operation {operation} is not supported.")
