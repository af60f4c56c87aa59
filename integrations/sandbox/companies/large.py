"""The large company: 50,000 transactions for benchmarks and load tests, generated in a few seconds.

Lines are drawn from a pool made once and shared between documents: whoever changes a document must copy
it first (the books do: they keep text). Everything comes from one seed, so two runs are alike.
``BUSY_PROJECT`` has about one line in sixteen, more than 5,000 of a company with 50,000 transactions.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from integrations.sandbox.companies.empty import load_basics
from integrations.sandbox.companies.large_lists import (
    CARD,
    CHECKING,
    MATERIALS,
    PAYABLE,
    TOP_CUSTOMERS,
    account,
    large_customers,
    large_employees,
    large_items,
    large_vendors,
)
from integrations.sandbox.companies.shapes import (
    BILLABLE,
    NOT_BILLABLE,
    USD,
    account_line,
    item_line,
    purchase_form,
    reference,
)
from integrations.sandbox.wire import PACIFIC, Document

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

COUNT = 50_000
SEED = 50_000
SPAN_DAYS = 730
CHUNK = 2_000
# Of each hundred transactions.
SHARES = {"Bill": 45, "Purchase": 40, "VendorCredit": 3, "TimeActivity": 12}
PAYMENT_TYPES = ("CreditCard",) * 5 + ("Cash",) * 3 + ("Check",) * 2
FORMS = {"CreditCard": "54", "Cash": "54", "Check": "3"}
POOL_SIZE = 1_500
BUSY_PROJECT = str(TOP_CUSTOMERS + 1)
BUSY_SHARE = 1 / 16


def fill_large_books(books: Books, count: int = COUNT) -> None:
    """Load the large company, a chunk at a time, so that the whole of it never exists as dictionaries."""
    load_basics(books, company_name="Summit Line Builders")
    documents = large_documents(count, today=books.today())
    while chunk := list(islice(documents, CHUNK)):
        books.load_many(chunk)


def large_documents(count: int = COUNT, *, today: date) -> Iterator[tuple[str, Document]]:
    """Lists and ``count`` transactions, oldest first; vendors come last because balances are known then."""
    return LargeCompany(count, today).documents()


class LargeCompany:
    def __init__(self, count: int, today: date) -> None:
        self.count = count
        self.first_day = today - timedelta(days=SPAN_DAYS + 2)
        self.random = random.Random(SEED)  # noqa: S311  the same company every time is wanted
        self.customers = large_customers()
        self.items = large_items()
        self.vendors = large_vendors(first=len(self.customers) + 1)
        self.employees = list(large_employees(first=len(self.customers) + len(self.vendors) + 1))
        self.vendor_refs = [reference(vendor) for vendor in self.vendors]
        self.owed: dict[str, Decimal] = defaultdict(Decimal)
        self.pool = [self._make_line() for _ in range(POOL_SIZE)]
        # Ready-made lines by their place in a document: Ids "1" to "3".
        self.placed = [[{"Id": str(place), **line} for line in self.pool] for place in (1, 2, 3)]

    def documents(self) -> Iterator[tuple[str, Document]]:
        yield from (("Customer", document) for document in self.customers)
        yield from (("Item", document) for document in self.items)
        yield from (("Employee", document) for document in self.employees)
        yield from self._transactions()
        for vendor in self.vendors:
            yield "Vendor", {**vendor, "Balance": self.owed[vendor["Id"]]}

    def _transactions(self) -> Iterator[tuple[str, Document]]:
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        self.random.shuffle(kinds)
        makers = {
            "Bill": self._bill,
            "Purchase": self._purchase,
            "VendorCredit": self._vendor_credit,
            "TimeActivity": self._time,
        }
        for number in range(self.count):
            kind = kinds[number % len(kinds)]
            day, moment = self._when(number)
            yield kind, {**self._common(number + 1, moment), **makers[kind](day)}

    def _when(self, number: int) -> tuple[str, str]:
        """Transactions are spread evenly over two years; the second of the day is drawn."""
        day = self.first_day + timedelta(days=number * SPAN_DAYS // self.count)
        second = self.random.randrange(7 * 3600, 18 * 3600)
        clock = time(second // 3600, second // 60 % 60, second % 60)
        return day.isoformat(), datetime.combine(day, clock, PACIFIC).isoformat()

    @staticmethod
    def _common(number: int, moment: str) -> Document:
        return {
            "Id": str(number),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }

    def _lines(self) -> tuple[list[Document], Decimal]:
        count = self.random.choice((1, 1, 2, 2, 3))
        lines = [self.random.choice(self.placed[place]) for place in range(count)]
        return lines, sum((line["Amount"] for line in lines), Decimal(0))

    def _make_line(self) -> Document:
        customer = self._customer()
        quantity = Decimal(self.random.choice((1, 1, 1, 2, 4, 12, 40)))
        price = Decimal(self.random.randrange(500, 90_000)) / 100
        if self.random.random() < 0.08:
            shop = {"Id": MATERIALS, "Name": account(MATERIALS)["name"]}
            return account_line(shop, price, customer=customer, text="Jobsite purchase, see receipt")
        billable = BILLABLE if customer and self.random.random() < 0.15 else NOT_BILLABLE
        item = self.random.choice(self.items)
        text = f"{item['Name']}, delivered to site, ticket {self.random.randrange(10**5, 10**6)}"
        return item_line(item, price, quantity=quantity, customer=customer, billable=billable, text=text)

    def _customer(self) -> Document | None:
        """One line in ten is for nobody, one in sixteen for the busy project."""
        draw = self.random.random()
        if draw < 0.1:
            return None
        if draw < 0.1 + BUSY_SHARE:
            return self.customers[TOP_CUSTOMERS]
        return self.random.choice(self.customers)

    def _bill(self, day: str) -> Document:
        lines, amount = self._lines()
        vendor = self.random.choice(self.vendor_refs)
        self.owed[vendor["value"]] += amount
        return {
            "VendorRef": vendor,
            "APAccountRef": account(PAYABLE),
            "TxnDate": day,
            "DueDate": day,
            "DocNumber": f"B-{self.random.randrange(10**6)}",
            "CurrencyRef": USD,
            "TotalAmt": amount,
            "Balance": amount,
            "Line": lines,
        }

    def _purchase(self, day: str) -> Document:
        lines, amount = self._lines()
        payment_type = self.random.choice(PAYMENT_TYPES)
        refund = payment_type == "CreditCard" and self.random.random() < 0.03
        fields = {
            "PaymentType": payment_type,
            "AccountRef": account(CARD if payment_type == "CreditCard" else CHECKING),
            "EntityRef": {**self.random.choice(self.vendor_refs), "type": "Vendor"},
            "TxnDate": day,
            "CurrencyRef": USD,
            "TotalAmt": amount,
            "PurchaseEx": purchase_form("11" if refund else FORMS[payment_type]),
            "CustomField": [],
            "Line": lines,
        }
        if payment_type == "CreditCard":
            fields["Credit"] = refund
        return fields

    def _vendor_credit(self, day: str) -> Document:
        lines, amount = self._lines()
        vendor = self.random.choice(self.vendor_refs)
        self.owed[vendor["value"]] -= amount
        return {
            "VendorRef": vendor,
            "APAccountRef": account(PAYABLE),
            "TxnDate": day,
            "CurrencyRef": USD,
            "TotalAmt": amount,
            "Balance": amount,
            "Line": lines,
        }

    def _time(self, day: str) -> Document:
        employee = self.random.choice(self.employees)
        billable = self.random.random() < 0.3
        fields = {
            "TxnDate": day,
            "NameOf": "Employee",
            "EmployeeRef": reference(employee),
            "CustomerRef": reference(self.random.choice(self.customers)),
            "ItemRef": reference(self.random.choice(self.items)),
            "BillableStatus": BILLABLE if billable else NOT_BILLABLE,
            "Taxable": False,
            "HourlyRate": employee["BillRate"] if billable else 0,
            "CostRate": employee["CostRate"],
            "Hours": self.random.randrange(1, 11),
            "Minutes": self.random.choice((0, 15, 30, 45)),
            "Seconds": 0,
            "Description": "Crew time from the field, entered by the foreman",
        }
        if billable:
            fields["TimeChargeId"] = self.random.randrange(10**6, 10**7)
        return fields
