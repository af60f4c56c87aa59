"""The budget page of a company with so many cost lines: queries, and the time the server needs, warm.

page.py LINES: once with a tenth of the lines on the project that is shown, once with all of them.
"""

import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.bench.children.base import hand_back, start_django

CODES = 120
CUSTOMERS = 40
SHOWN = "11"
VIEWS = 15


def main() -> None:
    start_django()
    from ressio.scoping import scope

    company, boss = make_company()
    with scope(company=company):
        project = fill(company, int(sys.argv[1]))
        tenth = look(company, project, boss)
        move_all_to_project()
        hand_back(tenth=tenth, whole=look(company, project, boss))


def make_company() -> tuple[Any, Any]:
    from ressio.models import Company, Role, TeamMember, User
    from ressio.scoping import scope

    company = Company.objects.create(name="Summit Line Builders", slug="summit")
    user = User.objects.create_user(email="boss@summit.example", password=None, name="Boss")
    with scope(company=company):
        TeamMember.objects.create(
            company=company, user=user, name=user.name, email=user.email, role=Role.ADMIN
        )
    return company, user


# Books --------------------------------------------------------------------------------------------------


def fill(company: Any, lines: int) -> Any:
    """The lists, a budget line for each cost code, and cost lines as the projector makes them."""
    from budgets.knowledge import load_known_lists
    from budgets.models import BudgetLine
    from budgets.quickbooks import insert_cost_lines
    from integrations.models import Connection, CostCodeLink, ProjectLink, QuickBooksCustomer, QuickBooksItem
    from ressio.models import CostCode, Project

    connection = Connection.objects.create(company=company, realm_id="1", books_name="Summit Line Builders")
    owner = {"company": company, "connection": connection}
    project = Project.objects.create(company=company, name="Clubhouse")
    ProjectLink.objects.create(**owner, project=project, customer_ref=SHOWN)
    for number in range(1, CODES + 1):
        name = f"{number:03} Trade {number}"
        QuickBooksItem.objects.create(
            **owner,
            quickbooks_id=str(number),
            name=name,
            full_name=name,
            item_type="Service",
            income_account_ref="11",
            expense_account_ref="14",
        )
        code = CostCode.objects.create(company=company, name=name, category=f"Division {number % 12}")
        CostCodeLink.objects.create(**owner, cost_code=code, item_ref=str(number))
        BudgetLine.objects.create(company=company, project=project, cost_code=code, original_amount=50_000)
    for number in range(1, CUSTOMERS + 1):
        name = f"Customer {number}"
        QuickBooksCustomer.objects.create(**owner, quickbooks_id=str(number), name=name, full_name=name)
    for entity in ("Bill", "Purchase", "TimeActivity"):
        known = load_known_lists(connection, entity)
        insert_cost_lines(connection, entity, make_documents(entity, lines), known)
    analyze()
    return project


SHARES = {"Bill": 45, "Purchase": 43, "TimeActivity": 12}


def make_documents(entity: str, all_lines: int) -> Iterator[dict[str, Any]]:
    """So many that their lines are this entity's share of all."""
    lines = all_lines * SHARES[entity] // 100
    make = make_time if entity == "TimeActivity" else make_expense
    each = 1 if entity == "TimeActivity" else 2
    for number in range(lines // each):
        document = make(number)
        yield {"Id": str(number), "MetaData": {"CreateTime": "2025-03-04T09:00:00-08:00"}, **document}


def make_expense(number: int) -> dict[str, Any]:
    return {
        "TxnDate": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "DocNumber": f"B-{number}",
        "VendorRef": {"value": str(number % 200), "name": f"Vendor {number % 200}"},
        "PaymentType": ("Cash", "Check", "CreditCard")[number % 3],
        "Line": [make_line(number * 2 + place, place) for place in (1, 2)],
    }


def make_line(number: int, place: int) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "CustomerRef": {"value": customer_of(number)},
        "BillableStatus": "Billable" if number % 7 == 0 else "NotBillable",
    }
    kind = "AccountBasedExpenseLineDetail" if number % 13 == 0 else "ItemBasedExpenseLineDetail"
    detail |= {"AccountRef": {"value": "14"}} if number % 13 == 0 else {"ItemRef": {"value": item_of(number)}}
    return {
        "Id": str(place),
        "Amount": Decimal(number % 90_000 + 500) / 100,
        "Description": f"Delivered to site, ticket {number}",
        "DetailType": kind,
        kind: detail,
    }


def make_time(number: int) -> dict[str, Any]:
    return {
        "TxnDate": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "NameOf": "Employee",
        "EmployeeRef": {"value": str(number % 60), "name": f"Worker {number % 60}"},
        "CustomerRef": {"value": customer_of(number)},
        "ItemRef": {"value": item_of(number)},
        "BillableStatus": ("Billable", "NotBillable", "HasBeenBilled")[number % 3],
        "CostRate": Decimal(30 + number % 9),
        "Hours": number % 8 + 1,
        "Minutes": 30,
    }


def customer_of(number: int) -> str:
    """One line in ten is of the project shown; its neighbours in the table are not."""
    return SHOWN if number % 10 == 0 else str(number % CUSTOMERS + 100)


def item_of(number: int) -> str:
    return str(number // 10 % CODES + 1)


def move_all_to_project() -> None:
    from budgets.models import CostLine

    CostLine.objects.update(customer_ref=SHOWN)
    analyze()


def analyze() -> None:
    """PostgreSQL does this by itself a minute later; nobody waits for it here. SQLite never does."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE budgets_costline")


# Looking ------------------------------------------------------------------------------------------------


def look(company: Any, project: Any, boss: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from budgets.counting import count_project
    from ressio.views.places import company_url

    client = Client(headers={"host": "localhost"})
    client.force_login(boss)
    url = company_url("project-budget", company, project_id=project.pk)
    view(client, url)
    seconds, cpu = zip(*[view(client, url) for _ in range(VIEWS)], strict=True)
    with CaptureQueriesContext(connection) as queries:
        view(client, url)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "queries": len(queries),
        "lines": count_project(project).total.lines,
    }


def view(client: Any, url: str) -> tuple[float, float]:
    """Seconds, and of these on the processor."""
    started, used = time.perf_counter(), time.thread_time()
    answer = client.get(url)
    seconds, cpu = time.perf_counter() - started, time.thread_time() - used
    if answer.status_code != 200:
        raise SystemExit(f"The budget page answered {answer.status_code}.")
    return seconds, cpu


if __name__ == "__main__":
    main()
