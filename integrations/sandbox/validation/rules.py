"""What must be present, and the business rules that refuse a document. Codes as the API's list gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault, business, missing
from integrations.sandbox.fields import EXPENSES, SALES, TRANSACTIONS
from integrations.sandbox.validation import lines, names, numbers, times
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

REQUIRED = {
    "Account": ("Name",),
    "Item": ("Name",),
    "Term": ("Name",),
    "Class": ("Name",),
    "Department": ("Name",),
    "TaxAgency": ("DisplayName",),
    "CompanyInfo": ("CompanyName",),
    "Bill": ("VendorRef",),
    "VendorCredit": ("VendorRef",),
    "PurchaseOrder": ("VendorRef",),
    "BillPayment": ("VendorRef", "PayType"),
    "Purchase": ("PaymentType", "AccountRef"),
    "Invoice": ("CustomerRef",),
    "CreditMemo": ("CustomerRef",),
    "Estimate": ("CustomerRef",),
    "Payment": ("CustomerRef",),
    "TimeActivity": ("NameOf",),
}
WITH_LINES = (*EXPENSES, *SALES, "JournalEntry", "PurchaseOrder")
ACCOUNT_TYPES = {"Cash": ("Bank", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
SPARSE_REQUIRED = {"Bill": "VendorRef", "VendorCredit": "VendorRef", "Purchase": "PaymentType"}


def require(entity: str, document: Document) -> None:
    for name in REQUIRED.get(entity, ()):
        if not document.get(name):
            raise missing(name)
    if entity in WITH_LINES and not document.get("Line"):
        raise missing("Line")
    if entity in ("Payment", "BillPayment") and document.get("TotalAmt") is None:
        raise business("The transaction amount TotalAmt is required.")
    if entity in EXPENSES:
        lines.require_expense_lines(document)
    elif entity in SALES:
        lines.require_sales_lines(document)
    elif entity == "JournalEntry":
        lines.require_journal_lines(document)


def require_for_sparse(entity: str, sent: Document, policy: str) -> None:
    """Live behaviour: a sparse Bill must repeat VendorRef, a sparse Purchase its PaymentType."""
    name = SPARSE_REQUIRED.get(entity)
    if name is None or policy == "always":
        return
    if policy == "never":
        raise ApiFault("500", "Sparse update is not supported.")
    if not sent.get(name):
        raise missing(name)


def check(
    change: Change, entity: str, document: Document, old: Document | None, include: frozenset[str]
) -> None:
    """Every rule that needs the completed document."""
    if entity in names.CHECKS:
        names.check_name(change, entity, document, old)
    if entity in TRANSACTIONS:
        check_subscription(change)
        check_closed_books(change, old)
        check_closed_books(change, document)
        check_currency(change, document)
    if entity in EXPENSES:
        lines.check_expense_lines(change, entity, document, old)
    if entity in SALES:
        lines.check_sales_lines(change, document)
    if entity == "TimeActivity":
        times.check_time(change, document, old)
    if entity == "Attachable":
        check_attachable(document)
    check_accounts(change, entity, document)
    if "allowduplicatedocnum" not in include:
        numbers.check_number(change, entity, document, old)


def check_subscription(change: Change) -> None:
    values = change.books.settings("CompanyInfo").get("NameValue", [])
    status = {pair.get("Name"): pair.get("Value") for pair in values}.get("SubscriptionStatus")
    if status in ("CANCELED", "EXPIRED", "SUSPENDED", "RESTRICTED"):
        raise ApiFault("6190", f"Invalid Company Status Error : Subscription is {status}")


def check_closed_books(change: Change, document: Document | None) -> None:
    """6210: neither the old nor the new date may lie in a closed period."""
    prefs = change.books.settings("Preferences").get("AccountingInfoPrefs", {})
    closed_until = prefs.get("BookCloseDate")
    if document and closed_until and document.get("TxnDate", "9999-12-31") <= closed_until:
        raise ApiFault(
            "6210",
            "The account period has closed and the account books cannot be updated through the QBO Services "
            "API. Please use the QBO website to make these changes.",
        )


def check_currency(change: Change, document: Document) -> None:
    prefs = change.books.settings("Preferences").get("CurrencyPrefs", {})
    home = (prefs.get("HomeCurrency") or {}).get("value", "USD")
    currency = (document.get("CurrencyRef") or {}).get("value", home)
    if currency == home:
        return
    if not prefs.get("MultiCurrencyEnabled"):
        raise business("Multicurrency must be enabled to use a foreign currency.")
    if number(document.get("ExchangeRate")) <= 0:
        raise business("An exchange rate is required for a foreign currency.")


def check_accounts(change: Change, entity: str, document: Document) -> None:
    if entity == "Purchase":
        _check_account(change, document["AccountRef"], ACCOUNT_TYPES.get(document["PaymentType"], ()))
    if entity in ("Bill", "VendorCredit") and document.get("APAccountRef"):
        _check_account(change, document["APAccountRef"], ("Accounts Payable",))
    if entity == "BillPayment":
        _check_payment_account(change, document)


def _check_payment_account(change: Change, document: Document) -> None:
    part, ref, types = {
        "Check": ("CheckPayment", "BankAccountRef", ("Bank",)),
        "CreditCard": ("CreditCardPayment", "CCAccountRef", ("Credit Card",)),
    }[document["PayType"]]
    if not document.get(part, {}).get(ref):
        raise missing(f"{part}.{ref}")
    _check_account(change, document[part][ref], types)


def _check_account(change: Change, ref: Document, types: tuple[str, ...]) -> None:
    account = change.read("Account", ref["value"])
    if account and types and account.get("AccountType") not in types:
        raise ApiFault("6430", f"Invalid account type: {account.get('AccountType')}")


def check_attachable(document: Document) -> None:
    if not document.get("Note") and not document.get("FileName"):
        raise business("At least a note or a file is required for an attachment.")
    for ref in document.get("AttachableRef", []):
        kind = (ref.get("EntityRef") or {}).get("type")
        if ref.get("EntityRef") and not kind:
            raise missing("AttachableRef.EntityRef.type")


def check_delete(change: Change, entity: str, document: Document) -> None:
    """Refusals of a delete: closed books, a paid bill, a charge that is on an invoice already."""
    if entity in TRANSACTIONS:
        check_subscription(change)
        check_closed_books(change, document)
    links = {link.get("TxnType") for link in document.get("LinkedTxn", [])}
    if entity in ("Bill", "VendorCredit") and links & {"BillPaymentCheck", "BillPaymentCreditCard"}:
        raise business("This transaction is linked to others. Unlink them before you delete it.")
    if entity in EXPENSES and lines.has_billed_line(document):
        raise ApiFault("6400", "Deleting linkedPurchase results in invalid Invoice")
