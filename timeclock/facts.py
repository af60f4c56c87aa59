"""A time entry of QuickBooks, read as its cost line is; and whether it is the one that our request made (N6). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from budgets.models import BillableStatus
from budgets.projection import CostLineValues, KnownLists, cost_lines_of
from budgets.reading import Json, fit_decimal, read_decimal, read_moment, read_object

CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Entry:
    """`line` holds all that a budget sees of it."""

    quickbooks_id: str
    line: CostLineValues
    billable_rate: Decimal | None

    @property
    def is_billable(self) -> bool:
        """What has been billed was billable."""
        return self.line.billable_status != BillableStatus.NOT_BILLABLE

    @property
    def refs(self) -> dict[str, str]:
        """Whose, where and what it is, by QuickBooks' ids."""
        return {
            "employee_ref": self.line.employee_ref,
            "customer_ref": self.line.customer_ref,
            "item_ref": self.line.item_ref,
        }


def read_entry(document: Json, projects: Mapping[str, str] | None = None) -> Entry:
    """`projects` as `KnownLists.projects` (V2)."""
    (line,) = cost_lines_of("TimeActivity", document, known=KnownLists(projects=projects or {}))
    rate = fit_decimal(read_decimal(document.get("HourlyRate")), digits=20, places=7)
    return Entry(line.document_ref, line, rate if rate and rate > 0 else None)


def is_same_entry(payload: Json, document: Json) -> bool:
    """`payload` is what we sent: person, day, time, customer and service must agree."""
    return key_of(payload) == key_of(document)


def key_of(document: Json) -> tuple[object, ...]:
    """The same for two that are the same entry."""
    line = read_entry(document).line
    return (
        line.employee_ref,
        line.txn_date,
        # QuickBooks may keep whole minutes only.
        (line.seconds or 0) // 60,
        line.named_customer_ref,
        line.item_ref,
    )


def says_the_same(payload: Json, document: Json) -> bool:
    """Tells two entries of one person and day apart, where they differ in nothing else."""
    return read_entry(payload).line.description == read_entry(document).line.description


def was_made_before(document: Json, moment: datetime | None) -> bool:
    """Long enough before anything left that differing clocks cannot explain it: somebody entered it by hand."""
    made = read_moment(read_object(document, "MetaData").get("CreateTime"))
    return moment is not None and made is not None and made < moment - CLOCKS_DIFFER
