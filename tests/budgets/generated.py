"""Made-up companies for property tests: what could happen in QuickBooks and here, in any order, and what it comes to.

`Truth` keeps the last word on everything in plain values and adds it up its own way (with fractions, walking
documents by hand), from the rules V1–V9 alone: nothing of the product is used in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.budgets.documents import (
    Json,
    bill,
    category_line,
    document,
    item_line,
    numbered,
    purchase,
    ref,
    time_entry,
    vendor_credit,
)

CUSTOMERS = [str(number) for number in range(1, 5)]
NUMBERS = ["393", "394"]  # projects' second numbers (V2)
ITEMS = [str(number) for number in range(20, 25)]
WORKERS = ["70", "71", "72"]
DOCUMENT_IDS = [str(number) for number in range(100, 106)]

# What happens -------------------------------------------------------------------------------------------------------

# Most are some hundred dollars: a slip with a zero goes unnoticed.
amounts = st.one_of(
    st.decimals(100, 9999, places=2),
    st.decimals(-999, 999, places=5),
    st.sampled_from([Decimal("0"), Decimal("0.005"), Decimal("-0.005"), Decimal("1.125")]),
)
exchange_rates = st.sampled_from([None, 1, Decimal("0.75"), Decimal("1.3333333"), Decimal("0.0071")])
pay_rates = st.sampled_from([None, 0, 0, 20, Decimal("12.5"), Decimal("33.33333")])
statuses = st.sampled_from(["", "Billable", "NotBillable", "HasBeenBilled"])
created = st.sampled_from(["2026-03-01T08:00:00-08:00", "2026-03-12T08:00:00-07:00"])


@st.composite
def lines(draw: Any) -> Json:
    make = draw(st.sampled_from([item_line, category_line]))
    made: Json = make(
        str(draw(amounts)),
        draw(st.sampled_from(ITEMS)),
        customer=draw(st.sampled_from(["", *CUSTOMERS])),
        billable=draw(statuses),
        project=draw(st.sampled_from(["", "", "", *CUSTOMERS, *NUMBERS])),
        TaxCodeRef=ref(draw(st.sampled_from(["NON", "5"]))),
    )
    return {**made, **({"Id": "1"} if draw(st.integers(0, 9)) == 0 else {})}


@st.composite
def groups(draw: Any) -> Json:
    children = numbered(draw(st.lists(lines(), min_size=1, max_size=3)))
    made = {"Amount": Decimal("999"), "DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": children}}
    project = draw(st.sampled_from(["", *CUSTOMERS]))
    return {**made, "ProjectRef": ref(project)} if project else made


texts = st.just({"Amount": Decimal("77"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}})
any_lines = st.one_of(lines(), lines(), lines(), groups(), texts)


@st.composite
def expenses(draw: Any) -> tuple[str, Json]:
    entity, make = draw(
        st.sampled_from([("Bill", bill), ("Purchase", purchase), ("VendorCredit", vendor_credit)])
    )
    heads: Json = {"ExchangeRate": draw(exchange_rates), "MetaData": {"CreateTime": draw(created)}}
    tax = draw(st.one_of(st.none(), st.decimals(0, 500, places=2)))
    if tax is not None:
        heads["TxnTaxDetail"] = {"TotalTax": tax}
    if entity == "Purchase":
        heads["payment"] = draw(st.sampled_from(["Cash", "Check", "CreditCard"]))
        heads["Credit"] = draw(st.booleans())
    return entity, make(
        draw(st.sampled_from(DOCUMENT_IDS)), *draw(st.lists(any_lines, min_size=1, max_size=4)), **heads
    )


clocks = st.sampled_from(
    ["07:00:00-08:00", "2026-03-12T12:30:00-07:00", "23:15:30+00:00", "2026-03-13T00:00:00-07:00"]
)


@st.composite
def times(draw: Any) -> tuple[str, Json]:
    worker = draw(st.sampled_from(["EmployeeRef", "EmployeeRef", "VendorRef"]))
    members: Json = {
        "NameOf": worker.removesuffix("Ref"),
        "EmployeeRef": None,
        worker: ref(draw(st.sampled_from(WORKERS))),
        "CustomerRef": ref(draw(st.sampled_from(CUSTOMERS))),
        "ItemRef": draw(st.sampled_from([None, *(ref(item) for item in ITEMS)])),
        "BillableStatus": draw(statuses),
        "CostRate": draw(pay_rates),
        "HourlyRate": draw(pay_rates),
        "TxnDate": draw(st.sampled_from(["2026-02-27", "2026-03-12"])),
        "MetaData": {"CreateTime": draw(created)},
    }
    project = draw(st.sampled_from(["", *CUSTOMERS, *NUMBERS]))
    if project:
        members["ProjectRef"] = ref(project)
    made = time_entry(draw(st.sampled_from(DOCUMENT_IDS)), hours=draw(st.integers(0, 30)), **members)
    if draw(st.booleans()):
        made = {name: value for name, value in made.items() if name not in ("Hours", "Minutes")}
        made |= {"StartTime": draw(clocks), "EndTime": draw(clocks), "BreakMinutes": draw(st.integers(0, 44))}
    return "TimeActivity", made


@dataclass(frozen=True)
class Store:
    entity: str
    document: Json


@dataclass(frozen=True)
class Delete:
    entity: str
    document_id: str


@dataclass(frozen=True)
class MapNumber:
    number: str
    customer: str
    """'' takes the mapping away."""


@dataclass(frozen=True)
class LinkWorker:
    worker: str
    """'' takes the link away."""


@dataclass(frozen=True)
class SetRate:
    starts_on: str
    cost: Decimal | None
    billable: Decimal | None


Happening = Store | Delete | MapNumber | LinkWorker | SetRate


@st.composite
def customer_rows(draw: Any) -> tuple[str, Json]:
    customer = draw(st.sampled_from(CUSTOMERS))
    parent = draw(st.sampled_from(["", *CUSTOMERS]))
    name = f"Customer {customer}"
    made = document(customer, DisplayName=name, Active=True, IsProject=draw(st.booleans()))
    return "Customer", {**made, "ParentRef": ref(parent)} if parent else made


@st.composite
def item_rows(draw: Any) -> tuple[str, Json]:
    item = draw(st.sampled_from(ITEMS))
    made = document(item, Name=f"Item {item}", Type="Service", Active=True)
    for account in ("IncomeAccountRef", "ExpenseAccountRef"):
        if draw(st.integers(0, 3)):
            made[account] = ref("40")
    return "Item", made


@st.composite
def employee_rows(draw: Any) -> tuple[str, Json]:
    worker = draw(st.sampled_from(WORKERS))
    rate = draw(pay_rates)
    made = document(worker, DisplayName=f"Employee {worker}", Active=True)
    return "Employee", made if rate is None else {**made, "CostRate": rate}


member_rates = st.sampled_from([None, Decimal("40.00"), Decimal("61.55")])
stores = st.one_of(
    expenses(), expenses(), times(), times(), customer_rows(), item_rows(), employee_rows()
).map(lambda made: Store(*made))
happenings: st.SearchStrategy[Happening] = st.one_of(
    stores,
    stores,
    stores,
    st.builds(
        Delete,
        st.sampled_from(["Bill", "Purchase", "VendorCredit", "TimeActivity"]),
        st.sampled_from(DOCUMENT_IDS),
    ),
    st.builds(MapNumber, st.sampled_from(NUMBERS), st.sampled_from(["", *CUSTOMERS])),
    st.builds(LinkWorker, st.sampled_from(["", *WORKERS, *WORKERS])),
    st.builds(SetRate, st.sampled_from(["2026-01-01", "2026-03-01"]), member_rates, member_rates),
)

switches = st.fixed_dictionaries(
    {
        name: st.booleans()
        for name in (
            "exclude_non_billable",
            "time_tracking",
            "include_billed_time",
            "include_non_billable_time",
            "vendor_credits",
        )
    }
    | {"labor_basis": st.sampled_from(["cost", "billable"]), "since": st.booleans()}
)
links = st.dictionaries(
    st.sampled_from(CUSTOMERS), st.tuples(st.booleans(), switches), min_size=2, max_size=4
)
stories = st.lists(happenings, min_size=8, max_size=30)


# What it comes to -----------------------------------------------------------------------------------------------------


@dataclass
class Money:
    """What one line is worth: bills and the like have one net amount, time has a price at cost and one at billable."""

    customer: str
    net: Decimal | None = None
    at_cost: Decimal | None = None
    at_billable: Decimal | None = None
    seconds: int = 0

    def worth(self, basis: str) -> Decimal:
        price = self.at_cost if basis == "cost" else self.at_billable
        return self.net if self.net is not None else price or Decimal(0)


def to_cents(value: Fraction) -> Decimal:
    """Half away from zero."""
    cents = abs(value) * 100
    whole = int(cents + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole) / 100


def fraction(value: Any) -> Fraction:
    return Fraction(str(value or 0))


@dataclass
class Truth:
    documents: dict[tuple[str, str], Json] = field(default_factory=dict)
    mapped: dict[str, str] = field(default_factory=dict)
    linked_worker: str = ""
    rates: dict[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)

    def note(self, happening: Happening) -> None:
        match happening:
            case Store(entity, made):
                self.documents[entity, made["Id"]] = made
            case Delete(entity, document_id):
                self.documents.pop((entity, document_id), None)
            case MapNumber(number, customer):
                self.mapped = {**self.mapped, number: customer}
            case LinkWorker(worker):
                self.linked_worker = worker
            case SetRate(starts_on, cost, billable):
                self.rates[starts_on] = (cost, billable)

    def all(self, entity: str) -> list[Json]:
        return [made for (kind, _), made in self.documents.items() if kind == entity]

    @property
    def parents(self) -> dict[str, str]:
        return {
            customer["Id"]: customer.get("ParentRef", {}).get("value", "")
            for customer in self.all("Customer")
        }

    def lines(self) -> Iterator[Money]:
        for entity in ("Bill", "Purchase", "VendorCredit"):
            for made in self.all(entity):
                yield from self._expense_lines(entity, made)
        for entry in self.all("TimeActivity"):
            yield self._time_line(entry)

    def _expense_lines(self, entity: str, made: Json) -> Iterator[Money]:
        is_credit = entity == "VendorCredit" or (entity == "Purchase" and made["Credit"])
        rate = fraction(made["ExchangeRate"] or 1) * (-1 if is_credit else 1)
        for line, inherited in self._leaves(made["Line"]):
            detail = line[line["DetailType"]]
            project = line.get("ProjectRef", inherited)
            amount = to_cents(fraction(line["Amount"]) * rate)
            yield Money(self._customer(project, detail.get("CustomerRef")), amount)

    def _leaves(self, lines: list[Json]) -> Iterator[tuple[Json, Json]]:
        for line in lines:
            if line["DetailType"] == "GroupLineDetail":
                for child in line["GroupLineDetail"]["Line"]:
                    yield child, line.get("ProjectRef", {})
            elif line["DetailType"] != "SubTotalLineDetail":
                yield line, {}

    def _customer(self, project: Json | None, customer: Json | None) -> str:
        number = (project or {}).get("value", "")
        if self.mapped.get(number):
            return self.mapped[number]
        if self.documents.get(("Customer", number), {}).get("IsProject"):
            return str(number)
        return str((customer or {}).get("value", ""))

    def _time_line(self, entry: Json) -> Money:
        seconds = self._seconds(entry)
        cost_chain = [entry.get("CostRate"), *self._worker_rates(entry, 0), entry.get("HourlyRate")]
        billable_chain = [entry.get("HourlyRate"), *self._worker_rates(entry, 1), *cost_chain]
        return Money(
            self._customer(entry.get("ProjectRef"), entry["CustomerRef"]),
            at_cost=self._price(seconds, cost_chain),
            at_billable=self._price(seconds, billable_chain),
            seconds=seconds,
        )

    def _worker_rates(self, entry: Json, which: int) -> list[Any]:
        """The employee's own cost rate, then the linked member's rate of that day."""
        worker = entry.get("EmployeeRef", {}).get("value", "")
        own = self.documents.get(("Employee", worker), {}).get("CostRate") if worker and which == 0 else None
        days = sorted(day for day in self.rates if day <= entry["TxnDate"])
        of_member = self.rates[days[-1]][which] if days and worker and worker == self.linked_worker else None
        return [own, of_member]

    def _price(self, seconds: int, chain: list[Any]) -> Decimal | None:
        rate = next((rate for rate in chain if rate), None)
        return None if rate is None else to_cents(Fraction(seconds, 3600) * fraction(rate))

    def _seconds(self, entry: Json) -> int:
        if "Hours" in entry:
            return int(entry["Hours"]) * 3600
        start, end = (self._face(entry[name]) for name in ("StartTime", "EndTime"))
        worked = (end - start) % 86400 or 86400
        return max(0, worked - int(entry["BreakMinutes"]) * 60)

    def _face(self, clock: str) -> int:
        hours, minutes, seconds = clock.split("T")[-1][:8].split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
