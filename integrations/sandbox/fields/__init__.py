"""What properties exist, of which type, and which of them only the server may set.

The tables are compact text: ``Name=kind``, where kind is one of

* ``text`` or ``text21`` (longest length allowed), ``number``, ``whole``, ``flag``, ``date``, ``time``
* ``ref`` (an object with ``value``), ``any`` (passed through)
* ``!BillableStatus`` (a closed list of ``enumerations.py``), ``MarkupInfo`` (a type of ``types.py``)

and a trailing ``*`` means a list of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.fields.entities import ENTITY_FIELDS
from integrations.sandbox.fields.enumerations import ENUMERATIONS
from integrations.sandbox.fields.types import TYPE_FIELDS

COMMON = "Id=text SyncToken=text MetaData=ModificationMetaData domain=text sparse=flag status=text"


@dataclass(frozen=True)
class Field:
    """One property. ``part`` names the type of an object, ``choices`` the values of a closed list."""

    name: str
    kind: str
    many: bool = False
    part: str = ""
    longest: int = 0
    choices: tuple[str, ...] = ()


def _parse_field(word: str) -> Field:
    name, _, kind = word.partition("=")
    many = kind.endswith("*")
    kind = kind.rstrip("*")
    if kind.startswith("!"):
        return Field(name, "choice", many, choices=ENUMERATIONS[kind[1:]])
    if kind == "ref":
        return Field(name, "object", many, part="ReferenceType")
    if kind[0].isupper():
        return Field(name, "object", many, part=kind)
    if kind.startswith("text"):
        return Field(name, "text", many, longest=int(kind[4:] or 0))
    return Field(name, kind, many)


def _parse(table: str) -> dict[str, Field]:
    return {field.name: field for field in map(_parse_field, table.split())}


TYPES = {name: _parse(table) for name, table in TYPE_FIELDS.items()}
ENTITIES = {name: _parse(f"{COMMON} {table}") for name, table in ENTITY_FIELDS.items()}
# The path segment of each entity is its name in lower case.
BY_SEGMENT = {name.lower(): name for name in ENTITIES}

# Lists of names: never deleted, made inactive instead, and left out of queries then.
NAME_LISTS = ("Account", "Customer", "Item", "Vendor", "Employee", "Term", "Class", "Department")
SETTINGS = ("CompanyInfo", "Preferences")
TAX_LISTS = ("TaxCode", "TaxRate", "TaxAgency")
EXPENSES = ("Bill", "Purchase", "VendorCredit")
SALES = ("Invoice", "CreditMemo", "Estimate")
TRANSACTIONS = (
    "Bill",
    "BillPayment",
    "Purchase",
    "VendorCredit",
    "Invoice",
    "Payment",
    "CreditMemo",
    "JournalEntry",
    "Estimate",
    "PurchaseOrder",
    "ReimburseCharge",
    "TimeActivity",
)
WITH_ACTIVE = (*NAME_LISTS, "TaxCode", "TaxRate")

# Properties only the server sets; a client may send them (echoing a read) and they are ignored.
READ_ONLY: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "CompanyInfo": "Country SupportedLanguages FiscalYearStartMonth CompanyStartDate DefaultTimeZone NameValue",
        "Account": "SubAccount FullyQualifiedName Classification CurrentBalance CurrentBalanceWithSubAccounts",
        "Customer": "Level FullyQualifiedName IsProject BalanceWithJobs Balance V4IDPseudonym",
        "Item": "Level FullyQualifiedName",
        "Vendor": "Balance V4IDPseudonym",
        "Employee": "V4IDPseudonym",
        "Class": "FullyQualifiedName",
        "Department": "FullyQualifiedName",
        "TaxAgency": "TaxTrackedOnSales TaxTrackedOnPurchases TaxAgencyConfig",
        "Bill": "TotalAmt Balance HomeBalance RecurDataRef VendorAddr",
        "Purchase": "TotalAmt RecurDataRef RemitToAddr PurchaseEx",
        "VendorCredit": "TotalAmt Balance RecurDataRef VendorAddr",
        "Invoice": "TotalAmt Balance HomeTotalAmt HomeBalance DeliveryInfo InvoiceLink EInvoiceStatus "
        "RecurDataRef TaxExemptionRef",
        "Payment": "UnappliedAmt",
        "CreditMemo": "RemainingCredit Balance HomeBalance HomeTotalAmt TotalAmt DeliveryInfo",
        "TimeActivity": "TimeChargeId",
        "JournalEntry": "TotalAmt HomeTotalAmt RecurDataRef",
        "Estimate": "TotalAmt HomeTotalAmt DeliveryInfo",
        "PurchaseOrder": "TotalAmt",
        "Attachable": "Size FileAccessUri TempDownloadUri ThumbnailFileAccessUri ThumbnailTempDownloadUri",
    }.items()
}
SERVER_SET = frozenset({"MetaData", "domain", "sparse", "status"})
