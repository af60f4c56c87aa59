"""The yardstick: cost by customer and hours, from the books alone."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.totals import worked_seconds
from tests.integrations.sandbox.client import Company, account_line, identity, item_line, refs


def totals(company: Company) -> Any:
    return company.control("GET", "totals")


def test_signs_kinds_and_lines(company: Company) -> None:
    vendor, item = company.vendor(), company.item()
    one, two = company.customer("One"), company.customer("Two")
    company.bill(
        vendor,
        account_line(100, CustomerRef=refs(one)),
        item_line(20.5, item, CustomerRef=refs(two)),
        item_line(-3, item, CustomerRef=refs(one)),
        account_line(999),
    )
    company.create("VendorCredit", VendorRef=refs(vendor), Line=[account_line(7, CustomerRef=refs(one))])
    for credit in (True, False):
        company.create(
            "Purchase",
            PaymentType="CreditCard",
            Credit=credit,
            AccountRef={"value": "3"},
            EntityRef={"value": two["Id"], "type": "Customer"},
            Line=[account_line(10 if credit else 25, CustomerRef=refs(two)), account_line(1)],
        )

    assert totals(company)["customers"] == {one["Id"]: "90.00", two["Id"]: "35.50"}
    assert totals(company)["lines"] == {one["Id"]: 3, two["Id"]: 3}


def test_each_line_is_rounded_by_itself_half_away_from_zero(company: Company) -> None:
    customer = company.customer()
    lines = [account_line(amount, CustomerRef=refs(customer)) for amount in (0.1, 0.3, -0.1)]
    foreign = {"CurrencyRef": {"value": "CAD"}, "ExchangeRate": 0.75}

    company.bill(company.vendor(), *lines[:2], **foreign)
    assert totals(company)["customers"] == {customer["Id"]: "0.31"}

    company.create("VendorCredit", VendorRef={"value": "2"}, Line=lines[:1], **foreign)
    assert totals(company)["customers"] == {customer["Id"]: "0.23"}


def test_project_reference_wins_only_when_it_is_a_projects_row(company: Company) -> None:
    owner = company.customer("Owner")
    project = company.customer("Project", Job=True, ParentRef=refs(owner))
    plain = company.customer("Plain")
    company.control("PATCH", f"documents/Customer/{project['Id']}", {"IsProject": True})

    company.bill(
        company.vendor(),
        {**account_line(1, CustomerRef=refs(owner)), "ProjectRef": refs(project)},
        {**account_line(2, CustomerRef=refs(owner)), "ProjectRef": refs(plain)},
        {**account_line(4, CustomerRef=refs(owner)), "ProjectRef": {"value": "393363026"}},
        {**account_line(8), "ProjectRef": refs(project)},
    )

    assert totals(company)["customers"] == {owner["Id"]: "6.00", project["Id"]: "9.00"}


def test_voided_counts_nothing_and_deleted_is_no_line(company: Company) -> None:
    customer = company.customer()
    line = account_line(5, CustomerRef=refs(customer))
    voided, deleted = company.bill(company.vendor(), line), company.bill({"Id": "2"}, line)

    company.control("POST", f"documents/Bill/{voided['Id']}/void")
    company.control("DELETE", f"documents/Bill/{deleted['Id']}")

    assert totals(company)["customers"] == {customer["Id"]: "0.00"}
    assert totals(company)["lines"] == {customer["Id"]: 1}


def test_inactive_customers_keep_their_cost(company: Company) -> None:
    customer = company.customer()
    company.bill(company.vendor(), account_line(5, CustomerRef=refs(customer)))
    company.write("Customer", {**identity(customer), "sparse": True, "Active": False})

    assert totals(company)["customers"] == {customer["Id"]: "5.00"}


def test_hours_and_time_at_cost(company: Company) -> None:
    customer = company.customer()
    employee = company.create("Employee", GivenName="Ada", CostRate=30)
    common = {"NameOf": "Employee", "EmployeeRef": refs(employee), "CustomerRef": refs(customer)}
    company.create("TimeActivity", **common, Hours=1, Minutes=20)
    company.create("TimeActivity", **common, Hours=2, CostRate=40.5)
    company.create("TimeActivity", **{**common, "CustomerRef": None}, Hours=8)

    found = totals(company)

    assert found["seconds"] == {customer["Id"]: 12000}
    assert found["hours"] == {customer["Id"]: "3.33"}
    assert found["time_at_cost"] == {customer["Id"]: "121.00"}
    assert found["customers"] == {}


@pytest.mark.parametrize(
    ("entry", "seconds"),
    [
        ({"Hours": 1, "Minutes": 30, "Seconds": 15}, 5415),
        ({"Minutes": 0, "StartTime": "2026-01-01T08:00:00-08:00", "EndTime": "2026-01-01T09:00:00-08:00"}, 0),
        ({"StartTime": "2026-01-01T08:00:00-08:00", "EndTime": "2026-01-01T16:30:00-08:00", "BreakMinutes": 30}, 28800),
        ({"StartTime": "2026-01-01T22:00:00-08:00", "EndTime": "2026-01-01T06:00:00-08:00"}, 28800),
        ({"StartTime": "2026-01-01T08:00:00-08:00", "EndTime": "2026-01-01T09:00:00+01:00"}, 3600),
        ({}, 0),
    ],
)  # fmt: skip
def test_duration_by_style(entry: dict[str, Any], seconds: int) -> None:
    assert worked_seconds(entry) == seconds
