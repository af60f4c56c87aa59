"""More awkward cases: time entries, expenses already invoiced, a journal entry, a bill that is gone."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as people
from integrations.sandbox.companies.demo_accounts import JOB_LABOR, JOB_SUBS
from integrations.sandbox.companies.demo_awkward import case
from integrations.sandbox.companies.demo_entry import add_bill, currency, item
from integrations.sandbox.companies.demo_time import add_entry, clock_times, duration
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import BILLABLE, Document, reference

SIX_PM, TEN_PM = 18 * 60, 22 * 60


@case
def contractor_time(draft: Draft) -> list[Document]:
    """A 1099 vendor may book time in QuickBooks like an employee."""
    return [
        add_entry(
            draft,
            people.RIVERA,
            kind="Vendor",
            back=16,
            customer=customers.KITCHEN,
            item="09-100 Drywall",
            length=duration(390),
            text="Patch after electrical",
        )
    ]


@case
def time_past_midnight(draft: Draft) -> list[Document]:
    """Once with the end on the next day, once with both times on the date of the entry."""
    next_day = clock_times(draft.workdays.day(15), SIX_PM, 480, 30)
    same_date = clock_times(draft.workdays.day(14), TEN_PM, 270)
    same_date["EndTime"] = f"{draft.day(14)}T{same_date['EndTime'][11:]}"
    return [
        add_entry(draft, people.WEBB, back=15, customer=customers.LOT_14, length=next_day, text="Pour"),
        add_entry(draft, people.ZHANG, back=14, customer=customers.LOT_14, length=same_date, text="Curing"),
    ]


@case
def time_without_rate(draft: Draft) -> list[Document]:
    length = duration(420)
    return [add_entry(draft, people.RAMAN, back=13, customer=customers.HARBOR_VIEW, length=length)]


@case
def time_at_billable_rate_only(draft: Draft) -> list[Document]:
    return [
        add_entry(
            draft,
            people.OROURKE,
            back=34,
            customer=customers.MAPLE_STREET,
            length=duration(300),
            billable=BILLABLE,
            text="Stair treads",
        )
    ]


@case
def time_without_item(draft: Draft) -> list[Document]:
    return [add_entry(draft, people.WEBB, back=12, customer=customers.LOT_14, item="", length=duration(120))]


@case
def time_without_customer(draft: Draft) -> list[Document]:
    return [
        add_entry(draft, people.HERRERA, back=10, length=duration(480), item="", text="Office"),
        add_entry(draft, people.KOEHLER, back=9, length=duration(195), text="Shop cleanup"),
    ]


@case
def time_of_minutes(draft: Draft) -> list[Document]:
    """20 minutes: a third of an hour, which no finite decimal holds."""
    return [add_entry(draft, people.WEBB, back=8, customer=customers.HARBOR_VIEW, length=duration(20))]


@case
def journal_entry(draft: Draft) -> list[Document]:
    """Moves labor between accounts for a project. Journal entries never become costs of a budget."""
    project = draft.find("Customer", customers.LOT_14)
    lines = [
        _journal_line(draft, "Debit", JOB_LABOR, project, text="Burden, allocated"),
        _journal_line(draft, "Credit", JOB_SUBS, None, text="Burden, allocated"),
    ]
    fields: Document = {
        "TxnDate": draft.day(22),
        "DocNumber": "JE-12",
        "Adjustment": False,
        **currency({}),
        "PrivateNote": "Quarterly burden",
        "TxnTaxDetail": {},
        "Line": [{"Id": str(number), **line} for number, line in enumerate(lines)],
    }
    return [draft.add("JournalEntry", fields, back=22)]


def _journal_line(draft: Draft, side: str, account: str, customer: Document | None, *, text: str) -> Document:
    detail: Document = {"PostingType": side, "AccountRef": draft.ref("Account", account)}
    if customer:
        detail["Entity"] = {"Type": "Customer", "EntityRef": reference(customer)}
    kind = "JournalEntryLineDetail"
    return {"Description": text, "Amount": Decimal("1850.00"), "DetailType": kind, kind: detail}


@case
def deleted_bill(draft: Draft) -> list[Document]:
    """Entered by mistake; ``fill_demo_books`` deletes it, so that change data capture shows the stub."""
    line = item(draft, "11-100 Appliances", "2999.00", customers.KITCHEN)
    return [add_bill(draft, people.APPLIANCES, [line], back=4, number="WA-DUP-1")]
