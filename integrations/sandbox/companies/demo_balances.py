"""What the transactions leave behind: balances of customers, vendors and balance-sheet accounts.

Income and expense accounts report a CurrentBalance of 0 through the API, so only the others are moved.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from integrations.sandbox.companies.demo_accounts import OPENING_BALANCES, RECEIVABLE
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import ZERO, Document

Sums = dict[str, Decimal]


def settle_balances(draft: Draft) -> None:
    _settle_customers(draft)
    _settle_vendors(draft)
    _settle_accounts(draft)


def _settle_customers(draft: Draft) -> None:
    own: Sums = defaultdict(Decimal)
    for invoice in draft.all("Invoice"):
        own[invoice["CustomerRef"]["value"]] += invoice["Balance"]
    for memo in draft.all("CreditMemo"):
        own[memo["CustomerRef"]["value"]] -= memo["RemainingCredit"]
    for payment in draft.all("Payment"):
        own[payment["CustomerRef"]["value"]] -= payment["UnappliedAmt"]
    for customer in draft.all("Customer"):
        customer["Balance"] = own[customer["Id"]]
        customer["BalanceWithJobs"] = _with_children(draft, customer, own)


def _with_children(draft: Draft, customer: Document, own: Sums) -> Decimal:
    children = [
        row for row in draft.all("Customer") if row.get("ParentRef", {}).get("value") == customer["Id"]
    ]
    return own[customer["Id"]] + sum((_with_children(draft, child, own) for child in children), ZERO)


def _settle_vendors(draft: Draft) -> None:
    """In the vendor's own currency."""
    owed: Sums = defaultdict(Decimal)
    for bill in draft.all("Bill"):
        owed[bill["VendorRef"]["value"]] += bill["Balance"]
    for credit in draft.all("VendorCredit"):
        owed[credit["VendorRef"]["value"]] -= credit["Balance"]
    for vendor in draft.all("Vendor"):
        vendor["Balance"] = owed[vendor["Id"]]


def _settle_accounts(draft: Draft) -> None:
    sums: Sums = defaultdict(Decimal)
    for name, opening in OPENING_BALANCES.items():
        sums[draft.find("Account", name)["Id"]] += opening
    _add_purchases(draft, sums)
    _add_payments(draft, sums)
    _add_open_items(draft, sums)
    for account in draft.all("Account"):
        balance = sums[account["Id"]] if account["Classification"] in ("Asset", "Liability") else ZERO
        account["CurrentBalance"] = account["CurrentBalanceWithSubAccounts"] = balance


def _add_purchases(draft: Draft, sums: Sums) -> None:
    """Money leaves the bank, or the debt on the card grows; a card credit lowers it."""
    for purchase in draft.all("Purchase"):
        by_card = purchase["PaymentType"] == "CreditCard" and not purchase["Credit"]
        sums[purchase["AccountRef"]["value"]] += purchase["TotalAmt"] if by_card else -purchase["TotalAmt"]


def _add_payments(draft: Draft, sums: Sums) -> None:
    for payment in draft.all("BillPayment"):
        home = payment["TotalAmt"] * payment.get("ExchangeRate", 1)
        if "CheckPayment" in payment:
            sums[payment["CheckPayment"]["BankAccountRef"]["value"]] -= home.quantize(Decimal("0.01"))
        else:
            sums[payment["CreditCardPayment"]["CCAccountRef"]["value"]] += payment["TotalAmt"]
    for receipt in draft.all("Payment"):
        sums[receipt["DepositToAccountRef"]["value"]] += receipt["TotalAmt"]


def _add_open_items(draft: Draft, sums: Sums) -> None:
    """What customers owe, and what we owe; a payables account is kept in its own currency."""
    for bill in draft.all("Bill"):
        sums[bill["APAccountRef"]["value"]] += bill["Balance"]
    for credit in draft.all("VendorCredit"):
        sums[credit["APAccountRef"]["value"]] -= credit["Balance"]
    receivable = draft.find("Account", RECEIVABLE)["Id"]
    sums[receivable] = sum((customer["Balance"] for customer in draft.all("Customer")), ZERO)
