"""A company's books while a generator writes them: ids, time stamps and look-ups by name."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from integrations.sandbox.companies.shapes import Document, Reference, reference
from integrations.sandbox.companies.workdays import Workdays, pacific_moment

# QuickBooks numbers customers, vendors and employees in one sequence, and transactions in another.
FAMILIES = {"Customer": "names", "Vendor": "names", "Employee": "names"}
TRANSACTIONS = (
    "Bill",
    "BillPayment",
    "Purchase",
    "VendorCredit",
    "Invoice",
    "Payment",
    "CreditMemo",
    "JournalEntry",
    "ReimburseCharge",
    "TimeActivity",
)
FAMILIES |= dict.fromkeys(TRANSACTIONS, "transactions")
# Attachables have 19-digit ids, too long for a JavaScript number.
FIRST_IDS = {"Attachable": 5000000000000007280, "transactions": 101}

COMPANY_START = timedelta(days=900)


class Draft:
    """Documents in the order they were entered. ``add`` completes one, ``find`` gets one by its own name."""

    def __init__(self, today: date, seed: int) -> None:
        self.today = today
        self.workdays = Workdays(today)
        self.random = random.Random(seed)  # noqa: S311  the same books every time are wanted
        self.documents: dict[tuple[str, str], Document] = {}
        self._names: dict[tuple[str, str], Document] = {}
        self._given: Counter[str] = Counter()

    def add(self, entity: str, fields: Document, *, back: int | None = None, own_id: str = "") -> Document:
        """Store a document entered ``back`` working days ago, or when the company was set up (None)."""
        moment = self.moment(back)
        document = {
            "Id": own_id or self._next_id(entity),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
            **fields,
        }
        self.documents[entity, document["Id"]] = document
        self._remember_name(entity, document)
        return document

    def moment(self, back: int | None) -> str:
        """A time stamp in office hours, Pacific time."""
        minute = self.random.randrange(8 * 60, 15 * 60)
        if back is None:
            return pacific_moment(self.today - COMPANY_START, minute)
        return self.workdays.moment(back, minute)

    def touch(self, document: Document, moment: str) -> None:
        """What a save in QuickBooks does to any document: the token grows and the time moves on."""
        document["SyncToken"] = str(int(document["SyncToken"]) + 1)
        times = document["MetaData"]
        times["LastUpdatedTime"] = max(times["LastUpdatedTime"], moment)

    def day(self, back: int) -> str:
        return self.workdays.day(back).isoformat()

    def days_after(self, back: int, days: int) -> str:
        """A due date: calendar days after a working day."""
        return (self.workdays.day(back) + timedelta(days=days)).isoformat()

    def next_number(self, series: str, first: int) -> str:
        """The next number of a series."""
        self._given[series] += 1
        return str(first + self._given[series] - 1)

    def find(self, entity: str, name: str) -> Document:
        return self._names[entity, name]

    def ref(self, entity: str, name: str) -> Reference:
        return reference(self.find(entity, name))

    def all(self, entity: str) -> Iterator[Document]:
        return (document for (kind, _), document in self.documents.items() if kind == entity)

    def _next_id(self, entity: str) -> str:
        family = FAMILIES.get(entity, entity)
        self._given[family] += 1
        return str(FIRST_IDS.get(family, 1) + self._given[family] - 1)

    def _remember_name(self, entity: str, document: Document) -> None:
        """By its own name and by its full path, without the mark of inactive names."""
        for key in ("DisplayName", "Name", "FullyQualifiedName"):
            if key in document:
                self._names[entity, document[key].replace(" (deleted)", "")] = document
