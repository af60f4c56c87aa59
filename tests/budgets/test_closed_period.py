"""A change in a closed period seen on pull is told to the accountant, in dollars (N13)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets.models import CostLine
from integrations.mirror import mark_deleted, store_documents
from integrations.models import Connection, Feed, ProjectLink, SyncIssue
from ressio.models import Activity, Project
from ressio.scoping import scope
from tests.budgets.documents import as_row
from tests.support.cast import Cast, SignIn

pytestmark = pytest.mark.django_db
Json = dict[str, object]


def bill(number: int, amount: str, day: str = "2026-02-10", version: int = 0, customer: str = "C1") -> Json:
    at = timezone.now() + timedelta(seconds=version)
    detail = {"ItemRef": {"value": "I1"}, "CustomerRef": {"value": customer}}
    line = {"Id": "1", "Amount": amount, "DetailType": "ItemBasedExpenseLineDetail"}
    return {
        "Id": str(number),
        "SyncToken": str(version),
        "MetaData": {"CreateTime": at.isoformat(), "LastUpdatedTime": at.isoformat()},
        "DocNumber": f"B-{number}",
        "TxnDate": day,
        "VendorRef": {"value": "V1", "name": "Lumber Yard"},
        "Line": [{**line, "ItemBasedExpenseLineDetail": detail}],
    }


def store(connection: Connection, *bills: Json) -> int:
    """How many questions it took."""
    with CaptureQueriesContext(database) as queries:
        store_documents(connection, "Bill", [as_row(each) for each in bills], now=timezone.now())
    return len(queries)


def told() -> dict[str, tuple[str, Decimal]]:
    rows = SyncIssue.objects.filter(reason="closed_period_changed", resolved_at=None)
    return {row.subject_id.partition("/")[2].partition("/")[0]: (row.title, row.amount) for row in rows}


def open_books(cast: Cast, project: Project) -> Connection:
    connection: Connection = Connection.objects.create(
        company=cast.ridge, realm_id="9130", home_currency="USD"
    )
    owner = {"company": cast.ridge, "connection": connection}
    ProjectLink.objects.create(**owner, project=project, customer_ref="C1")
    Feed.objects.create(**owner, entity="Bill")
    return connection


def test_what_changes_in_a_closed_period_is_told_and_ends_when_seen(cast: Cast, sign_in: SignIn) -> None:
    after = "in QuickBooks after the books were closed up to 31 Mar 2026."
    with scope(company=cast.ridge):
        books = open_books(cast, cast.ridge_house)
        Connection.objects.filter(pk=books.pk).update(closing_date=date(2026, 3, 31))
        # History is no change: the first full pull is not over.
        store(books, bill(1, "100.00"), bill(2, "50.00"), bill(3, "7.00"), bill(4, "9.00", "2026-04-02"))
        assert told() == {}
        Feed.objects.update(last_full_pull_at=timezone.now())

        store(
            books,
            bill(1, "125.00", version=1),
            bill(2, "50.00", "2026-04-01", version=1),
            bill(3, "7.00", version=1),  # nothing that costs
            bill(4, "90.00", "2026-04-02", version=1),
            bill(5, "3.00"),
            bill(6, "4.00", customer="nobody's"),
        )

        assert told() == {
            "1": (f"Bill B-1 of Lumber Yard, dated 10 Feb 2026, was changed {after}", Decimal("25.00")),
            "2": (
                "Bill B-2 of Lumber Yard, dated 10 Feb 2026, was deleted, or moved out of the closed period, "
                f"{after}",
                Decimal("-50.00"),
            ),
            "5": (f"Bill B-5 of Lumber Yard, dated 10 Feb 2026, was added {after}", Decimal("3.00")),
        }
        # It adds up while it is open, and ends when everything is as it was.
        store(books, bill(1, "120.00", version=2))
        mark_deleted(books, "Bill", ["5"], now=timezone.now() + timedelta(minutes=1))
        assert {key: amount for key, (_, amount) in told().items()} == {"1": 20, "2": -50}
        store(books, bill(1, "121.00", version=3))
        few = store(books, bill(9, "1.00"))
        many = store(books, *(bill(number, "1.00", version=9) for number in range(10, 40)))
        assert (many - few, CostLine.objects.count()) == (0, 36)
        SyncIssue.objects.exclude(subject_id__startswith="Bill/1/").delete()
        issue = SyncIssue.objects.get()
        assert issue.way_out.startswith("Ridge House moved by +21.00 in the closed period.")

    page = sign_in(cast.alice)
    log = "/c/ridge/settings/integrations/quickbooks/log/"
    shown = page.get(log).content.decode()
    assert page.post(f"{log}issues/{issue.pk}/seen/").status_code == 302

    assert f"{log}issues/{issue.pk}/seen/" in shown
    assert "holding up" not in shown
    with scope(company=cast.ridge):
        assert told() == {}
        assert Activity.objects.filter(verb="has seen that").count() == 1
