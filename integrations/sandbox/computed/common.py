"""Small parts that several kinds of documents share: ids of lines, currency, default accounts, due dates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.validation.lines import round_cents
from integrations.sandbox.validation.references import reference_to
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

CURRENCY_NAMES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "MXN": "Mexican Peso",
}


def preferences(change: Change, group: str) -> Document:
    found: Document = change.books.settings("Preferences").get(group) or {}
    return found


def is_us(change: Change) -> bool:
    return bool(change.books.settings("CompanyInfo").get("Country", "US") == "US")


def home_currency(change: Change) -> str:
    ref = preferences(change, "CurrencyPrefs").get("HomeCurrency") or {}
    return str(ref.get("value", "USD"))


def fill_currency(change: Change, document: Document) -> None:
    """Home currency unless another was given; an exchange rate only where it is foreign."""
    home = home_currency(change)
    ref = document.setdefault("CurrencyRef", {"value": home})
    ref["name"] = CURRENCY_NAMES.get(ref["value"], ref["value"])
    if ref["value"] == home:
        document.pop("ExchangeRate", None)


def is_foreign(change: Change, document: Document) -> bool:
    return bool((document.get("CurrencyRef") or {}).get("value", "USD") != home_currency(change))


def in_home_currency(document: Document, amount: Decimal) -> Decimal:
    return round_cents(amount * number(document.get("ExchangeRate") or 1))


def default_date(change: Change, document: Document) -> None:
    document.setdefault("TxnDate", change.books.today().isoformat())


def assign_line_ids(document: Document, old: Document | None, *, numbered: bool) -> None:
    """A line with a known id is that line; every other one is new and gets the next id."""
    known = {line.get("Id") for line in (old or {}).get("Line", [])} - {None}
    highest = max((int(line_id) for line_id in known if str(line_id).isdecimal()), default=0)
    for position, line in enumerate(document["Line"], start=1):
        if line.get("DetailType") == "SubTotalLineDetail":
            continue
        if line.get("Id") not in known:
            highest += 1
            line["Id"] = str(highest)
        if numbered:
            line["LineNum"] = position


def account_of_type(change: Change, account_type: str, sub_type: str = "") -> Document | None:
    """The first active account of a type, as a reference."""
    for account in change.books.all("Account"):
        fits = account.get("AccountType") == account_type and account.get("Active", True)
        if fits and (not sub_type or account.get("AccountSubType") == sub_type):
            return reference_to(account)
    return None


def default_account(
    change: Change, document: Document, field: str, account_type: str, sub_type: str = ""
) -> None:
    if not document.get(field):
        ref = account_of_type(change, account_type, sub_type)
        if ref:
            document[field] = ref


def default_due_date(change: Change, document: Document) -> None:
    """DueDate is the transaction date plus the days of the term; without a term the same day."""
    if document.get("DueDate"):
        return
    ref = document.get("SalesTermRef") or {}
    term = change.read("Term", ref.get("value", "")) or {}
    start = date.fromisoformat(document["TxnDate"])
    document["DueDate"] = (start + timedelta(days=int(term.get("DueDays") or 0))).isoformat()


def line_total(document: Document) -> Decimal:
    """Sum of the lines as they count: a subtotal line does not, a discount subtracts."""
    total = Decimal(0)
    for line in document["Line"]:
        kind = line.get("DetailType")
        if kind == "DiscountLineDetail":
            total -= number(line.get("Amount"))
        elif kind != "SubTotalLineDetail":
            total += number(line.get("Amount"))
    return round_cents(total)


def keep_server_links(document: Document, old: Document | None, writable: tuple[str, ...]) -> None:
    """LinkedTxn: links of writable kinds are the client's, the others stay as the server made them."""
    sent = [link for link in document.get("LinkedTxn", []) if link.get("TxnType") in writable]
    kept = [link for link in (old or {}).get("LinkedTxn", []) if link.get("TxnType") not in writable]
    document["LinkedTxn"] = sent + kept
